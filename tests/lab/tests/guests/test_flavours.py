# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A guest of each flavour, booted side by side: what holds for an instance holds on every network stack."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import netns
from lab.guests import flavours
from lab.guests.flavours import DEFAULT, KNOWN, STACKS, Flavour, FlavourError
from lab.guests.nspawn import Guest
from lab.tests.guests.router import Router, leased
from lab.tests.polling import eventually

BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
# Configures eth1 anew, and tells whose it is.
RECONFIGURE = {
    "systemd-networkd": "sudo networkctl reload && sudo networkctl reconfigure eth1",
    "NetworkManager": "sudo nmcli connection reload && sudo nmcli device reapply eth1",
    "ifupdown": "sudo ifdown eth1 && sudo ifup eth1",
}
OWNED = {
    "systemd-networkd": ("networkctl --json=short status eth1", '"AdministrativeState":"configured"'),
    "NetworkManager": ("nmcli --get-values general.state device show eth1", "(connected)"),
    "ifupdown": ("cat /run/network/ifstate", "eth1=eth1"),
}

every_flavour = pytest.mark.parametrize("flavour", KNOWN.values(), ids=str)


class Machine:
    """A guest with eth0 and a router that it will find eth1 at, too."""

    def __init__(self, flavour: Flavour, authorized_keys: str, run_dir, ending: contextlib.ExitStack):
        namespaces = [f"lab-test-{os.getpid()}-{flavour.release}-{flavour.stack}-{end}" for end in ("guest", "router")]
        for namespace in namespaces:
            netns.create(namespace)
            ending.callback(netns.delete, namespace)
        self.namespace = namespaces[0]
        self.router = Router(namespaces[1], run_dir)
        ending.callback(self.router.stop)
        self.guest = Guest(self.namespace, self.namespace, "ip-10-0-0-5", authorized_keys, flavour, run_dir)
        self.router.plug("eth0", self.namespace)
        self.guest.start()
        ending.callback(self.guest.stop)

    def leased(self, *devices: str) -> bool:
        return all(leased(self.namespace, device) for device in devices)


@pytest.fixture(scope="module")
def machines(images, key, tmp_path_factory) -> Iterator[dict[Flavour, Machine]]:
    """All of them up, with eth0."""
    authorized_keys, run_dir = key.with_suffix(".pub").read_text(), tmp_path_factory.mktemp("machines")
    with contextlib.ExitStack() as ending:
        made = {flavour: Machine(flavour, authorized_keys, run_dir, ending) for flavour in KNOWN.values()}
        for machine in made.values():
            machine.guest.wait()
        yield made


@pytest.fixture(scope="module")
def dual_homed(machines) -> dict[Flavour, Machine]:
    """All of them with eth1, which came while they ran."""
    for machine in machines.values():
        eventually(lambda: machine.leased("eth0"))
        machine.router.plug("eth1", machine.namespace)
    return machines


@pytest.fixture(scope="module")
def rebooted(dual_homed, ssh) -> dict[Flavour, Machine]:
    """All of them with both interfaces, booted once more."""

    def reboot(machine: Machine) -> None:
        boot = ssh(machine.guest, BOOT_ID)
        machine.guest.run("systemctl", "--no-block", "reboot")

        def is_back() -> bool:
            with contextlib.suppress(AssertionError):  # there may be no sshd just now
                return ssh(machine.guest, BOOT_ID) != boot
            return False

        eventually(is_back, timeout=60)

    for machine in dual_homed.values():
        eventually(lambda: machine.leased("eth0", "eth1"))
    with ThreadPoolExecutor() as reboots:
        list(reboots.map(reboot, dual_homed.values()))
    return dual_homed


@every_flavour
def test_an_instance_is_up_with_a_lease_and_nothing_failed(machines, ssh, flavour):
    machine = machines[flavour]
    eventually(lambda: machine.leased("eth0"))
    assert f"VERSION_CODENAME={flavour.release}" in ssh(machine.guest, "cat /etc/os-release")
    assert ssh(machine.guest, "sudo id -un; curl -s http://127.0.0.1/").split() == ["root", "ready"]
    assert ssh(machine.guest, "systemctl is-system-running --wait; systemctl --failed --no-legend") == "running"


@every_flavour
def test_its_network_stack_is_enabled_and_runs_and_no_other_does(machines, ssh, flavour):
    states = {stack: ("enabled", "active") if stack == flavour.stack else ("disabled", "inactive") for stack in STACKS}
    told = ssh(machines[flavour].guest, f"systemctl is-enabled {' '.join(STACKS.values())};"
                                        f" systemctl is-active {' '.join(STACKS.values())} || true").split()
    assert dict(zip(STACKS, zip(told[:3], told[3:]))) == states


@every_flavour
def test_an_interface_gets_its_lease_by_the_stack_as_it_is_plugged_in(dual_homed, ssh, flavour):
    machine = dual_homed[flavour]
    eventually(lambda: machine.leased("eth0", "eth1"))
    command, owned = OWNED[flavour.stack]
    eventually(lambda: owned in ssh(machine.guest, command))
    ssh(machine.guest, RECONFIGURE[flavour.stack])
    eventually(lambda: machine.leased("eth0", "eth1") and owned in ssh(machine.guest, command))


@every_flavour
def test_a_reboot_brings_both_interfaces_back(rebooted, flavour):
    eventually(lambda: rebooted[flavour].leased("eth0", "eth1"))


@every_flavour
def test_an_interface_that_goes_and_comes_back_has_its_lease_again(rebooted, ssh, flavour):
    machine = rebooted[flavour]
    eventually(lambda: machine.leased("eth0", "eth1"))
    machine.router.unplug("eth1")
    command, owned = OWNED[flavour.stack]
    eventually(lambda: owned not in machine.guest.run("sh", "-c", command).stdout)
    assert machine.leased("eth0")
    machine.router.plug("eth1", machine.namespace)
    eventually(lambda: machine.leased("eth1"))


def test_a_flavour_has_a_name():
    assert flavours.named("trixie-NetworkManager") == Flavour("trixie", "NetworkManager")
    assert flavours.named(str(DEFAULT)) == DEFAULT


def test_a_name_of_no_flavour_is_answered_with_those_there_are():
    known = "bookworm-systemd-networkd, bookworm-NetworkManager, bookworm-ifupdown, trixie-systemd-networkd"
    with pytest.raises(FlavourError, match=f"no guest flavour 'buster-wicked': it must be one of {known}, "):
        flavours.named("buster-wicked")
