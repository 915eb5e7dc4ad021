# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Guests whose eth1 has two network managers: `guest_routing` keeps off the one that has not eth0."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from lab import netns
from lab.demo.project import environment
from lab.faults.guest_routing import snapshot
from lab.guests.flavours import DEFAULT, Flavour
from lab.guests.nspawn import Container
from lab.tests.guests.router import ADDRESSES, CIDRS, MACS, Router, leased
from lab.tests.polling import eventually

NETWORKD, NETWORK_MANAGER, IFUPDOWN = "systemd-networkd", "NetworkManager", "ifupdown"
NOBODY = "10.0.1.99"
BY_NETWORKD = r"""
printf '[Match]\nName=eth1\n[Network]\nDHCP=yes\n' >/etc/systemd/network/90-rival.network
systemctl start systemd-networkd
"""
# {who stays: how another one comes to have eth1, too}
RIVALS = {
    NETWORK_MANAGER: BY_NETWORKD,
    IFUPDOWN: BY_NETWORKD,
    NETWORKD: r"""
printf '[keyfile]\nunmanaged-devices=interface-name:eth0\n' >/etc/NetworkManager/conf.d/90-rival.conf
systemctl start NetworkManager
""",
}
KEPT_OFF = {
    NETWORK_MANAGER: "/etc/systemd/network/04-xeni-020000000105.network",
    IFUPDOWN: "/etc/systemd/network/04-xeni-020000000105.network",
    NETWORKD: "/etc/NetworkManager/conf.d/xeni-020000000105.conf",
}
INTERFACES = [
    {"mac_address": MACS[device], "private_ip_addresses": ADDRESSES[device][:1], "subnet_cidr": CIDRS[device][0],
     "role": role}
    for device, role in (("eth0", "public"), ("eth1", "management"))
]


@dataclass
class Machine:
    """A guest, and its router, where the controller is."""

    guest: Container
    router: str
    ssh: dict
    control: pathlib.Path

    def ansible(self, module: str, **arguments) -> dict:
        """What the module returns."""
        host = {**self.ssh, "ansible_host": ADDRESSES["eth0"][0], "ansible_python_interpreter": "/usr/bin/python3"}
        argv = [
            str(pathlib.Path(sys.executable).with_name("ansible")), "guest", "--inventory", "guest,", "--become",
            "--module-name", f"xeni.aws.{module}", "--args", json.dumps(arguments), "--extra-vars", json.dumps(host),
        ]
        user = environment("")
        settings = {
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", user["ANSIBLE_COLLECTIONS_PATH"]),
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.control),  # the guests have the same addresses
        }
        done = netns.run(self.router, argv, env=user | settings, capture_output=True, text=True)
        found = re.search(r"=> (\{.*\})", done.stdout, re.DOTALL)
        assert found, done.stdout + done.stderr
        return json.loads(found[1])

    def told(self) -> dict:
        """By guest_routing_info; {name: interface} of the interfaces. A way that two managers set is there twice or once."""
        told = self.ansible("guest_routing_info", peers=[])
        assert "interfaces" in told, told
        interfaces = {interface["name"]: interface for interface in told["interfaces"]}
        return {"interfaces": interfaces, "rules": told["rules"], "routes": set(told["routes"])}

    def managers(self) -> list[str]:
        """Of eth1."""
        return self.told()["interfaces"]["eth1"]["managers"]

    def disk(self) -> set[str]:
        return {line for line in snapshot.take(self.guest).lines if line.startswith("/")}


def _machine(stack: str, key: pathlib.Path, directory: pathlib.Path, ending: contextlib.ExitStack) -> Machine:
    namespaces = [f"lab-test-{os.getpid()}-take-over-{stack}-{end}" for end in ("guest", "router")]
    for namespace in namespaces:
        netns.create(namespace)
        ending.callback(netns.delete, namespace)
    router = Router(namespaces[1], directory)
    ending.callback(router.stop)
    authorized = key.with_suffix(".pub").read_text()
    guest = Container(namespaces[0], namespaces[0], "ip-10-0-0-5", authorized, Flavour(DEFAULT.release, stack), directory)
    for device in ADDRESSES:
        router.plug(device, namespaces[0])
    guest.start()
    ending.callback(guest.stop)
    options = f"-o UserKnownHostsFile={directory}/{stack} -o HostKeyAlias=guest -o StrictHostKeyChecking=accept-new"
    ssh = {"ansible_user": "admin", "ansible_ssh_private_key_file": str(key), "ansible_ssh_common_args": options}
    return Machine(guest, namespaces[1], ssh, directory / f"{stack}-cp")


def _rivalled(machine: Machine, stays: str) -> Machine:
    machine.guest.wait()
    eventually(lambda: all(leased(machine.guest.namespace, device) for device in ADDRESSES))
    machine.guest.run("sh", "-e", "-c", RIVALS[stays]).check_returncode()
    eventually(lambda: len(machine.managers()) == 2)
    return machine


def _state(result: dict) -> str:
    """What a change came to."""
    return result.get("commit", {}).get("state", "")


@pytest.fixture(scope="module")
def machines(images, key, tmp_path_factory) -> Iterator[dict[str, Machine]]:
    directory = tmp_path_factory.mktemp("machines")
    with contextlib.ExitStack() as ending, ThreadPoolExecutor() as side_by_side:
        made = [_machine(stack, key, directory, ending) for stack in RIVALS]
        yield dict(zip(RIVALS, side_by_side.map(_rivalled, made, RIVALS)))


def on_all(step: Callable[[Machine], object], machines: dict[str, Machine]) -> None:
    """The step on each machine, side by side, as most of it is waiting."""
    with ThreadPoolExecutor() as side_by_side:
        list(side_by_side.map(step, machines.values()))


def test_a_rollback_gives_eth1_back_to_both(machines):
    def roll_back(machine: Machine) -> None:
        disk, told = machine.disk(), machine.told()
        options = {"take_over": True, "confirm_host": NOBODY, "confirm_timeout": 20}
        result = machine.ansible("guest_routing", interfaces=INTERFACES, **options)
        assert (_state(result), result["commit"]["remaining"]) == ("rolled_back", []), result
        assert machine.disk() ^ disk == set()
        eventually(lambda: machine.told() == told)

    on_all(roll_back, machines)


def test_who_has_eth0_stays_and_the_other_one_is_kept_from_eth1(machines):
    def take_over(machine: Machine) -> None:
        stays = machine.guest.flavour.stack
        result = machine.ansible("guest_routing", interfaces=INTERFACES, take_over=True)
        assert _state(result) == "confirmed", result
        assert KEPT_OFF[stays] in result["files"]
        assert machine.managers() == [stays]
        assert not machine.ansible("guest_routing", interfaces=INTERFACES)["changed"]

    on_all(take_over, machines)
