# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse, found before the first changing call and said with parameter, value and remedy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from . import zones
from .desired import TARGETS, Wanted
from .observed import Endpoint, service_of, type_of
from .surroundings import DNS_ATTRIBUTES, Surroundings, added, types

# Which types take an option, of those that not all take:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
_NETWORKED = ("Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork", "Tunnel")
_GUARDED = ("Interface", "Resource", "ServiceNetwork", "Tunnel")
_TAKEN_BY = {
    "service": ("Interface", "Gateway", "GatewayLoadBalancer"),
    "resource_configuration_arn": ("Resource", "Tunnel"),
    "service_network_arn": ("ServiceNetwork",),
    "vpc_endpoint_subnets": _NETWORKED,
    "subnet_configurations": _NETWORKED,
    "vpc_endpoint_security_groups": _GUARDED,
    "private_dns_enabled": ("Interface", "Resource", "ServiceNetwork"),
    "dns_options": ("Interface", "Gateway", "Resource", "ServiceNetwork"),
    "route_table_ids": ("Gateway",),
    "policy": ("Interface", "Gateway"),
}

# What a type of address wants of the service: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
_IP_TYPES = {"ipv4": {"ipv4"}, "ipv6": {"ipv6"}, "dualstack": {"ipv4", "ipv6"}}

# Of each subnet AWS keeps the first four addresses and the last:
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_RESERVED_FIRST = 4


@dataclass(frozen=True)
class Change:
    """An endpoint that is to be made or changed. request: of the call that does it; wanted: with subnets chosen, where that was left to us.

    choice: how they were chosen; region: the caller's.
    """

    wanted: Wanted
    endpoint: Endpoint | None
    request: dict
    around: Surroundings
    choice: zones.Choice | None = None
    region: str = ""

    @property
    def type(self) -> str:
        return type_of(self.wanted, self.endpoint)

    @property
    def vpc_id(self) -> str | None:
        return self.endpoint.vpc_id if self.endpoint else self.wanted.vpc_id

    @property
    def service_name(self) -> str | None:
        return service_of(self.wanted, self.endpoint)

    @property
    def ip_type(self) -> str:
        return self.request.get("IpAddressType") or (self.endpoint and self.endpoint.ip_address_type) or "ipv4"

    @property
    def service(self) -> dict:
        return self.around.service(self.type)


def problems(change: Change) -> list:
    """All of them, so that one run tells all."""
    missing = [*_missing(change), *_service_problems(change)]
    if missing:
        return [f"{change.wanted.key}: {text}" for text in missing]
    checks = (
        _option_problems, _feature_problems, _zone_problems, _subnet_problems, _address_problems, _group_problems,
        _route_table_problems, _dns_problems,
    )
    return [f"{change.wanted.key}: {text}" for check in checks for text in check(change)]


def _missing(change: Change):
    if change.endpoint:
        return
    if not change.wanted.vpc_id:
        yield "vpc_id: the endpoint does not exist yet, and making it needs the VPC to put it in"
    if not change.wanted.target:
        yield f"service: the endpoint does not exist yet, and making it needs what it leads to; give {', '.join(TARGETS)}"


def _service_problems(change: Change):
    if change.service_name is None or change.around.services is None:
        return
    if not change.around.services:
        region = change.wanted.service_region or change.region
        yield (
            f"service: '{change.service_name}' does not exist in {region}, or it does and its owner does not admit this account; "
            "AWS answers both alike: check the name and the region, and have the owner add this account to the allowed principals"
        )
    elif not change.service:
        offers = sorted({kind for item in change.around.services for kind in types(item)})
        yield f"vpc_endpoint_type: '{change.service_name}' is of type {' and '.join(offers)}, not {change.type}; set vpc_endpoint_type: {offers[0]}"


def _option_problems(change: Change):
    """Options that endpoints of the type do not take."""
    wanted = change.wanted
    mentioned = {
        wanted.target[0] if wanted.target else "": bool(wanted.target),
        "vpc_endpoint_subnets": wanted.subnets,
        "subnet_configurations": wanted.addresses,
        "vpc_endpoint_security_groups": wanted.groups,
        "private_dns_enabled": wanted.private_dns_enabled,
        "dns_options": wanted.dns_options,
        "route_table_ids": wanted.route_tables,
        "policy": wanted.policy,
    }
    for option, value in mentioned.items():
        if value and change.type not in _TAKEN_BY[option]:
            yield (
                f"{option}: endpoints of type {change.type} do not take it; leave it out, "
                f"or set vpc_endpoint_type to one that does: {', '.join(_TAKEN_BY[option])}"
            )


def _feature_problems(change: Change):
    """What the service does not do, as itself says."""
    if "PolicyDocument" in change.request and change.service.get("VpcEndpointPolicySupported") is False:
        yield f"policy: '{change.service_name}' does not support endpoint policies; leave policy out"
    kind, supported = change.request.get("IpAddressType"), set(change.service.get("SupportedIpAddressTypes") or ())
    if kind and supported and not _IP_TYPES[kind] <= supported:
        yield f"ip_address_type: {kind} needs more than '{change.service_name}' supports, which is {' and '.join(sorted(supported))}"


def _zone_problems(change: Change):
    """Zones that do not meet. Those of a service of another Region do not count."""
    choice = change.choice
    if choice and not choice.subnets:
        filtered = " that subnet_filters match" if change.wanted.subnet_filters else ""
        zones_of = f" in a zone of '{change.service_name}', which is offered in {', '.join(choice.offered)}" if choice.offered else ""
        yield f"vpc_endpoint_subnets: auto: {change.vpc_id} has no subnet{filtered}{zones_of}; make one, or ask the service's owner for another zone"
    if change.service.get("ServiceRegion", change.region) != change.region:
        return
    subnets = change.around.subnets
    offered = zones.offered(change.service, subnets.values())
    apart = [
        f"{subnet_id} is in {subnets[subnet_id]['AvailabilityZoneId']} ({subnets[subnet_id]['AvailabilityZone']})"
        for subnet_id in added(change.request, "SubnetIds")
        if subnet_id in subnets and offered and subnets[subnet_id]["AvailabilityZoneId"] not in offered
    ]
    if apart:
        yield (
            f"vpc_endpoint_subnets: {', '.join(apart)}, and '{change.service_name}' is offered in {', '.join(offered)}; "
            "choose subnets there, or vpc_endpoint_subnets: auto"
        )


def _subnet_problems(change: Change):
    new, subnets = added(change.request, "SubnetIds"), change.around.subnets
    if not new:
        return
    by_zone: dict = {}
    for subnet_id in change.wanted.subnets:
        subnet = subnets.get(subnet_id)
        if subnet is None:
            yield f"vpc_endpoint_subnets: '{subnet_id}' does not exist in this account and region; give the id of a subnet that does"
        elif subnet["VpcId"] != change.vpc_id:
            yield f"vpc_endpoint_subnets: '{subnet_id}' is of {subnet['VpcId']}, not of {change.vpc_id}; give subnets of the endpoint's VPC"
        else:
            by_zone.setdefault(subnet["AvailabilityZoneId"], []).append(subnet_id)
        if subnet and subnet_id in new and "ipv6" in _IP_TYPES[change.ip_type] and not _ipv6_blocks(subnet):
            yield f"vpc_endpoint_subnets: '{subnet_id}' has no IPv6, which ip_address_type {change.ip_type} needs; give it a block, or leave it out"
    for zone, ids in by_zone.items():
        if len(ids) > 1:
            yield f"vpc_endpoint_subnets: {', '.join(ids)} are all in the zone {zone}; an endpoint takes one subnet of a zone"
    if change.type == "GatewayLoadBalancer" and len(change.wanted.subnets) > 1:
        yield f"vpc_endpoint_subnets: a Gateway Load Balancer endpoint takes one subnet, not {len(change.wanted.subnets)}; make an endpoint for each"


def _address_problems(change: Change):
    """Fixed addresses that are not those of the endpoint's type, outside of their subnet, or that AWS keeps."""
    for item in change.request.get("SubnetConfigurations", ()):
        subnet = change.around.subnets.get(item["SubnetId"], {})
        given = {member.lower() for member in item if member != "SubnetId"}
        if given != _IP_TYPES[change.ip_type]:
            yield (
                f"subnet_configurations: '{item['SubnetId']}' has {' and '.join(sorted(given))}, and an endpoint of ip_address_type "
                f"{change.ip_type} takes {' and '.join(sorted(_IP_TYPES[change.ip_type]))}; give exactly these"
            )
        for member, blocks in (("Ipv4", [subnet["CidrBlock"]] if subnet else []), ("Ipv6", _ipv6_blocks(subnet))):
            if member not in item or not subnet:
                continue
            address, networks = ip_address(item[member]), [ip_network(block) for block in blocks]
            inside = [network for network in networks if address in network]
            where = f"subnet_configurations: {member.lower()}: '{address}'"
            if not inside:
                yield f"{where} is not in {item['SubnetId']} ({', '.join(blocks) or 'which has no IPv6'}); choose one of its addresses"
            elif int(address) - int(inside[0][0]) < _RESERVED_FIRST or address == inside[0][-1]:
                yield f"{where} is one of the five that AWS keeps of {inside[0]}; choose another"


def _ipv6_blocks(subnet: dict) -> list:
    return [each["Ipv6CidrBlock"] for each in subnet.get("Ipv6CidrBlockAssociationSet") or ()]


def _group_problems(change: Change):
    for wanted in added(change.request, "SecurityGroupIds"):
        group = change.around.group(wanted, change.vpc_id)
        if group is None:
            yield f"vpc_endpoint_security_groups: '{wanted}' is no security group of {change.vpc_id}; give the id or the name of one that is"
        elif group["VpcId"] != change.vpc_id:
            yield f"vpc_endpoint_security_groups: '{wanted}' is of {group['VpcId']}, not of {change.vpc_id}; give groups of the endpoint's VPC"


def _route_table_problems(change: Change):
    for wanted in added(change.request, "RouteTableIds"):
        table = change.around.route_tables.get(wanted)
        if table is None:
            yield f"route_table_ids: '{wanted}' does not exist in this account and region; give the id of a route table that does"
        elif table["VpcId"] != change.vpc_id:
            yield f"route_table_ids: '{wanted}' is of {table['VpcId']}, not of {change.vpc_id}; give route tables of the endpoint's VPC"


def _dns_problems(change: Change):
    if not change.request.get("PrivateDnsEnabled"):
        return
    service = change.service
    if service and not (service.get("PrivateDnsName") or service.get("PrivateDnsNames")):
        yield (
            f"private_dns_enabled: '{change.service_name}' has no private DNS name; leave private_dns_enabled out, "
            "or have the service's owner give it one"
        )
    off = [attribute for attribute in DNS_ATTRIBUTES.values() if change.around.dns.get(attribute) is False]
    if off:
        yield f"private_dns_enabled: {change.vpc_id} has {' and '.join(off)} off, which private DNS needs; switch it on first (amazon.aws.ec2_vpc_net does)"


def defers_private_dns(change: Change) -> bool:
    """Whether names can be enabled only later: once the owner has accepted the endpoint, and the service's name is verified.

    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    unverified = change.service.get("PrivateDnsNameVerificationState") not in (None, "verified")
    return unverified or (change.endpoint is None and change.service.get("AcceptanceRequired", False))
