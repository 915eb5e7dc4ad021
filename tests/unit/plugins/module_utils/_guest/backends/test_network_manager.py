# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Profiles for NetworkManager, and what makes it take them up."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import network_manager
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.change import Change
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import is_ours, sets_address
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import NETWORK_MANAGER, Owner
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Route, Rule

ETH0 = Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10",), "10.0.0.0/24", 4000)
ETH1 = Interface(
    "02:42:0a:00:01:0a", "management", ("10.0.1.10", "10.0.1.21"), "10.0.1.0/24", 4001,
    ipv6_addresses=("2001:db8::10", "2001:db8::11"), ipv6_subnet="2001:db8::/64")
ROUTES = [
    Route(4001, "10.0.1.0/24", "", "eth1"),
    Route(4001, "default", "10.0.1.1", "eth1"),
    Route(254, "172.16.1.1", "10.0.1.1", "eth1"),
    Route(4001, "2001:db8::/64", "", "eth1", family=6),
    Route(4001, "default", "fe80:ec2::1", "eth1", family=6),
]
RULES = [
    Rule(4001, "10.0.1.10", 4001, suppress=0), Rule(4102, "2001:db8::10", 4001, family=6),
    Rule(4100, "all", 254, suppress=0), Rule(4100, "all", 254, suppress=0, family=6),
]

FILE = """\
# managed by xeni.aws: changes are lost when guest_routing runs again

[connection]
id=xeni-02420a00010a
uuid=78656e69-6177-8000-8000-02420a00010a
type=ethernet
autoconnect-priority=999

[ethernet]
mac-address=02:42:0a:00:01:0a

[user]
org.freedesktop.nm-cloud-setup.skip=yes

[ipv4]
method=auto
never-default=true
address1=10.0.1.21/32
route1=10.0.1.0/24
route2=0.0.0.0/0,10.0.1.1
route3=172.16.1.1/32,10.0.1.1
route1_options=table=4001
route2_options=table=4001,onlink=true
route3_options=table=254,onlink=true
routing-rule1=priority 4001 from 10.0.1.10 table 4001 suppress_prefixlength 0
routing-rule2=priority 4100 from 0.0.0.0/0 table 254 suppress_prefixlength 0

[ipv6]
addr-gen-mode=eui64
ip6-privacy=0
method=auto
never-default=true
address1=2001:db8::11/128
route1=2001:db8::/64
route2=::/0,fe80:ec2::1
route1_options=table=4001
route2_options=table=4001,onlink=true
routing-rule1=priority 4102 from 2001:db8::10 table 4001
routing-rule2=priority 4100 from ::/0 table 254 suppress_prefixlength 0
"""
PATH = "/etc/NetworkManager/system-connections/xeni-02420a00010a.nmconnection"
LOAD = ["nmcli", "connection", "load", PATH]
OTHER = Owner({NETWORK_MANAGER: "5fb06bd0-0bb0-7ffb-45f1-d6edd65f3e03"})
OURS = Owner({NETWORK_MANAGER: network_manager.uuid(ETH1.mac_address)})
NONE = Owner({NETWORK_MANAGER: ""})


def test_profile_of_a_management_interface():
    assert network_manager.render(ETH1, "eth1", RULES, ROUTES, {}) == {PATH: FILE}
    assert is_ours(FILE)


def test_public_interface_keeps_the_default_routes_of_dhcp_and_of_the_router():
    [file] = network_manager.render(ETH0, "eth0", [], [], {}).values()
    assert "[ipv4]\nmethod=auto\nroute-metric=50\n" in file
    assert file.endswith("method=auto\nroute-metric=50\n")
    assert "never-default" not in file


def test_secondary_addresses_of_a_profile():
    assert sets_address(FILE, "10.0.1.21") and sets_address(FILE, "2001:db8::11")
    assert not sets_address(FILE, "10.0.1.10") and not sets_address(FILE, "2001:db8::1")


def up(*words):
    return ["nmcli", "--wait", "15", "connection", "up", *words]


UP, REAPPLY = up("uuid", OURS.handles[NETWORK_MANAGER], "ifname", "eth1"), ["nmcli", "device", "reapply", "eth1"]


@pytest.mark.parametrize(("files", "reads", "lost", "there", "back"), [
    ({PATH: FILE}, {"eth1": OTHER}, {},
     [LOAD, UP], [LOAD, up("uuid", OTHER.handles[NETWORK_MANAGER], "ifname", "eth1")]),
    ({PATH: FILE}, {"eth1": NONE}, {}, [LOAD, UP], [LOAD]),
    ({PATH: FILE}, {"eth1": OURS}, {}, [LOAD, UP], [LOAD, UP]),
    ({}, {}, {"eth1": OURS}, [REAPPLY], [REAPPLY]),
    ({}, {}, {"eth1": OTHER},
     [UP], [up("uuid", OTHER.handles[NETWORK_MANAGER], "ifname", "eth1")]),
    ({PATH: None}, {}, {}, [LOAD], [LOAD, up("id", "xeni-02420a00010a")]),
    ({}, {}, {}, [], []),
], ids=["another profile", "no profile", "ours", "lost", "lost to another", "not wanted any more", "nothing"])
def test_commands(files, reads, lost, there, back):
    change = Change(files, reads, lost, {"eth1": ETH1.mac_address})
    assert network_manager.commands(change) == there
    assert network_manager.commands_back(change) == back
