# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import Owner
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Address, Link, Route, Rule, State
from ansible_collections.xeni.aws.plugins.modules.guest_routing_info import describe, problems

STATE = State(
    links=(Link("eth0", "02:42:0a:00:00:0a"), Link("eth1", "02:42:0a:00:01:0a")),
    addresses=(Address("eth1", "10.0.1.10", 24), Address("eth1", "2001:db8:0:1::10", 128)),
    rules=(
        Rule(0, "all", 255), Rule(10001, "10.0.1.10", 10001), Rule(32766, "all", 254),
        Rule(0, "all", 255, family=6), Rule(4101, "2001:db8:0:1::10", 4001, family=6),
    ),
    routes=(
        Route(10001, "default", "10.0.1.1", "eth1"), Route(254, "10.0.1.0/24", "", "eth1"),
        Route(255, "10.0.1.10", "", "eth1"),
    ),
)
FILE = "/run/systemd/network/70-eth1.network"


def test_interfaces_with_who_has_them_and_all_rules_and_routes_also_of_others():
    owned = {"eth0": Owner(), "eth1": Owner({"systemd-networkd": FILE})}
    assert describe(STATE, owned, {"eth0": (), "eth1": ("amazon-ec2-net-utils",)}) == {
        "interfaces": [
            {"name": "eth0", "mac_address": "02:42:0a:00:00:0a", "private_ip_addresses": [], "ipv6_addresses": [],
             "managers": [], "configuration": "", "agents": []},
            {"name": "eth1", "mac_address": "02:42:0a:00:01:0a", "private_ip_addresses": ["10.0.1.10"],
             "ipv6_addresses": ["2001:db8:0:1::10"], "managers": ["systemd-networkd"], "configuration": FILE,
             "agents": ["amazon-ec2-net-utils"]},
        ],
        "rules": [
            "rule 0: from all lookup 255", "rule 10001: from 10.0.1.10 lookup 10001",
            "rule 32766: from all lookup main", "IPv6 rule 0: from all lookup 255",
            "rule 4101: from 2001:db8:0:1::10 lookup 4001",
        ],
        "routes": ["route 10.0.1.0/24 dev eth1 table main", "route default via 10.0.1.1 dev eth1 table 10001"],
    }


def test_peers_are_addresses():
    assert not list(problems(["192.0.2.10", "2001:db8::10"]))
    assert list(problems(["www.example.com", "192.0.2.0/24"])) == [
        "peers: 'www.example.com' is no IP address; give addresses such as 192.0.2.10 or 2001:db8::10",
        "peers: '192.0.2.0/24' is no IP address; give addresses such as 192.0.2.10 or 2001:db8::10",
    ]
