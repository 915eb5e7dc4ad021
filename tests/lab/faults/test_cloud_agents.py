# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An agent that configures the interfaces, too: it is named, switched off with the change, and back with its rollback.

The agent is units with the names and the ways of amazon-ec2-net-utils, which needs a real instance's drivers and more
of its metadata than the lab has.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import netns
from lab.demo.project import environment
from lab.guests.flavours import named
from lab.guests.image import USER
from lab.guests.nspawn import Container
from lab.tests.guests.router import ADDRESSES, CIDRS, MACS, Router, leased
from lab.tests.polling import eventually

SERVICES = {f"eth{number}": f"policy-routes@eth{number}.service" for number in (0, 1)}
TIMERS = {f"eth{number}": f"refresh-policy-routes@eth{number}.timer" for number in (0, 1)}
UNITS = {
    "policy-routes@.service": """\
[Unit]
Wants=refresh-policy-routes@%i.timer
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
""",
    "refresh-policy-routes@.timer": "[Timer]\nOnActiveSec=30\nOnUnitInactiveSec=60\n",
    "refresh-policy-routes@.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
}
INTERFACES = [
    {"mac_address": MACS[device], "private_ip_addresses": [ADDRESSES[device][0]], "subnet_cidr": CIDRS[device][0], **role}
    for device, role in (
        ("eth0", {"role": "public"}), ("eth1", {"role": "management", "management_prefixes": ["192.168.0.0/16"]}))
]


class Server:
    """A guest with both interfaces, and who configures it. The controller is in the guest's own namespace."""

    def __init__(self, guest: Container, directory: Path):
        self.guest = guest
        self._directory = directory

    def apply(self, **parameters) -> dict:
        """The task's result."""
        extra = {"ansible_host": "127.0.0.1", "ansible_python_interpreter": "/usr/bin/python3"}
        done = netns.run(
            self.guest.namespace,
            [str(Path(sys.executable).with_name("ansible")), "guest", "--inventory", "guest,", "--user", USER,
             "--become", "--module-name", "xeni.aws.guest_routing", "--extra-vars", json.dumps(extra),
             "--args", json.dumps({"interfaces": INTERFACES, **parameters})],
            env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        told = re.search(r"=> (\{.*\})", done.stdout, re.DOTALL)
        assert told, done.stdout + done.stderr
        return json.loads(told.group(1))

    def _environment(self) -> dict:
        ssh = {
            "BatchMode": "yes", "IdentityFile": self._directory / "key",
            "UserKnownHostsFile": self._directory / "known_hosts", "StrictHostKeyChecking": "accept-new",
            "HostKeyAlias": "guest",
        }
        user = environment("")
        collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", user["ANSIBLE_COLLECTIONS_PATH"])
        return user | {
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_SSH_COMMON_ARGS": " ".join(f"-o{key}={value}" for key, value in ssh.items()),
        }

    def active(self) -> set:
        """The agent's units that are."""
        units = [*SERVICES.values(), *TIMERS.values()]
        states = self.guest.run("systemctl", "is-active", *units).stdout.split()
        return {unit for unit, state in zip(units, states) if state == "active"}

    def rules(self) -> str:
        return netns.ip("-netns", self.guest.namespace, "rule")

    def reboot(self) -> None:
        boot = self._boot()
        self.guest.run("systemctl", "--no-block", "reboot")
        eventually(lambda: self._boot() not in ("", boot), timeout=60)
        self.guest.wait()

    def _boot(self) -> str:
        try:
            return self.guest.run("cat", "/proc/sys/kernel/random/boot_id").stdout
        except (OSError, IndexError):  # it is down just now
            return ""


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    """With the agent at work on both interfaces."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    inside, outside = (f"lab-test-{os.getpid()}-{end}" for end in ("guest", "router"))
    for namespace in (inside, outside):
        netns.create(namespace)
    router = Router(outside, tmp_path)
    guest = Container(
        inside, inside, "ip-10-0-0-5", (tmp_path / "key.pub").read_text(), named("bookworm-systemd-networkd"), tmp_path)
    try:
        for device in MACS:
            router.plug(device, inside)
        guest.start()
        guest.wait()
        eventually(lambda: all(leased(inside, device) for device in MACS))
        for unit, content in UNITS.items():
            guest.run("tee", f"/usr/lib/systemd/system/{unit}", input=content)
        guest.run("systemctl", "enable", "--now", *SERVICES.values())
        yield Server(guest, tmp_path)
    finally:
        guest.stop()
        router.stop()
        for namespace in (inside, outside):
            netns.delete(namespace)


def test_an_agent_is_named_then_switched_off_with_the_change_and_back_with_its_rollback(server):
    at_work = {*SERVICES.values(), *TIMERS.values()}
    assert server.active() == at_work

    refused = server.apply()
    assert all(f"{device} is also configured by amazon-ec2-net-utils" in refused["msg"] for device in SERVICES)
    assert "set take_over: true" in refused["msg"]

    unconfirmed = server.apply(take_over=True, confirm_host="10.0.1.200", confirm_timeout=20)  # nobody has it
    assert unconfirmed["commit"]["state"] == "rolled_back"
    eventually(lambda: server.active() == at_work)
    assert "4001:" not in server.rules()
    assert server.guest.run("sh", "-c", "ls -d /etc/systemd/system/*@eth*.d").stdout == ""

    confirmed = server.apply(take_over=True)
    assert confirmed["commit"]["state"] == "confirmed", confirmed["msg"]
    assert server.active() == set()
    assert server.apply(take_over=True)["changed"] is server.apply()["changed"] is False

    server.reboot()  # the agent's units are enabled, as its udev rule has them
    eventually(lambda: "4001:" in server.rules())
    assert server.active() == set()
    assert server.apply()["changed"] is False
