# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of a VPC endpoint: its own in public DNS, and the service's private ones in its VPC.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.moto_api._internal import mock_random as random

from ..route53.lookups import all_hosted_zones
from .endpoint_types import REFUSED
from .parameters import check_choice

#: The hosted zones of REGION.vpce.amazonaws.com, as seen from AWS; not in its reference.
_HOSTED_ZONES = {
    "ap-northeast-1": "Z2E726K9Y6RL4W",
    "ap-south-1": "Z2KVTB3ZLFM7JR",
    "ap-southeast-1": "Z18LLCSTV4NVNL",
    "ap-southeast-2": "ZDK2GCRPAFKGO",
    "ca-central-1": "ZRCXCF510Y6P9",
    "eu-central-1": "Z273ZU8SZ5RJPC",
    "eu-north-1": "Z3OWWK6JFDEDGC",
    "eu-west-1": "Z38GZ743OKFT7T",
    "eu-west-2": "Z7K1066E3PUKB",
    "eu-west-3": "Z1DWHTMFP0WECP",
    "sa-east-1": "Z2LXUWEVLCVZIB",
    "us-east-1": "Z7HUB22UULQXV",
    "us-east-2": "ZC8PG0KIFKBRI",
    "us-west-1": "Z12I86A8N7VCZO",
    "us-west-2": "Z1YSA3EXCYUU9Z",
}

#: An endpoint's IpAddressType -> the DnsRecordIpTypes that go with it.
_RECORD_TYPES = {
    "ipv4": ("ipv4", "service-defined"),
    "ipv6": ("ipv6", "service-defined"),
    "dualstack": ("ipv4", "ipv6", "dualstack", "service-defined"),
}
_PREFERENCES = (
    "ALL_DOMAINS",
    "VERIFIED_DOMAINS_ONLY",
    "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
    "SPECIFIED_DOMAINS_ONLY",
)


class EndpointNames:
    """What is random in an endpoint's names: the label after its id, and the private hosted zone."""

    def __init__(self) -> None:
        self._label = _random(string.ascii_lowercase + string.digits, 8)
        self._private_zone = f"Z0{_random(string.ascii_uppercase + string.digits, 18)}"

    def entries(self, endpoint: Any) -> list[dict[str, str]]:
        """botocore's DnsEntries: regional, zonal, then private."""
        if endpoint.type != "Interface":
            return []
        service = endpoint.service
        start = f"{'*.' if service.dns_wildcard else ''}{endpoint.id}-{self._label}"
        zones = sorted(eni.subnet.availability_zone for eni in endpoint.enis.values())
        own = [f"{each}.{service.dns_name}" for each in (start, *(f"{start}-{zone}" for zone in zones))]
        private = service.private_dns_names if endpoint.private_dns_enabled else ()
        # A Region that is not in the table has a zone, too, whose id does not change.
        hosted_zone = _HOSTED_ZONES.get(service.region) or f"Z{service.region.replace('-', '').upper()}"
        return [{"DnsName": each, "HostedZoneId": hosted_zone} for each in own] + [self.entry(each) for each in private]

    def entry(self, name: str) -> dict[str, str]:
        """botocore's DnsEntry of a name in the private hosted zone."""
        return {"DnsName": name, "HostedZoneId": self._private_zone}


def _random(alphabet: str, length: int) -> str:
    return "".join(random.choice(alphabet) for _each in range(length))


def dns_options(endpoint: Any, asked: dict[str, Any], current: dict[str, Any]) -> dict[str, Any] | None:
    """The endpoint's DnsOptions when a request asks for these; None for types that have none.

    :raises EC2ClientError: InvalidParameterValue, InvalidParameter: not for this type, service or IP address type.
    """
    if endpoint.type in ("GatewayLoadBalancer", "Tunnel"):
        return None
    default = "service-defined" if endpoint.type == "Gateway" else endpoint.ip_type
    record_type = asked.get("DnsRecordIpType") or current.get("DnsRecordIpType") or default
    if record_type not in _RECORD_TYPES[endpoint.ip_type]:
        raise EC2ClientError(
            REFUSED, f"The DNS record IP type {record_type} does not go with the IP address type {endpoint.ip_type}."
        )
    _check_options(endpoint, asked)
    options = {**current, **asked, "DnsRecordIpType": record_type}
    if endpoint.type == "Interface" and endpoint.service.has_gateway:
        # So by default, as https://github.com/hashicorp/terraform-provider-aws/issues/31117 shows.
        options.setdefault("PrivateDnsOnlyForInboundResolverEndpoint", endpoint.private_dns_enabled)
    return options


def _check_options(endpoint: Any, asked: dict[str, Any]) -> None:
    inbound_only = "PrivateDnsOnlyForInboundResolverEndpoint"
    if asked.get(inbound_only) and not (endpoint.type == "Interface" and endpoint.service.has_gateway):
        raise EC2ClientError(REFUSED, f"{inbound_only} is only for services that support gateway endpoints, too.")
    for member in ("PrivateDnsPreference", "PrivateDnsSpecifiedDomains"):
        # "Only supported when private DNS is enabled and when the VPC endpoint type is ServiceNetwork or Resource."
        if asked.get(member) and not (endpoint.type in ("ServiceNetwork", "Resource") and endpoint.private_dns_enabled):
            raise EC2ClientError(
                REFUSED, f"{member} is only for ServiceNetwork and Resource endpoints with private DNS enabled."
            )
    if asked.get("PrivateDnsPreference"):
        check_choice("PrivateDnsPreference", asked["PrivateDnsPreference"], _PREFERENCES)


def check_private_dns(endpoint: Any) -> None:
    """Raise unless the service's private names can resolve to this endpoint in its VPC. The words are AWS's.

    :raises EC2ClientError: InvalidParameter.
    """
    backend, service = endpoint.ec2_backend, endpoint.service
    if service:
        _check_names(endpoint, service)
    vpc = backend.get_vpc(endpoint.vpc_id)
    # moto has what ModifyVpcAttribute was sent, which may be text.
    if not (_is_true(vpc.enable_dns_support) and _is_true(vpc.enable_dns_hostnames)):
        raise EC2ClientError(
            REFUSED,
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {endpoint.vpc_id}",
        )
    taken = set(_private_domains(endpoint))
    for name in service.private_dns_names if service else ():
        if name in taken:
            raise EC2ClientError(
                REFUSED,
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{name} in the VPC {endpoint.vpc_id}",
            )
    if (endpoint.dns_options or {}).get("PrivateDnsOnlyForInboundResolverEndpoint"):
        _check_gateway(endpoint)


def _is_true(attribute: Any) -> bool:
    return str(attribute).lower() == "true"


def _check_names(endpoint: Any, service: Any) -> None:
    refused = f"Private DNS can't be enabled because the service {service.name}"
    if not service.private_dns_names:
        raise EC2ClientError(REFUSED, f"{refused} does not provide a private DNS name.")
    if service.private_dns_state != "verified":
        raise EC2ClientError(REFUSED, f"{refused} has not verified the private DNS name.")
    if not endpoint.is_accepted:
        raise EC2ClientError(
            REFUSED,
            "Private DNS can only be enabled after the endpoint connection is accepted by the owner of "
            f"{service.name}.",
        )


def _check_gateway(endpoint: Any) -> None:
    others = endpoint.ec2_backend.vpc_end_points.values()
    wanted = ("Gateway", endpoint.vpc_id, endpoint.service_name)
    if not any((each.type, each.vpc_id, each.service_name) == wanted for each in others):
        raise EC2ClientError(
            REFUSED,
            "To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC "
            f"{endpoint.vpc_id} must have a Gateway endpoint for the service.",
        )


def _private_domains(endpoint: Any) -> Iterator[str]:
    """The domains that other endpoints and private hosted zones have in the endpoint's VPC."""
    for other in endpoint.ec2_backend.vpc_end_points.values():
        if other is not endpoint and other.vpc_id == endpoint.vpc_id and other.service and other.private_dns_enabled:
            yield from other.service.private_dns_names
    for zone in all_hosted_zones():
        if any(vpc.id == endpoint.vpc_id for vpc in zone.vpcs):
            yield zone.name.rstrip(".")
