# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A guest of each flavour, booted side by side: what holds for an instance holds on every network stack."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from lab import netns
from lab.guests import flavours
from lab.guests.flavours import CONTAINERS, DEFAULT, STACKS, Flavour, FlavourError
from lab.guests.nspawn import Container
from lab.tests.guests.router import Router, leased
from lab.tests.polling import eventually

BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
RECONFIGURE = {
    "systemd-networkd": "sudo networkctl reload && sudo networkctl reconfigure eth1",
    "NetworkManager": "sudo nmcli connection reload && sudo nmcli device reapply eth1",
    "ifupdown": "sudo ifdown eth1 && sudo ifup eth1",
}
# What tells whether an interface is the stack's, and what it says then.
OWNED = {
    "systemd-networkd": ("networkctl --json=short status {}", '"AdministrativeState":"configured"'),
    "NetworkManager": ("nmcli --get-values general.state device show {}", "(connected)"),
    "ifupdown": ("ifquery --state {}", "{0}={0}"),
}

every_flavour = pytest.mark.parametrize("flavour", CONTAINERS, ids=str)


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
        self.guest = Container(self.namespace, self.namespace, "ip-10-0-0-5", authorized_keys, flavour, run_dir)
        self.router.plug("eth0", self.namespace)
        self.guest.start()
        ending.callback(self.guest.stop)

    def leased(self, *devices: str) -> bool:
        return all(leased(self.namespace, device) for device in devices)

    def owns(self, device: str) -> bool:
        """Whether the stack has configured the interface."""
        line, owned = OWNED[self.guest.flavour.stack]
        return owned.format(device) in self.guest.run("sh", "-c", line.format(device)).stdout


Machines = dict[Flavour, Future]


def on_all(step: Callable[[Machine], object], machines: Machines) -> Machines:
    """The machines after the step, which they take side by side; the failure of one is raised where it is asked for."""

    def stepped(before: Future) -> Machine:
        machine = before.result()
        step(machine)
        return machine

    with ThreadPoolExecutor(len(machines)) as steps:
        return {flavour: steps.submit(stepped, machine) for flavour, machine in machines.items()}


@pytest.fixture(scope="module")
def booted(images, key, tmp_path_factory) -> Iterator[Machines]:
    """All of them up, with eth0."""
    authorized_keys, run_dir = key.with_suffix(".pub").read_text(), tmp_path_factory.mktemp("machines")

    def boot(machine: Machine) -> None:
        machine.guest.wait()
        eventually(lambda: machine.leased("eth0"))

    with contextlib.ExitStack() as ending, ThreadPoolExecutor() as starts:
        made = {each: starts.submit(Machine, each, authorized_keys, run_dir / str(each), ending) for each in CONTAINERS}
        yield on_all(boot, made)


@pytest.fixture(scope="module")
def dual_homed(booted) -> Machines:
    """All of them with eth1, which came while they ran."""

    def plug(machine: Machine) -> None:
        machine.router.plug("eth1", machine.namespace)
        eventually(lambda: machine.leased("eth0", "eth1") and machine.owns("eth1"))

    return on_all(plug, booted)


@pytest.fixture(scope="module")
def reconfigured(dual_homed, ssh) -> Machines:
    """All of them with eth1 configured anew, by an administrator."""

    def reconfigure(machine: Machine) -> None:
        ssh(machine.guest, RECONFIGURE[machine.guest.flavour.stack])
        eventually(lambda: machine.leased("eth0", "eth1") and machine.owns("eth1"))

    return on_all(reconfigure, dual_homed)


@pytest.fixture(scope="module")
def rebooted(reconfigured, ssh) -> Machines:
    """All of them booted once more."""

    def reboot(machine: Machine) -> None:
        boot = ssh(machine.guest, BOOT_ID)
        machine.guest.run("systemctl", "--no-block", "reboot")

        def is_back() -> bool:
            with contextlib.suppress(AssertionError):  # there may be no sshd just now
                return ssh(machine.guest, BOOT_ID) != boot
            return False

        eventually(is_back, timeout=60)
        eventually(lambda: machine.leased("eth0", "eth1") and machine.owns("eth1"))

    return on_all(reboot, reconfigured)


@pytest.fixture(scope="module")
def replugged(rebooted) -> Machines:
    """All of them with eth1 again, after it was gone."""

    def replug(machine: Machine) -> None:
        machine.router.unplug("eth1")
        eventually(lambda: not machine.owns("eth1"))
        assert machine.leased("eth0")
        machine.router.plug("eth1", machine.namespace)
        eventually(lambda: machine.leased("eth0", "eth1") and machine.owns("eth1"))

    return on_all(replug, rebooted)


@every_flavour
def test_an_instance_is_up_with_a_lease_and_nothing_failed(booted, ssh, flavour):
    guest = booted[flavour].result().guest
    assert f"VERSION_CODENAME={flavour.release}" in ssh(guest, "cat /etc/os-release")
    assert ssh(guest, "sudo id -un; curl -s http://127.0.0.1/").split() == ["root", "ready"]
    assert ssh(guest, "systemctl is-system-running --wait; systemctl --failed --no-legend") == "running"


@every_flavour
def test_its_network_stack_is_enabled_and_runs_and_no_other_does(booted, ssh, flavour):
    units = " ".join(STACKS.values())
    line = f"systemctl is-enabled {units}; systemctl is-active {units} || true"
    told = ssh(booted[flavour].result().guest, line).split()
    states = {stack: ("enabled", "active") if stack == flavour.stack else ("disabled", "inactive") for stack in STACKS}
    assert dict(zip(STACKS, zip(told[:3], told[3:]))) == states


@every_flavour
def test_an_interface_gets_its_lease_by_the_stack_as_it_is_plugged_in(dual_homed, flavour):
    dual_homed[flavour].result()


@every_flavour
def test_an_administrator_has_the_stack_configure_an_interface_anew(reconfigured, flavour):
    reconfigured[flavour].result()


@every_flavour
def test_a_reboot_brings_both_interfaces_back(rebooted, flavour):
    rebooted[flavour].result()


@every_flavour
def test_an_interface_that_goes_and_comes_back_has_its_lease_again(replugged, flavour):
    replugged[flavour].result()


def test_a_flavour_has_a_name():
    assert flavours.named("trixie-NetworkManager") == Flavour("trixie", "NetworkManager")
    assert flavours.named("vm-bookworm-netplan") == Flavour("bookworm", "netplan", machine=True)
    assert flavours.named(str(DEFAULT)) == DEFAULT


def test_a_name_of_no_flavour_is_answered_with_those_there_are():
    known = "bookworm-systemd-networkd, bookworm-NetworkManager, bookworm-ifupdown, trixie-systemd-networkd"
    with pytest.raises(FlavourError, match=f"no guest flavour 'buster-wicked': it must be one of {known}, "):
        flavours.named("buster-wicked")
