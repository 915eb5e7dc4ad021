# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lab import netns
from lab.fabric.description import (
    AclEntry,
    Description,
    Instance,
    Match,
    NetworkAcl,
    NetworkInterface,
    Permission,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    VpnGateway,
)

ANYWHERE = Permission(Match("-1"), cidrs=("0.0.0.0/0",))
ZONE = ("use1-az1", "us-east-1a")
ALLOW_ALL = AclEntry(100, True, Match("-1"), "0.0.0.0/0")


def eni(number: int, subnet: str, address: str, groups: tuple[str, ...], **values) -> NetworkInterface:
    defaults = {"public": {}, "source_dest_check": True, "instance_id": "i-1", "device_index": number}
    return NetworkInterface(
        id=f"eni-{number}",
        mac=f"0a:00:00:00:00:0{number}",
        vpc_id="vpc-1",
        subnet_id=subnet,
        addresses=(address,),
        groups=groups,
        **(defaults | values),
    )


@pytest.fixture
def new_ipv6_namespace(new_namespace) -> Callable[[], str]:
    """Makes namespaces where IPv6 loses no seconds with looking for duplicates."""

    def make() -> str:
        name = new_namespace()
        netns.run(name, ["sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0"], check=True)
        return name

    return make


@pytest.fixture
def dual_homed() -> Description:
    """One server: eth0 in a public subnet with an Elastic IP, eth1 in a management subnet behind a VPN."""
    return Description(
        vpcs={"vpc-1": Vpc("vpc-1", ("10.0.0.0/16",), "igw-1", "vgw-1", {}, dns_support=True, dns_hostnames=True)},
        subnets={
            "subnet-1": Subnet("subnet-1", "vpc-1", "10.0.0.0/24", "rtb-0000001", "acl-1", *ZONE),
            "subnet-2": Subnet("subnet-2", "vpc-1", "10.0.1.0/24", "rtb-0000002", "acl-1", *ZONE),
        },
        route_tables={
            "rtb-0000001": RouteTable("rtb-0000001", (Route("10.0.0.0/16", "local"), Route("0.0.0.0/0", "igw-1"))),
            "rtb-0000002": RouteTable("rtb-0000002", (Route("10.0.0.0/16", "local"), Route("192.168.0.0/16", "vgw-1"))),
        },
        network_acls={"acl-1": NetworkAcl("acl-1", ingress=(ALLOW_ALL,), egress=(ALLOW_ALL,))},
        security_groups={
            "sg-web": SecurityGroup(
                "sg-web", "web", (Permission(Match("tcp", (80, 80)), cidrs=("0.0.0.0/0",)),), (ANYWHERE,)
            ),
            "sg-mgmt": SecurityGroup(
                "sg-mgmt", "mgmt", (Permission(Match("tcp", (22, 22)), groups=("sg-mgmt",)),), (ANYWHERE,)
            ),
        },
        network_interfaces={
            "eni-0": eni(0, "subnet-1", "10.0.0.5", ("sg-web",), public={"10.0.0.5": "54.0.0.5"}),
            "eni-1": eni(1, "subnet-2", "10.0.1.5", ("sg-mgmt",)),
        },
        instances={"i-1": Instance("i-1", "vpc-1", "ip-10-0-0-5", "", "")},
        vpn_gateways={"vgw-1": VpnGateway("vgw-1", "vpc-1", ("192.168.0.0/16",))},
        customer_gateway_addresses=("198.51.100.99",),
    )


@pytest.fixture
def dual_stack(dual_homed) -> Description:
    """The same with IPv6: eth0's subnet leads to the Internet gateway, eth1's to an egress-only one."""
    ipv6 = {"subnet-1": "2600:1f18:0:1::/64", "subnet-2": "2600:1f18:0:2::/64"}
    local = Route("2600:1f18::/56", "local")
    own = {
        "eni-0": {"ipv6_addresses": ("2600:1f18:0:1::5", "2600:1f18:0:1::6"), "prefixes": ("10.0.0.16/28",)},
        "eni-1": {"ipv6_addresses": ("2600:1f18:0:2::5",), "prefixes": ("2600:1f18:0:2:1::/80",)},
    }
    routes = {
        "rtb-0000001": (local, Route("::/0", "igw-1")),
        "rtb-0000002": (local, Route("::/0", "eigw-1"), Route("2001:db8:198::/48", "vgw-1")),
    }
    vpc = replace(dual_homed.vpcs["vpc-1"], ipv6_cidrs=("2600:1f18::/56",), egress_only_gateway="eigw-1")
    subnets, tables, enis = dual_homed.subnets, dual_homed.route_tables, dual_homed.network_interfaces
    return replace(
        dual_homed,
        vpcs={vpc.id: vpc},
        subnets={key: replace(subnet, ipv6_cidr=ipv6[key]) for key, subnet in subnets.items()},
        route_tables={key: replace(table, routes=(*table.routes, *routes[key])) for key, table in tables.items()},
        network_interfaces={key: replace(eni, **own[key]) for key, eni in enis.items()},
    )
