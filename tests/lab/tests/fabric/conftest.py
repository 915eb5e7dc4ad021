# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

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
