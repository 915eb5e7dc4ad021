# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Every filter that botocore's model documents finds the item that has its value, and no other.

The items are made from botocore's shapes with every member filled, whatever the lab's objects happen to have.
"""

from __future__ import annotations

from itertools import count

import pytest
from moto.ec2.exceptions import EC2ClientError

from lab.cloud.ec2.describe import page
from lab.cloud.ec2.filters import UNSEEN, documented_filters, item_shape, path_of, values_at
from lab.cloud.ec2.replies import DESCRIBES
from lab.cloud.ec2.xml_writer import text

from .shapes import filled

#: (operation, filter) -> why AWS's reply never carries the value: such a filter is accepted and finds nothing.
UNSEEN_FILTERS = {
    ("DescribeInstances", "metadata-options.http-protocol-ipv4"): "the reply has HttpProtocolIpv6 only",
    ("DescribeVpcEndpointAssociations", "associated-resource-id"): "the reply has the resource's ARN only",
    ("DescribeVpnConnections", "bgp-asn"): "the reply has the customer gateway's id only",
} | {
    ("DescribeInstances", f"network-interface.{name}"): "an instance's interface is described in part only"
    for name in (
        "addresses.association.allocation-id",
        "addresses.association.association-id",
        "association.allocation-id",
        "association.association-id",
        "attachment.instance-id",
        "attachment.instance-owner-id",
        "availability-zone",
        "deny-all-igw-traffic",
        "ipv6-native",
        "outpost-arn",
        "public-dns-name",
        "requester-id",
        "requester-managed",
        "tag-key",
        "tag-value",
    )
}

#: Read from the documentation of DescribeNetworkInterfaces' filters and of its reply, by hand.
NETWORK_INTERFACE_PATHS = {
    "addresses.association.owner-id": "PrivateIpAddresses.Association.IpOwnerId",
    "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
    "addresses.primary": "PrivateIpAddresses.Primary",
    "addresses.private-ip-address": "PrivateIpAddresses.PrivateIpAddress",
    "association.allocation-id": "Association.AllocationId",
    "association.association-id": "Association.AssociationId",
    "association.ip-owner-id": "Association.IpOwnerId",
    "association.public-dns-name": "Association.PublicDnsName",
    "association.public-ip": "Association.PublicIp",
    "attachment.attach-time": "Attachment.AttachTime",
    "attachment.attachment-id": "Attachment.AttachmentId",
    "attachment.delete-on-termination": "Attachment.DeleteOnTermination",
    "attachment.device-index": "Attachment.DeviceIndex",
    "attachment.instance-id": "Attachment.InstanceId",
    "attachment.instance-owner-id": "Attachment.InstanceOwnerId",
    "attachment.status": "Attachment.Status",
    "availability-zone": "AvailabilityZone",
    "availability-zone-id": "AvailabilityZoneId",
    "description": "Description",
    "group-id": "Groups.GroupId",
    "interface-type": "InterfaceType",
    "ipv6-addresses.ipv6-address": "Ipv6Addresses.Ipv6Address",
    "mac-address": "MacAddress",
    "network-interface-id": "NetworkInterfaceId",
    "operator.managed": "Operator.Managed",
    "operator.principal": "Operator.Principal",
    "owner-id": "OwnerId",
    "private-dns-name": "PrivateDnsName",
    "private-ip-address": "PrivateIpAddress",
    "requester-id": "RequesterId",
    "requester-managed": "RequesterManaged",
    "source-dest-check": "SourceDestCheck",
    "status": "Status",
    "subnet-id": "SubnetId",
    "tag-key": "TagSet.Key",
    "vpc-id": "VpcId",
}


def test_every_documented_filter_of_network_interfaces_looks_where_the_reply_has_it():
    documented = documented_filters("DescribeNetworkInterfaces") - {"tag"}
    found = {name: ".".join(path_of("DescribeNetworkInterfaces", name)) for name in documented}
    assert found == NETWORK_INTERFACE_PATHS


FILTERS = [(operation, name) for operation in DESCRIBES for name in sorted(documented_filters(operation))]


def test_the_filters_without_a_value_are_known():
    unseen = {each for each in FILTERS if each[1] != "tag" and path_of(*each) == UNSEEN}
    assert unseen == set(UNSEEN_FILTERS)


@pytest.mark.parametrize("operation", sorted(DESCRIBES))
def test_each_filter_finds_the_item_with_its_value_only(operation):
    describe, shape, numbers = DESCRIBES[operation], item_shape(operation), count(1)
    wanted, other = (filled(shape, numbers, flag) for flag in (True, False))

    def find(name: str, value: str) -> list:
        return page(operation, {"Filters": [{"Name": name, "Values": [value]}]}, {describe.items: [wanted, other]})[
            describe.items
        ]

    for name in documented_filters(operation) - {"tag"}:
        if (operation, name) not in UNSEEN_FILTERS:
            assert find(name, text(value_of(operation, name, wanted))) == [wanted], name
            assert find(name, "no such value") == [], name
    if "tag" in documented_filters(operation):
        [tag] = [wanted] if operation == "DescribeTags" else tags_of(operation, wanted)
        assert find(f"tag:{tag['Key']}", tag["Value"]) == [wanted]
        assert find(f"tag:{tag['Key']}", "*") == [wanted]
        assert find("tag:another", tag["Value"]) == []


def value_of(operation: str, name: str, item: dict):
    """The one scalar that the filter is to look at."""
    nested, path, shape = DESCRIBES[operation].nested, path_of(operation, name), item_shape(operation)
    if path[0] == "^":
        path = path[1:]
    elif nested:
        path = (nested, *path)
    [value] = values_at(item, shape, path)
    assert not isinstance(value, (dict, list)), f"{operation} {name} looks at a whole {path}"
    return value


def tags_of(operation: str, item: dict) -> list[dict]:
    nested = DESCRIBES[operation].nested
    inner = item[nested][0] if nested else item
    return inner.get("TagSet") or inner["Tags"]


@pytest.mark.parametrize(
    ("operation", "name", "first"),
    [
        ("DescribeSubnets", "cidr", "cidr-block"),
        ("DescribeSubnets", "cidrBlock", "cidr-block"),
        ("DescribeSubnets", "availabilityZone", "availability-zone"),
        ("DescribeSubnets", "defaultForAz", "default-for-az"),
    ],
)
def test_names_that_are_documented_beside_the_first(operation, name, first):
    assert path_of(operation, name) == path_of(operation, first) != UNSEEN


def described(filters: list[dict]) -> list:
    items = [{"Description": text} for text in ("one", "two")]
    return page("DescribeNetworkInterfaces", {"Filters": filters}, {"NetworkInterfaces": items})["NetworkInterfaces"]


def test_the_limits_of_a_request():
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""
    values = [f"value {number}" for number in range(199)] + ["one"]
    assert described([{"Name": "description", "Values": values}]) == [{"Description": "one"}]
    assert len(described([{"Name": "description", "Values": ["*"]}] * 50)) == 2
    too_many_values = [{"Name": "description", "Values": [*values, "x"]}]
    for too_many in (too_many_values, [{"Name": "description", "Values": ["*"]}] * 51):
        with pytest.raises(EC2ClientError) as refused:
            described(too_many)
        assert refused.value.code == "FilterLimitExceeded"
