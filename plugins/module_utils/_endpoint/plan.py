# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted, observed) endpoint -> the API calls that lead from one to the other. Pure: every decision is taken here."""

from __future__ import annotations

from .._cloud.tags import tag_calls, tag_list
from .._reconcile.calls import Call
from . import policy
from .desired import DEFAULT_TYPE, TARGETS, Wanted
from .observed import Endpoint

CREATE, MODIFY, DELETE = "create_vpc_endpoint", "modify_vpc_endpoint", "delete_vpc_endpoints"

# Types that route, and have no names to resolve.
NAMELESS = ("Gateway", "GatewayLoadBalancer")


def plan(wanted: Wanted, endpoint: Endpoint | None, in_the_way: tuple = ()) -> list:
    """The calls for an endpoint whose subnets have been chosen; what can be changed in place is changed in one call.

    in_the_way: subnets of zones where others are wanted. AWS takes the new one of a zone when the old one is gone.
    """
    if wanted.state == "absent":
        return [_delete(wanted, endpoint)] if endpoint else []
    if endpoint is None:
        return [Call(f"{wanted.key}:create", wanted.key, CREATE, _creation(wanted), wait="available" if wanted.wait else "visible")]
    return [
        *_modifications(wanted.key, endpoint.id, _changes(wanted, endpoint), in_the_way),
        *tag_calls(wanted.key, endpoint.id, endpoint.tags, wanted.all_tags, wanted.purges_tags),
    ]


def _modifications(key: str, endpoint_id: str, changes: dict, in_the_way: tuple) -> list:
    """The call that changes all, after one that makes room where that is needed."""
    calls, removed = [], changes.get("RemoveSubnetIds", [])
    first = [subnet_id for subnet_id in removed if subnet_id in in_the_way]
    if first:
        calls.append(Call(f"{key}:leave", key, MODIFY, {"VpcEndpointId": endpoint_id, "RemoveSubnetIds": first}, wait="changed"))
        rest = {"RemoveSubnetIds": [subnet_id for subnet_id in removed if subnet_id not in first]}
        changes = {member: value for member, value in {**changes, **rest}.items() if value != []}
    if changes:
        after = tuple(call.id for call in calls)
        calls.append(Call(f"{key}:modify", key, MODIFY, {"VpcEndpointId": endpoint_id, **changes}, after, wait="changed"))
    return calls


def _creation(wanted: Wanted) -> dict:
    """CreateVpcEndpoint's request: all that is wanted goes into it."""
    kind = wanted.type or DEFAULT_TYPE
    request: dict = {"VpcEndpointType": kind, "VpcId": wanted.vpc_id}
    if wanted.target:
        request[TARGETS[wanted.target[0]]] = wanted.target[1]
    if wanted.service_region:
        request["ServiceRegion"] = wanted.service_region
    for member, values in (
        ("RouteTableIds", wanted.route_tables), ("SubnetIds", wanted.subnets), ("SecurityGroupIds", wanted.groups),
        ("SubnetConfigurations", _configurations(wanted.addresses)),
    ):
        if values:
            request[member] = list(values)
    if wanted.policy:
        request["PolicyDocument"] = policy.text(wanted.policy)
    if wanted.private_dns_enabled or (wanted.private_dns_enabled is False and kind not in NAMELESS):
        request["PrivateDnsEnabled"] = wanted.private_dns_enabled
    if wanted.ip_address_type:
        request["IpAddressType"] = wanted.ip_address_type
    if wanted.dns_options:
        request["DnsOptions"] = wanted.dns_options
    if wanted.all_tags:
        request["TagSpecifications"] = [{"ResourceType": "vpc-endpoint", "Tags": tag_list(wanted.all_tags)}]
    return request


def _configurations(addresses: dict) -> list:
    return [{"SubnetId": subnet_id, **each} for subnet_id, each in addresses.items() if each]


def _changes(wanted: Wanted, endpoint: Endpoint) -> dict:
    """ModifyVpcEndpoint's request, without the id."""
    request = {
        **_membership("RouteTableIds", wanted.route_tables, endpoint.route_tables),
        **_membership("SubnetIds", wanted.subnets, endpoint.subnets),
        **_groups(wanted, endpoint),
    }
    moved = {subnet_id: each for subnet_id, each in wanted.addresses.items() if not _has(endpoint.addresses.get(subnet_id, {}), each)}
    if moved:
        request["SubnetConfigurations"] = _configurations(moved)
    if wanted.policy is not None and not policy.is_met(wanted.policy, endpoint.policy):
        request["PolicyDocument"] = policy.text(wanted.policy)
    if wanted.private_dns_enabled not in (None, endpoint.private_dns_enabled) and not (
        wanted.private_dns_enabled and awaits_acceptance(endpoint)
    ):
        request["PrivateDnsEnabled"] = wanted.private_dns_enabled
    if wanted.ip_address_type not in (None, endpoint.ip_address_type):
        request["IpAddressType"] = wanted.ip_address_type
    if wanted.dns_options and not _has(endpoint.dns_options, wanted.dns_options):
        request["DnsOptions"] = wanted.dns_options
    return request


def awaits_acceptance(endpoint: Endpoint) -> bool:
    """Whether names cannot be enabled yet: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html"""
    return endpoint.state in ("pending", "pendingAcceptance")


def _membership(member: str, wanted: tuple | None, present: tuple) -> dict:
    """The ids to add and to remove, of an exact set."""
    if wanted is None:
        return {}
    return _steps(member, [item for item in wanted if item not in present], [item for item in present if item not in wanted])


def _groups(wanted: Wanted, endpoint: Endpoint) -> dict:
    """As _membership, of groups that are wanted by id or by name."""
    if wanted.groups is None:
        return {}
    known = {*endpoint.groups, *endpoint.groups.values()}
    return _steps(
        "SecurityGroupIds",
        [group for group in wanted.groups if group not in known],
        [group_id for group_id, name in endpoint.groups.items() if group_id not in wanted.groups and name not in wanted.groups],
    )


def _steps(member: str, add: list, remove: list) -> dict:
    return {**({f"Add{member}": add} if add else {}), **({f"Remove{member}": remove} if remove else {})}


def _has(present: dict, wanted: dict) -> bool:
    """Whether what is mentioned is there, lists in any order."""
    return all(_plain(present.get(member)) == _plain(value) for member, value in wanted.items())


def _plain(value):
    return sorted(value) if isinstance(value, list) else value


def _delete(wanted: Wanted, endpoint: Endpoint) -> Call:
    return Call(f"{wanted.key}:delete", wanted.key, DELETE, {"VpcEndpointIds": [endpoint.id]}, wait="deleted")
