# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AttachNetworkInterface, DetachNetworkInterface and what stands against them."""

from __future__ import annotations

import pytest


@pytest.fixture
def instance(network, subnet_id):
    return network.instance(subnet_id)["InstanceId"]


@pytest.fixture
def attach(ec2):
    def call(eni_id: str, instance_id: str, index: int = 1) -> str:
        asked = {"NetworkInterfaceId": eni_id, "InstanceId": instance_id, "DeviceIndex": index}
        return ec2.attach_network_interface(**asked)["AttachmentId"]

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


def test_an_unknown_attachment(ec2, refused):
    with refused("InvalidAttachmentID.NotFound", "eni-attach-0123456789abcdef0"):
        ec2.detach_network_interface(AttachmentId="eni-attach-0123456789abcdef0")


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
