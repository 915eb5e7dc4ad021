# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an instance does at its first boot, and what is left of it when that fails."""

from __future__ import annotations

import os

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import first_boot, imds, kernel, observed, owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import systemd_networkd
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import trusted
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import NETWORKD, Owner, Owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.plan import wanted_goal
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import MAIN_TABLE, Address, Link, Route, State

PARAMETERS = {
    "management_prefixes": ["192.168.0.0/16"], "management_device_index": 1, "backend": "systemd_networkd", "take_over": False, "table": 4000,
    "priority": 4000,
}
ETH0 = {"device-number": "0", "local-ipv4s": "10.0.0.10", "subnet-ipv4-cidr-block": "10.0.0.0/24"}
ETH1 = {"device-number": "1", "local-ipv4s": "10.0.1.10", "subnet-ipv4-cidr-block": "10.0.1.0/24"}
TOLD = imds.interfaces({"02:42:0a:00:00:0a": ETH0, "02:42:0a:00:01:0a": ETH1}, PARAMETERS["management_prefixes"])
LINKS = (Link("eth0", "02:42:0a:00:00:0a"), Link("eth1", "02:42:0a:00:01:0a"))
DEFAULT = Route(MAIN_TABLE, "default", "10.0.0.1", "eth0")


class Instance:
    """managers: of both interfaces; plugged_in: after how many looks the second one is there; obeys: whether the
    kernel gets what the network manager's files say.
    """

    def __init__(self, directory):
        self.directory, self.managers, self.plugged_in, self.obeys = directory, (NETWORKD,), 0, True
        directory.mkdir()

    def files(self) -> list:
        return sorted(os.listdir(self.directory))

    def state(self) -> State:
        self.plugged_in -= 1
        if self.plugged_in >= 0:
            return State(links=LINKS[:1])
        if not self.files() or not self.obeys:
            return State(links=LINKS, routes=(DEFAULT,))
        there = observed.Observed(devices={link.mac_address: link.name for link in LINKS})
        goal = wanted_goal(trusted({**PARAMETERS, "interfaces": TOLD}), there)
        addresses = tuple(Address(device, address, length) for device, address, length in goal.addresses)
        return State(links=LINKS, addresses=addresses, rules=goal.rules, routes=(DEFAULT, *goal.routes))

    def owners(self, devices) -> Owners:
        return Owners({device: Owner(dict.fromkeys(self.managers, "")) for device in devices}, (NETWORKD,))


@pytest.fixture
def instance(guest, tmp_path, monkeypatch):
    instance = Instance(tmp_path / "network")
    monkeypatch.setattr(systemd_networkd, "DIRECTORY", str(instance.directory))
    monkeypatch.setattr(systemd_networkd, "PATTERNS", (f"{instance.directory}/*",))
    monkeypatch.setattr(imds, "read", lambda prefixes, index: TOLD)
    monkeypatch.setattr(kernel, "read", instance.state)
    monkeypatch.setattr(owners, "read", instance.owners)
    monkeypatch.setattr(first_boot, "time", first_boot.transition.time)  # it passes by sleeping only
    return instance


def asked_of_networkd(guest) -> list:
    return [command for command in guest.commands if not command.startswith("ip ")]


def failure() -> str:
    with pytest.raises(SystemExit) as raised:
        first_boot.main(PARAMETERS)
    return raised.value.code


def test_it_says_what_was_done(instance, guest, capsys):
    first_boot.main(PARAMETERS)
    assert asked_of_networkd(guest) == ["networkctl reload"]
    assert instance.files() == ["05-xeni-02420a00000a.network", "05-xeni-02420a00010a.network"]
    assert capsys.readouterr().out == (
        f"xeni.aws: {instance.directory}/05-xeni-02420a00000a.network is written\n"
        f"xeni.aws: {instance.directory}/05-xeni-02420a00010a.network is written\n"
        "xeni.aws: replies from 10.0.0.10 leave by eth0\n"
        "xeni.aws: replies from 10.0.1.10 leave by eth1\n"
    )


def test_in_an_image_that_has_it_all_nothing_is_written(instance, guest, capsys):
    first_boot.main(PARAMETERS)
    guest.commands.clear()
    capsys.readouterr()
    first_boot.main(PARAMETERS)
    assert guest.commands == []
    assert "written" not in capsys.readouterr().out


def test_an_interface_that_is_plugged_in_late_is_waited_for(instance):
    instance.plugged_in = 20
    first_boot.main(PARAMETERS)
    assert len(instance.files()) == 2


def test_one_that_never_comes_is_named(instance):
    instance.plugged_in = 1000
    assert "no interface of this guest has '02:42:0a:00:01:0a'" in failure()
    assert instance.files() == []


def test_a_network_manager_that_fails_gets_its_files_back(instance, guest):
    guest.fails = ("networkctl",)
    assert failure() == (
        "xeni.aws: no routing by interface, the network is as it was: networkctl reload: refused")
    assert instance.files() == []
    assert asked_of_networkd(guest) == ["networkctl reload"] * 2


def test_a_kernel_that_does_not_get_there_goes_back(instance):
    instance.obeys = False
    assert "rule 4000: from 10.0.0.10 lookup 4000 suppress_prefixlength 0 is missing" in failure()
    assert instance.files() == []


def test_an_interface_of_another_network_manager_is_left_alone(instance, guest):
    instance.managers = (NETWORKD, "wicked")
    assert failure().endswith("backend: 'systemd_networkd', but eth0 is managed by wicked")
    assert (instance.files(), guest.commands) == ([], [])


def test_without_metadata_nothing_is_done(instance, guest, monkeypatch):
    def unavailable(*_arguments):
        raise imds.Unavailable("PUT /latest/api/token of 169.254.169.254: timed out")

    monkeypatch.setattr(imds, "read", unavailable)
    assert failure().endswith("the network is as it was: PUT /latest/api/token of 169.254.169.254: timed out")
    assert (instance.files(), guest.commands) == ([], [])
