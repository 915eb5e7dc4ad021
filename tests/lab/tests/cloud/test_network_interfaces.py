# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CreateNetworkInterface to DeleteNetworkInterface."""

from __future__ import annotations

import ipaddress
import re
from concurrent.futures import ThreadPoolExecutor

from lab.cloud.ec2 import models
from lab.tests.polling import eventually

TAGS = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "eth1"}]}]


def test_what_is_created_is_described(network, subnet_id, transitions):
    transitions(60)
    group_id = network.group("management")
    eni = network.eni(
        subnet_id,
        Description="eth1",
        Groups=[group_id],
        PrivateIpAddresses=[
            {"PrivateIpAddress": "10.0.1.20", "Primary": True},
            {"PrivateIpAddress": "10.0.1.21", "Primary": False},
        ],
        TagSpecifications=TAGS,
    )
    assert re.fullmatch(r"eni-[0-9a-f]{17}", eni["NetworkInterfaceId"])
    assert re.fullmatch(r"0[26a](:[0-9a-f]{2}){5}", eni["MacAddress"])
    expected = {
        "AvailabilityZone": "us-east-1a",
        "Description": "eth1",
        "Groups": [{"GroupId": group_id, "GroupName": "management"}],
        "InterfaceType": "interface",
        "OwnerId": "111122223333",
        "PrivateIpAddress": "10.0.1.20",
        "PrivateIpAddresses": [
            {"Primary": True, "PrivateIpAddress": "10.0.1.20"},
            {"Primary": False, "PrivateIpAddress": "10.0.1.21"},
        ],
        "RequesterManaged": False,
        "SourceDestCheck": True,
        "Status": "pending",
        "SubnetId": subnet_id,
        "TagSet": [{"Key": "Name", "Value": "eth1"}],
        "VpcId": network.vpc_id,
    }
    assert {name: eni[name] for name in expected} == expected
    assert "Attachment" not in eni and "Association" not in eni
    assert network.describe(eni["NetworkInterfaceId"]) == eni
    transitions(0)
    assert network.describe(eni["NetworkInterfaceId"]) == eni | {"Status": "available"}


def test_time_passes_by_itself(network, subnet_id, transitions):
    transitions(0.1)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    eventually(lambda: network.describe(eni_id)["Status"] == "available")


def test_the_default_group_and_an_empty_description(network, subnet_id):
    eni = network.eni(subnet_id)
    assert [group["GroupName"] for group in eni["Groups"]] == ["default"]
    assert eni["Description"] == ""


def test_private_dns_names_come_with_dns_hostnames(ec2, network, subnet_id):
    assert "PrivateDnsName" not in network.eni(subnet_id)
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": True})
    eni = network.eni(subnet_id, PrivateIpAddress="10.0.1.77")
    assert eni["PrivateDnsName"] == "ip-10-0-1-77.ec2.internal"
    assert eni["PrivateIpAddresses"][0]["PrivateDnsName"] == "ip-10-0-1-77.ec2.internal"


def test_addresses_are_given_out_inside_the_subnet_never_twice_until_there_are_none(ec2, network, refused):
    subnet_id = network.subnet("10.0.9.0/28")
    assert network.free_addresses(subnet_id) == 11
    first = network.eni(subnet_id, PrivateIpAddress="10.0.9.6")
    enis = [first] + [network.eni(subnet_id, SecondaryPrivateIpAddressCount=4) for _each in range(2)]
    given = [each["PrivateIpAddress"] for eni in enis for each in eni["PrivateIpAddresses"]]
    assert sorted(given, key=ipaddress.ip_address) == [f"10.0.9.{host}" for host in range(4, 15)]
    assert network.free_addresses(subnet_id) == 0
    with refused("InsufficientFreeAddressesInSubnet", subnet_id):
        network.eni(subnet_id)
    ec2.delete_network_interface(NetworkInterfaceId=first["NetworkInterfaceId"])
    assert network.free_addresses(subnet_id) == 1
    assert network.eni(subnet_id)["PrivateIpAddress"] == "10.0.9.6"


def test_side_by_side_calls_get_addresses_of_their_own(control, network, subnet_id):
    control("DELETE", "/_lab/calls")
    with ThreadPoolExecutor(8) as pool:
        enis = list(pool.map(lambda _: network.eni(subnet_id, SecondaryPrivateIpAddressCount=1), range(24)))
    given = [each["PrivateIpAddress"] for eni in enis for each in eni["PrivateIpAddresses"]]
    assert len(set(given)) == 48
    assert len(control("GET", "/_lab/calls")[1]) == 24


def test_a_refused_creation_takes_no_address(ec2, network, subnet_id, refused):
    network.eni(subnet_id, PrivateIpAddress="10.0.1.20")
    before = network.free_addresses(subnet_id)
    with refused("InvalidIPAddress.InUse", "10.0.1.20"):
        network.eni(
            subnet_id,
            PrivateIpAddresses=[
                {"PrivateIpAddress": "10.0.1.30", "Primary": True},
                {"PrivateIpAddress": "10.0.1.20", "Primary": False},
            ],
        )
    assert network.free_addresses(subnet_id) == before
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1


def test_addresses_that_cannot_be(network, subnet_id, refused):
    for address, text in {
        "10.0.2.9": "does not fall within the subnet's address range",
        "10.0.1.0": "reserved",
        "10.0.1.3": "reserved",
        "10.0.1.255": "reserved",
        "10.0.1.300": "invalid value for parameter address: 10.0.1.300",
    }.items():
        with refused("InvalidParameterValue", address, text):
            network.eni(subnet_id, PrivateIpAddress=address)


def test_contradicting_addresses(network, subnet_id, refused):
    with refused("InvalidParameterCombination", "Only one primary"):
        network.eni(
            subnet_id,
            PrivateIpAddress="10.0.1.20",
            PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.21", "Primary": True}],
        )
    with refused("InvalidParameterCombination", "SecondaryPrivateIpAddressCount"):
        network.eni(
            subnet_id,
            PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.21", "Primary": False}],
            SecondaryPrivateIpAddressCount=1,
        )


def test_mac_addresses_are_unique(network, subnet_id):
    assert len({network.eni(subnet_id)["MacAddress"] for _each in range(30)}) == 30


def test_groups_must_exist_in_the_vpc_and_keep_the_quota(control, ec2, network, subnet_id, refused):
    groups = [network.group(f"group-{number}") for number in range(6)]
    with refused("InvalidGroup.NotFound", "sg-0123456789abcdef0", "does not exist"):
        network.eni(subnet_id, Groups=["sg-0123456789abcdef0"])
    foreign = ec2.create_security_group(
        GroupName="foreign", Description="x", VpcId=ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    )["GroupId"]
    with refused("InvalidParameter", foreign, subnet_id, "belong to different networks"):
        network.eni(subnet_id, Groups=[foreign])
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    with refused("InvalidGroup.NotFound", "belong to different networks"):
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, Groups=[foreign])
    with refused("SecurityGroupsPerInterfaceLimitExceeded"):
        network.eni(subnet_id, Groups=groups)
    control("PUT", "/_lab/settings", {"security_groups_per_network_interface": 6})
    assert len(network.eni(subnet_id, Groups=groups)["Groups"]) == 6
    assert len(ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]) == 6


def test_an_unknown_subnet(network, refused):
    with refused("InvalidSubnetID.NotFound", "subnet-0123456789abcdef0"):
        network.eni("subnet-0123456789abcdef0")


def test_a_client_token_gives_the_same_answer_also_after_deletion(ec2, network, subnet_id, refused):
    asked = {"ClientToken": "token-1", "Description": "once", "TagSpecifications": TAGS}
    first = network.eni(subnet_id, **asked)
    assert network.eni(subnet_id, **asked) == first
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
    with refused("IdempotentParameterMismatch"):
        network.eni(subnet_id, **(asked | {"Description": "other"}))
    ec2.delete_network_interface(NetworkInterfaceId=first["NetworkInterfaceId"])
    assert network.eni(subnet_id, **asked) == first
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert network.eni(subnet_id, **(asked | {"ClientToken": "token-2"})) != first


def test_a_client_token_of_a_refused_request_is_free(network, subnet_id, refused):
    with refused("InvalidParameterValue"):
        network.eni(subnet_id, ClientToken="token", PrivateIpAddress="10.9.9.9")
    assert network.eni(subnet_id, ClientToken="token")["PrivateIpAddress"]


def test_client_tokens_are_per_account_and_at_most_64_ascii_characters(client, network, subnet_id, refused):
    network.eni(subnet_id, ClientToken="x" * 64)
    with refused("InvalidClientToken", "64 ASCII"):
        network.eni(subnet_id, ClientToken="x" * 65)
    with refused("InvalidSubnetID.NotFound"):
        client("ec2", "444455556666").create_network_interface(SubnetId=subnet_id, ClientToken="x" * 64)


def test_a_deleted_one_is_not_found(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    for call in (
        lambda: network.describe(eni_id),
        lambda: ec2.delete_network_interface(NetworkInterfaceId=eni_id),
        lambda: ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, Description={"Value": "x"}),
    ):
        with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
            call()


def test_describing_one_does_not_look_through_the_tags_of_all(url, network, subnet_id):
    """moto's own look-up does, which makes 10,000 ENIs take minutes."""

    class Unsearchable(dict):
        def items(self):
            raise AssertionError("all tags were read")

        __iter__ = copy = values = items

    network.eni(subnet_id, TagSpecifications=TAGS)
    backend = models.ec2_backends["111122223333"]["us-east-1"]
    backend.tags = Unsearchable(backend.tags)
    [described] = network.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert described["TagSet"] == [{"Key": "Name", "Value": "eth1"}]
    assert network.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["Tags"] == []


def test_subnet_and_groups_in_use_stay(ec2, network, subnet_id, refused):
    group_id = network.group("used")
    eni_id = network.eni(subnet_id, Groups=[group_id])["NetworkInterfaceId"]
    with refused("DependencyViolation", subnet_id):
        ec2.delete_subnet(SubnetId=subnet_id)
    with refused("DependencyViolation", group_id):
        ec2.delete_security_group(GroupId=group_id)
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    ec2.delete_security_group(GroupId=group_id)
    ec2.delete_subnet(SubnetId=subnet_id)


def test_a_group_that_another_group_s_rule_names_stays(ec2, network, refused):
    named, naming = network.group("named"), network.group("naming")

    def rule(group_id: str) -> dict:
        return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group_id}]}

    ec2.authorize_security_group_ingress(GroupId=named, IpPermissions=[rule(named)])
    for authorize, revoke in (
        (ec2.authorize_security_group_ingress, ec2.revoke_security_group_ingress),
        (ec2.authorize_security_group_egress, ec2.revoke_security_group_egress),
    ):
        authorize(GroupId=naming, IpPermissions=[rule(named)])
        with refused("DependencyViolation", named):
            ec2.delete_security_group(GroupId=named)
        revoke(GroupId=naming, IpPermissions=[rule(named)])
    ec2.delete_security_group(GroupId=named)
