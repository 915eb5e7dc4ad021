# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPC endpoints of AWS's services: their life, their ENIs, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from .conftest import ACCOUNT, REGION, Network
from .privatelink import Consumer

ENDPOINT_ID = "vpce-0123456789abcdef0"


@pytest.fixture
def consumer(ec2):
    return Consumer(ec2)


def tagged(key: str, value: str) -> list[dict]:
    return [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": key, "Value": value}]}]


def test_pending_then_available_deleting_then_gone(ec2, consumer, transitions, refused):
    transitions(60)
    made = consumer.endpoint(zones="ab", TagSpecifications=tagged("Name", "ssm"))
    endpoint_id = made["VpcEndpointId"]
    assert re.fullmatch("vpce-[0-9a-f]{17}", endpoint_id)
    assert made["State"] == "pending" and made["Tags"] == [{"Key": "Name", "Value": "ssm"}]
    transitions(0)
    assert consumer.described(endpoint_id) == made | {"State": "available"}

    transitions(60)
    for _again in range(2):
        assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])["Unsuccessful"] == []
        assert consumer.state(endpoint_id) == "deleting"
    transitions(0)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    with refused("InvalidVpcEndpointId.NotFound", endpoint_id):
        consumer.described(endpoint_id)
    [item] = ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])["Unsuccessful"]
    assert item["ResourceId"] == endpoint_id and item["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [endpoint_id]}])["Tags"] == []


def test_what_an_interface_endpoint_is_by_default(consumer):
    made = consumer.endpoint(zones="ab")
    default_group = consumer.ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [consumer.vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    assert made == made | {
        "VpcEndpointType": "Interface",
        "VpcId": consumer.vpc_id,
        "ServiceName": f"com.amazonaws.{REGION}.ssm",
        "ServiceRegion": REGION,
        "OwnerId": ACCOUNT,
        "SubnetIds": [consumer.subnets["a"], consumer.subnets["b"]],
        "Groups": [{"GroupId": default_group, "GroupName": "default"}],
        "IpAddressType": "ipv4",
        "DnsOptions": {"DnsRecordIpType": "ipv4"},
        "PrivateDnsEnabled": True,
        "RequesterManaged": False,
        "RouteTableIds": [],
    }
    [statement] = json.loads(made["PolicyDocument"])["Statement"]
    assert statement == {"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}


def test_its_interfaces_are_aws_s_in_the_user_s_subnets(ec2, consumer, refused):
    group_id = consumer.group("endpoints")
    made = consumer.endpoint(zones="ab", SecurityGroupIds=[group_id])
    enis = [consumer.describe(eni_id) for eni_id in made["NetworkInterfaceIds"]]
    assert [eni["SubnetId"] for eni in enis] == made["SubnetIds"]
    for eni in enis:
        assert eni["InterfaceType"] == "vpc_endpoint" and eni["RequesterManaged"] and eni["Status"] == "in-use"
        assert eni["Description"] == f"VPC Endpoint Interface {made['VpcEndpointId']}"
        assert [group["GroupId"] for group in eni["Groups"]] == [group_id]
        with refused("InvalidParameterValue", "currently in use"):
            ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
        with refused("OperationNotPermitted", "ela-attach"):
            ec2.detach_network_interface(AttachmentId=eni["Attachment"]["AttachmentId"], Force=True)
        with refused("AuthFailure"):
            ec2.modify_network_interface_attribute(NetworkInterfaceId=eni["NetworkInterfaceId"], Groups=[group_id])


def test_what_it_stands_on_stays_until_it_is_gone(ec2, consumer, transitions, refused):
    group_id = consumer.group("endpoints")
    endpoint_id = consumer.endpoint(SecurityGroupIds=[group_id])["VpcEndpointId"]
    transitions(60)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    for subnet_id in (consumer.subnets["b"], consumer.subnets["c"]):
        ec2.delete_subnet(SubnetId=subnet_id)
    with refused("DependencyViolation", consumer.subnets["a"]):
        ec2.delete_subnet(SubnetId=consumer.subnets["a"])
    with refused("DependencyViolation", group_id):
        ec2.delete_security_group(GroupId=group_id)
    with refused("DependencyViolation", consumer.vpc_id):
        ec2.delete_vpc(VpcId=consumer.vpc_id)
    transitions(0)
    ec2.delete_subnet(SubnetId=consumer.subnets["a"])
    ec2.delete_security_group(GroupId=group_id)
    ec2.delete_vpc(VpcId=consumer.vpc_id)


def test_one_without_subnets_keeps_its_groups(ec2, consumer, refused):
    group_id = consumer.group("endpoints")
    made = consumer.endpoint(zones="", SecurityGroupIds=[group_id])
    assert made["NetworkInterfaceIds"] == made["SubnetIds"] == [] and len(made["DnsEntries"]) == 2
    with refused("DependencyViolation", group_id):
        ec2.delete_security_group(GroupId=group_id)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    ec2.delete_security_group(GroupId=group_id)


def test_addresses_by_choice(consumer, refused):
    subnet_id = consumer.subnets["a"]
    made = consumer.endpoint(zones="ab", SubnetConfigurations=[{"SubnetId": subnet_id, "Ipv4": "10.0.0.77"}])
    first, second = (consumer.describe(each) for each in made["NetworkInterfaceIds"])
    assert first["PrivateIpAddress"] == "10.0.0.77"
    assert second["PrivateIpAddress"].startswith("10.0.1.")
    free = consumer.free_addresses(consumer.subnets["b"])
    for service, address, code in (
        ("sts", "10.0.0.77", "InvalidIPAddress.InUse"),
        ("kms", "10.0.5.5", "InvalidParameterValue"),
    ):
        with refused(code, address):
            consumer.endpoint(service, "ba", SubnetConfigurations=[{"SubnetId": subnet_id, "Ipv4": address}])
    assert consumer.free_addresses(consumer.subnets["b"]) == free, "all interfaces or none"
    with refused("InvalidParameter", consumer.subnets["c"], "SubnetIds"):
        consumer.endpoint("kms", "a", SubnetConfigurations=[{"SubnetId": consumer.subnets["c"], "Ipv4": "10.0.2.9"}])
    for wrong, part in (({"Ipv4": "10.0.0.9", "Ipv6": "2001:db8::9"}, "not have Ipv6"), ({}, "have Ipv4")):
        with refused("InvalidParameter", part):
            consumer.endpoint("kms", "a", SubnetConfigurations=[{"SubnetId": subnet_id, **wrong}])


def test_ip_address_types_are_those_of_service_and_subnets(ec2, refused):
    vpc_id = ec2.create_vpc(CidrBlock="10.7.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [block] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    both = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock="10.7.1.0/24", Ipv6CidrBlock=block["Ipv6CidrBlock"].replace("/56", "/64")
    )["Subnet"]["SubnetId"]
    single = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.7.2.0/24")["Subnet"]["SubnetId"]

    def create(service: str, subnet_id: str, ip_type: str, **parameters) -> dict:
        return ec2.create_vpc_endpoint(
            VpcId=vpc_id,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            SubnetIds=[subnet_id],
            IpAddressType=ip_type,
            PrivateDnsEnabled=False,
            **parameters,
        )["VpcEndpoint"]

    made = create("ec2", both, "dualstack")
    assert made["IpAddressType"] == "dualstack" and made["DnsOptions"] == {"DnsRecordIpType": "dualstack"}
    [eni] = ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert len(eni["Ipv6Addresses"]) == 1 and eni["PrivateIpAddress"].startswith("10.7.1.")
    assert create("ec2", both, "dualstack", DnsOptions={"DnsRecordIpType": "ipv4"})["DnsOptions"] == {
        "DnsRecordIpType": "ipv4"
    }
    with refused("InvalidParameter", "dualstack", f"com.amazonaws.{REGION}.ssm"):
        create("ssm", both, "dualstack")
    with refused("InvalidParameter", "dualstack", single):
        create("ec2", single, "dualstack")
    with refused("InvalidParameter", "ipv6", both):
        create("ec2", both, "ipv6")
    with refused("InvalidParameter", "dualstack", "ipv4"):
        create("ec2", both, "ipv4", DnsOptions={"DnsRecordIpType": "dualstack"})
    with refused("InvalidParameterValue", "(ipv5)"):
        create("ec2", both, "ipv5")


@pytest.mark.parametrize(
    ("wrong", "code", "part"),
    [
        ({"ServiceName": f"com.amazonaws.{REGION}.nothing"}, "InvalidServiceName", "nothing' does not exist"),
        ({"ServiceName": "com.amazonaws.eu-west-1.ssm"}, "InvalidServiceName", "eu-west-1"),
        ({"ServiceName": None}, "MissingParameter", "serviceName"),
        ({"VpcId": "vpc-0123456789abcdef0"}, "InvalidVpcID.NotFound", "vpc-0123456789abcdef0"),
        ({"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound", "subnet-0123456789abcdef0"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound", "sg-0123456789abcdef0"),
        ({"VpcEndpointType": "Router"}, "InvalidVpcEndpointType", "Router"),
        ({"VpcEndpointType": "Gateway", "SubnetIds": None}, "InvalidParameter", "(Gateway)"),
        ({"RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidParameter", "RouteTableIds"),
        ({"ResourceConfigurationArn": "arn:x"}, "InvalidParameter", "ResourceConfigurationArn"),
        ({"PolicyDocument": "{"}, "InvalidPolicyDocument", "JSON"),
        ({"PolicyDocument": "[]"}, "InvalidPolicyDocument", "JSON"),
        ({"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}}, "InvalidParameter", "gateway"),
        ({"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}}, "InvalidParameter", "PrivateDnsPreference"),
        ({"DryRun": True}, "DryRunOperation", ""),
    ],
)
def test_what_cannot_be_created(ec2, consumer, refused, wrong, code, part):
    with refused(code, part):
        consumer.endpoint(**wrong)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_subnets_and_groups_are_of_the_vpc_and_the_zones_different(ec2, consumer, refused):
    other = Network(ec2)
    with refused("InvalidParameter", consumer.vpc_id):
        consumer.endpoint(SubnetIds=[other.subnet()])
    with refused("InvalidParameter", "different networks"):
        consumer.endpoint(SecurityGroupIds=[other.group("other")])
    second = consumer.subnet("10.0.9.0/24", f"{REGION}a")
    with refused("DuplicateSubnetsInSameZone", consumer.subnets["a"]):
        consumer.endpoint(SubnetIds=[consumer.subnets["a"], second])


def test_a_service_is_not_in_every_zone(ec2, consumer, refused):
    name = f"com.amazonaws.{REGION}.email-smtp"
    [service] = ec2.describe_vpc_endpoint_services(ServiceNames=[name])["ServiceDetails"]
    more = {zone: consumer.subnet(f"10.0.1{number}.0/24", f"{REGION}{zone}") for number, zone in enumerate("def")}
    subnets = consumer.subnets | more
    offered = {zone[-1] for zone in service["AvailabilityZones"]}
    assert 0 < len(offered) < len(subnets)
    for zone, subnet_id in subnets.items():
        if zone in offered:
            continue
        with refused("InvalidParameter", "does not support the availability zone of the subnet", subnet_id):
            consumer.endpoint("email-smtp", SubnetIds=[subnet_id])
    assert consumer.endpoint("email-smtp", SubnetIds=[subnets[min(offered)]])["NetworkInterfaceIds"]


def test_a_policy_only_where_the_service_supports_one(consumer, refused):
    document = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    assert consumer.endpoint(PolicyDocument=document)["PolicyDocument"] == document
    with refused("InvalidParameter", "ecs-agent", "policies"):
        consumer.endpoint("ecs-agent", PolicyDocument=document)


def test_the_same_token_makes_the_same_endpoint(ec2, consumer, refused):
    made = consumer.endpoint(ClientToken="once")
    assert consumer.endpoint(ClientToken="once") == made
    with refused("IdempotentParameterMismatch"):
        consumer.endpoint("sts", ClientToken="once")
    assert len(ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 1


def test_endpoints_are_found_by_id_and_filter_in_pages(ec2, consumer, refused):
    made = {
        service: consumer.endpoint(service, TagSpecifications=tagged("Service", service))["VpcEndpointId"]
        for service in ("ssm", "sts", "kms", "sns", "sqs", "logs")
    }
    for name, value in {
        "service-name": f"com.amazonaws.{REGION}.sts",
        "vpc-endpoint-id": made["sts"],
        "tag:Service": "sts",
    }.items():
        found = ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])["VpcEndpoints"]
        assert [each["VpcEndpointId"] for each in found] == [made["sts"]], name
    for name, value in {
        "vpc-id": consumer.vpc_id,
        "vpc-endpoint-state": "available",
        "vpc-endpoint-type": "Interface",
        "ip-address-type": "ipv4",
        "service-region": REGION,
        "tag-key": "Service",
    }.items():
        assert len(ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])["VpcEndpoints"]) == 6, name
        assert ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": ["other"]}])["VpcEndpoints"] == [], name
    pages = list(ec2.get_paginator("describe_vpc_endpoints").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["VpcEndpoints"]) for page in pages] == [5, 1]
    with refused("InvalidVpcEndpointId.NotFound", ENDPOINT_ID):
        consumer.described(ENDPOINT_ID)
    with refused("InvalidVpcEndpointId.Malformed", "endpoint-1"):
        consumer.described("endpoint-1")


def test_eventual_consistency(ec2, consumer, control, refused):
    control("PUT", "/_lab/settings", {"visibility_seconds": 60})
    endpoint_id = consumer.endpoint()["VpcEndpointId"]
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    with refused("InvalidVpcEndpointId.NotFound", endpoint_id):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PrivateDnsEnabled=False)
    control("PUT", "/_lab/settings", {"visibility_seconds": 0})
    assert consumer.described(endpoint_id)


LATTICE = f"arn:aws:vpc-lattice:{REGION}:444455556666"
RESOURCE = f"{LATTICE}:resourceconfiguration/rcfg-0123456789abcdef0"
NETWORK = f"{LATTICE}:servicenetwork/sn-0123456789abcdef0"


@pytest.mark.parametrize(
    ("kind", "member", "arn"),
    [
        ("Resource", "ResourceConfigurationArn", RESOURCE),
        ("ServiceNetwork", "ServiceNetworkArn", NETWORK),
        ("Tunnel", "ResourceConfigurationArn", RESOURCE),
    ],
)
def test_endpoints_for_what_vpc_lattice_shares(ec2, consumer, refused, kind, member, arn):
    group_id = consumer.group("endpoints")
    made = consumer.endpoint(
        zones="ab", ServiceName=None, VpcEndpointType=kind, SecurityGroupIds=[group_id], **{member: arn}
    )
    assert made["VpcEndpointType"] == kind and made[member] == arn and "ServiceName" not in made
    assert made["State"] == "Available", "as botocore's model spells it"
    assert len(made["NetworkInterfaceIds"]) == 2 and made["Groups"][0]["GroupId"] == group_id
    assert made["DnsEntries"] == [] and made["PrivateDnsEnabled"] is False

    [association] = ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[made["VpcEndpointId"]])[
        "VpcEndpointAssociations"
    ]
    assert association["VpcEndpointId"] == made["VpcEndpointId"]
    assert association["AssociatedResourceAccessibility"] == "Accessible"
    assert arn in (association.get("AssociatedResourceArn"), association.get("ServiceNetworkArn"))
    assert association["DnsEntry"]["DnsName"].startswith(f"{made['VpcEndpointId']}.")
    search = [{"Name": "association-id", "Values": [association["Id"]]}]
    assert ec2.describe_vpc_endpoint_associations(Filters=search)["VpcEndpointAssociations"] == [association]

    with refused("MissingParameter"):
        consumer.endpoint(ServiceName=None, VpcEndpointType=kind)
    with refused("InvalidParameter", "ServiceName"):
        consumer.endpoint(VpcEndpointType=kind, **{member: arn})
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"] == []


def test_private_domains_by_choice_of_a_service_network(consumer):
    options = {"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["example.com"]}
    made = consumer.endpoint(
        ServiceName=None,
        VpcEndpointType="ServiceNetwork",
        ServiceNetworkArn=NETWORK,
        PrivateDnsEnabled=True,
        DnsOptions=options,
    )
    assert made["DnsOptions"] == options | {"DnsRecordIpType": "ipv4"} and made["PrivateDnsEnabled"] is True
