# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AttachNetworkInterface, DetachNetworkInterface and what stands against them."""

from __future__ import annotations

import pytest

from lab.cloud.ec2 import models


@pytest.fixture
def instance(network, subnet_id):
    return network.instance(subnet_id)["InstanceId"]


@pytest.fixture
def attach(ec2):
    def call(eni_id: str, instance_id: str, index: int = 1, **options) -> str:
        asked = {"NetworkInterfaceId": eni_id, "InstanceId": instance_id, "DeviceIndex": index}
        return ec2.attach_network_interface(**asked, **options)["AttachmentId"]

    return call


def test_attached_with_all_that_describes_it(ec2, network, subnet_id, instance, attach):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    attachment_id = attach(eni_id, instance)
    described = network.describe(eni_id)
    assert described["Status"] == "in-use"
    attachment = described["Attachment"]
    assert attachment.pop("AttachTime").tzinfo
    assert attachment == {
        "AttachmentId": attachment_id,
        "DeleteOnTermination": False,
        "DeviceIndex": 1,
        "NetworkCardIndex": 0,
        "InstanceId": instance,
        "InstanceOwnerId": "111122223333",
        "Status": "attached",
    }
    [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    nics = {nic["Attachment"]["DeviceIndex"]: nic for nic in reservation["Instances"][0]["NetworkInterfaces"]}
    assert nics[1]["NetworkInterfaceId"] == eni_id
    assert nics[1]["MacAddress"] == described["MacAddress"]


def test_attaching_and_detaching_take_time(ec2, network, subnet_id, instance, attach, transitions, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    transitions(60)
    attachment_id = attach(eni_id, instance)
    assert network.describe(eni_id)["Attachment"]["Status"] == "attaching"
    transitions(0)
    assert network.describe(eni_id)["Attachment"]["Status"] == "attached"

    transitions(60)
    ec2.detach_network_interface(AttachmentId=attachment_id)
    leaving = network.describe(eni_id)
    assert (leaving["Status"], leaving["Attachment"]["Status"]) == ("in-use", "detaching")
    with refused("InvalidParameterValue", eni_id, "currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    transitions(0)
    assert network.describe(eni_id)["Status"] == "available"
    assert "Attachment" not in network.describe(eni_id)
    attach(eni_id, instance)


def test_what_cannot_be_attached(ec2, network, subnet_id, instance, attach, refused):
    """A t3.small has room for three interfaces."""
    first, second, third = (network.eni(subnet_id)["NetworkInterfaceId"] for _each in range(3))
    attach(first, instance, 1)
    with refused("InvalidNetworkInterface.InUse", f"Interface: [{first}] in use."):
        attach(first, instance, 2)
    for index in (0, 1):
        with refused("InvalidParameterValue", instance, f"already has an interface attached at device index '{index}'"):
            attach(second, instance, index)
    attach(second, instance, 2)
    with refused("AttachmentLimitExceeded", "Interface count 4 exceeds the limit for t3.small"):
        attach(third, instance, 3)
    elsewhere = network.eni(network.subnet("10.0.2.0/24", "us-east-1b"))["NetworkInterfaceId"]
    with refused("InvalidParameterCombination", "not in the same availability zone"):
        attach(elsewhere, instance, 4)
    with refused("InvalidNetworkInterfaceID.NotFound", "eni-0123456789abcdef0"):
        attach("eni-0123456789abcdef0", instance)
    with refused("InvalidInstanceID.NotFound", "i-0123456789abcdef0"):
        attach(third, "i-0123456789abcdef0")
    with refused("InvalidNetworkInterfaceId.Malformed", "eni-3"):
        attach("eni-3", instance)
    with refused("InvalidInstanceID.Malformed", "web1"):
        attach(third, "web1")


def test_an_instance_that_is_not_up_takes_none(ec2, network, subnet_id, attach, transitions, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    transitions(60)
    pending = network.instance(subnet_id)["InstanceId"]
    with refused("IncorrectInstanceState", pending, "pending"):
        attach(eni_id, pending)


def test_an_eni_of_another_subnet_and_vpc_in_the_zone_is_attached(ec2, network, instance, attach):
    other = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.6.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    eni_id = network.eni(subnet["SubnetId"])["NetworkInterfaceId"]
    attach(eni_id, instance)
    assert network.describe(eni_id)["Attachment"]["InstanceId"] == instance


def test_the_primary_stays(ec2, network, subnet_id, refused):
    primary = network.instance(subnet_id)["NetworkInterfaces"][0]
    with refused("OperationNotPermitted", "device index 0 and networkCard index 0 cannot be detached"):
        ec2.detach_network_interface(AttachmentId=primary["Attachment"]["AttachmentId"])
    with refused("InvalidParameterValue", "currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=primary["NetworkInterfaceId"])


def test_an_unknown_attachment(ec2, network, subnet_id, refused):
    with refused("InvalidAttachmentID.NotFound", "eni-attach-0123456789abcdef0"):
        ec2.detach_network_interface(AttachmentId="eni-attach-0123456789abcdef0")
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    with refused("InvalidNetworkInterfaceAttachmentId.Malformed", eni_id, "eni-attach-"):
        ec2.detach_network_interface(AttachmentId=eni_id)


def test_a_detachment_that_hangs_can_be_forced(ec2, network, subnet_id, instance, attach, transitions, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    attachment_id = attach(eni_id, instance)
    transitions(60)
    ec2.detach_network_interface(AttachmentId=attachment_id)
    ec2.detach_network_interface(AttachmentId=attachment_id)
    assert network.describe(eni_id)["Status"] == "in-use"
    ec2.detach_network_interface(AttachmentId=attachment_id, Force=True)
    assert network.describe(eni_id)["Status"] == "available"
    with refused("InvalidAttachmentID.NotFound"):
        ec2.detach_network_interface(AttachmentId=attachment_id, Force=True)
    second = attach(eni_id, instance)
    transitions(0)
    assert network.describe(eni_id)["Attachment"]["AttachmentId"] == second


def test_groups_of_instance_and_eni_are_their_own(ec2, network, subnet_id, attach):
    web, management = network.group("web"), network.group("management")
    instance = network.instance(subnet_id, SecurityGroupIds=[web])
    eni_id = network.eni(subnet_id, Groups=[management])["NetworkInterfaceId"]
    attach(eni_id, instance["InstanceId"])
    assert [group["GroupId"] for group in network.describe(eni_id)["Groups"]] == [management]
    [reservation] = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    assert [group["GroupId"] for group in reservation["Instances"][0]["SecurityGroups"]] == [web]


def test_delete_on_termination_is_changed_on_the_attachment(ec2, network, subnet_id, instance, attach, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    attachment_id = attach(eni_id, instance)

    def change(wanted_id: str):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=eni_id, Attachment={"AttachmentId": wanted_id, "DeleteOnTermination": True}
        )

    with refused("InvalidAttachmentID.NotFound"):
        change("eni-attach-0123456789abcdef0")
    change(attachment_id)
    assert network.describe(eni_id)["Attachment"]["DeleteOnTermination"] is True


def test_a_stopped_instance_takes_and_gives_interfaces(ec2, network, subnet_id, instance, attach):
    ec2.stop_instances(InstanceIds=[instance])
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    attachment_id = attach(eni_id, instance)
    ec2.detach_network_interface(AttachmentId=attachment_id)
    assert network.describe(eni_id)["Status"] == "available"


def test_more_addresses_than_the_instance_type_takes(network, subnet_id, instance, attach, refused):
    """A t3.small takes four on each interface."""
    eni_id = network.eni(subnet_id, SecondaryPrivateIpAddressCount=4)["NetworkInterfaceId"]
    with refused("PrivateIpAddressLimitExceeded"):
        attach(eni_id, instance)


def test_network_cards_have_device_indexes_of_their_own(ec2, network, subnet_id, attach, refused):
    """A p4d.24xlarge has four."""
    instance_id = network.instance(subnet_id, InstanceType="p4d.24xlarge")["InstanceId"]
    first, second, third = (network.eni(subnet_id)["NetworkInterfaceId"] for _each in range(3))
    asked = {"NetworkInterfaceId": first, "InstanceId": instance_id, "DeviceIndex": 0, "NetworkCardIndex": 1}
    reply = ec2.attach_network_interface(**asked)
    assert reply["NetworkCardIndex"] == 1
    attach(second, instance_id, 1)
    attach(third, instance_id, 1, NetworkCardIndex=1)
    attachment = network.describe(third)["Attachment"]
    assert (attachment["NetworkCardIndex"], attachment["DeviceIndex"]) == (1, 1)
    fourth = network.eni(subnet_id)["NetworkInterfaceId"]
    with refused("InvalidParameterValue", "device index '1'"):
        attach(fourth, instance_id, 1, NetworkCardIndex=1)
    with refused("AttachmentLimitExceeded", "NetworkCard index 4 exceeds the limit for p4d.24xlarge"):
        attach(fourth, instance_id, 2, NetworkCardIndex=4)
    ec2.detach_network_interface(AttachmentId=reply["AttachmentId"])
    [reservation] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    nics = [nic["NetworkInterfaceId"] for nic in reservation["Instances"][0]["NetworkInterfaces"]]
    assert nics[1:] == [second, third]


def test_one_network_card_has_room_for_its_own_number_only(network, subnet_id, attach, refused):
    """15 of the 60 interfaces of a p4d.24xlarge."""
    interfaces = [{"DeviceIndex": index, "SubnetId": subnet_id} for index in range(15)]
    launched = network.instance(subnet_id, InstanceType="p4d.24xlarge", NetworkInterfaces=interfaces)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    with refused("AttachmentLimitExceeded", "NetworkCard index 0 interface count 16"):
        attach(eni_id, launched["InstanceId"], 15)
    attach(eni_id, launched["InstanceId"], 15, NetworkCardIndex=1)


def test_elastic_fabric_adapters_come_and_go_while_the_instance_is_stopped(
    ec2, network, subnet_id, instance, attach, refused
):
    """An m6i.32xlarge takes one, a t3.small none."""
    first, second = (network.eni(subnet_id, InterfaceType="efa")["NetworkInterfaceId"] for _each in range(2))
    large = network.instance(subnet_id, InstanceType="m6i.32xlarge")["InstanceId"]
    with refused("IncorrectInstanceState", large, "'running'"):
        attach(first, large)
    ec2.stop_instances(InstanceIds=[instance, large])
    with refused("InvalidParameterCombination", "efa", "'t3.small'"):
        attach(first, instance)
    attachment_id = attach(first, large)
    with refused("AttachmentLimitExceeded", "EFA interface count 2"):
        attach(second, large, 2)
    ec2.start_instances(InstanceIds=[large])
    with refused("IncorrectInstanceState", large):
        ec2.detach_network_interface(AttachmentId=attachment_id)


def test_ena_express_is_a_matter_of_the_attachment(ec2, network, subnet_id, instance, attach, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    large = network.instance(subnet_id, InstanceType="m6i.32xlarge")["InstanceId"]
    enabled = {"EnaSrdEnabled": True, "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": False}}

    def modify(**change):
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, EnaSrdSpecification=change)
        return network.describe(eni_id)["Attachment"]["EnaSrdSpecification"]

    with refused("IncorrectState", eni_id, "not attached"):
        modify(EnaSrdEnabled=True)
    with refused("InvalidParameterCombination", "'t3.small'"):
        attach(eni_id, instance, EnaSrdSpecification=enabled)
    udp = {"EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": True}}
    with refused("InvalidParameterCombination", "EnaSrdUdpEnabled requires EnaSrdEnabled"):
        attach(eni_id, large, EnaSrdSpecification=udp)
    attach(eni_id, large, EnaSrdSpecification=enabled)
    assert network.describe(eni_id)["Attachment"]["EnaSrdSpecification"] == enabled
    assert modify(**udp) == {"EnaSrdEnabled": True} | udp
    with refused("InvalidParameterCombination", "EnaSrdUdpEnabled requires"):
        modify(EnaSrdEnabled=False)
    off = {"EnaSrdEnabled": False, "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": False}}
    assert modify(**off) == off


def test_ena_queues(ec2, network, subnet_id, instance, attach, refused):
    """An m6i.32xlarge has 8 an interface if not told otherwise, at most 32, and 120 in all."""
    first, second = (network.eni(subnet_id)["NetworkInterfaceId"] for _each in range(2))
    large = network.instance(subnet_id, InstanceType="m6i.32xlarge")["InstanceId"]
    with refused("IncorrectInstanceState", large, "'running'", "ENA queues"):
        attach(first, large, EnaQueueCount=16)
    ec2.stop_instances(InstanceIds=[instance, large])
    with refused("InvalidParameterCombination", "EnaQueueCount", "'t3.small'"):
        attach(first, instance, EnaQueueCount=2)
    with refused("InvalidParameterValue", "EnaQueueCount 12", "power of 2"):
        attach(first, large, EnaQueueCount=12)
    with refused("AttachmentLimitExceeded", "64"):
        attach(first, large, EnaQueueCount=64)
    attachment_id = attach(first, large, EnaQueueCount=16)

    def modify(**change):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=first, Attachment={"AttachmentId": attachment_id} | change
        )
        return network.describe(first)["Attachment"]["EnaQueueCount"]

    assert network.describe(first)["Attachment"]["EnaQueueCount"] == 16
    assert modify(EnaQueueCount=32) == 32
    assert modify(DefaultEnaQueueCount=True) == 8
    assert network.describe(first)["Attachment"]["DeleteOnTermination"] is False
    with refused("InvalidParameterCombination", "EnaQueueCount or DefaultEnaQueueCount"):
        modify(EnaQueueCount=4, DefaultEnaQueueCount=True)
    attach(second, large, 2)
    for index in (3, 4, 5):
        attach(network.eni(subnet_id)["NetworkInterfaceId"], large, index, EnaQueueCount=32)
    with refused("AttachmentLimitExceeded", "ENA queue count 128"):
        modify(EnaQueueCount=16)
    ec2.start_instances(InstanceIds=[large])
    with refused("IncorrectInstanceState"):
        modify(EnaQueueCount=4)


def test_detaching_one_does_not_look_through_all_interfaces(ec2, network, subnet_id, instance, attach):
    class Unsearchable(dict):
        def values(self):
            raise AssertionError("all interfaces were looked through")

        __iter__ = items = copy = values

    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    backend = models.ec2_backends["111122223333"]["us-east-1"]
    backend.enis, backend.reservations = Unsearchable(backend.enis), Unsearchable(backend.reservations)
    ec2.detach_network_interface(AttachmentId=attach(eni_id, instance))
    assert network.describe(eni_id)["Status"] == "available"


def test_an_attachment_between_two_accounts_is_known_to_both(client, network, subnet_id, refused):
    owner, other = network.ec2, client("ec2", "444455556666")
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    [theirs] = other.run_instances(ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=1, MaxCount=1)["Instances"]
    asked = {"NetworkInterfaceId": eni_id, "InstanceId": theirs["InstanceId"], "DeviceIndex": 1}
    with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
        other.attach_network_interface(**asked)
    owner.create_network_interface_permission(
        NetworkInterfaceId=eni_id, AwsAccountId="444455556666", Permission="INSTANCE-ATTACH"
    )
    attachment_id = other.attach_network_interface(**asked)["AttachmentId"]

    described = network.describe(eni_id)
    assert described["OwnerId"] == "111122223333" and described["Status"] == "in-use"
    assert described["Attachment"]["InstanceOwnerId"] == "444455556666"
    [reservation] = other.describe_instances(InstanceIds=[theirs["InstanceId"]])["Reservations"]
    nics = reservation["Instances"][0]["NetworkInterfaces"]
    assert [(nic["NetworkInterfaceId"], nic["OwnerId"]) for nic in nics][1] == (eni_id, "111122223333")
    with refused("InvalidNetworkInterfaceID.NotFound"):
        other.describe_network_interfaces(NetworkInterfaceIds=[eni_id])
    for account in (other, owner):
        account.detach_network_interface(AttachmentId=attachment_id)
        assert network.describe(eni_id)["Status"] == "available"
        attachment_id = other.attach_network_interface(**asked)["AttachmentId"]
    other.terminate_instances(InstanceIds=[theirs["InstanceId"]])
    assert network.describe(eni_id)["Status"] == "available"
