# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The public names of an ENI."""

from __future__ import annotations

import ipaddress

import pytest


@pytest.fixture
def dual_stack(ec2, network):
    """An ENI with an Elastic IP and an IPv6 address, in a VPC with DNS hostnames."""
    network.internet_gateway()
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": True})
    ec2.associate_vpc_cidr_block(VpcId=network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    subnet = ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.0.6.0/24", Ipv6CidrBlock=block)
    eni = network.eni(subnet["Subnet"]["SubnetId"], Ipv6AddressCount=1)
    elastic = ec2.allocate_address()
    ec2.associate_address(AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"])
    return eni["NetworkInterfaceId"], elastic["PublicIp"]


def test_each_type_names_the_addresses_it_says(ec2, network, dual_stack, refused):
    eni_id, public_ip = dual_stack
    options = network.describe(eni_id)["PublicIpDnsNameOptions"]
    ipv4 = f"ec2-{public_ip.replace('.', '-')}.compute-1.amazonaws.com"
    ipv6 = options["PublicIpv6DnsName"]
    assert options["DnsHostnameType"] == "public-ipv4-dns-name" and options["PublicIpv4DnsName"] == ipv4
    host, domain = ipv6.split(".", 1)
    assert domain == "us-east-1.ip.aws"
    [given] = network.describe(eni_id)["Ipv6Addresses"]
    assert int(host.replace("-", ""), 36) == int(ipaddress.ip_address(given["Ipv6Address"]))
    dual = options["PublicDualStackDnsName"]
    assert dual.startswith(host + "-") and dual.endswith(".us-east-1.ip.aws")

    names = {"public-ipv4-dns-name": ipv4, "public-ipv6-dns-name": ipv6, "public-dual-stack-dns-name": dual}
    for kind, name in names.items():
        reply = ec2.modify_public_ip_dns_name_options(NetworkInterfaceId=eni_id, HostnameType=kind)
        assert reply["Successful"] is True
        described = network.describe(eni_id)
        assert described["PublicDnsName"] == name
        assert described["PublicIpDnsNameOptions"] == options | {"DnsHostnameType": kind}
    with refused("InvalidParameterValue", "(private)", "public-ipv4-dns-name"):
        ec2.modify_public_ip_dns_name_options(NetworkInterfaceId=eni_id, HostnameType="private")


def test_what_a_type_names_must_be_there(ec2, network, subnet_id, dual_stack, refused):
    bare = network.eni(subnet_id)
    assert "PublicDnsName" not in bare and "PublicIpDnsNameOptions" not in bare
    with refused("InvalidParameterCombination", "public-ipv4-dns-name", bare["NetworkInterfaceId"]):
        ec2.modify_public_ip_dns_name_options(
            NetworkInterfaceId=bare["NetworkInterfaceId"], HostnameType="public-ipv4-dns-name"
        )
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": False})
    assert "PublicIpDnsNameOptions" not in network.describe(dual_stack[0])
