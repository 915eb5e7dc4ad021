# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the fabric knows of a cloud, as plain dataclasses. CIDR blocks are of IPv4 or IPv6, unless it says which."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from lab.guests.flavours import DEFAULT, Flavour


@dataclass(frozen=True)
class Match:
    """What a security group rule or a network ACL entry matches, beside addresses.

    ``protocol`` is a name (tcp, udp, icmp, icmpv6) or an IANA number, ``-1`` for all. ``ports`` is the inclusive range;
    for ICMP it is (type, code), where -1 is all. ``None`` is every port.
    """

    protocol: str
    ports: tuple[int, int] | None = None


@dataclass(frozen=True)
class Permission:
    """One IpPermission of a security group: traffic with any of ``cidrs`` or with a member of any of ``groups``."""

    match: Match
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class SecurityGroup:
    id: str
    name: str
    ingress: tuple[Permission, ...]
    egress: tuple[Permission, ...]


@dataclass(frozen=True)
class AclEntry:
    number: int
    allow: bool
    match: Match
    cidr: str


@dataclass(frozen=True)
class NetworkAcl:
    """``ingress`` and ``egress`` in order of evaluation."""

    id: str
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]


@dataclass(frozen=True)
class Route:
    """``target`` is ``local``, ``blackhole``, or the id of a gateway or of a network interface."""

    destination: str
    target: str


@dataclass(frozen=True)
class RouteTable:
    id: str
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Subnet:
    """``cidr`` is its IPv4 block, which one with IPv6 only has not.

    ``route_table`` is the associated one, else the VPC's main one. ``zone_id`` is the same in every account,
    ``zone_name`` is not.
    """

    id: str
    vpc_id: str
    cidr: str | None
    route_table: str | None
    network_acl: str | None
    zone_id: str
    zone_name: str
    ipv6_cidr: str | None = None


@dataclass(frozen=True)
class Vpc:
    """``cidrs`` are its IPv4 blocks. ``edges`` maps an attached gateway's id to the route table associated with it.

    ``dns_support`` and ``dns_hostnames`` are the attributes enableDnsSupport and enableDnsHostnames; False in a VPC
    without a running instance, where nobody asks.
    """

    id: str
    cidrs: tuple[str, ...]
    internet_gateway: str | None
    vpn_gateway: str | None
    edges: dict[str, str]
    dns_support: bool
    dns_hostnames: bool
    ipv6_cidrs: tuple[str, ...] = ()
    egress_only_gateway: str | None = None


@dataclass(frozen=True)
class NetworkInterface:
    """``addresses`` are the private IPv4 ones, the primary first; ``public`` maps one to its public or Elastic IP.

    ``prefixes`` are the delegated ones, of IPv4 and IPv6. ``instance_id`` and ``device_index`` are None unless it is
    attached to a running instance.
    """

    id: str
    mac: str
    vpc_id: str
    subnet_id: str
    addresses: tuple[str, ...]
    public: dict[str, str]
    groups: tuple[str, ...]
    source_dest_check: bool
    instance_id: str | None
    device_index: int | None
    ipv6_addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """What it may send from, and what is delivered to it: addresses, without a length, then prefixes."""
        return (*self.addresses, *self.ipv6_addresses, *self.prefixes)


@dataclass(frozen=True)
class Instance:
    """A running instance. ``public_key`` is its key pair's, ``user_data`` is decoded; either may be empty.

    ``flavour`` is what its guest boots: the one that its tag ``lab:guest`` names.
    """

    id: str
    vpc_id: str
    hostname: str
    public_key: str
    user_data: str
    flavour: Flavour = DEFAULT


@dataclass(frozen=True)
class VpnGateway:
    """An attached virtual private gateway. ``prefixes`` are the static routes of its available VPN connections."""

    id: str
    vpc_id: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class VpcEndpoint:
    """An interface endpoint. ``dns_names`` are those of its DNS entries: regional, zonal, private."""

    id: str
    vpc_id: str
    service_name: str
    state: str
    network_interfaces: tuple[str, ...]
    dns_names: tuple[str, ...]


@dataclass(frozen=True)
class EndpointService:
    """``load_balancers`` are the ARNs of its Network Load Balancers."""

    name: str
    load_balancers: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A healthy target: ``id`` is an instance's or an IP address."""

    id: str
    port: int


@dataclass(frozen=True)
class LoadBalancer:
    """A Network Load Balancer. ``listeners`` maps a TCP listener's port to its healthy targets.

    ``enforced_groups`` are the security groups whose inbound rules are enforced on PrivateLink traffic.
    """

    arn: str
    vpc_id: str
    cross_zone: bool
    network_interfaces: tuple[str, ...]
    enforced_groups: tuple[str, ...]
    listeners: dict[int, tuple[Target, ...]]


@dataclass(frozen=True)
class Record:
    """``type`` is A, CNAME or ALIAS. ``values`` are addresses or, of the latter two, one name."""

    name: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class HostedZone:
    """A private one. Names are in lower case and without the final dot. ``vpcs`` are those associated with it."""

    id: str
    name: str
    vpcs: tuple[str, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Description:
    """Everything by id, services by name, load balancers by ARN.

    ``raw`` holds the replies' own dicts of instances, ENIs, subnets and VPCs, for IMDS.
    """

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    route_tables: dict[str, RouteTable] = field(default_factory=dict)
    network_acls: dict[str, NetworkAcl] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)
    network_interfaces: dict[str, NetworkInterface] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    vpn_gateways: dict[str, VpnGateway] = field(default_factory=dict)
    customer_gateway_addresses: tuple[str, ...] = ()
    vpc_endpoints: dict[str, VpcEndpoint] = field(default_factory=dict)
    endpoint_services: dict[str, EndpointService] = field(default_factory=dict)
    load_balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    hosted_zones: dict[str, HostedZone] = field(default_factory=dict)
    raw: dict[str, dict] = field(default_factory=dict)

    def attached(self, vpc_id: str | None = None, instance_id: str | None = None) -> list[NetworkInterface]:
        """The ENIs attached to running instances, of one VPC or instance if given, by instance and device index."""
        interfaces = (
            eni
            for eni in self.network_interfaces.values()
            if eni.instance_id and vpc_id in (None, eni.vpc_id) and instance_id in (None, eni.instance_id)
        )
        return sorted(interfaces, key=lambda eni: (eni.instance_id, eni.device_index))

    def translating(self, vpc_id: str | None = None) -> list[NetworkInterface]:
        """The ENIs of endpoints, in whatever state, and of load balancers, of one VPC if given, by id."""
        owners = (*self.vpc_endpoints.values(), *self.load_balancers.values())
        ids = {eni_id for owner in owners for eni_id in owner.network_interfaces}
        interfaces = (self.network_interfaces[eni_id] for eni_id in sorted(ids) if eni_id in self.network_interfaces)
        return [eni for eni in interfaces if vpc_id in (None, eni.vpc_id)]

    def plugged(self, vpc_id: str) -> list[NetworkInterface]:
        """The ENIs of a VPC that packets reach: those of running instances, then of endpoints and load balancers."""
        return [*self.attached(vpc_id=vpc_id), *self.translating(vpc_id)]


def of_version(version: int, networks: Iterable[str]) -> list[str]:
    """Those of IP version 4 or 6 among addresses and CIDR blocks."""
    return [network for network in networks if ipaddress.ip_network(network).version == version]


def union(descriptions: Sequence[Description]) -> Description:
    """One description of several accounts. Ids are unique over all accounts; what is shared is the same in each."""
    if len(descriptions) == 1:
        return descriptions[0]
    names = [item.name for item in fields(Description)]
    parts = {name: [getattr(description, name) for description in descriptions] for name in names}
    addresses = sorted({address for part in parts.pop("customer_gateway_addresses") for address in part})
    merged = {name: {key: value for part in values for key, value in part.items()} for name, values in parts.items()}
    return Description(**merged, customer_gateway_addresses=tuple(addresses))
