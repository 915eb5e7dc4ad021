# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Load balancers: their ARNs and states, and the ENIs that stand for them."""

from __future__ import annotations

import re

import pytest

from .conftest import ACCOUNT, REGION
from .service_owner import ServiceOwner


@pytest.fixture
def elbv2(client):
    return client("elbv2")


@pytest.fixture
def provider(ec2, elbv2):
    return ServiceOwner(ec2, elbv2)


def enis_of(ec2, balancer: dict) -> list[dict]:
    path = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    search = [{"Name": "description", "Values": [f"ELB {path}"]}]
    found = ec2.describe_network_interfaces(Filters=search)["NetworkInterfaces"]
    return sorted(found, key=lambda each: each["AvailabilityZone"])


def described(elbv2, balancer: dict) -> dict:
    return elbv2.describe_load_balancers(LoadBalancerArns=[balancer["LoadBalancerArn"]])["LoadBalancers"][0]


@pytest.mark.parametrize(
    ("kind", "segment", "interface_type"),
    [
        ("network", "net", "network_load_balancer"),
        ("gateway", "gwy", "gateway_load_balancer"),
        ("application", "app", "interface"),
    ],
)
def test_each_type_has_its_arn_and_its_interfaces(ec2, provider, kind, segment, interface_type):
    balancer = provider.balancer(Name="front", Type=kind)
    arn = rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{segment}/front/[0-9a-f]{{16}}"
    assert re.fullmatch(arn, balancer["LoadBalancerArn"])
    assert balancer["Type"] == kind and balancer["VpcId"] == provider.network.vpc_id
    enis = enis_of(ec2, balancer)
    assert [each["SubnetId"] for each in enis] == provider.subnet_ids
    for each in enis:
        assert (each["InterfaceType"], each["RequesterId"], each["RequesterManaged"]) == (
            interface_type,
            "amazon-elb",
            True,
        )
        assert each["Status"] == "in-use" and each["Attachment"]["InstanceOwnerId"] == "amazon-aws"


def test_what_the_reply_says_of_each_type(provider):
    network, gateway = provider.balancer(Name="n"), provider.balancer(Type="gateway")
    assert network["DNSName"] == f"n-{network['LoadBalancerArn'][-16:]}.elb.{REGION}.amazonaws.com"
    assert network["Scheme"] == "internal" and "SecurityGroups" not in network
    assert "DNSName" not in gateway and "Scheme" not in gateway
    assert provider.balancer(Type="application", Name="a", Scheme="internal")["DNSName"].startswith("internal-a-")


def test_provisioning_then_active(elbv2, provider, transitions):
    transitions(60)
    balancer = provider.balancer()
    assert balancer["State"] == {"Code": "provisioning"} == described(elbv2, balancer)["State"]
    transitions(0)
    assert described(elbv2, balancer)["State"] == {"Code": "active"}


def test_its_interfaces_are_not_the_user_s(ec2, provider, refused):
    eni_id = enis_of(ec2, provider.balancer())[0]["NetworkInterfaceId"]
    with refused("InvalidParameterValue", eni_id, "in use"):
        ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    with refused("AuthFailure"):
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, Description={"Value": "mine"})
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=provider.subnet_ids[0])


def test_fixed_private_addresses(ec2, elbv2, provider, refused):
    first, second = provider.subnet_ids
    mappings = [{"SubnetId": first, "PrivateIPv4Address": "10.0.1.50"}, {"SubnetId": second}]
    balancer = provider.balancer(SubnetMappings=mappings)
    zones = described(elbv2, balancer)["AvailabilityZones"]
    assert [each["LoadBalancerAddresses"] for each in zones] == [[{"PrivateIPv4Address": "10.0.1.50"}], []]
    assert enis_of(ec2, balancer)[0]["PrivateIpAddress"] == "10.0.1.50"
    free = provider.network.free_addresses(first)
    for wrong in ("10.0.1.50", "10.0.2.9"):
        with refused("InvalidConfigurationRequest", wrong):
            provider.balancer(SubnetMappings=[{"SubnetId": second}, {"SubnetId": first, "PrivateIPv4Address": wrong}])
    assert provider.network.free_addresses(first) == free
    with refused("InvalidConfigurationRequest", "PrivateIPv4Address"):
        provider.balancer(Scheme="internet-facing", SubnetMappings=mappings)


def test_an_elastic_ip_for_each_node(ec2, elbv2, provider, refused):
    provider.network.internet_gateway()
    elastic = ec2.allocate_address()
    mapping = {"SubnetId": provider.subnet_ids[0], "AllocationId": elastic["AllocationId"]}
    with refused("InvalidConfigurationRequest", "AllocationId"):
        provider.balancer(SubnetMappings=[mapping])
    balancer = provider.balancer(SubnetMappings=[mapping], Scheme="internet-facing")
    [zone] = balancer["AvailabilityZones"]
    assert zone["LoadBalancerAddresses"] == [
        {"IpAddress": elastic["PublicIp"], "AllocationId": elastic["AllocationId"]}
    ]
    [eni] = enis_of(ec2, balancer)
    assert eni["Association"]["PublicIp"] == elastic["PublicIp"]
    elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    assert "AssociationId" not in ec2.describe_addresses()["Addresses"][0]


def test_the_same_request_again_makes_nothing_new(provider, elbv2, refused):
    first = provider.balancer(Name="front")
    assert provider.balancer(Name="front")["LoadBalancerArn"] == first["LoadBalancerArn"]
    with refused("DuplicateLoadBalancerName"):
        provider.balancer(Name="front", Type="gateway")
    assert len(elbv2.describe_load_balancers()["LoadBalancers"]) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Name": "-front"}, "ValidationError"),
        ({"Type": "classic"}, "ValidationError"),
        ({"Scheme": "private"}, "ValidationError"),
        ({"Subnets": []}, "ValidationError"),
        ({"Subnets": ["subnet-0123456789abcdef0"]}, "SubnetNotFound"),
        ({"SecurityGroups": ["sg-0123456789abcdef0"]}, "InvalidSecurityGroup"),
        ({"Type": "gateway", "SecurityGroups": ["sg-0123456789abcdef0"]}, "InvalidConfigurationRequest"),
    ],
)
def test_what_cannot_be_made(elbv2, provider, refused, wrong, code):
    with refused(code):
        provider.balancer(**wrong)
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []


def test_one_subnet_of_each_zone(provider, refused):
    other = provider.network.subnet("10.0.3.0/24", "us-east-1a")
    with refused("InvalidConfigurationRequest", "same zone"):
        provider.balancer(Subnets=[provider.subnet_ids[0], other])
    with refused("InvalidConfigurationRequest", "two"):
        provider.balancer(Type="application", Subnets=[other])


def test_subnets_come_and_go(ec2, elbv2, provider):
    first, second = provider.subnet_ids
    balancer = provider.balancer(Subnets=[first])
    [kept] = enis_of(ec2, balancer)
    reply = elbv2.set_subnets(LoadBalancerArn=balancer["LoadBalancerArn"], Subnets=[first, second])
    assert [each["SubnetId"] for each in reply["AvailabilityZones"]] == [first, second]
    assert [each["NetworkInterfaceId"] for each in enis_of(ec2, balancer)][0] == kept["NetworkInterfaceId"]
    elbv2.set_subnets(LoadBalancerArn=balancer["LoadBalancerArn"], Subnets=[second])
    assert [each["SubnetId"] for each in enis_of(ec2, balancer)] == [second]


def test_dualstack_needs_ipv6_subnets(ec2, elbv2, provider, refused):
    balancer = provider.balancer(Subnets=provider.subnet_ids[:1])
    arn = balancer["LoadBalancerArn"]
    with refused("InvalidSubnet", "IPv6"):
        elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")
    ec2.associate_vpc_cidr_block(VpcId=provider.network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[provider.network.vpc_id])["Vpcs"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    ec2.associate_subnet_cidr_block(SubnetId=provider.subnet_ids[0], Ipv6CidrBlock=block)
    elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")
    assert described(elbv2, balancer)["IpAddressType"] == "dualstack"
    assert len(enis_of(ec2, balancer)[0]["Ipv6Addresses"]) == 1
    elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")
    assert enis_of(ec2, balancer)[0]["Ipv6Addresses"] == []


def test_security_groups_and_private_link_traffic(ec2, elbv2, provider, refused):
    web, other = provider.network.group("web"), provider.network.group("other")
    balancer = provider.balancer(SecurityGroups=[web])
    enforcing = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    assert (balancer["SecurityGroups"], balancer[enforcing]) == ([web], "on")
    reply = elbv2.set_security_groups(
        LoadBalancerArn=balancer["LoadBalancerArn"], SecurityGroups=[other], **{enforcing: "off"}
    )
    assert (reply["SecurityGroupIds"], reply[enforcing]) == ([other], "off")
    found = described(elbv2, balancer)
    assert (found["SecurityGroups"], found[enforcing]) == ([other], "off")
    assert [each["Groups"][0]["GroupId"] for each in enis_of(ec2, balancer)] == [other, other]
    with refused("InvalidConfigurationRequest", "without security groups"):
        elbv2.set_security_groups(LoadBalancerArn=provider.network_arn(), SecurityGroups=[web])
    with refused("InvalidSecurityGroup"):
        elbv2.set_security_groups(LoadBalancerArn=balancer["LoadBalancerArn"], SecurityGroups=["sg-0123456789abcdef0"])


@pytest.mark.parametrize(("kind", "default"), [("network", "false"), ("gateway", "false"), ("application", "true")])
def test_cross_zone(elbv2, provider, kind, default):
    arn = provider.balancer(Type=kind)["LoadBalancerArn"]

    def cross_zone() -> str:
        found = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {each["Key"]: each["Value"] for each in found}["load_balancing.cross_zone.enabled"]

    assert cross_zone() == default
    change = {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[change])
    assert cross_zone() == "true"


def test_deletion_takes_the_interfaces_along(ec2, elbv2, provider, transitions):
    balancer = provider.balancer()
    transitions(60)
    elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    assert len(enis_of(ec2, balancer)) == 2
    transitions(0)
    assert enis_of(ec2, balancer) == []
    elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])


def test_a_protected_one_and_one_behind_a_service_stay(ec2, elbv2, provider, refused):
    arn = provider.network_arn()
    change = {"Key": "deletion_protection.enabled", "Value": "true"}
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[change])
    with refused("OperationNotPermitted", arn, "deletion protection"):
        elbv2.delete_load_balancer(LoadBalancerArn=arn)
    service = provider.service()
    [arn] = service["NetworkLoadBalancerArns"]
    with refused("ResourceInUse", arn, "associated with another service"):
        elbv2.delete_load_balancer(LoadBalancerArn=arn)
    ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])
    elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_names_arns_and_pages(elbv2, provider, refused):
    arns = sorted(provider.network_arn() for _each in range(5))
    pages = elbv2.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2})
    assert [[each["LoadBalancerArn"] for each in page["LoadBalancers"]] for page in pages] == [
        arns[:2],
        arns[2:4],
        arns[4:],
    ]
    assert [each["LoadBalancerName"] for each in elbv2.describe_load_balancers(Names=["nlb-2"])["LoadBalancers"]] == [
        "nlb-2"
    ]
    with refused("LoadBalancerNotFound"):
        elbv2.describe_load_balancers(Names=["nlb-1", "nobody"])
    with refused("LoadBalancerNotFound"):
        elbv2.describe_load_balancers(LoadBalancerArns=[arns[0], arns[0][:-4] + "0000"])


def test_what_moto_does_not_carry_out_is_an_error_of_aws_s(elbv2, provider, refused):
    with refused("InvalidAction"):
        elbv2.create_trust_store(Name="t", CaCertificatesBundleS3Bucket="b", CaCertificatesBundleS3Key="k")
    with refused("InvalidAction"):
        listener = provider.listener(provider.network_arn(), provider.target_group())
        elbv2.describe_rules(ListenerArn=listener["ListenerArn"], Marker="nowhere")
