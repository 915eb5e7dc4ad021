# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Elastic IPs on private addresses of ENIs."""

from __future__ import annotations

import ipaddress

import pytest


@pytest.fixture
def eni(network, subnet_id):
    network.internet_gateway()
    return network.eni(subnet_id, SecondaryPrivateIpAddressCount=1)


def test_an_elastic_ip_is_public_and_the_account_s_own(ec2):
    tags = [{"ResourceType": "elastic-ip", "Tags": [{"Key": "Name", "Value": "web"}]}]
    allocated = ec2.allocate_address(Domain="vpc", TagSpecifications=tags)
    assert ipaddress.ip_address(allocated["PublicIp"]).is_global
    [address] = ec2.describe_addresses(AllocationIds=[allocated["AllocationId"]])["Addresses"]
    assert address["Domain"] == "vpc"
    assert address["PublicIp"] == allocated["PublicIp"]
    assert address["Tags"] == tags[0]["Tags"]
    assert "AssociationId" not in address and "NetworkInterfaceId" not in address
    assert ec2.allocate_address()["PublicIp"] != allocated["PublicIp"]


def test_it_is_shown_at_the_address_it_is_on(ec2, network, eni):
    eni_id, second = eni["NetworkInterfaceId"], eni["PrivateIpAddresses"][1]["PrivateIpAddress"]
    elastic = ec2.allocate_address()
    association_id = ec2.associate_address(
        AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni_id, PrivateIpAddress=second
    )["AssociationId"]
    described = network.describe(eni_id)
    assert "Association" not in described
    assert "Association" not in described["PrivateIpAddresses"][0]
    assert described["PrivateIpAddresses"][1]["Association"] == {
        "AllocationId": elastic["AllocationId"],
        "AssociationId": association_id,
        "IpOwnerId": "111122223333",
        "PublicIp": elastic["PublicIp"],
    }
    [address] = ec2.describe_addresses(PublicIps=[elastic["PublicIp"]])["Addresses"]
    expected = {
        "AssociationId": association_id,
        "NetworkInterfaceId": eni_id,
        "NetworkInterfaceOwnerId": "111122223333",
        "PrivateIpAddress": second,
    }
    assert {name: address[name] for name in expected} == expected
    assert "InstanceId" not in address


def test_without_an_address_it_is_on_the_primary_one(ec2, network, eni):
    elastic = ec2.allocate_address()
    ec2.associate_address(AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"])
    described = network.describe(eni["NetworkInterfaceId"])
    assert described["Association"]["PublicIp"] == elastic["PublicIp"]
    assert described["PrivateIpAddresses"][0]["Association"] == described["Association"]


def test_on_an_instance(ec2, network, subnet_id, eni, refused):
    instance_id = network.instance(subnet_id)["InstanceId"]
    elastic = ec2.allocate_address()
    ec2.associate_address(AllocationId=elastic["AllocationId"], InstanceId=instance_id)
    [found] = ec2.describe_addresses(Filters=[{"Name": "instance-id", "Values": [instance_id]}])["Addresses"]
    assert found["PublicIp"] == elastic["PublicIp"]
    ec2.attach_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"], InstanceId=instance_id, DeviceIndex=1)
    with refused("InvalidInstanceID", "multiple interfaces", instance_id):
        ec2.associate_address(AllocationId=elastic["AllocationId"], InstanceId=instance_id)


def test_an_instance_that_is_pending_takes_none(ec2, network, subnet_id, eni, transitions, refused):
    transitions(60)
    instance = network.instance(subnet_id)
    allocation_id = ec2.allocate_address()["AllocationId"]
    primary = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    with refused("IncorrectInstanceState", instance["InstanceId"], "pending"):
        ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=primary)
    with refused("InvalidInstanceID", instance["InstanceId"], "pending"):
        ec2.associate_address(AllocationId=allocation_id, InstanceId=instance["InstanceId"])
    transitions(0)
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=primary)


def test_it_moves_unless_told_not_to(ec2, network, subnet_id, eni, refused):
    other = network.eni(subnet_id)["NetworkInterfaceId"]
    allocation_id = ec2.allocate_address()["AllocationId"]
    first = ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni["NetworkInterfaceId"])
    again = ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni["NetworkInterfaceId"])
    assert again["AssociationId"] == first["AssociationId"]
    with refused("Resource.AlreadyAssociated", allocation_id):
        ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=other, AllowReassociation=False)
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=other)
    assert "Association" not in network.describe(eni["NetworkInterfaceId"])
    assert network.describe(other)["Association"]["AllocationId"] == allocation_id


def test_one_private_address_has_one(ec2, network, eni):
    one, two = ec2.allocate_address(), ec2.allocate_address()
    for each in (one, two):
        ec2.associate_address(AllocationId=each["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"])
    assert network.describe(eni["NetworkInterfaceId"])["Association"]["PublicIp"] == two["PublicIp"]
    [address] = ec2.describe_addresses(PublicIps=[one["PublicIp"]])["Addresses"]
    assert "AssociationId" not in address


def test_disassociated_and_released_it_is_gone(ec2, network, eni, refused):
    elastic = ec2.allocate_address()
    association_id = ec2.associate_address(
        AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"]
    )["AssociationId"]
    with refused("InvalidIPAddress.InUse", elastic["PublicIp"]):
        ec2.release_address(AllocationId=elastic["AllocationId"])
    ec2.disassociate_address(AssociationId=association_id)
    assert "Association" not in network.describe(eni["NetworkInterfaceId"])
    ec2.release_address(AllocationId=elastic["AllocationId"])
    assert ec2.describe_addresses()["Addresses"] == []
    with refused("InvalidAllocationID.NotFound", elastic["AllocationId"]):
        ec2.describe_addresses(AllocationIds=[elastic["AllocationId"]])


def test_to_disassociate_again_is_no_error(ec2, network, eni, refused):
    elastic = ec2.allocate_address()
    asked = {"AllocationId": elastic["AllocationId"], "NetworkInterfaceId": eni["NetworkInterfaceId"]}
    first = ec2.associate_address(**asked)["AssociationId"]
    ec2.disassociate_address(AssociationId=first)
    second = ec2.associate_address(**asked)["AssociationId"]
    ec2.disassociate_address(AssociationId=first)
    assert network.describe(eni["NetworkInterfaceId"])["Association"]["AssociationId"] == second
    ec2.disassociate_address(PublicIp=elastic["PublicIp"])
    ec2.disassociate_address(PublicIp=elastic["PublicIp"])
    assert "Association" not in network.describe(eni["NetworkInterfaceId"])
    with refused("InvalidAssociationID.NotFound", "eipassoc-0123456789abcdef0"):
        ec2.disassociate_address(AssociationId="eipassoc-0123456789abcdef0")
    with refused("MissingParameter"):
        ec2.disassociate_address()


def test_a_released_address_may_be_had_back(ec2, refused):
    elastic = ec2.allocate_address()
    with refused("InvalidAddress.NotFound", elastic["PublicIp"]):
        ec2.release_address(PublicIp=elastic["PublicIp"], NetworkBorderGroup="us-east-1-wl1-bos-wlz-1")
    ec2.release_address(AllocationId=elastic["AllocationId"], NetworkBorderGroup="us-east-1")
    with refused("InvalidAllocationID.NotFound", elastic["AllocationId"]):
        ec2.release_address(AllocationId=elastic["AllocationId"])
    with refused("InvalidAddress.NotFound", "203.0.113.9"):
        ec2.allocate_address(Address="203.0.113.9")
    again = ec2.allocate_address(Address=elastic["PublicIp"])
    assert again["PublicIp"] == elastic["PublicIp"] and again["AllocationId"] != elastic["AllocationId"]


def test_the_quota_is_a_setting(control, ec2, refused):
    for _each in range(5):
        ec2.allocate_address()
    with refused("AddressLimitExceeded"):
        ec2.allocate_address()
    control("PUT", "/_lab/settings", {"elastic_ips_per_region": 6})
    ec2.allocate_address()
    assert control("PUT", "/_lab/settings", {"elastic_ips_per_region": -1})[0] == 400


def test_another_account_s_is_not_for_use(client, ec2, network, eni, refused):
    theirs = client("ec2", "444455556666").allocate_address()
    for name in ({"AllocationId": theirs["AllocationId"]}, {"PublicIp": theirs["PublicIp"]}):
        with refused("AuthFailure", "does not belong to you"):
            ec2.release_address(**name)
        with refused("AuthFailure", "does not belong to you"):
            ec2.associate_address(NetworkInterfaceId=eni["NetworkInterfaceId"], **name)
    with refused("InvalidAllocationID.NotFound", theirs["AllocationId"]):
        ec2.describe_addresses(AllocationIds=[theirs["AllocationId"]])
    with refused("InvalidAddress.NotFound", theirs["PublicIp"]):
        ec2.describe_addresses(PublicIps=[theirs["PublicIp"]])


def test_an_unassigned_private_address_frees_it(ec2, network, eni):
    eni_id, second = eni["NetworkInterfaceId"], eni["PrivateIpAddresses"][1]["PrivateIpAddress"]
    allocation_id = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni_id, PrivateIpAddress=second)
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=[second])
    [address] = ec2.describe_addresses(AllocationIds=[allocation_id])["Addresses"]
    assert "AssociationId" not in address and "NetworkInterfaceId" not in address
    ec2.release_address(AllocationId=allocation_id)


def test_what_cannot_be_associated(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    allocation_id = ec2.allocate_address()["AllocationId"]
    with refused("Gateway.NotAttached", network.vpc_id):
        ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni_id)
    with refused("InvalidParameterValue", "10.0.1.99", eni_id):
        ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni_id, PrivateIpAddress="10.0.1.99")
    with refused("MissingParameter"):
        ec2.associate_address(AllocationId=allocation_id)
    with refused("InvalidParameterCombination", "InstanceId", "NetworkInterfaceId"):
        ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni_id, InstanceId="i-0123456789abcdef0")
    with refused("InvalidParameterCombination", "PublicIp", "AllocationId"):
        ec2.associate_address(AllocationId=allocation_id, PublicIp="54.214.0.4", NetworkInterfaceId=eni_id)
    with refused("InvalidAllocationID.NotFound", "eipalloc-0123456789abcdef0"):
        ec2.associate_address(AllocationId="eipalloc-0123456789abcdef0", NetworkInterfaceId=eni_id)


def test_deleting_the_eni_frees_it(ec2, network, eni):
    allocation_id = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni["NetworkInterfaceId"])
    ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    [address] = ec2.describe_addresses(AllocationIds=[allocation_id])["Addresses"]
    assert "NetworkInterfaceId" not in address
