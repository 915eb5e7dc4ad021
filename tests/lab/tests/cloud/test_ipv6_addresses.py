# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""IPv6: the blocks of VPCs and subnets, the addresses and prefixes of ENIs, the primary one."""

from __future__ import annotations

from ipaddress import ip_network

import ipaddress

import pytest

from moto.ec2.exceptions import EC2ClientError

from lab.cloud.ec2 import models
from lab.cloud.ec2.private_addresses import set_primary_ipv6


@pytest.fixture
def vpc_block(ec2, network):
    ec2.associate_vpc_cidr_block(VpcId=network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"]
    return ipaddress.ip_network(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])


@pytest.fixture
def block(vpc_block):
    return next(vpc_block.subnets(new_prefix=64))


@pytest.fixture
def subnet(ec2, network, block):
    made = ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.0.6.0/24", Ipv6CidrBlock=str(block))
    return made["Subnet"]


@pytest.fixture
def subnet_id(subnet):
    return subnet["SubnetId"]


def addresses(eni: dict) -> list[str]:
    return [each["Ipv6Address"] for each in eni["Ipv6Addresses"]]


def test_addresses_come_from_the_subnet_s_block(ec2, network, block, subnet_id, refused):
    eni = network.eni(subnet_id, Ipv6AddressCount=2)
    given = addresses(eni)
    assert len(set(given)) == 2 and all(ipaddress.ip_address(each) in block for each in given)
    assert eni["Ipv6Address"] == given[0]
    eni_id, named = eni["NetworkInterfaceId"], str(block[0x77])
    again = ec2.assign_ipv6_addresses(
        NetworkInterfaceId=eni_id, Ipv6Addresses=[given[0], ipaddress.ip_address(named).exploded]
    )
    assert again["AssignedIpv6Addresses"] == [named]
    [counted] = ec2.assign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6AddressCount=1)["AssignedIpv6Addresses"]
    with refused("InvalidIPAddress.InUse", named):
        network.eni(subnet_id, Ipv6Addresses=[{"Ipv6Address": named}])
    gone = ec2.unassign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6Addresses=[given[0]])
    assert gone["UnassignedIpv6Addresses"] == [given[0]]
    assert addresses(network.describe(eni_id)) == [given[1], named, counted]
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    assert addresses(network.eni(subnet_id, Ipv6Addresses=[{"Ipv6Address": named}])) == [named]


def test_prefixes(ec2, network, block, subnet_id, refused):
    eni = network.eni(subnet_id, Ipv6PrefixCount=1)
    eni_id, [first] = eni["NetworkInterfaceId"], eni["Ipv6Prefixes"]
    assert ipaddress.ip_network(first["Ipv6Prefix"]).prefixlen == 80
    named = str(ipaddress.ip_network(f"{block[5 << 48]}/80"))
    assigned = ec2.assign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6Prefixes=[named])
    assert assigned["AssignedIpv6Prefixes"] == [named] and "AssignedIpv6Addresses" not in assigned
    with refused("InvalidIPAddress.InUse", named):
        network.eni(subnet_id, Ipv6Prefixes=[{"Ipv6Prefix": named}])
    with refused("InvalidIPAddress.InUse"):
        network.eni(subnet_id, Ipv6Addresses=[{"Ipv6Address": str(block[(5 << 48) + 9])}])
    gone = ec2.unassign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6Prefixes=[named])
    assert gone["UnassignedIpv6Prefixes"] == [named]
    assert network.describe(eni_id)["Ipv6Prefixes"] == [first]


def test_what_cannot_be_assigned(ec2, network, block, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]

    def assign(**asked):
        ec2.assign_ipv6_addresses(NetworkInterfaceId=eni_id, **asked)

    for address, text in {str(block[3]): "reserved", "2001:db8::9": "does not fall within", "six": "invalid"}.items():
        with refused("InvalidParameterValue", address, text):
            assign(Ipv6Addresses=[address])
    with refused("InvalidParameterCombination", "Ipv6Addresses", "Ipv6AddressCount"):
        assign(Ipv6Addresses=[str(block[9])], Ipv6AddressCount=1)
    with refused("InvalidParameterCombination", "Ipv6PrefixCount"):
        assign()
    with refused("InvalidParameterCombination", "Ipv6AddressCount", "Ipv6PrefixCount"):
        network.eni(subnet_id, Ipv6AddressCount=1, Ipv6PrefixCount=1)
    with refused("InvalidParameterValue", str(block[9]), "not assigned"):
        ec2.unassign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6Addresses=[str(block[9])])
    assert addresses(network.describe(eni_id)) == []


def test_an_attached_eni_keeps_to_the_limit_of_the_instance_type(ec2, network, subnet_id, refused):
    """A t3.small takes four IPv6 addresses on an interface."""
    instance = network.instance(subnet_id)
    eni_id = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    ec2.assign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6AddressCount=3, Ipv6PrefixCount=1)
    with refused("PrivateIpAddressLimitExceeded"):
        ec2.assign_ipv6_addresses(NetworkInterfaceId=eni_id, Ipv6AddressCount=1)


def test_the_primary_address_is_the_first_and_stays(ec2, network, subnet_id, refused):
    eni = network.eni(subnet_id, Ipv6AddressCount=2, EnablePrimaryIpv6=True)
    assert [each["IsPrimaryIpv6"] for each in eni["Ipv6Addresses"]] == [True, False]
    primary, other = addresses(eni)
    with refused("InvalidParameterValue", primary, "primary"):
        ec2.unassign_ipv6_addresses(NetworkInterfaceId=eni["NetworkInterfaceId"], Ipv6Addresses=[other, primary])
    assert addresses(network.describe(eni["NetworkInterfaceId"])) == [primary, other]

    later = network.eni(subnet_id, EnablePrimaryIpv6=True)["NetworkInterfaceId"]
    ec2.assign_ipv6_addresses(NetworkInterfaceId=later, Ipv6AddressCount=1)
    assert network.describe(later)["Ipv6Addresses"][0]["IsPrimaryIpv6"] is True
    without = network.eni(subnet_id, Ipv6AddressCount=1)
    assert without["Ipv6Addresses"][0]["IsPrimaryIpv6"] is False


def test_the_primary_address_is_none_once_the_interface_is_detached(ec2, network, subnet_id):
    instance_id = network.instance(subnet_id)["InstanceId"]
    eni_id = network.eni(subnet_id, Ipv6AddressCount=1, EnablePrimaryIpv6=True)["NetworkInterfaceId"]

    def is_primary():
        return network.describe(eni_id)["Ipv6Addresses"][0]["IsPrimaryIpv6"]

    attached = ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=1)
    assert is_primary()
    ec2.detach_network_interface(AttachmentId=attached["AttachmentId"])
    assert not is_primary()
    ec2.unassign_ipv6_addresses(
        NetworkInterfaceId=eni_id, Ipv6Addresses=[network.describe(eni_id)["Ipv6Addresses"][0]["Ipv6Address"]]
    )


def test_the_primary_address_once_enabled_cannot_be_disabled(network, subnet_id):
    eni = network.eni(subnet_id, Ipv6AddressCount=1)
    backend = models.ec2_backends["111122223333"]["us-east-1"]
    held = backend.get_network_interface(eni["NetworkInterfaceId"])
    set_primary_ipv6(held, False)
    assert network.describe(held.id)["Ipv6Addresses"][0]["IsPrimaryIpv6"] is False
    set_primary_ipv6(held, True)
    assert network.describe(held.id)["Ipv6Addresses"][0]["IsPrimaryIpv6"] is True
    with pytest.raises(EC2ClientError, match="cannot be disabled"):
        set_primary_ipv6(held, False)


def test_a_subnet_that_assigns_an_address_on_creation(ec2, network, subnet_id):
    ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": True})
    assert len(addresses(network.eni(subnet_id))) == 1
    assert len(addresses(network.eni(subnet_id, Ipv6AddressCount=2))) == 2
    assert addresses(network.eni(subnet_id, Ipv6AddressCount=0)) == []
    assert len(network.instance(subnet_id)["NetworkInterfaces"][0]["Ipv6Addresses"]) == 1


def test_an_ipv6_only_subnet_has_no_ipv4(ec2, network, block, refused):
    made = ec2.create_subnet(VpcId=network.vpc_id, Ipv6Native=True, Ipv6CidrBlock=str(block))["Subnet"]
    assert made["AvailableIpAddressCount"] == 0
    eni = network.eni(made["SubnetId"])
    assert eni["Ipv6Native"] is True and len(addresses(eni)) == 1
    assert eni["PrivateIpAddresses"] == [] and "PrivateIpAddress" not in eni
    with refused("InvalidParameterValue", made["SubnetId"], "no IPv4"):
        network.eni(made["SubnetId"], SecondaryPrivateIpAddressCount=1)
    network.internet_gateway()
    with refused("InvalidParameterValue", eni["NetworkInterfaceId"], "no private IPv4"):
        ec2.associate_address(
            AllocationId=ec2.allocate_address()["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"]
        )


def test_the_block_of_a_subnet(ec2, network, vpc_block, block, subnet, refused):
    [shown] = subnet["Ipv6CidrBlockAssociationSet"]
    assert shown["Ipv6CidrBlock"] == str(block) and shown["Ipv6CidrBlockState"] == {"State": "associated"}

    def make(ipv6: str):
        ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.0.7.0/24", Ipv6CidrBlock=ipv6)

    with refused("InvalidSubnet.Conflict", str(block)):
        make(str(block))
    with refused("InvalidSubnet.Range", "2001:db8::/64"):
        make("2001:db8::/64")
    with refused("InvalidParameterValue", "/62"):
        make(f"{block[0]}/62")
    with refused("InvalidParameterValue", "six"):
        make("six")
    other = str(list(vpc_block.subnets(new_prefix=64))[1])
    with refused("InvalidParameterValue", subnet["SubnetId"], "single"):
        ec2.associate_subnet_cidr_block(SubnetId=subnet["SubnetId"], Ipv6CidrBlock=other)
    with refused("InvalidCidrBlock.InUse", network.vpc_id):
        [vpc] = ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"]
        ec2.disassociate_vpc_cidr_block(AssociationId=vpc["Ipv6CidrBlockAssociationSet"][0]["AssociationId"])


def test_a_block_goes_when_nothing_uses_it(ec2, network, block, subnet, subnet_id, refused):
    association_id = subnet["Ipv6CidrBlockAssociationSet"][0]["AssociationId"]
    ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": True})
    with refused("InvalidCidrBlock.InUse", association_id, "assign-ipv6-address-on-creation"):
        ec2.disassociate_subnet_cidr_block(AssociationId=association_id)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": False})
    with refused("InvalidCidrBlock.InUse", association_id, "in use"):
        ec2.disassociate_subnet_cidr_block(AssociationId=association_id)
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    ec2.disassociate_subnet_cidr_block(AssociationId=association_id)
    [described] = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
    assert described["Ipv6CidrBlockAssociationSet"] == []
    with refused("InvalidParameterValue", subnet_id, "IPv6 CIDR block"):
        ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": True})
    ec2.associate_subnet_cidr_block(SubnetId=subnet_id, Ipv6CidrBlock=str(block))
    assert len(addresses(network.eni(subnet_id, Ipv6AddressCount=1))) == 1


def test_a_block_is_written_as_ipv6_is(ec2):
    """https://www.rfc-editor.org/rfc/rfc5952"""
    for _each in range(20):
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
        block = ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        assert block == str(ip_network(block))


def default_acl(ec2, network) -> dict[bool, list[tuple]]:
    filters = [{"Name": "vpc-id", "Values": [network.vpc_id]}, {"Name": "default", "Values": ["true"]}]
    [acl] = ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    return {
        egress: [
            (entry["RuleNumber"], entry["RuleAction"], entry.get("CidrBlock") or entry["Ipv6CidrBlock"])
            for entry in acl["Entries"]
            if entry["Egress"] == egress
        ]
        for egress in (False, True)
    }


def test_the_default_network_acl_allows_ipv6_once_the_vpc_has_it(ec2, network, vpc_block):
    ipv4 = [(100, "allow", "0.0.0.0/0"), (32767, "deny", "0.0.0.0/0")]
    ipv6 = [(101, "allow", "::/0"), (32768, "deny", "::/0")]
    assert default_acl(ec2, network) == {False: ipv4 + ipv6, True: ipv4 + ipv6}


def test_a_direction_of_it_that_was_modified_stays_as_it_is(ec2, network):
    [acl] = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [network.vpc_id]}])["NetworkAcls"]
    ec2.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=100, Egress=False)
    ec2.associate_vpc_cidr_block(VpcId=network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    entries = default_acl(ec2, network)
    assert entries[False] == [(32767, "deny", "0.0.0.0/0")]
    assert (101, "allow", "::/0") in entries[True]


def test_a_vpc_made_with_ipv6_has_it_in_its_default_network_acl(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [acl] = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    assert [entry["RuleNumber"] for entry in acl["Entries"] if entry.get("Ipv6CidrBlock")] == [101, 32768] * 2
