# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface, from what systemd 252, NetworkManager 1.42 and ifupdown 0.8 said and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import (
    IFUPDOWN,
    NETPLAN,
    NETWORK_MANAGER,
    NETWORKD,
    Owner,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed

RECORDED = Path(__file__).with_name("recorded") / "owners"
FILE = "/etc/systemd/network/90-dhcp.network"
UUID = "ac635dde-cf13-3ddb-97d5-c52e5f338fa2"
LISTED = {
    "systemd-networkd.service": "systemd-networkd.service loaded active running Network Configuration\n",
    "NetworkManager.service": "NetworkManager.service loaded active running Network Manager\n",
    "networking.service": "networking.service loaded active exited Raise network interfaces\n",
}


class Guest:
    """A directory in the place of /run; runs: the units that are active."""

    def __init__(self, root):
        self.root = root
        self.runs = []

    def run(self, command):
        assert command[:2] == ["systemctl", "list-units"]
        assert set(LISTED) <= set(command)
        return "".join(LISTED[unit] for unit in self.runs)

    def keeps(self, path, recorded, old="", new=""):
        """A recorded file at this path, with one text replaced."""
        content = (RECORDED / recorded).read_text()
        assert old in content
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_text(content.replace(old, new))


@pytest.fixture
def guest(tmp_path, monkeypatch):
    """With what all managers leave of eth0 (2), as if each had it; eth1 (3) is known to them, and nobody's."""
    guest = Guest(tmp_path)
    monkeypatch.setattr(owners, "run", guest.run)
    monkeypatch.setattr(owners.socket, "if_nametoindex", {"eth0": 2, "eth1": 3}.__getitem__)
    for name, value in (("NETWORKD_LINKS", "links"), ("NETWORK_MANAGER_DEVICES", "devices"), ("IFSTATE", "ifstate")):
        monkeypatch.setattr(owners, name, str(tmp_path / value))
    guest.keeps("links/2", "networkd")
    guest.keeps("links/3", "networkd_unmanaged")
    guest.keeps("devices/2", "network_manager")
    guest.keeps("devices/3", "network_manager_unmanaged")
    return guest


@pytest.mark.parametrize(("runs", "handles"), [
    (["systemd-networkd.service"], {NETWORKD: FILE}),
    (["NetworkManager.service"], {NETWORK_MANAGER: UUID}),
    (["systemd-networkd.service", "NetworkManager.service"], {NETWORKD: FILE, NETWORK_MANAGER: UUID}),
    ([], {}),
])
def test_what_a_manager_left_counts_only_while_it_runs(guest, runs, handles):
    guest.runs = runs
    found = owners.read(["eth0", "eth1"])
    assert found.of == {"eth0": Owner(handles), "eth1": Owner()}
    assert found.running == found.of["eth0"].managers == tuple(handles)


def test_ifupdown_and_whoever_else_has_the_interface_now(guest):
    guest.keeps("ifstate", "ifstate")
    guest.runs = ["networking.service"]
    assert owners.read(["eth0", "eth1"]) == owners.Owners({"eth0": Owner({IFUPDOWN: ""}), "eth1": Owner()}, (IFUPDOWN,))
    guest.runs = ["systemd-networkd.service"]
    assert owners.read(["eth0"]).of == {"eth0": Owner({NETWORKD: FILE, IFUPDOWN: ""})}


def test_netplan_writes_the_files_of_networkd(guest):
    guest.keeps("links/2", "networkd", FILE, "/run/systemd/network/10-netplan-eth0.network")
    guest.runs = ["systemd-networkd.service"]
    assert owners.read(["eth0"]).of["eth0"] == Owner({NETPLAN: "/run/systemd/network/10-netplan-eth0.network"})


def test_a_file_that_tells_networkd_to_keep_off(guest):
    """systemd.network(5), "Unmanaged="."""
    guest.keeps("links/2", "networkd", "ADMIN_STATE=configuring", "ADMIN_STATE=unmanaged")
    guest.runs = ["systemd-networkd.service"]
    assert owners.read(["eth0"]).of["eth0"] == Owner()


def test_an_interface_that_no_manager_has_looked_at_yet(guest):
    (guest.root / "links/3").unlink()
    (guest.root / "devices/3").unlink()
    guest.runs = ["systemd-networkd.service", "NetworkManager.service"]
    assert owners.read(["eth1"]) == owners.Owners({"eth1": Owner()}, (NETWORKD, NETWORK_MANAGER))


def test_without_systemd_nothing_runs(guest, monkeypatch):
    def run(command):
        raise CommandFailed("systemctl: not found")

    monkeypatch.setattr(owners, "run", run)
    assert owners.read(["eth0"]) == owners.Owners({"eth0": Owner()}, ())
