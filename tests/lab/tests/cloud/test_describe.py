# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Filters and pages, the same for every describe; the authority is what botocore's model documents."""

from __future__ import annotations

import pytest

from lab.cloud.ec2.describe import DESCRIBES, UNSEEN, documented_filters, path_of

#: Filters that AWS documents for values which its reply does not have: accepted, and nothing matches.
WITHOUT_VALUE = {
    ("DescribeInstances", f"network-interface.{name}")
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
} | {("DescribeInstances", "metadata-options.http-protocol-ipv4"), ("DescribeVpnConnections", "bgp-asn")}


def test_every_documented_filter_has_its_place_in_the_reply():
    unseen = {
        (operation, name)
        for operation in DESCRIBES
        for name in documented_filters(operation)
        if name != "tag" and path_of(operation, name) == UNSEEN
    }
    assert unseen == WITHOUT_VALUE


def test_documented_filters_are_accepted_and_others_refused(ec2, network, subnet_id, refused):
    network.instance(subnet_id)
    methods = {operation: method for method, operation in ec2.meta.method_to_api_mapping.items()}
    for operation, describe in DESCRIBES.items():
        call = getattr(ec2, methods[operation])
        with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
            call(Filters=[{"Name": "colour", "Values": ["red"]}])
        filters = ["tag:x" if name == "tag" else name for name in documented_filters(operation)]
        for name in filters:
            assert call(Filters=[{"Name": name, "Values": ["no-such-value"]}])[describe.items] == [], name


@pytest.fixture
def three(network, subnet_id):
    """ENIs with the descriptions one, two and a*b."""
    return {
        text: network.eni(
            subnet_id,
            Description=text,
            TagSpecifications=[{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": text}]}],
        )["NetworkInterfaceId"]
        for text in ("one", "two", "a*b")
    }


WILDCARDS = [
    (["one"], {"one"}),
    (["o*"], {"one"}),
    (["t?o"], {"two"}),
    (["t?"], set()),
    (["*"], {"one", "two", "a*b"}),
    (["one", "t*"], {"one", "two"}),
    ([r"a\*b"], {"a*b"}),
    ([r"\*"], set()),
    (["ONE"], set()),
    (["on[e]"], set()),
]


@pytest.mark.parametrize("name", ["description", "tag:Name"])
def test_wildcards(ec2, three, name):
    for values, found in WILDCARDS:
        answer = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": values}])
        assert {each["Description"] for each in answer["NetworkInterfaces"]} == found, values


def test_filters_are_joined_with_and(ec2, three, subnet_id):
    def count(**filters):
        asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        return len(ec2.describe_network_interfaces(Filters=asked)["NetworkInterfaces"])

    assert count(subnet_id=subnet_id, description="one") == 1
    assert count(subnet_id="subnet-1", description="one") == 0
    assert count(subnet_id=subnet_id, source_dest_check="true") == 3
    assert count(subnet_id=subnet_id, tag_key="Name") == 3


def test_network_interface_filters_see_attachment_addresses_and_association(ec2, network, subnet_id):
    network.internet_gateway()
    instance = network.instance(subnet_id)
    eni = network.eni(subnet_id, SecondaryPrivateIpAddressCount=1)
    eni_id, group_id = eni["NetworkInterfaceId"], eni["Groups"][0]["GroupId"]
    second = eni["PrivateIpAddresses"][1]["PrivateIpAddress"]
    attachment = ec2.attach_network_interface(
        NetworkInterfaceId=eni_id, InstanceId=instance["InstanceId"], DeviceIndex=1
    )
    elastic = ec2.allocate_address(Domain="vpc")
    association = ec2.associate_address(
        AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni_id, PrivateIpAddress=second
    )
    assert association["AssociationId"]
    for name, value in {
        "attachment.attachment-id": attachment["AttachmentId"],
        "attachment.device-index": "1",
        "attachment.delete-on-termination": "false",
        "addresses.private-ip-address": second,
        "addresses.association.public-ip": elastic["PublicIp"],
        "mac-address": eni["MacAddress"],
        "network-interface-id": eni_id,
    }.items():
        found = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [value]}])["NetworkInterfaces"]
        assert [each["NetworkInterfaceId"] for each in found] == [eni_id], name
    for name, value in {
        "attachment.instance-id": instance["InstanceId"],
        "attachment.instance-owner-id": instance["NetworkInterfaces"][0]["OwnerId"],
        "attachment.status": "attached",
        "status": "in-use",
        "group-id": group_id,
        "group-name": "default",
        "vpc-id": network.vpc_id,
        "availability-zone": "us-east-1a",
    }.items():
        found = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [value]}])["NetworkInterfaces"]
        assert len(found) == 2, name


def test_instances_are_filtered_within_their_reservation(ec2, network, subnet_id):
    launched = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=2, MaxCount=2, SubnetId=subnet_id
    )
    wanted = launched["Instances"][1]
    for name, value in {
        "private-ip-address": wanted["PrivateIpAddress"],
        "network-interface.addresses.private-ip-address": wanted["PrivateIpAddress"],
        "launch-index": "1",
    }.items():
        [reservation] = ec2.describe_instances(Filters=[{"Name": name, "Values": [value]}])["Reservations"]
        assert reservation["ReservationId"] == launched["ReservationId"]
        assert [each["InstanceId"] for each in reservation["Instances"]] == [wanted["InstanceId"]], name
    [whole] = ec2.describe_instances(Filters=[{"Name": "reservation-id", "Values": [launched["ReservationId"]]}])[
        "Reservations"
    ]
    assert len(whole["Instances"]) == 2


PAGED = {
    "describe_network_interfaces": "NetworkInterfaces",
    "describe_subnets": "Subnets",
    "describe_vpcs": "Vpcs",
    "describe_security_groups": "SecurityGroups",
    "describe_route_tables": "RouteTables",
    "describe_network_acls": "NetworkAcls",
    "describe_internet_gateways": "InternetGateways",
    "describe_instances": "Reservations",
    "describe_tags": "Tags",
}


def test_pages_hold_each_item_once(ec2, network):
    subnet_id = network.subnet("10.0.2.0/24")
    for number in range(3, 9):
        vpc_id = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": str(number)}])
        network.instance(subnet_id)
        ec2.create_internet_gateway()
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.{number}.1.0/24")
    for method, items in PAGED.items():
        whole = getattr(ec2, method)()[items]
        pages = list(ec2.get_paginator(method).paginate(PaginationConfig={"PageSize": 5}))
        assert len(pages) == -(-len(whole) // 5) > 1, method
        assert [each for page in pages for each in page[items]] == whole, method


def test_the_last_page_has_no_token(ec2, three):
    first = ec2.describe_network_interfaces(MaxResults=5)
    assert len(first["NetworkInterfaces"]) == 3
    assert "NextToken" not in first


def test_bad_pages(ec2, refused, three):
    with refused("InvalidParameterCombination", "NetworkInterfaceIds", "MaxResults"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[three["one"]], MaxResults=5)
    with refused("InvalidNextToken", "'nonsense'"):
        ec2.describe_network_interfaces(NextToken="nonsense")


def test_tags_are_described_by_resource_type_and_value(ec2, network, three):
    eip = ec2.allocate_address(
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": [{"Key": "Name", "Value": "e"}]}]
    )
    [tag] = ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": ["elastic-ip"]}])["Tags"]
    assert tag == {
        "Key": "Name",
        "Value": "e",
        "ResourceId": eip["AllocationId"],
        "ResourceType": "elastic-ip",
    }
    found = ec2.describe_tags(Filters=[{"Name": "tag:Name", "Values": ["one", "e"]}])["Tags"]
    assert {each["ResourceId"] for each in found} == {eip["AllocationId"], three["one"]}
    ec2.delete_network_interface(NetworkInterfaceId=three["one"])
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [three["one"]]}])["Tags"] == []
