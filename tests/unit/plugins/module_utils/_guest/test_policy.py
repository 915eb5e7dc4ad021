# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The policy, asked as the kernel is: by which interface does a packet leave?"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.policy import Policy, goal
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Route, Rule, family

PUBLIC = Interface(
    "02:42:0a:00:00:0a", "public", ("10.0.0.10", "10.0.0.21"), "10.0.0.0/24", 4000,
    ipv6_addresses=("2001:db8::10",), ipv6_subnet="2001:db8::/64")
MANAGEMENT = Interface(
    "02:42:0a:00:01:0a", "management", ("10.0.1.10",), "10.0.1.0/24", 4001, ("192.168.0.0/16", "fd00:c::/48"),
    (("10.7.0.0/16", "10.0.1.99"),), ("2001:db8:0:1::10",), "2001:db8:0:1::/64", ("10.0.1.64/28",))
SIBLING = Interface("02:42:0a:00:01:0b", "management", ("10.0.1.30",), "10.0.1.0/24", 4002)
DEVICES = {PUBLIC.mac_address: "eth0", MANAGEMENT.mac_address: "eth1", SIBLING.mac_address: "eth2"}
POLICY = Policy((PUBLIC, MANAGEMENT, SIBLING), DEVICES, 4000)
# What is in main anyway: of DHCP, of the kernel, of router advertisements, and of somebody's containers.
MAIN = (
    Route(254, "default", "10.0.0.1", "eth0", 100), Route(254, "10.0.0.0/24", "", "eth0"),
    Route(254, "10.0.1.0/24", "", "eth2"), Route(254, "10.0.1.0/24", "", "eth1", 4001),
    Route(254, "172.17.0.0/16", "", "docker0"), Route(254, "2001:db8::/64", "", "eth0", family=6),
    Route(254, "default", "fe80::1", "eth0", family=6), Route(254, "fd17::/64", "", "docker0", family=6),
)
GOAL = goal(POLICY, 4000)


def lookup(source: str, destination: str) -> Route:
    """The route that the kernel takes, ip-rule(8); without a source it is the first of main that tells."""
    number = family(destination)
    rules = [*(rule for rule in GOAL.rules if rule.family == number), Rule(32766, "all", 254, family=number)]
    for rule in sorted(rules):
        if rule.source == "all" or (source and ip_address(source) in ip_network(rule.source)):
            found = [route for route in (*MAIN, *GOAL.routes) if route.table == rule.table and covers(route, destination)]
            best = min(found, key=lambda route: (-length(route), route.metric), default=None)
            if best and length(best) > rule.suppress:
                return best
    raise AssertionError(f"no route from {source} to {destination}")


def covers(route: Route, destination: str) -> bool:
    if route.destination == "default":
        return route.family == family(destination)
    return ip_address(destination) in ip_network(route.destination)


def length(route: Route) -> int:
    return 0 if route.destination == "default" else ip_network(route.destination).prefixlen


@pytest.mark.parametrize(("source", "destination", "device", "gateway"), [
    # a reply leaves by the interface that was asked, wherever it goes
    ("10.0.0.10", "198.51.100.7", "eth0", "10.0.0.1"),
    ("10.0.0.21", "192.168.1.1", "eth0", "10.0.0.1"),
    ("10.0.0.21", "10.7.0.1", "eth0", "10.0.0.1"),
    ("10.0.0.10", "10.0.1.77", "eth0", "10.0.0.1"),
    ("10.0.0.10", "10.0.0.77", "eth0", ""),
    ("10.0.1.10", "198.51.100.7", "eth1", "10.0.1.1"),
    ("10.0.1.10", "192.168.1.1", "eth1", "10.0.1.1"),
    ("10.0.1.10", "10.0.0.77", "eth1", "10.0.1.1"),
    ("10.0.1.10", "10.7.0.1", "eth1", "10.0.1.99"),
    ("10.0.1.66", "198.51.100.7", "eth1", "10.0.1.1"),
    ("2001:db8::10", "2001:4860::1", "eth0", "fe80:ec2::1"),
    ("2001:db8::10", "fd00:c::1", "eth0", "fe80:ec2::1"),
    ("2001:db8:0:1::10", "2001:4860::1", "eth1", "fe80:ec2::1"),
    ("2001:db8:0:1::10", "2001:db8::77", "eth1", "fe80:ec2::1"),
    ("2001:db8:0:1::10", "2001:db8:0:1::77", "eth1", ""),
    # two interfaces in one subnet
    ("10.0.1.10", "10.0.1.77", "eth1", ""),
    ("10.0.1.30", "10.0.1.77", "eth2", ""),
    ("10.0.1.30", "198.51.100.7", "eth2", "10.0.1.1"),
    # containers are there for all
    ("10.0.0.10", "172.17.0.2", "docker0", ""),
    ("10.0.1.10", "172.17.0.2", "docker0", ""),
    ("2001:db8:0:1::10", "fd17::2", "docker0", ""),
    # what the guest itself starts
    ("", "198.51.100.7", "eth0", "10.0.0.1"),
    ("", "192.168.1.1", "eth1", "10.0.1.1"),
    ("", "10.7.0.1", "eth1", "10.0.1.99"),
    ("", "172.17.0.2", "docker0", ""),
    ("", "fd00:c::1", "eth1", "fe80:ec2::1"),
    # what containers start is no concern of ours
    ("172.17.0.2", "198.51.100.7", "eth0", "10.0.0.1"),
])
def test_way_out(source, destination, device, gateway):
    route = lookup(source, destination)
    assert (route.device, route.gateway) == (device, gateway)


def test_without_ipv6_nothing_of_it_is_touched():
    only4 = goal(Policy((SIBLING, Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10",), "10.0.0.0/24", 4001)),
                        DEVICES, 4000), 4000)
    assert {item.family for item in (*only4.rules, *only4.routes)} == {4}
    assert only4.families == (4,)


def test_priorities_are_in_the_order_of_the_policy():
    of_eth1 = [rule for rule in GOAL.rules if rule.source == "10.0.1.10"]
    assert of_eth1 == [Rule(4001, "10.0.1.10", 4001, suppress=0), Rule(4102, "10.0.1.10", 4001)]
    assert Rule(4100, "all", 254, suppress=0) in GOAL.rules
    assert (GOAL.tables, GOAL.priorities) == ((4000, 4099), (4000, 4200))


def test_dhcp_brings_the_first_address_of_a_family():
    assert set(GOAL.addresses) == {
        ("eth0", "10.0.0.10", 0), ("eth0", "10.0.0.21", 32), ("eth0", "2001:db8::10", 0),
        ("eth1", "10.0.1.10", 0), ("eth1", "2001:db8:0:1::10", 0), ("eth2", "10.0.1.30", 0),
    }
