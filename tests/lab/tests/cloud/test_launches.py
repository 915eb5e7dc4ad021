# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""RunInstances: what a launch asks for, what it refuses, and what is there then."""

from __future__ import annotations

import ipaddress

import pytest


def test_launched_by_subnet_and_groups(ec2, network, subnet_id):
    group_id = network.group("web")
    ec2.import_key_pair(KeyName="k", PublicKeyMaterial=PUBLIC_KEY)
    instance = network.instance(
        subnet_id,
        SecurityGroupIds=[group_id],
        KeyName="k",
        PrivateIpAddress="10.0.1.44",
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web1"}]}],
    )
    assert instance["State"]["Name"] == "pending"
    [reservation] = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    described = reservation["Instances"][0]
    assert reservation["OwnerId"] == "111122223333"
    assert described["PrivateIpAddress"] == "10.0.1.44"
    assert described["SubnetId"] == subnet_id and described["VpcId"] == network.vpc_id
    assert described["KeyName"] == "k"
    assert described["SecurityGroups"] == [{"GroupId": group_id, "GroupName": "web"}]
    assert described["Tags"] == [{"Key": "Name", "Value": "web1"}]
    [nic] = described["NetworkInterfaces"]
    assert nic["Attachment"]["DeviceIndex"] == 0
    assert nic["Attachment"]["DeleteOnTermination"] is True
    assert network.describe(nic["NetworkInterfaceId"])["Attachment"]["InstanceId"] == instance["InstanceId"]


def test_metadata_options_that_are_not_mentioned_stay(ec2, network, subnet_id):
    instance_id = network.instance(subnet_id, MetadataOptions={"HttpTokens": "required"})["InstanceId"]
    ec2.modify_instance_metadata_options(InstanceId=instance_id, HttpEndpoint="disabled")
    [reservation] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    options = reservation["Instances"][0]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpEndpoint"]) == ("required", "disabled")


PUBLIC_KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPVwsi2DxUG0NIYfS511ZxTpvsCD5I62DCR0Zeow6DbY web"


def test_key_pairs_show_their_public_key_when_asked(ec2, refused):
    ec2.import_key_pair(KeyName="k", PublicKeyMaterial=PUBLIC_KEY)
    [key] = ec2.describe_key_pairs(KeyNames=["k"], IncludePublicKey=True)["KeyPairs"]
    assert key["PublicKey"] == PUBLIC_KEY.decode()
    assert "PublicKey" not in ec2.describe_key_pairs(KeyNames=["k"])["KeyPairs"][0]
    with refused("InvalidKeyPair.Duplicate", "'k'"):
        ec2.import_key_pair(KeyName="k", PublicKeyMaterial=PUBLIC_KEY)


def test_launched_with_a_list_of_interfaces(ec2, network, subnet_id):
    management = network.subnet("10.0.2.0/24")
    existing = network.eni(management)["NetworkInterfaceId"]
    instance = network.instance(
        subnet_id,
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet_id, "Groups": [network.group("web")], "Description": "eth0"},
            {"DeviceIndex": 1, "NetworkInterfaceId": existing},
            {"DeviceIndex": 2, "SubnetId": management, "DeleteOnTermination": False},
        ],
    )
    nics = {nic["Attachment"]["DeviceIndex"]: nic for nic in instance["NetworkInterfaces"]}
    assert [nics[index]["Attachment"]["DeleteOnTermination"] for index in range(3)] == [True, False, False]
    assert nics[0]["Description"] == "eth0"
    assert [group["GroupName"] for group in nics[0]["Groups"]] == ["web"]
    assert nics[1]["NetworkInterfaceId"] == existing
    assert nics[2]["SubnetId"] == management


def test_all_that_an_interface_is_launched_with_is_kept(ec2, network, subnet_id):
    existing = network.eni(subnet_id, InterfaceType="efa")["NetworkInterfaceId"]
    tracking = {"TcpEstablishedTimeout": 300, "UdpStreamTimeout": 90, "UdpTimeout": 45}
    express = {"EnaSrdEnabled": True, "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": True}}
    instance = network.instance(
        subnet_id,
        InstanceType="m6i.32xlarge",
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "NetworkCardIndex": 0,
                "SubnetId": subnet_id,
                "InterfaceType": "interface",
                "PrivateIpAddress": "10.0.1.20",
                "SecondaryPrivateIpAddressCount": 1,
                "ConnectionTrackingSpecification": tracking,
                "EnaSrdSpecification": express,
                "EnaQueueCount": 16,
                "Description": "eth0",
            },
            {"DeviceIndex": 1, "NetworkInterfaceId": existing, "DeleteOnTermination": False},
        ],
    )
    eth0, eth1 = instance["NetworkInterfaces"]
    assert eth0["PrivateIpAddresses"][0] == {"Primary": True, "PrivateIpAddress": "10.0.1.20"}
    assert len(eth0["PrivateIpAddresses"]) == 2
    assert eth0["ConnectionTrackingConfiguration"] == tracking
    assert eth0["Attachment"]["EnaSrdSpecification"] == express
    assert eth0["Attachment"]["EnaQueueCount"] == 16
    assert (eth0["InterfaceType"], eth1["InterfaceType"]) == ("interface", "efa")
    [reservation] = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    described = reservation["Instances"][0]["NetworkInterfaces"]
    for nic in described:
        eni = network.describe(nic["NetworkInterfaceId"])
        own = {"InstanceId", "InstanceOwnerId"}
        assert set(eni["Attachment"]) - set(nic["Attachment"]) == own
        shared = set(nic) & set(eni) - {"Attachment"}
        assert {name: nic[name] for name in shared} == {name: eni[name] for name in shared}
        assert set(eni) - set(nic) == {
            "AvailabilityZone",
            "AvailabilityZoneId",
            "RequesterId",
            "RequesterManaged",
            "TagSet",
        }


def test_tags_of_a_launch_are_for_the_interfaces_it_makes(network, subnet_id):
    existing = network.eni(subnet_id)["NetworkInterfaceId"]
    tags = [{"Key": "Name", "Value": "web1"}]
    instance = network.instance(
        subnet_id,
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet_id},
            {"DeviceIndex": 1, "NetworkInterfaceId": existing},
        ],
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": tags}],
    )
    primary = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert network.describe(primary)["TagSet"] == tags
    assert network.describe(existing)["TagSet"] == []


def test_interfaces_on_several_network_cards(network, subnet_id, refused):
    def nic(card, index, **members):
        return {"NetworkCardIndex": card, "DeviceIndex": index, "SubnetId": subnet_id} | members

    def launch(*interfaces):
        launched = network.instance(subnet_id, InstanceType="p4d.24xlarge", NetworkInterfaces=list(interfaces))
        return [
            (each["Attachment"]["NetworkCardIndex"], each["Attachment"]["DeviceIndex"], each["InterfaceType"])
            for each in launched["NetworkInterfaces"]
        ]

    adapters = [nic(card, 1, InterfaceType="efa") for card in (1, 2, 3)]
    assert launch(nic(0, 0, InterfaceType="efa"), *adapters) == [
        (0, 0, "efa"),
        (1, 1, "efa"),
        (2, 1, "efa"),
        (3, 1, "efa"),
    ]
    free = network.free_addresses(subnet_id)
    with refused("AttachmentLimitExceeded", "EFA interface count 5"):
        launch(nic(0, 0, InterfaceType="efa"), nic(0, 1, InterfaceType="efa"), *adapters)
    with refused("InvalidParameterValue", "one of them 0 on card 0"):
        launch(nic(1, 0))
    with refused("InvalidParameterValue", "different device indexes"):
        launch(nic(0, 0), nic(1, 1), nic(1, 1))
    with refused("AttachmentLimitExceeded", "NetworkCard index 4"):
        launch(nic(0, 0), nic(4, 1))
    with refused("InvalidParameterValue", "(trunk)"):
        launch(nic(0, 0, InterfaceType="trunk"))
    assert network.free_addresses(subnet_id) == free


def test_an_interface_on_another_network_card_counts_for_the_public_address(ec2, network, subnet_id):
    network.internet_gateway()
    wish = [{"DeviceIndex": 0, "SubnetId": subnet_id, "AssociatePublicIpAddress": True}]
    instance = network.instance(subnet_id, InstanceType="p4d.24xlarge", NetworkInterfaces=wish)
    instance_id, eni_id = instance["InstanceId"], instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert "Association" in network.describe(eni_id)
    ec2.attach_network_interface(
        NetworkInterfaceId=network.eni(subnet_id)["NetworkInterfaceId"],
        InstanceId=instance_id,
        NetworkCardIndex=1,
        DeviceIndex=1,
    )
    ec2.stop_instances(InstanceIds=[instance_id])
    ec2.start_instances(InstanceIds=[instance_id])
    assert "Association" not in network.describe(eni_id)


def test_prefixes_and_ipv6_of_a_launch(ec2, network, refused):
    ec2.associate_vpc_cidr_block(VpcId=network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"]
    block = ipaddress.ip_network(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    subnet = ec2.create_subnet(
        VpcId=network.vpc_id,
        CidrBlock="10.0.3.0/24",
        Ipv6CidrBlock=str(next(block.subnets(new_prefix=64))),
        AvailabilityZone="us-east-1a",
    )["Subnet"]
    nic = {"DeviceIndex": 0, "SubnetId": subnet["SubnetId"]}

    def launched(**members):
        [shown] = network.instance(subnet["SubnetId"], NetworkInterfaces=[nic | members])["NetworkInterfaces"]
        eni = network.describe(shown["NetworkInterfaceId"])
        names = ("Ipv4Prefixes", "Ipv6Prefixes", "Ipv6Addresses")
        assert [shown.get(name) for name in names] == [eni.get(name) for name in names]
        return eni

    named = launched(Ipv4Prefixes=[{"Ipv4Prefix": "10.0.3.64/28"}], Ipv6PrefixCount=1)
    assert named["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.3.64/28"}]
    assert ipaddress.ip_network(named["Ipv6Prefixes"][0]["Ipv6Prefix"]).prefixlen == 80
    counted = launched(Ipv4PrefixCount=2, Ipv6AddressCount=2, PrimaryIpv6=True)
    assert len(counted["Ipv4Prefixes"]) == 2
    assert [each["IsPrimaryIpv6"] for each in counted["Ipv6Addresses"]] == [True, False]

    [shown] = network.instance(subnet["SubnetId"], Ipv6AddressCount=1, EnablePrimaryIpv6=True)["NetworkInterfaces"]
    assert network.describe(shown["NetworkInterfaceId"])["Ipv6Addresses"][0]["IsPrimaryIpv6"] is True

    free = network.free_addresses(subnet["SubnetId"])
    with refused("InvalidParameterCombination", "Ipv4Prefixes", "Ipv4PrefixCount"):
        launched(Ipv4Prefixes=[{"Ipv4Prefix": "10.0.3.80/28"}], Ipv4PrefixCount=1)
    with refused("InvalidIPAddress.InUse", "10.0.3.64/28"):
        launched(Ipv4Prefixes=[{"Ipv4Prefix": "10.0.3.64/28"}])
    with refused("InvalidParameterValue", "UdpTimeout"):
        launched(ConnectionTrackingSpecification={"UdpTimeout": 61})
    for many in ({"SecondaryPrivateIpAddressCount": 4}, {"Ipv4PrefixCount": 4}, {"Ipv6AddressCount": 5}):
        with refused("InvalidInterface.IpAddressLimitExceeded", "t3.small"):
            launched(**many)
    assert network.free_addresses(subnet["SubnetId"]) == free


def test_a_launch_repeated_with_its_token(ec2, network, subnet_id, transitions, refused):
    first = network.instance(subnet_id, ClientToken="token")["InstanceId"]
    assert network.instance(subnet_id, ClientToken="token")["InstanceId"] == first
    with refused("IdempotentParameterMismatch"):
        network.instance(subnet_id, ClientToken="token", MaxCount=2)
    transitions(60)
    ec2.terminate_instances(InstanceIds=[first])
    assert network.instance(subnet_id, ClientToken="token")["InstanceId"] == first, "shutting down"
    transitions(0)
    with refused("IdempotentInstanceTerminated", "token"):
        network.instance(subnet_id, ClientToken="token")
    assert network.instance(subnet_id, ClientToken="another")["InstanceId"] != first


def test_contradictions_in_a_launch(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    elsewhere = network.subnet("10.0.2.0/24", "us-east-1b")
    free = network.free_addresses(subnet_id)
    new = {"DeviceIndex": 0, "SubnetId": subnet_id}
    existing = {"DeviceIndex": 0, "NetworkInterfaceId": eni_id}

    def launch(code, *parts, nics, **asked):
        with refused(code, *parts):
            network.instance(subnet_id, NetworkInterfaces=nics, **asked)

    two = [new | {"AssociatePublicIpAddress": True}, new | {"DeviceIndex": 1}]
    launch("InvalidParameterCombination", "associatePublicIPAddress", "multiple network interfaces", nics=two)
    for members in ({"SubnetId": subnet_id}, {"Description": "x"}, {"AssociatePublicIpAddress": False}):
        launch("InvalidParameterCombination", *members, nics=[existing | members])
    launch("InvalidParameterCombination", "delete on termination", nics=[existing | {"DeleteOnTermination": True}])
    for nics in ([existing], [new | {"PrivateIpAddress": "10.0.1.9"}]):
        launch("InvalidParameterCombination", "more than one instance", nics=nics, MaxCount=2)
    zones = [new, {"DeviceIndex": 1, "SubnetId": elsewhere}]
    launch("InvalidParameterCombination", "same availability zone", nics=zones)
    launch(
        "InvalidParameterCombination",
        "same availability zone",
        nics=[new],
        Placement={"AvailabilityZone": "us-east-1b"},
    )
    launch("MissingParameter", "device index", nics=[{"SubnetId": subnet_id}])
    express = new | {"EnaSrdSpecification": {"EnaSrdEnabled": True}}
    launch("InvalidParameterCombination", "ENA Express", "'t3.small'", nics=[express])
    assert network.free_addresses(subnet_id) == free
    assert ec2.describe_instances()["Reservations"] == []


def test_what_cannot_be_launched(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    network.instance(subnet_id, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni_id}])
    free = network.free_addresses(subnet_id)

    def launch(code, *parts, **asked):
        with refused(code, *parts):
            network.instance(subnet_id, **asked)

    launch(
        "InvalidNetworkInterface.InUse", eni_id, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni_id}]
    )
    launch(
        "InvalidParameterValue", "one of them 0", "[1]", NetworkInterfaces=[{"DeviceIndex": 1, "SubnetId": subnet_id}]
    )
    launch("InvalidParameterCombination", "SubnetId", SubnetId=subnet_id, NetworkInterfaces=[{"DeviceIndex": 0}])
    launch("InvalidParameterValue", "t9.huge", InstanceType="t9.huge")
    launch("InvalidKeyPair.NotFound", "'nobody'", KeyName="nobody")
    launch("InvalidGroup.NotFound", "sg-0123456789abcdef0", SecurityGroupIds=["sg-0123456789abcdef0"])
    launch("InvalidAMIID.Malformed", "debian", ImageId="debian")
    launch("InvalidSubnetID.NotFound", "subnet-0", SubnetId="subnet-0123456789abcdef0")
    four = [{"DeviceIndex": index, "SubnetId": subnet_id} for index in range(4)]
    launch("AttachmentLimitExceeded", "4", "t3.small", NetworkInterfaces=four)
    half = [{"DeviceIndex": 0, "SubnetId": subnet_id}, {"DeviceIndex": 1, "NetworkInterfaceId": eni_id}]
    launch("InvalidNetworkInterface.InUse", NetworkInterfaces=half)
    assert network.free_addresses(subnet_id) == free
    assert len(ec2.describe_instances()["Reservations"]) == 1


@pytest.mark.parametrize("image_id", ["resolve:ssm:/aws/service/debian/release/12/latest/amd64", "resolve:ssm:/own:3"])
def test_an_image_by_parameter_is_shown_as_the_ami_it_is(network, subnet_id, image_id):
    one, two = (network.instance(subnet_id, ImageId=image_id)["ImageId"] for _each in range(2))
    assert one == two and one.startswith("ami-")


def test_several_at_once_have_an_interface_each(ec2, subnet_id):
    launched = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=1, MaxCount=3, SubnetId=subnet_id
    )["Instances"]
    assert [each["AmiLaunchIndex"] for each in launched] == [0, 1, 2]
    assert len({each["NetworkInterfaces"][0]["NetworkInterfaceId"] for each in launched}) == 3
