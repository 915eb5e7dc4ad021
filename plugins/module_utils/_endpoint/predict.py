# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What DescribeVpcEndpoints will say once a plan is carried out. Pure; UNKNOWN stands for what AWS chooses."""

from __future__ import annotations

import json
from dataclasses import replace

from .._cloud.tags import tags_after
from .._reconcile.calls import UNKNOWN
from . import policy
from .desired import TARGETS
from .observed import Endpoint
from .plan import CREATE, MODIFY, NAMELESS


def predict(endpoint: Endpoint | None, calls) -> Endpoint | None:
    """The endpoint after the calls."""
    for call in calls:
        if call.operation == CREATE:
            endpoint = _created(call.parameters)
        elif call.operation == MODIFY:
            endpoint = modified(endpoint, call.parameters)
        elif call.operation in ("create_tags", "delete_tags"):
            endpoint = replace(endpoint, tags=tags_after(endpoint.tags, call))
        else:
            endpoint = None
    return endpoint


def _created(request: dict) -> Endpoint:
    kind = request["VpcEndpointType"]
    tags = [tag for specification in request.get("TagSpecifications", ()) for tag in specification["Tags"]]
    endpoint = Endpoint(
        id=UNKNOWN,
        vpc_id=request["VpcId"],
        type=kind,
        target=next((option, request[member]) for option, member in TARGETS.items() if member in request),
        service_region=request.get("ServiceRegion"),
        state="pending",
        policy=policy.text({}) if kind in ("Interface", "Gateway") else None,
        groups={} if kind in NAMELESS or "SecurityGroupIds" in request else {UNKNOWN: "default"},
        private_dns_enabled=False if kind in NAMELESS else UNKNOWN,  # where it is not said, it is as the service has names
        ip_address_type=UNKNOWN,
        tags={tag["Key"]: tag["Value"] for tag in tags},
    )
    lists = {f"Add{member}": request.get(member, []) for member in ("SubnetIds", "SecurityGroupIds", "RouteTableIds")}
    return modified(endpoint, {**request, **lists})


def modified(endpoint: Endpoint, request: dict) -> Endpoint:
    """The endpoint after ModifyVpcEndpoint; the same one where the request asks for what is there."""
    document = request.get("PolicyDocument")
    if document is None or policy.is_met(json.loads(document), endpoint.policy):
        document = endpoint.policy
    names = {group_id: endpoint.groups.get(group_id, UNKNOWN) for group_id in _changed(endpoint.groups, request, "SecurityGroupIds")}
    addresses = {item["SubnetId"]: {k: v for k, v in item.items() if k != "SubnetId"} for item in request.get("SubnetConfigurations", ())}
    return replace(
        endpoint,
        subnets=_changed(endpoint.subnets, request, "SubnetIds"),
        groups=names,
        route_tables=_changed(endpoint.route_tables, request, "RouteTableIds"),
        policy=document,
        private_dns_enabled=request.get("PrivateDnsEnabled", endpoint.private_dns_enabled),
        ip_address_type=request.get("IpAddressType", endpoint.ip_address_type),
        dns_options={**endpoint.dns_options, **request.get("DnsOptions", {})},
        addresses={**endpoint.addresses, **{each: {**endpoint.addresses.get(each, {}), **addresses[each]} for each in addresses}},
    )


def _changed(present, request: dict, member: str) -> tuple:
    added = [item for item in request.get(f"Add{member}", ()) if item not in present]
    return tuple(item for item in (*present, *added) if item not in request.get(f"Remove{member}", ()))
