# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What keeps a network manager from one interface, and gives it back. That plans ask for it is in test_plan.py."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import rivals
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import (
    BACKENDS,
    network_manager,
    systemd_networkd,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.change import Change
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import is_ours, matching
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import (
    IFUPDOWN,
    NETPLAN,
    NETWORK_MANAGER,
    Owner,
)

MAC = "02:42:0a:00:01:0a"
NETWORKD_FILE = rivals.kept_off(systemd_networkd.NAME, MAC)
NETWORK_MANAGER_FILE = rivals.kept_off(network_manager.NAME, MAC)
UUID = "6b1f0c52-6a7c-4bde-8d0e-3a4f0b1c2d3e"
RELOAD_NETWORKD, RELOAD_NETWORK_MANAGER = ["networkctl", "reload"], ["nmcli", "general", "reload", "conf"]
UP = ["nmcli", "--wait", "15", "connection", "up", "uuid", UUID, "ifname", "eth1"]

MAC_ADDRESSES = {"eth0": "02:42:0a:00:00:0a", "eth1": MAC}


def managed(word):
    return ["nmcli", "device", "set", "eth1", "managed", word]


def test_files():
    managed = "# managed by xeni.aws: changes are lost when guest_routing runs again"
    assert NETWORKD_FILE == {
        "/etc/systemd/network/04-xeni-02420a00010a.network":
            f"{managed}\n\n[Match]\nMACAddress={MAC}\nType=ether\n\n[Link]\nUnmanaged=yes\n"}
    assert NETWORK_MANAGER_FILE == {
        "/etc/NetworkManager/conf.d/xeni-02420a00010a.conf": f"{managed}\n\n[keyfile]\nunmanaged-devices+=mac:{MAC}\n"}
    assert rivals.kept_off("ifupdown", MAC) == {}


def test_they_are_found_again_and_are_no_backend_s():
    files = {**NETWORKD_FILE, **NETWORK_MANAGER_FILE}
    assert all(map(is_ours, files.values()))
    assert matching(files, rivals.PATTERNS) == list(files)
    assert matching(files, [pattern for module in BACKENDS.values() for pattern in module.PATTERNS]) == []


@pytest.mark.parametrize(("files", "owner", "there", "back"), [
    (NETWORKD_FILE, {NETPLAN: "file", NETWORK_MANAGER: UUID}, [RELOAD_NETWORKD], [RELOAD_NETWORKD]),
    (NETWORK_MANAGER_FILE, {NETPLAN: "file", NETWORK_MANAGER: UUID},
     [RELOAD_NETWORK_MANAGER, managed("no")], [RELOAD_NETWORKD, RELOAD_NETWORK_MANAGER, managed("yes"), UP]),
    (NETWORK_MANAGER_FILE, {NETWORK_MANAGER: UUID, IFUPDOWN: ""},
     [RELOAD_NETWORK_MANAGER, managed("no")], [RELOAD_NETWORK_MANAGER, managed("yes"), UP]),
    (NETWORK_MANAGER_FILE, {NETWORK_MANAGER: "", IFUPDOWN: ""},
     [RELOAD_NETWORK_MANAGER, managed("no")], [RELOAD_NETWORK_MANAGER, managed("yes")]),
], ids=["networkd", "NetworkManager, networkd stays", "NetworkManager, ifupdown stays", "without a connection"])
def test_commands(files, owner, there, back):
    change = Change(files, {}, {"eth1": Owner(owner)}, MAC_ADDRESSES)
    assert (rivals.commands(change), rivals.commands_back(change)) == (there, back)


def test_files_of_an_interface_that_is_gone():
    change = Change(dict.fromkeys([*NETWORKD_FILE, *NETWORK_MANAGER_FILE]), {}, {})
    assert rivals.commands(change) == rivals.commands_back(change) == [RELOAD_NETWORKD, RELOAD_NETWORK_MANAGER]
    listed_no_more = change._replace(mac_addresses=MAC_ADDRESSES)
    assert rivals.commands(listed_no_more)[2:] == [managed("yes")]
    assert rivals.commands_back(listed_no_more)[2:] == [managed("no")]
    assert rivals.commands(Change({}, {}, {})) == rivals.commands_back(Change({}, {}, {})) == []
