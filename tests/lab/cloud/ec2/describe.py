# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What all describe operations share: documented filters with wildcards, and pages.

The filters of an operation are those that botocore's model documents. Where a filter's name does not spell the path to
its value in the reply, the path is given here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.ec2.exceptions import EC2ClientError

from ..visibility import visibility

_pick = XFormedAttributePicker()


@dataclass(frozen=True)
class Describe:
    """How one operation's reply is searched.

    :param items: the reply's member that lists the items.
    :param ids: the request's member that names items, which excludes MaxResults.
    :param paths: filter name -> dotted path in an item, for names that do not spell it.
    :param nested: the member of an item that holds what is really filtered (Instances of a Reservation); a path that
        starts with "^" is then looked up in the item itself.
    """

    items: str
    ids: str | None = None
    paths: dict[str, str] = field(default_factory=dict)
    nested: str | None = None


_ASSOCIATION = {
    f"association.{each}": f"Associations.{path}"
    for each, path in {
        "main": "Main",
        "subnet-id": "SubnetId",
        "gateway-id": "GatewayId",
        "route-table-id": "RouteTableId",
        "route-table-association-id": "RouteTableAssociationId",
    }.items()
}

_RULE = {
    "cidr": "IpRanges.CidrIp",
    "from-port": "FromPort",
    "group-id": "UserIdGroupPairs.GroupId",
    "group-name": "UserIdGroupPairs.GroupName",
    "ipv6-cidr": "Ipv6Ranges.CidrIpv6",
    "prefix-list-id": "PrefixListIds.PrefixListId",
    "protocol": "IpProtocol",
    "to-port": "ToPort",
    "user-id": "UserIdGroupPairs.UserId",
}

_NETWORK_INTERFACE = {
    "addresses.association.owner-id": "PrivateIpAddresses.Association.IpOwnerId",
    "group-id": "Groups.GroupId",
    "group-name": "Groups.GroupName",
}

_INSTANCE = {
    "availability-zone": "Placement.AvailabilityZone",
    "availability-zone-id": "Placement.AvailabilityZoneId",
    "affinity": "Placement.Affinity",
    "host-id": "Placement.HostId",
    "placement-group-name": "Placement.GroupName",
    "placement-partition-number": "Placement.PartitionNumber",
    "tenancy": "Placement.Tenancy",
    "block-device-mapping.attach-time": "BlockDeviceMappings.Ebs.AttachTime",
    "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
    "block-device-mapping.status": "BlockDeviceMappings.Ebs.Status",
    "block-device-mapping.volume-id": "BlockDeviceMappings.Ebs.VolumeId",
    "dns-name": "PublicDnsName",
    "instance-state-code": "State.Code",
    "instance-state-name": "State.Name",
    "instance.group-id": "SecurityGroups.GroupId",
    "instance.group-name": "SecurityGroups.GroupName",
    "group-id": "SecurityGroups.GroupId",
    "ip-address": "PublicIpAddress",
    "ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
    "launch-index": "AmiLaunchIndex",
    "monitoring-state": "Monitoring.State",
    "network-interface.ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
    "owner-id": "^OwnerId",
    "product-code": "ProductCodes.ProductCodeId",
    "product-code.type": "ProductCodes.ProductCodeType",
    "reason": "StateTransitionReason",
    "requester-id": "^RequesterId",
    "reservation-id": "^ReservationId",
    "state-reason-code": "StateReason.Code",
    "state-reason-message": "StateReason.Message",
} | {f"network-interface.{name}": f"NetworkInterfaces.{path}" for name, path in _NETWORK_INTERFACE.items()}

DESCRIBES = {
    "DescribeNetworkInterfaces": Describe("NetworkInterfaces", "NetworkInterfaceIds", _NETWORK_INTERFACE),
    "DescribeVpcs": Describe(
        "Vpcs",
        "VpcIds",
        {
            "cidr": "CidrBlock",
            "cidr-block": "CidrBlock",
            "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
            "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
            "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
            "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        },
    ),
    "DescribeSubnets": Describe(
        "Subnets",
        "SubnetIds",
        {
            "cidr": "CidrBlock",
            "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        },
    ),
    "DescribeInternetGateways": Describe("InternetGateways", "InternetGatewayIds"),
    "DescribeVpnGateways": Describe(
        "VpnGateways",
        "VpnGatewayIds",
        {
            "attachment.state": "VpcAttachments.State",
            "attachment.vpc-id": "VpcAttachments.VpcId",
        },
    ),
    "DescribeCustomerGateways": Describe("CustomerGateways", "CustomerGatewayIds"),
    "DescribeVpnConnections": Describe("VpnConnections", "VpnConnectionIds"),
    "DescribeRouteTables": Describe("RouteTables", "RouteTableIds", _ASSOCIATION),
    "DescribeSecurityGroups": Describe(
        "SecurityGroups",
        "GroupIds",
        {f"ip-permission.{name}": f"IpPermissions.{path}" for name, path in _RULE.items()}
        | {f"egress.ip-permission.{name}": f"IpPermissionsEgress.{path}" for name, path in _RULE.items()},
    ),
    "DescribeNetworkAcls": Describe(
        "NetworkAcls",
        "NetworkAclIds",
        {
            "association.association-id": "Associations.NetworkAclAssociationId",
            "default": "IsDefault",
            "entry.cidr": "Entries.CidrBlock",
            "entry.icmp.code": "Entries.IcmpTypeCode.Code",
            "entry.icmp.type": "Entries.IcmpTypeCode.Type",
            "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
            "entry.port-range.from": "Entries.PortRange.From",
            "entry.port-range.to": "Entries.PortRange.To",
        },
    ),
    "DescribeInstances": Describe("Reservations", "InstanceIds", _INSTANCE, nested="Instances"),
    "DescribeAddresses": Describe("Addresses", "AllocationIds", {"domain": "Domain"}),
    "DescribeKeyPairs": Describe("KeyPairs", "KeyNames", {"fingerprint": "KeyFingerprint"}),
    "DescribeTags": Describe("Tags"),
}


def page(operation: str, parameters: dict[str, Any], reply: Any) -> dict[str, Any]:
    """Reply with what the request's Filters match, and of that the page its MaxResults and NextToken ask for.

    :param reply: what the operation answers without them; its items may be dicts or moto's objects.
    """
    describe = DESCRIBES[operation]
    visible = visibility.visible(reply[describe.items], item_shape(operation))
    matching = _matching(operation, describe, parameters, visible)
    limit = parameters.get("MaxResults")
    if limit is None and "NextToken" not in parameters:
        return reply | {describe.items: [item for _key, item in matching]}
    if limit is not None and describe.ids and parameters.get(describe.ids):
        raise EC2ClientError(
            "InvalidParameterCombination",
            f"The parameter {describe.ids} cannot be used with the parameter MaxResults in the same request",
        )
    return reply | _cut(describe.items, matching, limit or 1000, _position(parameters.get("NextToken")))


def _cut(items: str, matching: Iterator[tuple[int, Any]], limit: int, start: int) -> dict[str, Any]:
    found: list[Any] = []
    for position, item in matching:
        if position < start:
            continue
        if len(found) == limit:
            return {items: found, "NextToken": base64.b64encode(str(position).encode()).decode()}
        found.append(item)
    return {items: found, "NextToken": None}


def _position(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError:
        raise EC2ClientError("InvalidNextToken", f"The token '{token}' is invalid.") from None


def _matching(
    operation: str, describe: Describe, parameters: dict[str, Any], items: list[Any]
) -> Iterator[tuple[int, Any]]:
    shape = item_shape(operation)
    wanted = [
        (path_of(operation, each.get("Name", "null")), [_pattern(value) for value in each.get("Values", [])])
        for each in parameters.get("Filters", [])
    ]
    for position, item in enumerate(items):
        if not wanted:
            yield position, item
        elif describe.nested is None:
            if all(_matches(item, shape, path, patterns) for path, patterns in wanted):
                yield position, item
        elif kept := _nested(item, shape, describe.nested, wanted):
            yield position, kept


def _nested(item: Any, shape: Any, nested: str, wanted: list[tuple[tuple[str, ...], list[re.Pattern[str]]]]) -> Any:
    inner_shape = shape.members[nested].member
    outer = [(path[1:], patterns) for path, patterns in wanted if path[0] == "^"]
    inner = [(path, patterns) for path, patterns in wanted if path[0] != "^"]
    if not all(_matches(item, shape, path, patterns) for path, patterns in outer):
        return None
    kept = [
        each
        for each in _values(item, shape, (nested,))
        if all(_matches(each, inner_shape, path, patterns) for path, patterns in inner)
    ]
    return {name: _value(item, shape, name) for name in shape.members} | {nested: kept} if kept else None


def _matches(item: Any, shape: Any, path: tuple[str, ...], patterns: list[re.Pattern[str]]) -> bool:
    if path[0] == "tag":
        values: Iterator[Any] = (tag["Value"] for tag in _tags(item, shape) if tag["Key"] == path[1])
    else:
        values = _values(item, shape, path)
    return any(pattern.fullmatch(_text(value)) for value in values for pattern in patterns)


def _values(item: Any, shape: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if shape.type_name == "list":
        for each in item:
            yield from _values(each, shape.member, path)
    elif not path:
        yield item
    elif path != UNSEEN:
        value = _value(item, shape, path[0])
        if value is not None:
            yield from _values(value, shape.members[path[0]], path[1:])


def _value(item: Any, shape: Any, name: str) -> Any:
    member = shape.members[name]
    # moto's own serialiser sets it too: some of its aliases ask for the parent.
    member.parent = shape
    return _pick(AttributePickerContext(item, name, member))


def _tags(item: Any, shape: Any) -> Iterator[dict[str, str]]:
    if "Key" in shape.members:
        # DescribeTags: the item is itself a tag.
        yield {key: _value(item, shape, key) for key in ("Key", "Value")}
        return
    name = _tag_member(shape)
    for tag in _values(item, shape, (name,)):
        yield from _tags(tag, shape.members[name].member)


def _tag_member(shape: Any) -> str:
    return "TagSet" if "TagSet" in shape.members else "Tags"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value)


@cache
def _pattern(value: str) -> re.Pattern[str]:
    r"""Any characters for *, one for ?, a backslash before either takes it literally.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    return re.compile(
        "".join(wild.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts), re.DOTALL
    )


@cache
def item_shape(operation: str) -> Any:
    """botocore's shape of one item in the operation's reply."""
    reply = get_service_model("ec2").operation_model(operation).output_shape
    return reply.members[DESCRIBES[operation].items].member


@cache
def documented_filters(operation: str) -> frozenset[str]:
    """The filter names that botocore's model documents for the operation; "tag" stands for tag:KEY."""
    filters = get_service_model("ec2").operation_model(operation).input_shape.members["Filters"]
    names = re.findall(r"<li>\s*<p>\s*<code>([^<]+)</code>", filters.documentation)
    return frozenset(name.partition(":")[0] for name in names)


@cache
def path_of(operation: str, name: str) -> tuple[str, ...]:
    """Where in an item of the reply a filter looks; UNSEEN when AWS documents the filter but replies without the value.

    :raises EC2ClientError: InvalidParameterValue, the operation has no such filter.
    """
    describe, shape = DESCRIBES[operation], item_shape(operation)
    if describe.nested:
        shape = shape.members[describe.nested].member
    if name.startswith("tag:"):
        return "tag", name[4:]
    if name in ("tag-key", "tag-value"):
        return _tag_member(shape), name[4:].title()
    if path := describe.paths.get(name):
        return ("^", *path[1:].split(".")) if path.startswith("^") else tuple(path.split("."))
    if name not in documented_filters(operation):
        raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return _spelled(shape, name)


UNSEEN = ("",)


def _spelled(shape: Any, name: str) -> tuple[str, ...]:
    """The path whose members, without regard to case and plural, are the parts of the filter's name."""
    path: list[str] = []
    for part in name.split("."):
        if shape.type_name == "list":
            shape = shape.member
        word = "privateipaddresses" if part == "addresses" else part.replace("-", "").lower()
        spellings = (word, f"{word}s", f"{word}set", f"{word[:-1]}ies")
        member = next((each for each in shape.members if each.lower() in spellings), None)
        if member is None:
            return UNSEEN
        path.append(member)
        shape = shape.members[member]
    return tuple(path)
