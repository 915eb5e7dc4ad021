# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import dataclasses
import ipaddress

import pytest

from lab.fabric import topology
from lab.fabric.description import Description, Route, RouteTable
from lab.fabric.topology import Link, Setting

TO_IGW = "via 169.254.2.2 dev igw1 onlink"
TO_VGW = "via 169.254.2.2 dev vgw1 onlink"
ETH0, ETH1 = "via fe80::800:ff:fe00:0 dev eni0 onlink", "via fe80::800:ff:fe00:1 dev eni1 onlink"


def with_routes(description: Description, table: str, *routes: Route) -> Description:
    changed = RouteTable(table, (*description.route_tables[table].routes, *routes))
    return dataclasses.replace(description, route_tables={**description.route_tables, table: changed})


def with_eni(description: Description, eni_id: str, **values) -> Description:
    changed = dataclasses.replace(description.network_interfaces[eni_id], **values)
    return dataclasses.replace(description, network_interfaces={**description.network_interfaces, eni_id: changed})


def with_vpc(description: Description, **values) -> Description:
    return dataclasses.replace(description, vpcs={"vpc-1": dataclasses.replace(description.vpcs["vpc-1"], **values)})


def way(description: Description, namespace: str, destination: str, device: str = "lo") -> str | None:
    """Where the kernel would send a packet to ``destination`` that came in by ``device``."""
    settings = topology.build(description).settings
    tables = [
        key.key.split()[3]
        for key in settings
        if (key.namespace, key.object) == (namespace, "-6 rule" if ":" in destination else "rule")
        and key.key.split()[1] == device
    ]
    for table in (*tables, "main"):
        routes = {}
        for key, route in settings.items():
            if key.namespace == namespace and key.object.endswith("route") and key.key.endswith(f" table {table}"):
                prefix = key.key.split()[0].replace("default", "0.0.0.0/0")
                routes[ipaddress.ip_network(prefix)] = route
        matching = [network for network in routes if ipaddress.ip_address(destination) in network]
        if matching:
            return routes[max(matching, key=lambda network: network.prefixlen)]
    return None


@pytest.mark.parametrize(
    ("device", "destination", "expected"),
    [
        ("eni0", "10.0.1.5", "dev eni1"),
        ("eni0", "203.0.113.50", TO_IGW),
        ("eni1", "192.168.0.10", TO_VGW),
        ("eni1", "203.0.113.50", "blackhole"),
        ("eni0", "10.0.0.77", "blackhole"),
        ("igw1", "10.0.0.5", "dev eni0"),
        ("vgw1", "10.0.1.5", "dev eni1"),
        ("igw1", "192.168.0.10", "blackhole"),
        ("vgw1", "203.0.113.50", "blackhole"),
    ],
)
def test_the_router_obeys_the_route_table_of_the_subnet(dual_homed, device, destination, expected):
    assert way(dual_homed, "xeni-vpc-1", destination, device) == expected


@pytest.mark.parametrize(
    ("route", "destination", "expected"),
    [
        (Route("203.0.113.0/24", "blackhole"), "203.0.113.50", "blackhole"),
        (Route("203.0.113.0/24", "eni-1"), "203.0.113.50", "via 10.0.1.5 dev eni1 onlink"),
        (Route("10.0.1.0/24", "igw-1"), "10.0.1.5", TO_IGW),
        (Route("203.0.113.50/32", "vgw-1"), "203.0.113.50", TO_VGW),
        (Route("203.0.113.0/24", "nat-1"), "203.0.113.50", "blackhole"),
        (Route("203.0.113.0/24", "eni-gone"), "203.0.113.50", "blackhole"),
        (Route("203.0.113.0/24", "igw-of-another-vpc"), "203.0.113.50", "blackhole"),
    ],
)
def test_the_longest_prefix_wins(dual_homed, route, destination, expected):
    changed = with_routes(dual_homed, "rtb-0000001", route)
    assert way(changed, "xeni-vpc-1", destination, "eni0") == expected


def test_a_route_to_a_detached_eni_drops(dual_homed):
    changed = with_routes(dual_homed, "rtb-0000001", Route("203.0.113.0/24", "eni-1"))
    detached = with_eni(changed, "eni-1", instance_id=None, device_index=None)
    assert way(detached, "xeni-vpc-1", "203.0.113.50", "eni0") == "blackhole"


def test_a_gateway_has_the_route_table_associated_with_it(dual_homed):
    inspected = with_routes(dual_homed, "rtb-0000002", Route("10.0.0.0/24", "eni-1"))
    inspected = with_vpc(inspected, edges={"igw-1": "rtb-0000002"})
    assert way(inspected, "xeni-vpc-1", "10.0.0.5", "igw1") == "via 10.0.1.5 dev eni1 onlink"
    assert way(inspected, "xeni-vpc-1", "10.0.0.5", "vgw1") == "dev eni0"


def test_an_attached_eni_is_a_link_with_its_mac_between_guest_and_router(dual_homed):
    built = topology.build(dual_homed)
    assert Link(("xeni-vpc-1", "eni1"), ("xeni-i-1", "eth1"), 9001, "0a:00:00:00:00:01") in built.links
    assert Setting("xeni-vpc-1", "address", "10.0.1.1/24 dev eni1") in built.settings
    detached = topology.build(with_eni(dual_homed, "eni-1", instance_id=None, device_index=None))
    assert {link.far for link in built.links - detached.links} == {("xeni-i-1", "eth1")}
    assert not [key for key in detached.settings if "eni1" in key.key]


def test_each_secondary_address_is_routed_to_its_eni(dual_homed):
    changed = with_eni(dual_homed, "eni-1", addresses=("10.0.1.5", "10.0.1.9"))
    assert way(changed, "xeni-vpc-1", "10.0.1.9", "eni0") == "dev eni1"
    assert (
        topology.build(changed)
        .settings[Setting("xeni-vpc-1", "neighbor", "10.0.1.9 dev eni1")]
        .startswith("lladdr 0a:00:00:00:00:01 ")
    )


def test_the_internet_knows_public_addresses_and_no_private_ones(dual_homed):
    assert way(dual_homed, "xeni-internet", "54.0.0.5") == "via 169.254.1.2 dev igw1 onlink"
    assert way(dual_homed, "xeni-internet", "198.51.100.99") == "via 169.254.1.2 dev corp onlink"
    assert way(dual_homed, "xeni-internet", "10.0.0.5") == "blackhole"


def test_the_corporate_network_reaches_the_vpc_by_an_available_vpn_connection_only(dual_homed):
    assert way(dual_homed, "xeni-corp", "10.0.1.5") == "via 169.254.3.2 dev vgw1 onlink src 192.168.0.10"
    assert Setting("xeni-corp", "address", "192.168.0.10/32 dev lo") in topology.build(dual_homed).settings
    gateway = dataclasses.replace(dual_homed.vpn_gateways["vgw-1"], prefixes=())
    down = dataclasses.replace(dual_homed, vpn_gateways={"vgw-1": gateway})
    assert way(down, "xeni-corp", "10.0.1.5") == "via 169.254.1.1 dev internet onlink src 198.51.100.10"
    assert way(down, "xeni-vgw-1", "192.168.0.10") == "blackhole"


def test_the_corporate_network_stands_before_anything_is_described():
    assert way(Description(), "xeni-corp", "203.0.113.50") == "via 169.254.1.1 dev internet onlink src 198.51.100.10"


@pytest.mark.parametrize(
    ("prefix", "host"),
    [
        ("192.168.0.0/16", "192.168.0.10"),
        ("192.168.7.0/29", "192.168.7.6"),
        ("192.168.7.0/31", "192.168.7.0"),
        ("192.168.7.9/32", "192.168.7.9"),
    ],
)
def test_the_corporate_host_of_a_prefix(prefix, host):
    assert topology.host_in(prefix) == host


def test_names_fit_the_kernel(dual_homed):
    for link in topology.build(with_vpc(dual_homed, internet_gateway="igw-0123456789abcdef0")).links:
        assert all(len(device) < 16 for _namespace, device in (link.near, link.far))


@pytest.mark.parametrize(
    ("device", "destination", "expected"),
    [
        ("eni0", "2600:1f18:0:2::5", ETH1),
        ("eni0", "2600:1f18:0:2:1::77", ETH1),
        ("eni1", "10.0.0.17", "via 10.0.0.5 dev eni0 onlink"),
        ("eni0", "2600:1f18:0:2::99", "blackhole"),
        ("eni0", "2001:db8:203::50", "via fe80::2 dev igw1 onlink"),
        ("eni1", "2001:db8:203::50", "via fe80::2 dev eigw1 onlink"),
        ("eni1", "2001:db8:198::10", "blackhole"),  # a virtual private gateway carries no IPv6
        ("igw1", "2600:1f18:0:1::6", ETH0),
        ("eigw1", "2600:1f18:0:2::5", ETH1),
    ],
)
def test_the_router_obeys_the_route_table_for_ipv6(dual_stack, device, destination, expected):
    assert way(dual_stack, "xeni-vpc-1", destination, device) == expected


def test_a_route_of_ipv6_can_lead_to_an_eni(dual_stack):
    changed = with_routes(dual_stack, "rtb-0000001", Route("2001:db8:203::/48", "eni-1"))
    assert way(changed, "xeni-vpc-1", "2001:db8:203::50", "eni0") == ETH1


def test_the_internet_reaches_each_subnet_by_the_gateway_of_its_route_table(dual_stack):
    assert way(dual_stack, "xeni-internet", "2600:1f18:0:1::5") == "via fe80::2 dev igw1 onlink"
    assert way(dual_stack, "xeni-internet", "2600:1f18:0:2::5") == "via fe80::2 dev eigw1 onlink"
    assert way(dual_stack, "xeni-corp", "2600:1f18:0:2::5").startswith("via fe80::1 dev internet ")


def test_a_subnet_may_have_ipv6_only(dual_stack):
    subnet = dataclasses.replace(dual_stack.subnets["subnet-2"], cidr=None)
    only = with_eni(dual_stack, "eni-1", addresses=(), prefixes=("2600:1f18:0:2:1::/80",))
    only = dataclasses.replace(only, subnets={**only.subnets, "subnet-2": subnet})
    only = with_routes(only, "rtb-0000001", Route("203.0.113.0/24", "eni-1"))
    assert way(only, "xeni-vpc-1", "2600:1f18:0:2::5", "eni0") == ETH1
    assert way(only, "xeni-vpc-1", "203.0.113.50", "eni0") == "blackhole"
    assert [key.key for key in topology.build(only).settings if "address" in key.object and "eni1" in key.key] == [
        "2600:1f18:0:2::1/64 dev eni1", "fe80:ec2::1/64 dev eni1",
    ]


def test_ipv6_is_on_only_where_a_vpc_has_it(dual_homed, dual_stack):
    built = topology.build(dual_homed)
    assert built.ipv6 == set()
    assert not [key for key in built.settings if key.object.startswith("-6") or ":" in key.key]
    assert topology.build(dual_stack).ipv6 == {"xeni-internet", "xeni-vpc-1", "xeni-igw-1", "xeni-eigw-1"}


def test_the_router_knows_an_eni_by_its_mac_whatever_link_local_address_its_guest_has(dual_stack):
    settings = topology.build(dual_stack).settings
    assert settings[Setting("xeni-vpc-1", "-6 neighbor", "fe80::800:ff:fe00:1 dev eni1")].startswith(
        "lladdr 0a:00:00:00:00:01 "
    )
    assert Setting("xeni-vpc-1", "-6 address", "2600:1f18:0:2::1/64 dev eni1") in settings
