# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files for systemd-networkd."""

from __future__ import annotations

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import systemd_networkd
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.change import Change
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import is_ours
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface
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
    Rule(4100, "all", 254, suppress=0, family=6),
]

FILE = """\
# managed by xeni.aws: changes are lost when guest_routing runs again

[Match]
MACAddress=02:42:0a:00:01:0a
Type=ether

[Network]
DHCP=ipv4

[DHCPv4]
UseMTU=yes
RouteMetric=4001
UseRoutes=no
RoutesToDNS=no

[IPv6AcceptRA]
RouteTable=4001

[Address]
Address=10.0.1.21/32

[Address]
Address=2001:db8::11/128

[Route]
Destination=10.0.1.0/24
Table=4001

[Route]
Destination=0.0.0.0/0
Gateway=10.0.1.1
GatewayOnLink=yes
Table=4001

[Route]
Destination=172.16.1.1
Gateway=10.0.1.1
GatewayOnLink=yes

[Route]
Destination=2001:db8::/64
Metric=100
Table=4001

[Route]
Destination=::/0
Gateway=fe80:ec2::1
GatewayOnLink=yes
Metric=100
Table=4001

[RoutingPolicyRule]
From=10.0.1.10
Table=4001
Priority=4001
SuppressPrefixLength=0

[RoutingPolicyRule]
From=2001:db8::10
Table=4001
Priority=4102

[RoutingPolicyRule]
Family=ipv6
Table=254
Priority=4100
SuppressPrefixLength=0
"""
PATH = "/etc/systemd/network/05-xeni-02420a00010a.network"


def test_file_of_a_management_interface():
    assert systemd_networkd.render(ETH1, "eth1", RULES, ROUTES, {}) == {PATH: FILE}
    assert is_ours(FILE)


def test_public_interface_keeps_the_default_routes_of_dhcp_and_of_the_router():
    [file] = systemd_networkd.render(ETH0, "eth0", [], [], {}).values()
    assert "[DHCPv4]\nUseMTU=yes\nRouteMetric=100\n" in file
    assert "UseRoutes" not in file and "IPv6AcceptRA" not in file


def test_commands():
    changed, lost = Change({PATH: FILE}, {"eth1": None}, {}), Change({}, {}, {"eth1": None, "eth0": None})
    assert systemd_networkd.commands(changed) == [["networkctl", "reload"]]
    assert systemd_networkd.commands(lost) == [["networkctl", "reconfigure", "eth0", "eth1"]]
    assert systemd_networkd.commands(Change({}, {}, {})) == []
