# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoints as DescribeVpcEndpoints tells of them, and which of them the user means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from .._cloud.ec2 import Ec2, tags_of
from .._cloud.names import snake_case
from .._reconcile.run import BadInput
from .desired import DEFAULT_TYPE, TARGETS, Wanted

DESCRIBE = ("describe_vpc_endpoints", "VpcEndpoints")

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html: which has gone, and will not live.
GONE = ("deleting", "deleted")
DEAD = ("rejected", "failed", "expired")

_REMEDIES = {
    "rejected": "let the service's owner accept it (ec2_vpc_endpoint_connection does), or delete it with state: absent",
    "failed": "delete it with state: absent, then make another",
    "expired": "delete it with state: absent, then make another",
}


@dataclass(frozen=True)
class Endpoint:
    """What is there. target: as Wanted has it; state: as DescribeVpcEndpoints writes it, such as pendingAcceptance.

    groups: {id: name}; policy: the document's text; dns_options: DnsOptions; addresses: as Wanted has them, where they were asked for.
    raw: the reply itself, for the values returned.
    """

    id: str
    vpc_id: str = ""
    type: str = "Interface"
    target: tuple = ()
    service_region: str | None = None
    state: str = "available"
    subnets: tuple = ()
    groups: dict = field(default_factory=dict)
    route_tables: tuple = ()
    policy: str | None = None
    private_dns_enabled: bool = False
    ip_address_type: str | None = None
    dns_options: dict = field(default_factory=dict)
    addresses: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    raw: dict = field(default_factory=dict)


def from_reply(item: dict) -> Endpoint:
    """One element of DescribeVpcEndpoints' VpcEndpoints."""
    state = item.get("State", "")
    return Endpoint(
        id=item["VpcEndpointId"],
        vpc_id=item.get("VpcId", ""),
        type=item.get("VpcEndpointType", ""),
        target=next(((option, item[member]) for option, member in TARGETS.items() if item.get(member)), ()),
        service_region=item.get("ServiceRegion"),
        state=state[:1].lower() + state[1:],  # AWS writes Available as well as available
        subnets=tuple(item.get("SubnetIds") or ()),
        groups={group["GroupId"]: group.get("GroupName", "") for group in item.get("Groups") or ()},
        route_tables=tuple(item.get("RouteTableIds") or ()),
        policy=item.get("PolicyDocument"),
        private_dns_enabled=item.get("PrivateDnsEnabled", False),
        ip_address_type=item.get("IpAddressType"),
        dns_options=item.get("DnsOptions") or {},
        tags=tags_of(item),
        raw=item,
    )


def type_of(wanted: Wanted, endpoint: Endpoint | None) -> str:
    return endpoint.type if endpoint else wanted.type or DEFAULT_TYPE


def service_of(wanted: Wanted, endpoint: Endpoint | None) -> str | None:
    """The name of the service that the endpoint leads to, or is to lead to."""
    option, value = (endpoint.target if endpoint else wanted.target) or ("", None)
    return value if option == "service" else None


def describe(ec2: Ec2, wanted: Wanted) -> list:
    """Every endpoint that could be meant, by one describe."""
    more = {"vpc-id": wanted.vpc_id} if wanted.vpc_id else {}
    if wanted.vpc_endpoint_id:
        found = ec2.describe_by(*DESCRIBE, "vpc-endpoint-id", [wanted.vpc_endpoint_id])
    elif wanted.name:
        found = ec2.describe_by(*DESCRIBE, "tag:Name", [wanted.name], **more)
    elif wanted.service_name:
        found = ec2.describe_by(*DESCRIBE, "service-name", [wanted.service_name], **more)
    else:
        found = ec2.describe_by(*DESCRIBE, "vpc-id", [wanted.vpc_id])
    return [from_reply(item) for item in found]


def meant_by(wanted: Wanted, endpoints) -> Endpoint | None:
    """The endpoint that is meant, None if there is none.

    BadInput if there are several, naming them; if an id does not exist; if it cannot come to life, or would have to become what it cannot.
    """
    found = [endpoint for endpoint in candidates(wanted, endpoints) if endpoint.state not in GONE]
    if wanted.state == "present":
        found = [endpoint for endpoint in found if endpoint.state not in DEAD] or found
    if len(found) > 1 and wanted.route_tables:  # which tell the gateway endpoints of one service apart
        found = [endpoint for endpoint in found if set(endpoint.route_tables) == set(wanted.route_tables)] or found
    if len(found) > 1:
        listed = ", ".join(f"{endpoint.id} ({endpoint.type} in {endpoint.vpc_id}, {endpoint.state})" for endpoint in found)
        raise BadInput([
            f"{wanted.key}: {len(found)} endpoints are meant by this: {listed}; "
            "give vpc_endpoint_id, or vpc_endpoint_type if their types differ, or delete those that are not wanted"
        ])
    if wanted.state == "absent":
        return found[0] if found else None
    if wanted.vpc_endpoint_id and not found:
        raise BadInput([
            f"vpc_endpoint_id: '{wanted.vpc_endpoint_id}' does not exist in this account and region; "
            "give the id of one that does, or vpc_id and service"
        ])
    problems = list(_fixed(wanted, found[0])) if found else []
    if problems:
        raise BadInput(problems)
    return found[0] if found else None


def candidates(wanted: Wanted, endpoints) -> list:
    """Those that an id or a name has found, or that lead to what is wanted, in whatever state."""
    if wanted.vpc_endpoint_id or wanted.name:
        return list(endpoints)
    kind = wanted.type or ("Gateway" if wanted.route_tables else None)  # no other type has route tables
    return [endpoint for endpoint in endpoints if endpoint.target == wanted.target and kind in (None, endpoint.type)]


def _fixed(wanted: Wanted, endpoint: Endpoint):
    """What has ended an endpoint's life, and what one is made with and keeps."""
    if endpoint.state in DEAD:
        error = endpoint.raw.get("LastError") or {}
        reason = endpoint.raw.get("FailureReason") or error.get("Message")
        yield f"{wanted.key}: {endpoint.id} is {endpoint.state}{f' ({reason})' if reason else ''}; {_REMEDIES[endpoint.state]}"
    kept = [
        ("vpc_id", wanted.vpc_id, endpoint.vpc_id),
        ("vpc_endpoint_type", wanted.type, endpoint.type),
        ("service_region", wanted.service_region, endpoint.service_region or wanted.service_region),
    ]
    if wanted.target and wanted.target != endpoint.target:
        option, value = wanted.target
        kept.append((option, value, endpoint.target[1] if endpoint.target else "nothing that this account may see"))
    for option, value, present in kept:
        if value not in (None, present):
            yield (
                f"{wanted.key}: {option}: {endpoint.id} is made with {present} and cannot become '{value}'; "
                f"leave {option} out, or delete the endpoint with state: absent and make another"
            )


def with_addresses(ec2: Ec2, endpoint: Endpoint) -> Endpoint:
    """The endpoint with the addresses of its network interfaces, which DescribeVpcEndpoints does not tell."""
    interfaces = ec2.describe_by(
        "describe_network_interfaces", "NetworkInterfaces", "network-interface-id", endpoint.raw.get("NetworkInterfaceIds") or ())
    return replace(endpoint, addresses={item["SubnetId"]: _addresses_of(item) for item in interfaces})


def _addresses_of(interface: dict) -> dict:
    addresses = {"Ipv4": interface["PrivateIpAddress"]} if interface.get("PrivateIpAddress") else {}
    ipv6 = [item["Ipv6Address"] for item in interface.get("Ipv6Addresses") or ()]
    return {**addresses, "Ipv6": ipv6[0]} if ipv6 else addresses


def show(endpoint: Endpoint) -> dict:
    """An endpoint as the module returns it: all of AWS's reply in snake case, with what is predicted in it."""
    option, value = endpoint.target or ("service", None)
    shown = snake_case({**endpoint.raw, TARGETS[option]: value})
    return {
        **shown,
        "vpc_endpoint_id": endpoint.id,
        "vpc_endpoint_type": endpoint.type,
        "vpc_id": endpoint.vpc_id,
        "state": endpoint.state,
        "subnet_ids": list(endpoint.subnets),
        "groups": [{"group_id": group_id, "group_name": name} for group_id, name in endpoint.groups.items()],
        "route_table_ids": list(endpoint.route_tables),
        "policy_document": endpoint.policy,
        "private_dns_enabled": endpoint.private_dns_enabled,
        "ip_address_type": endpoint.ip_address_type,
        "dns_options": snake_case(endpoint.dns_options),
        "tags": ansible_dict_to_boto3_tag_list(endpoint.tags),
    }
