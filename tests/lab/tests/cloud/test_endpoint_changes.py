# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ModifyVpcEndpoint: everything of it in place, and nothing of a request that is refused."""

from __future__ import annotations

import json

import pytest

from .conftest import REGION, Network
from .privatelink import Consumer, Provider

POLICY = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}'


@pytest.fixture
def consumer(ec2):
    return Consumer(ec2)


@pytest.fixture
def endpoint(consumer):
    return consumer.endpoint(zones="ab")


@pytest.fixture
def modify(ec2, consumer, endpoint):
    """modify(**parameters): the endpoint after it."""

    def call(**parameters) -> dict:
        assert ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], **parameters)["Return"] is True
        return consumer.described(endpoint["VpcEndpointId"])

    return call


def eni_ids(ec2, subnet_id: str) -> list[str]:
    search = [{"Name": "subnet-id", "Values": [subnet_id]}]
    found = ec2.describe_network_interfaces(Filters=search)["NetworkInterfaces"]
    return [each["NetworkInterfaceId"] for each in found]


def test_subnets_move_its_interfaces(ec2, consumer, endpoint, modify, transitions):
    a, b, c = (consumer.subnets[zone] for zone in "abc")
    transitions(60)
    changed = modify(AddSubnetIds=[c], RemoveSubnetIds=[a])
    assert changed["State"] == "pending"
    assert changed["SubnetIds"] == [b, c]
    assert eni_ids(ec2, a) == [] and eni_ids(ec2, b) == endpoint["NetworkInterfaceIds"][1:]
    assert changed["NetworkInterfaceIds"] == eni_ids(ec2, b) + eni_ids(ec2, c)
    zonal = {entry["DnsName"].split(".")[0][-len(REGION) - 1 :] for entry in changed["DnsEntries"][1:3]}
    assert zonal == {f"{REGION}b", f"{REGION}c"}
    transitions(0)
    assert consumer.state(endpoint["VpcEndpointId"]) == "available"
    assert modify(AddSubnetIds=[c])["NetworkInterfaceIds"] == changed["NetworkInterfaceIds"], "it is there already"


def test_a_new_subnet_in_the_zone_of_one_that_goes(consumer, modify, refused):
    second = consumer.subnet("10.0.9.0/24", f"{REGION}a")
    with refused("DuplicateSubnetsInSameZone", consumer.subnets["a"]):
        modify(AddSubnetIds=[second], RemoveSubnetIds=[consumer.subnets["a"]])
    modify(RemoveSubnetIds=[consumer.subnets["a"]])
    assert modify(AddSubnetIds=[second])["SubnetIds"] == [consumer.subnets["b"], second]


def test_groups_are_those_of_its_interfaces(consumer, endpoint, modify, refused):
    [default] = endpoint["Groups"]
    one, two = consumer.group("one"), consumer.group("two")
    changed = modify(AddSecurityGroupIds=[one, two], RemoveSecurityGroupIds=[default["GroupId"]])
    assert [group["GroupId"] for group in changed["Groups"]] == [one, two]
    for eni_id in changed["NetworkInterfaceIds"]:
        assert [group["GroupId"] for group in consumer.describe(eni_id)["Groups"]] == [one, two]
    with refused("InvalidParameter", "at least one security group"):
        modify(RemoveSecurityGroupIds=[one, two])
    assert modify(RemoveSecurityGroupIds=[two])["State"] == "available"


def test_the_policy_is_set_and_reset(endpoint, modify, refused):
    assert modify(PolicyDocument=POLICY)["PolicyDocument"] == POLICY
    assert modify(ResetPolicy=True)["PolicyDocument"] == endpoint["PolicyDocument"]
    with refused("InvalidParameterCombination", "ResetPolicy"):
        modify(ResetPolicy=True, PolicyDocument=POLICY)
    with refused("InvalidPolicyDocument"):
        modify(PolicyDocument="everyone")


def test_a_chosen_address_replaces_the_interface(consumer, endpoint, modify, refused):
    subnet_id = consumer.subnets["a"]
    before = consumer.describe(endpoint["NetworkInterfaceIds"][0])
    same = modify(SubnetConfigurations=[{"SubnetId": subnet_id, "Ipv4": before["PrivateIpAddress"]}])
    assert same["NetworkInterfaceIds"] == endpoint["NetworkInterfaceIds"]
    changed = modify(SubnetConfigurations=[{"SubnetId": subnet_id, "Ipv4": "10.0.0.50"}])
    first, second = changed["NetworkInterfaceIds"]
    assert first != before["NetworkInterfaceId"] and second == endpoint["NetworkInterfaceIds"][1]
    assert consumer.describe(first)["PrivateIpAddress"] == "10.0.0.50"
    with refused("InvalidNetworkInterfaceID.NotFound"):
        consumer.describe(before["NetworkInterfaceId"])
    added = modify(
        AddSubnetIds=[consumer.subnets["c"]],
        SubnetConfigurations=[{"SubnetId": consumer.subnets["c"], "Ipv4": "10.0.2.50"}],
    )
    assert consumer.describe(added["NetworkInterfaceIds"][2])["PrivateIpAddress"] == "10.0.2.50"


def test_the_ip_address_type(ec2):
    vpc_id = ec2.create_vpc(CidrBlock="10.7.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [block] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    subnet_id = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock="10.7.1.0/24", Ipv6CidrBlock=block["Ipv6CidrBlock"].replace("/56", "/64")
    )["Subnet"]["SubnetId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{REGION}.ec2",
        SubnetIds=[subnet_id],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]
    for ip_type, addresses in (("dualstack", 1), ("ipv4", 0)):
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], IpAddressType=ip_type)
        [changed] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
        assert changed["IpAddressType"] == ip_type and changed["DnsOptions"] == {"DnsRecordIpType": ip_type}
        [eni] = ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])["NetworkInterfaces"]
        assert len(eni["Ipv6Addresses"]) == addresses


def test_private_dns_is_turned_off_and_on(endpoint, modify):
    off = modify(PrivateDnsEnabled=False)
    assert off["PrivateDnsEnabled"] is False and off["DnsEntries"] == endpoint["DnsEntries"][:-1]
    assert modify(PrivateDnsEnabled=True)["DnsEntries"] == endpoint["DnsEntries"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"AddSubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound"),
        ({"RemoveSubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound"),
        ({"AddSecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
        ({"RemoveSecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
        ({"AddRouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidParameter"),
        ({"RemoveRouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidParameter"),
        ({"IpAddressType": "dualstack"}, "InvalidParameter"),
        ({"SubnetConfigurations": [{"SubnetId": "subnet-0123456789abcdef0", "Ipv4": "10.0.0.9"}]}, "InvalidParameter"),
        ({"DnsOptions": {"DnsRecordIpType": "ipv6"}}, "InvalidParameter"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_all_of_a_request_or_nothing(ec2, consumer, endpoint, modify, refused, wrong, code):
    group_id = consumer.group("other")
    enis = ec2.describe_network_interfaces()["NetworkInterfaces"]
    rest = {"PolicyDocument": POLICY, "PrivateDnsEnabled": False}
    for member, value in (("AddSecurityGroupIds", [group_id]), ("AddSubnetIds", [consumer.subnets["c"]])):
        rest |= {} if member in wrong else {member: value}
    with refused(code):
        modify(**wrong, **rest)
    assert consumer.described(endpoint["VpcEndpointId"]) == endpoint
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == enis


def test_an_address_in_use_leaves_all_as_it_is(ec2, consumer, endpoint, modify, refused):
    taken = consumer.eni(consumer.subnets["b"])["PrivateIpAddress"]
    enis = ec2.describe_network_interfaces()["NetworkInterfaces"]
    with refused("InvalidIPAddress.InUse", taken):
        modify(
            SubnetConfigurations=[
                {"SubnetId": consumer.subnets["a"], "Ipv4": "10.0.0.50"},
                {"SubnetId": consumer.subnets["b"], "Ipv4": taken},
            ]
        )
    assert consumer.described(endpoint["VpcEndpointId"]) == endpoint
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == enis


def test_what_is_of_another_vpc_or_zone(ec2, client, consumer, modify, refused):
    other = Network(ec2)
    with refused("InvalidParameter", consumer.vpc_id):
        modify(AddSubnetIds=[other.subnet()])
    with refused("InvalidGroup.NotFound", "different networks"):
        modify(AddSecurityGroupIds=[other.group("other")])
    with refused("InvalidParameter", consumer.subnets["c"], "not one of"):
        modify(RemoveSubnetIds=[consumer.subnets["c"]])
    provider = Provider(client)
    provider.admit("*")
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    with refused("InvalidParameter", "does not support the availability zone", consumer.subnets["c"]):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=[consumer.subnets["c"]])
    with refused("InvalidParameter", "policies"):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PolicyDocument=POLICY)


def test_one_that_waits_is_changed_and_goes_on_waiting(ec2, client, consumer):
    provider = Provider(client)
    provider.admit("*")
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSubnetIds=[consumer.subnets["b"]])
    changed = consumer.described(endpoint_id)
    assert changed["State"] == "pendingAcceptance" and len(changed["NetworkInterfaceIds"]) == 2


def test_one_that_is_not_there_or_is_being_deleted(ec2, endpoint, transitions, refused):
    with refused("InvalidVpcEndpointId.NotFound", "vpce-0123456789abcdef0"):
        ec2.modify_vpc_endpoint(VpcEndpointId="vpce-0123456789abcdef0")
    transitions(60)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    with refused("IncorrectState", endpoint["VpcEndpointId"], "deleting"):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], ResetPolicy=True)


def test_a_policy_is_kept_as_it_is_written(modify):
    document = json.dumps(json.loads(POLICY), indent=8)
    assert modify(PolicyDocument=document)["PolicyDocument"] == document
