# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Objects that are there before they can be seen, as in EC2's eventual consistency."""

from __future__ import annotations

import pytest
from lab.tests.polling import eventually

LONG = 600


@pytest.fixture
def hide(control):
    """hide(seconds): how long what is created from now on stays unseen; 0 also shows what is hidden."""
    return lambda seconds: control("PUT", "/_lab/settings", {"visibility_seconds": seconds})


KINDS = {
    "eni": (
        lambda ec2, network, subnet_id: network.eni(subnet_id)["NetworkInterfaceId"],
        ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceIds"),
        "InvalidNetworkInterfaceID.NotFound",
    ),
    "vpc": (
        lambda ec2, network, subnet_id: ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"],
        ("describe_vpcs", "Vpcs", "VpcIds"),
        "InvalidVpcID.NotFound",
    ),
    "subnet": (
        lambda ec2, network, subnet_id: network.subnet("10.0.7.0/24"),
        ("describe_subnets", "Subnets", "SubnetIds"),
        "InvalidSubnetID.NotFound",
    ),
    "group": (
        lambda ec2, network, subnet_id: network.group("web"),
        ("describe_security_groups", "SecurityGroups", "GroupIds"),
        "InvalidGroup.NotFound",
    ),
    "Elastic IP": (
        lambda ec2, network, subnet_id: ec2.allocate_address()["AllocationId"],
        ("describe_addresses", "Addresses", "AllocationIds"),
        "InvalidAllocationID.NotFound",
    ),
    "instance": (
        lambda ec2, network, subnet_id: network.instance(subnet_id)["InstanceId"],
        ("describe_instances", "Reservations", "InstanceIds"),
        "InvalidInstanceID.NotFound",
    ),
    "Internet gateway": (
        lambda ec2, network, subnet_id: ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayIds"),
        "InvalidInternetGatewayID.NotFound",
    ),
    "virtual private gateway": (
        lambda ec2, network, subnet_id: ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"],
        ("describe_vpn_gateways", "VpnGateways", "VpnGatewayIds"),
        "InvalidVpnGatewayID.NotFound",
    ),
    "customer gateway": (
        lambda ec2, network, subnet_id: ec2.create_customer_gateway(
            Type="ipsec.1", IpAddress="198.51.100.7", BgpAsn=65000
        )["CustomerGateway"]["CustomerGatewayId"],
        ("describe_customer_gateways", "CustomerGateways", "CustomerGatewayIds"),
        "InvalidCustomerGatewayID.NotFound",
    ),
    "route table": (
        lambda ec2, network, subnet_id: ec2.create_route_table(VpcId=network.vpc_id)["RouteTable"]["RouteTableId"],
        ("describe_route_tables", "RouteTables", "RouteTableIds"),
        "InvalidRouteTableID.NotFound",
    ),
    "network ACL": (
        lambda ec2, network, subnet_id: ec2.create_network_acl(VpcId=network.vpc_id)["NetworkAcl"]["NetworkAclId"],
        ("describe_network_acls", "NetworkAcls", "NetworkAclIds"),
        "InvalidNetworkAclID.NotFound",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_just_created_is_in_no_describe_and_cannot_be_named(ec2, network, subnet_id, hide, refused, kind):
    create, (operation, items, ids), code = KINDS[kind]
    describe = getattr(ec2, operation)
    before = describe()[items]
    hide(LONG)

    object_id = create(ec2, network, subnet_id)

    assert describe()[items] == before
    with refused(code, object_id):
        describe(**{ids: [object_id]})
    with refused(code, object_id):
        ec2.create_tags(Resources=[object_id], Tags=[{"Key": "Name", "Value": "x"}])
    hide(0)
    assert len(describe()[items]) == len(before) + 1
    assert len(describe(**{ids: [object_id]})[items]) == 1


def test_calls_that_change_find_it_as_little(ec2, network, subnet_id, hide, refused):
    instance_id = network.instance(subnet_id)["InstanceId"]
    hide(LONG)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    group_id = network.group("web")
    named = {"NetworkInterfaceId": eni_id}

    with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
        ec2.attach_network_interface(**named, InstanceId=instance_id, DeviceIndex=1)
    with refused("InvalidNetworkInterfaceID.NotFound"):
        ec2.modify_network_interface_attribute(**named, Description={"Value": "x"})
    with refused("InvalidNetworkInterfaceID.NotFound"):
        ec2.delete_network_interface(**named)
    with refused("InvalidGroup.NotFound", group_id):
        network.eni(subnet_id, Groups=[group_id])

    hide(0)
    assert network.describe(eni_id)["Status"] == "available"


def test_what_comes_with_an_object_is_hidden_with_it(ec2, network, subnet_id, hide):
    hide(LONG)
    vpc_id = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    instance = network.instance(subnet_id, TagSpecifications=[tagged("instance", "i")])
    in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    assert ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"] == []
    assert ec2.describe_route_tables(Filters=in_vpc)["RouteTables"] == []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert ec2.describe_tags()["Tags"] == []
    hide(0)
    assert len(ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"]) == 1
    assert network.describe(instance["NetworkInterfaces"][0]["NetworkInterfaceId"])["Status"] == "in-use"
    assert len(ec2.describe_tags()["Tags"]) == 1


def tagged(resource_type: str, name: str) -> dict:
    return {"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}


def test_it_is_found_by_name_as_little(ec2, network, subnet_id, hide, refused):
    public_key = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPVwsi2DxUG0NIYfS511ZxTpvsCD5I62DCR0Zeow6DbY web"
    [default_vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    hide(LONG)
    public_ip = ec2.allocate_address()["PublicIp"]
    ec2.import_key_pair(KeyName="key", PublicKeyMaterial=public_key)
    ec2.create_security_group(GroupName="web", Description="web", VpcId=default_vpc["VpcId"])
    calls = (
        ("InvalidAddress.NotFound", public_ip, lambda: ec2.describe_addresses(PublicIps=[public_ip])),
        ("InvalidAddress.NotFound", public_ip, lambda: ec2.release_address(PublicIp=public_ip)),
        ("InvalidKeyPair.NotFound", "'key'", lambda: ec2.describe_key_pairs(KeyNames=["key"])),
        ("InvalidKeyPair.NotFound", "'key'", lambda: network.instance(subnet_id, KeyName="key")),
        ("InvalidGroup.NotFound", "'web'", lambda: ec2.describe_security_groups(GroupNames=["web"])),
        (
            "InvalidGroup.NotFound",
            "'web'",
            lambda: ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SecurityGroups=["web"]),
        ),
    )
    for code, name, call in calls:
        with refused(code, name):
            call()
    with refused("InvalidKeyPair.Duplicate", "'key'"):
        ec2.import_key_pair(KeyName="key", PublicKeyMaterial=public_key)
    hide(0)
    for code, name, call in calls:
        if code != "InvalidAddress.NotFound":
            call()
    assert len(ec2.describe_addresses(PublicIps=[public_ip])["Addresses"]) == 1


def test_an_id_in_a_filter_a_tag_or_a_description_names_nothing(ec2, network, subnet_id, hide):
    hide(LONG)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    filters = [{"Name": "network-interface-id", "Values": [eni_id]}]
    assert ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"] == []
    network.eni(subnet_id, Description=eni_id, TagSpecifications=[tagged("network-interface", eni_id)])


def test_the_create_repeated_with_its_token_answers_as_at_first(network, subnet_id, hide):
    hide(LONG)
    first = network.eni(subnet_id, ClientToken="token")
    assert network.eni(subnet_id, ClientToken="token") == first
    hide(0)
    assert network.eni(subnet_id, ClientToken="token") == first


def test_what_was_there_before_stays_seen(client, hide, network, subnet_id):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    hide(LONG)
    assert network.describe(eni_id)["Status"] == "available"
    assert len(client("ec2", "444455556666").describe_vpcs()["Vpcs"]) == 1, "an account's default VPC"


def test_it_is_seen_after_its_time(ec2, network, subnet_id, hide):
    hide(0.2)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]

    def seen():
        return [each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]]

    assert eventually(seen, timeout=10) == [eni_id]
