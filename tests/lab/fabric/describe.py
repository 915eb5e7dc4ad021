# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One pass of the describe calls of EC2, and of what EC2's replies lead to.

Nothing else is ever called, so read-only credentials suffice.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable

from lab.fabric import describe_elbv2, describe_route53
from lab.fabric.cidr_blocks import associated
from lab.fabric.description import (
    AclEntry,
    Description,
    EndpointService,
    HostedZone,
    Instance,
    LoadBalancer,
    Match,
    NetworkAcl,
    NetworkInterface,
    Permission,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpnGateway,
)
from lab.fabric.paging import items
from lab.guests import flavours
from lab.guests.flavours import Flavour, FlavourError

GUEST_TAG = "lab:guest"

ROUTE_TARGETS = (
    "NetworkInterfaceId",
    "GatewayId",
    "EgressOnlyInternetGatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
)


# The calls are not one snapshot. In this order, what an object refers to is asked for after it.
CALLS = {
    "VpcEndpoints": "describe_vpc_endpoints",
    "ServiceConfigurations": "describe_vpc_endpoint_service_configurations",
    "Subnets": "describe_subnets",
    "Vpcs": "describe_vpcs",
    "NetworkInterfaces": "describe_network_interfaces",
    "RouteTables": "describe_route_tables",
    "NetworkAcls": "describe_network_acls",
    "SecurityGroups": "describe_security_groups",
    "InternetGateways": "describe_internet_gateways",
    "EgressOnlyInternetGateways": "describe_egress_only_internet_gateways",
    "VpnGateways": "describe_vpn_gateways",
    "VpnConnections": "describe_vpn_connections",
    "CustomerGateways": "describe_customer_gateways",
}


class Cloud:
    """One account and region. ``connect`` makes the boto3 client of a service, such as a ``boto3.Session``'s."""

    def __init__(self, connect: Callable):
        self._client = connect("ec2")
        self._elbv2 = connect("elbv2")
        self._route53 = connect("route53")
        self._user_data: dict[str, str] = {}

    @property
    def endpoint_url(self) -> str:
        """EC2's."""
        return self._client.meta.endpoint_url

    def describe(self) -> Description:
        """Raises botocore's ClientError and BotoCoreError, and FlavourError for a tag that names no guest."""
        running = {item["InstanceId"]: item for item in self._running_instances()}
        replies = {key: items(self._client, operation, key) for key, operation in CALLS.items()}
        public_keys = self._public_keys({item["KeyName"] for item in running.values() if item.get("KeyName")})
        instances = {
            key: _instance(item, public_keys.get(item.get("KeyName"), ""), self._user_data_of(key))
            for key, item in running.items()
        }
        return _description(
            replies,
            running,
            instances,
            resolving={vpc_id: self._dns_attributes(vpc_id) for vpc_id in {each.vpc_id for each in instances.values()}},
            load_balancers=self._load_balancers(replies),
            hosted_zones=describe_route53.private_zones(self._route53),
        )

    def _load_balancers(self, replies: dict[str, list[dict]]) -> dict[str, LoadBalancer]:
        """Only those of endpoint services: nothing else leads to one."""
        arns = {arn for item in replies["ServiceConfigurations"] for arn in item.get("NetworkLoadBalancerArns", ())}
        return describe_elbv2.load_balancers(self._elbv2, sorted(arns), replies["NetworkInterfaces"])

    def _running_instances(self) -> list[dict]:
        filters = [{"Name": "instance-state-name", "Values": ["running"]}]
        reservations = items(self._client, "describe_instances", "Reservations", Filters=filters)
        return [instance for reservation in reservations for instance in reservation["Instances"]]

    def _dns_attributes(self, vpc_id: str) -> tuple[bool, bool]:
        """enableDnsSupport and enableDnsHostnames, which DescribeVpcs does not tell."""
        names = ("enableDnsSupport", "enableDnsHostnames")
        replies = [self._client.describe_vpc_attribute(VpcId=vpc_id, Attribute=name) for name in names]
        return replies[0]["EnableDnsSupport"]["Value"], replies[1]["EnableDnsHostnames"]["Value"]

    def _user_data_of(self, instance_id: str) -> str:
        """It cannot change while the instance runs, so it is asked for once."""
        if instance_id not in self._user_data:
            reply = self._client.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
            encoded = reply.get("UserData", {}).get("Value", "")
            self._user_data[instance_id] = base64.b64decode(encoded).decode(errors="replace")
        return self._user_data[instance_id]

    def _public_keys(self, names: set[str]) -> dict[str, str]:
        if not names:
            return {}
        filters = [{"Name": "key-name", "Values": sorted(names)}]
        pairs = self._client.describe_key_pairs(Filters=filters, IncludePublicKey=True)["KeyPairs"]
        return {pair["KeyName"]: pair.get("PublicKey", "").strip() for pair in pairs}


def _description(
    replies: dict[str, list[dict]],
    running: dict[str, dict],
    instances: dict[str, Instance],
    resolving: dict[str, tuple[bool, bool]],
    load_balancers: dict[str, LoadBalancer],
    hosted_zones: dict[str, HostedZone],
) -> Description:
    vpcs = {item["VpcId"]: item for item in replies["Vpcs"]}
    subnets = {item["SubnetId"]: item for item in replies["Subnets"]}
    # What is in a subnet made since the subnets were described waits for the next pass.
    interfaces = {
        item["NetworkInterfaceId"]: item
        for item in replies["NetworkInterfaces"]
        if item.get("SubnetId") in subnets and item["VpcId"] in vpcs
    }
    tables, acls, connections = replies["RouteTables"], replies["NetworkAcls"], replies["VpnConnections"]
    gateways = {
        "internet_gateway": _attached(replies["InternetGateways"], "InternetGatewayId", "Attachments"),
        "egress_only_gateway": _attached(
            replies["EgressOnlyInternetGateways"], "EgressOnlyInternetGatewayId", "Attachments"
        ),
        "vpn_gateway": _attached(replies["VpnGateways"], "VpnGatewayId", "VpcAttachments"),
    }
    return Description(
        vpcs={
            key: _vpc(item, gateways, tables, resolving.get(key, (False, False)))
            for key, item in vpcs.items()
        },
        subnets={key: _subnet(item, tables, acls) for key, item in subnets.items()},
        route_tables={item["RouteTableId"]: _route_table(item) for item in tables},
        network_acls={item["NetworkAclId"]: _network_acl(item) for item in acls},
        security_groups={item["GroupId"]: _security_group(item) for item in replies["SecurityGroups"]},
        network_interfaces={key: _network_interface(item, running) for key, item in interfaces.items()},
        instances=instances,
        vpn_gateways={
            key: VpnGateway(key, vpc_id, _static_prefixes(key, connections))
            for vpc_id, key in gateways["vpn_gateway"].items()
        },
        customer_gateway_addresses=_customer_gateway_addresses(replies["CustomerGateways"]),
        vpc_endpoints={
            item["VpcEndpointId"]: _vpc_endpoint(item)
            for item in replies["VpcEndpoints"]
            if item["VpcEndpointType"] == "Interface"
        },
        endpoint_services={
            item["ServiceName"]: EndpointService(item["ServiceName"], tuple(item.get("NetworkLoadBalancerArns", ())))
            for item in replies["ServiceConfigurations"]
        },
        load_balancers=load_balancers,
        hosted_zones=hosted_zones,
        raw={**running, **interfaces, **subnets, **vpcs},
    )


def _attached(gateways: list[dict], id_key: str, attachments_key: str) -> dict[str, str]:
    """Gateway by VPC. An Internet gateway's attachment is ``available``, others' are ``attached``."""
    return {
        attachment["VpcId"]: gateway[id_key]
        for gateway in gateways
        for attachment in gateway.get(attachments_key, ())
        if attachment.get("State") in ("available", "attached")
    }


def _vpc(item: dict, gateways: dict[str, dict], tables: list[dict], resolving: tuple[bool, bool]) -> Vpc:
    associations = (
        (association.get("GatewayId"), table["RouteTableId"])
        for table in tables
        if table["VpcId"] == item["VpcId"]
        for association in table.get("Associations", ())
    )
    secondary = (block for block in associated(item, "CidrBlock") if block != item["CidrBlock"])
    ipv6_cidrs = associated(item, "Ipv6CidrBlock")
    own = {kind: by_vpc.get(item["VpcId"]) for kind, by_vpc in gateways.items()}
    if not ipv6_cidrs:
        own["egress_only_gateway"] = None  # which carries nothing else
    return Vpc(
        id=item["VpcId"],
        cidrs=(item["CidrBlock"], *secondary),
        ipv6_cidrs=ipv6_cidrs,
        **own,
        edges={gateway: table for gateway, table in associations if gateway},
        dns_support=resolving[0],
        dns_hostnames=resolving[1],
    )


def _subnet(item: dict, tables: list[dict], acls: list[dict]) -> Subnet:
    subnet_id = item["SubnetId"]
    explicit = main = None
    for table in tables:
        if table["VpcId"] != item["VpcId"]:
            continue
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet_id:
                explicit = table["RouteTableId"]
            elif association.get("Main"):
                main = table["RouteTableId"]
    acl_of = {
        association["SubnetId"]: acl["NetworkAclId"] for acl in acls for association in acl.get("Associations", ())
    }
    return Subnet(
        id=subnet_id,
        vpc_id=item["VpcId"],
        cidr=item.get("CidrBlock"),
        route_table=explicit or main,
        network_acl=acl_of.get(subnet_id),
        zone_id=item["AvailabilityZoneId"],
        zone_name=item["AvailabilityZone"],
        ipv6_cidr=next(iter(associated(item, "Ipv6CidrBlock")), None),
    )


def _route_table(item: dict) -> RouteTable:
    routes = (
        Route(destination, _target(route))
        for route in item.get("Routes", ())
        if (destination := route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock"))
    )
    return RouteTable(item["RouteTableId"], tuple(sorted(set(routes), key=lambda route: route.destination)))


def _target(route: dict) -> str:
    if route.get("State") == "blackhole":
        return "blackhole"
    return next((route[key] for key in ROUTE_TARGETS if route.get(key)), "blackhole")


def _network_acl(item: dict) -> NetworkAcl:
    entries = sorted(item.get("Entries", ()), key=lambda entry: entry["RuleNumber"])
    return NetworkAcl(
        item["NetworkAclId"],
        ingress=tuple(_acl_entry(entry) for entry in entries if not entry["Egress"]),
        egress=tuple(_acl_entry(entry) for entry in entries if entry["Egress"]),
    )


def _acl_entry(entry: dict) -> AclEntry:
    protocol = entry["Protocol"]
    ports = entry.get("PortRange")
    icmp = entry.get("IcmpTypeCode")
    bounds = None
    if icmp:
        bounds = (icmp["Type"], icmp["Code"])
    elif ports:
        bounds = (ports["From"], ports["To"])
    cidr = entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
    return AclEntry(entry["RuleNumber"], entry["RuleAction"] == "allow", Match(protocol, bounds), cidr)


def _security_group(item: dict) -> SecurityGroup:
    return SecurityGroup(
        item["GroupId"],
        item["GroupName"],
        ingress=_permissions(item.get("IpPermissions", ())),
        egress=_permissions(item.get("IpPermissionsEgress", ())),
    )


def _permissions(items: Iterable[dict]) -> tuple[Permission, ...]:
    return tuple(
        Permission(
            Match(item["IpProtocol"], _bounds(item.get("FromPort"), item.get("ToPort"))),
            cidrs=(
                *sorted(block["CidrIp"] for block in item.get("IpRanges", ())),
                *sorted(block["CidrIpv6"] for block in item.get("Ipv6Ranges", ())),
            ),
            groups=tuple(sorted(pair["GroupId"] for pair in item.get("UserIdGroupPairs", ()))),
        )
        for item in items
    )


def _bounds(start: int | None, end: int | None) -> tuple[int, int] | None:
    return None if start is None or end is None else (start, end)


def _network_interface(item: dict, running: dict[str, dict]) -> NetworkInterface:
    attachment = item.get("Attachment") or {}
    attached = attachment.get("Status") == "attached" and attachment.get("InstanceId") in running
    addresses = sorted(item.get("PrivateIpAddresses", ()), key=lambda address: not address.get("Primary"))
    return NetworkInterface(
        id=item["NetworkInterfaceId"],
        mac=item["MacAddress"],
        vpc_id=item["VpcId"],
        subnet_id=item["SubnetId"],
        addresses=tuple(address["PrivateIpAddress"] for address in addresses),
        public={
            address["PrivateIpAddress"]: address["Association"]["PublicIp"]
            for address in addresses
            if address.get("Association", {}).get("PublicIp")
        },
        groups=tuple(sorted(group["GroupId"] for group in item.get("Groups", ()))),
        source_dest_check=item.get("SourceDestCheck", True),
        instance_id=attachment["InstanceId"] if attached else None,
        device_index=attachment["DeviceIndex"] if attached else None,
        ipv6_addresses=tuple(address["Ipv6Address"] for address in item.get("Ipv6Addresses", ())),
        prefixes=(
            *(prefix["Ipv4Prefix"] for prefix in item.get("Ipv4Prefixes", ())),
            *(prefix["Ipv6Prefix"] for prefix in item.get("Ipv6Prefixes", ())),
        ),
    )


def _instance(item: dict, public_key: str, user_data: str) -> Instance:
    return Instance(
        id=item["InstanceId"],
        vpc_id=item["VpcId"],
        hostname=item.get("PrivateDnsName", "").partition(".")[0] or item["InstanceId"],
        public_key=public_key,
        user_data=user_data,
        flavour=_flavour(item),
    )


def _flavour(item: dict) -> Flavour:
    name = next((tag["Value"] for tag in item.get("Tags", ()) if tag["Key"] == GUEST_TAG), str(flavours.DEFAULT))
    try:
        return flavours.named(name)
    except FlavourError as error:
        raise FlavourError(f"instance {item['InstanceId']}, tag {GUEST_TAG}: {error}") from None


def _vpc_endpoint(item: dict) -> VpcEndpoint:
    return VpcEndpoint(
        id=item["VpcEndpointId"],
        vpc_id=item["VpcId"],
        service_name=item["ServiceName"],
        state=item["State"],
        network_interfaces=tuple(sorted(item.get("NetworkInterfaceIds", ()))),
        dns_names=tuple(entry["DnsName"].lower() for entry in item.get("DnsEntries", ()) if entry.get("DnsName")),
    )


def _static_prefixes(vpn_gateway_id: str, connections: list[dict]) -> tuple[str, ...]:
    prefixes = {
        route["DestinationCidrBlock"]
        for connection in connections
        if connection.get("VpnGatewayId") == vpn_gateway_id and connection["State"] == "available"
        for route in connection.get("Routes", ())
        if route.get("State") == "available"
    }
    return tuple(sorted(prefixes))


def _customer_gateway_addresses(items: list[dict]) -> tuple[str, ...]:
    available = (item.get("IpAddress") for item in items if item.get("State") == "available")
    return tuple(sorted(filter(None, available)))
