# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of VPC endpoints: what each leads to, and which parameters it takes.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from .parameters import required

#: The code of AWS's refusals of an endpoint, as seen from AWS; its reference has none.
REFUSED = "InvalidParameter"


@dataclass(frozen=True)
class EndpointType:
    """
    :param target: the member of a request that says what the endpoint leads to.
    :param takes: the other members that not all types take.
    :param eni_type: botocore's InterfaceType of its ENIs; None: it has none.
    :param most_subnets: None: one in each zone.
    """

    target: str
    takes: frozenset[str]
    eni_type: str | None = "vpc_endpoint"
    most_subnets: int | None = None


_PLACED = {"SubnetIds", "SubnetConfigurations", "IpAddressType"}
_NAMED = {"DnsOptions", "PrivateDnsEnabled"}

TYPES = {
    "Interface": EndpointType(
        "ServiceName", frozenset({*_PLACED, *_NAMED, "SecurityGroupIds", "PolicyDocument", "ServiceRegion"})
    ),
    "Gateway": EndpointType(
        "ServiceName",
        frozenset({"RouteTableIds", "PolicyDocument", "IpAddressType", "DnsOptions", "ServiceRegion"}),
        eni_type=None,
    ),
    "GatewayLoadBalancer": EndpointType(
        "ServiceName",
        frozenset({*_PLACED, "ServiceRegion"}),
        eni_type="gateway_load_balancer_endpoint",
        most_subnets=1,
    ),
    "Resource": EndpointType("ResourceConfigurationArn", frozenset({*_PLACED, *_NAMED, "SecurityGroupIds"})),
    "ServiceNetwork": EndpointType("ServiceNetworkArn", frozenset({*_PLACED, *_NAMED, "SecurityGroupIds"})),
    "Tunnel": EndpointType("ResourceConfigurationArn", frozenset({*_PLACED, "SecurityGroupIds"})),
}

_TARGETS = {each.target for each in TYPES.values()}
#: What some type takes.
OPTIONS = frozenset().union(*(each.takes for each in TYPES.values()))


def checked_type(asked: dict[str, Any]) -> str:
    """The type that CreateVpcEndpoint asks for, if its members are those of the type.

    :raises EC2ClientError: InvalidVpcEndpointType, MissingParameter, InvalidParameter.
    """
    kind = asked.get("VpcEndpointType") or "Gateway"
    if kind not in TYPES:
        raise EC2ClientError("InvalidVpcEndpointType", f"The VPC endpoint type '{kind}' is not valid.")
    required(asked, TYPES[kind].target)
    check_members(kind, {name for name in (OPTIONS | _TARGETS) - {TYPES[kind].target} if asked.get(name)})
    return kind


def check_members(kind: str, given: set[str]) -> None:
    """Raise InvalidParameter unless an endpoint of this type takes all these members."""
    for name in sorted(given - TYPES[kind].takes):
        raise EC2ClientError(REFUSED, f"{name} is not supported for VPC endpoints of type {kind}.")
