# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Guests with two interfaces that find the user data of `guest_routing_user_data`, on every network stack."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import netns
from lab.demo.project import environment
from lab.fabric.imds import ADDRESS, Imds, Instance
from lab.guests.flavours import DEFAULT, Flavour
from lab.guests.nspawn import Container
from lab.tests.guests.router import ADDRESSES, CIDRS, MACS, Router, leased
from lab.tests.polling import eventually

BACKENDS = {"systemd-networkd": "systemd_networkd", "NetworkManager": "network_manager", "ifupdown": "ifupdown"}
CORPORATE_HOST, CORPORATE_PREFIX = "192.168.0.10", "192.168.0.0/16"
# What cloud-init does with a script: https://docs.cloud-init.io/en/latest/explanation/format/user-data-script.html
CLOUD_INIT = r"""
ask() { curl --silent --show-error --fail --max-time 5 "$@"; }
token=$(ask --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
ask --header "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/user-data >/root/part-001
chmod 700 /root/part-001
exec /root/part-001
"""
REBOOT = ["systemd-run", "--on-active=1", "--timer-property=AccuracySec=100ms", "systemctl", "reboot"]

every_stack = pytest.mark.parametrize("stack", BACKENDS)


class Machine:
    """A guest, its metadata, and its router, which drops what comes by another interface than its address's."""

    def __init__(self, stack: str, user_data: str, run_dir, ending: contextlib.ExitStack):
        self.namespace = f"lab-test-{os.getpid()}-first-boot-{stack}"
        self._router = f"{self.namespace}-router"
        for namespace in (self.namespace, self._router):
            netns.create(namespace)
            ending.callback(netns.delete, namespace)
        netns.run(self._router, ["sysctl", "--quiet", "--write", "net.ipv4.conf.all.rp_filter=1"], check=True)
        netns.ip("-n", self._router, "link", "set", "lo", "up")
        for address in (ADDRESS, CORPORATE_HOST):
            netns.ip("-n", self._router, "address", "add", f"{address}/32", "dev", "lo")
        router = Router(self._router, run_dir)
        ending.callback(router.stop)
        imds = Imds(self._router)
        imds.start()
        ending.callback(imds.stop)
        options = {"HttpEndpoint": "enabled", "HttpTokens": "required"}
        instance = Instance({"meta-data": _metadata(), "user-data": user_data}, options)
        imds.update({f"{address}/32": instance for address, _ipv6 in ADDRESSES.values()})
        self.guest = Container(self.namespace, self.namespace, "ip-10-0-0-5", "", Flavour(DEFAULT.release, stack), run_dir)
        for device in ADDRESSES:
            router.plug(device, self.namespace)
        self.guest.start()
        ending.callback(self.guest.stop)

    def answers_by_eth1(self) -> bool:
        """Whether the corporate host reaches SSH at eth1's address."""
        with netns.socket_in(self._router, socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((CORPORATE_HOST, 0))
            probe.settimeout(2)
            return probe.connect_ex((ADDRESSES["eth1"][0], 22)) == 0

    def boot_id(self) -> str:
        with contextlib.suppress(OSError, IndexError, subprocess.TimeoutExpired):  # there is nothing inside just now
            return self.guest.run("cat", "/proc/sys/kernel/random/boot_id", timeout=5).stdout
        return ""


def _metadata() -> dict:
    macs = {
        MACS[device]: {
            "device-number": str(number), "local-ipv4s": ADDRESSES[device][0], "subnet-ipv4-cidr-block": CIDRS[device][0],
        }
        for number, device in enumerate(ADDRESSES)
    }
    return {"instance-id": "i-1", "network": {"interfaces": {"macs": macs}}}


@pytest.fixture(scope="module")
def machines(images, tmp_path_factory) -> Iterator[dict[str, Machine]]:
    """All of them up, as they come up without any routing by interface."""
    rendered, run_dir = tmp_path_factory.mktemp("rendered"), tmp_path_factory.mktemp("machines")
    with contextlib.ExitStack() as ending, ThreadPoolExecutor() as side_by_side:
        user_data = {stack: _user_data(backend, rendered / stack) for stack, backend in BACKENDS.items()}
        machines = {stack: Machine(stack, user_data[stack], run_dir, ending) for stack in BACKENDS}
        list(side_by_side.map(lambda machine: machine.guest.wait(), machines.values()))
        for machine in machines.values():
            eventually(lambda of=machine.namespace: all(leased(of, device) for device in ADDRESSES), timeout=30)
        yield machines


def _user_data(backend: str, path) -> str:
    """As the user's own Ansible renders it."""
    content = "{{ ['%s'] | xeni.aws.guest_routing_user_data(backend='%s') }}" % (CORPORATE_PREFIX, backend)
    arguments = json.dumps({"content": content, "dest": str(path)})
    command = ["ansible", "localhost", "--module-name", "ansible.builtin.copy", "--args", arguments]
    subprocess.run(command, env=environment(""), capture_output=True, check=True)
    return path.read_text()


@every_stack
def test_a_server_answers_by_eth1_from_its_first_boot_on(machines, stack):
    machine = machines[stack]
    assert not machine.answers_by_eth1()
    done = machine.guest.run("sh", "-e", "-c", CLOUD_INIT, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"replies from {ADDRESSES['eth1'][0]} leave by eth1" in done.stdout
    assert machine.answers_by_eth1()
    assert " dev eth1 " in netns.ip("-n", machine.namespace, "route", "get", CORPORATE_HOST)


def test_and_after_the_next_ones(machines):
    before = {stack: machine.boot_id() for stack, machine in machines.items()}
    for machine in machines.values():
        machine.guest.run(*REBOOT)
    for stack, machine in machines.items():
        eventually(lambda machine=machine, stack=stack: machine.boot_id() not in ("", before[stack]), timeout=60)
        machine.guest.wait()
        eventually(machine.answers_by_eth1, timeout=30)


@every_stack
def test_a_second_run_finds_nothing_to_do(machines, stack):
    done = machines[stack].guest.run("/root/part-001", timeout=60)
    assert done.returncode == 0
    assert "is written" not in done.stdout and "leave by eth1" in done.stdout
