# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Describes over HTTP: filters on live objects, wildcards, pages; the authority is what botocore's model documents."""

from __future__ import annotations

from functools import partial

import boto3
import pytest
from botocore.config import Config

from lab.cloud.ec2.filters import documented_filters
from lab.cloud.ec2.network_interfaces import NetworkInterface
from lab.cloud.ec2.replies import DESCRIBES

from .service_owner import ServiceOwner


def test_documented_filters_are_accepted_and_others_refused(ec2, client, network, subnet_id, refused):
    network.instance(subnet_id)
    known = {"ServiceId": ServiceOwner(ec2, client("elbv2")).service()["ServiceId"]}
    methods = {operation: method for method, operation in ec2.meta.method_to_api_mapping.items()}
    for operation, describe in DESCRIBES.items():
        shape = ec2.meta.service_model.operation_model(operation).input_shape
        if "Filters" not in shape.members:
            continue
        call = partial(getattr(ec2, methods[operation]), **{name: known[name] for name in shape.required_members})
        with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
            call(Filters=[{"Name": "colour", "Values": ["red"]}])
        filters = [
            {"Name": "tag:x" if name == "tag" else name, "Values": ["no-such-value"]}
            for name in documented_filters(operation)
        ]
        for some in (filters[start : start + 50] for start in range(0, len(filters), 50)):
            assert call(Filters=some)[describe.items] == [], operation


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
    "describe_network_interface_permissions": "NetworkInterfacePermissions",
    "describe_subnets": "Subnets",
    "describe_vpcs": "Vpcs",
    "describe_security_groups": "SecurityGroups",
    "describe_security_group_rules": "SecurityGroupRules",
    "describe_route_tables": "RouteTables",
    "describe_network_acls": "NetworkAcls",
    "describe_internet_gateways": "InternetGateways",
    "describe_egress_only_internet_gateways": "EgressOnlyInternetGateways",
    "describe_dhcp_options": "DhcpOptions",
    "describe_instances": "Reservations",
    "describe_instance_status": "InstanceStatuses",
    "describe_tags": "Tags",
}


def test_pages_hold_each_item_once(ec2, network):
    subnet_id = network.subnet("10.0.2.0/24")
    for number in range(3, 9):
        vpc_id = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": str(number)}])
        eni_id = network.instance(subnet_id)["NetworkInterfaces"][0]["NetworkInterfaceId"]
        ec2.create_network_interface_permission(
            NetworkInterfaceId=eni_id, AwsAccountId="444455556666", Permission="INSTANCE-ATTACH"
        )
        ec2.create_internet_gateway()
        ec2.create_egress_only_internet_gateway(VpcId=vpc_id)
        ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": [f"{number}.example"]}])
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.{number}.1.0/24")
    for method, items in PAGED.items():
        whole = getattr(ec2, method)()[items]
        pages = list(ec2.get_paginator(method).paginate(PaginationConfig={"PageSize": 5}))
        assert len(pages) == -(-len(whole) // 5) > 1, method
        assert sorted([each for page in pages for each in page[items]], key=str) == sorted(whole, key=str), method


def test_addresses_attributes_and_instance_types_come_in_pages(ec2):
    allocations = {ec2.allocate_address()["AllocationId"] for _each in range(3)}
    first = ec2.describe_addresses_attribute(MaxResults=2)
    second = ec2.describe_addresses_attribute(MaxResults=2, NextToken=first["NextToken"])
    assert [len(first["Addresses"]), len(second["Addresses"])] == [2, 1] and "NextToken" not in second
    assert {each["AllocationId"] for page in (first, second) for each in page["Addresses"]} == allocations

    known = ec2.describe_instance_types()
    assert len(known["InstanceTypes"]) == 100 and known["NextToken"]
    search = [{"Name": "instance-type", "Values": ["t3.*"]}]
    pages = ec2.get_paginator("describe_instance_types").paginate(Filters=search, PaginationConfig={"PageSize": 5})
    found = [[each["InstanceType"] for each in page["InstanceTypes"]] for page in pages]
    assert [len(page) for page in found[:-1]] == [5] * (len(found) - 1)
    assert {"t3.nano", "t3.2xlarge"} <= {each for page in found for each in page}


def test_the_last_page_has_no_token(ec2, three):
    first = ec2.describe_network_interfaces(MaxResults=5)
    assert len(first["NetworkInterfaces"]) == 3
    assert "NextToken" not in first


def test_what_comes_and_goes_between_pages_moves_nothing_else(ec2, network, subnet_id):
    """Subnets, because moto keeps them by zone: a new one does not come last."""
    zones = ("us-east-1a", "us-east-1b")
    before = {network.subnet(f"10.0.{number}.0/24", zones[number % 2]) for number in range(10, 30)} | {subnet_id}
    search = [{"Name": "vpc-id", "Values": [network.vpc_id]}]
    page = ec2.describe_subnets(Filters=search, MaxResults=5)
    seen = [each["SubnetId"] for each in page["Subnets"]]
    number = 30
    while token := page.get("NextToken"):
        network.subnet(f"10.0.{number}.0/24", zones[number % 2])
        ec2.delete_subnet(SubnetId=seen[-1])
        page = ec2.describe_subnets(Filters=search, MaxResults=5, NextToken=token)
        seen += [each["SubnetId"] for each in page["Subnets"]]
        number += 1
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def unchecked(client):
    """A client that sends what botocore would refuse, such as a MaxResults below the model's."""
    return boto3.client(
        "ec2",
        endpoint_url=client.meta.endpoint_url,
        region_name=client.meta.region_name,
        aws_access_key_id="111122223333",
        aws_secret_access_key="not-checked-by-the-lab",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


@pytest.mark.parametrize(
    ("method", "least", "most"),
    [
        ("describe_network_interfaces", 5, 1000),
        ("describe_network_interface_permissions", 5, 255),
        ("describe_route_tables", 5, 100),
        ("describe_instances", 5, 1000),
        ("describe_tags", 5, 1000),
        ("describe_addresses_attribute", 1, 1000),
    ],
)
def test_max_results_has_a_range(ec2, refused, method, least, most):
    call = getattr(unchecked(ec2), method)
    for limit in (least, most):
        assert "NextToken" not in call(MaxResults=limit)
    for limit in (least - 1, most + 1):
        with refused("InvalidParameterValue", f"( {limit} )", "maxResults"):
            call(MaxResults=limit)


def test_max_results_and_ids(ec2, refused, network, subnet_id, three):
    instance_id = network.instance(subnet_id)["InstanceId"]
    with refused("InvalidParameterCombination", "NetworkInterfaceIds", "MaxResults"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[three["one"]], MaxResults=5)
    with refused("InvalidParameterCombination", "InstanceIds", "MaxResults"):
        ec2.describe_instances(InstanceIds=[instance_id], MaxResults=5)
    assert ec2.describe_subnets(SubnetIds=[subnet_id], MaxResults=5)["Subnets"][0]["SubnetId"] == subnet_id


def test_tokens_that_no_page_of_the_operation_gave(ec2, refused, network):
    for number in range(5):
        network.subnet(f"10.0.{number}.0/24")
    foreign = ec2.describe_subnets(MaxResults=5)["NextToken"]
    for token in ("nonsense", "MTA=", "!", foreign):
        with refused("InvalidNextToken", f"'{token}'"):
            ec2.describe_network_interfaces(NextToken=token)


@pytest.fixture
def looks(monkeypatch):
    """The ENIs that were turned into a reply's members, one entry for each time."""
    seen = []
    as_dict = NetworkInterface.as_dict
    monkeypatch.setattr(NetworkInterface, "as_dict", lambda eni: seen.append(eni.id) or as_dict(eni))
    return seen


def test_a_page_costs_a_page(ec2, network, subnet_id, looks):
    made = [network.eni(subnet_id)["NetworkInterfaceId"] for _each in range(30)]
    looks.clear()
    first = ec2.describe_network_interfaces(MaxResults=5)
    assert len(looks) == 6, "five, and one to know that there are more"
    looks.clear()
    ec2.describe_network_interfaces(MaxResults=10, NextToken=first["NextToken"])
    assert len(looks) == 11
    looks.clear()
    search = [{"Name": "tag:Name", "Values": [f"n{number}" for number in range(200)]}]
    ec2.describe_network_interfaces(Filters=search, MaxResults=5)
    assert sorted(looks) == sorted(made), "a search looks at each once"


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
