# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The states of instances, and what stopping and termination do to ENIs."""

from __future__ import annotations


def state(ec2, instance_id: str) -> str:
    [reservation] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    return reservation["Instances"][0]["State"]["Name"]


def test_states_take_time(ec2, network, subnet_id, transitions):
    transitions(60)
    instance_id = network.instance(subnet_id)["InstanceId"]
    assert state(ec2, instance_id) == "pending"
    transitions(0)
    assert state(ec2, instance_id) == "running"
    for call, during, after in (
        (ec2.stop_instances, "stopping", "stopped"),
        (ec2.start_instances, "pending", "running"),
        (ec2.terminate_instances, "shutting-down", "terminated"),
    ):
        transitions(60)
        call(InstanceIds=[instance_id])
        assert state(ec2, instance_id) == during
        transitions(0)
        assert state(ec2, instance_id) == after


def test_termination_deletes_detaches_and_frees(ec2, network, subnet_id, transitions, refused):
    network.internet_gateway()
    free = network.free_addresses(subnet_id)
    instance = network.instance(subnet_id)
    primary = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    kept = network.eni(subnet_id)["NetworkInterfaceId"]
    ec2.attach_network_interface(NetworkInterfaceId=kept, InstanceId=instance["InstanceId"], DeviceIndex=1)
    allocation_id = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=primary)

    transitions(60)
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert network.describe(primary)["Status"] == "in-use"
    assert network.describe(kept)["Status"] == "in-use"
    transitions(0)
    assert network.describe(kept)["Status"] == "available"
    assert "Attachment" not in network.describe(kept)
    with refused("InvalidNetworkInterfaceID.NotFound", primary):
        network.describe(primary)
    assert network.free_addresses(subnet_id) == free - 1
    assert "AssociationId" not in ec2.describe_addresses(AllocationIds=[allocation_id])["Addresses"][0]
    [reservation] = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    assert reservation["Instances"][0]["NetworkInterfaces"] == []
    assert state(ec2, instance["InstanceId"]) == "terminated"


def test_termination_deletes_what_is_to_go_with_the_instance(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    kept_primary = network.instance(
        subnet_id,
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet_id, "DeleteOnTermination": False},
            {"DeviceIndex": 1, "NetworkInterfaceId": eni_id},
        ],
    )
    primary, added = kept_primary["NetworkInterfaces"]
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=eni_id,
        Attachment={"AttachmentId": added["Attachment"]["AttachmentId"], "DeleteOnTermination": True},
    )
    ec2.terminate_instances(InstanceIds=[kept_primary["InstanceId"]])
    with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
        network.describe(eni_id)
    assert network.describe(primary["NetworkInterfaceId"])["Status"] == "available"


def test_a_terminated_instance_takes_no_interface(ec2, network, subnet_id, transitions, refused):
    instance_id = network.instance(subnet_id)["InstanceId"]
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    transitions(60)
    ec2.terminate_instances(InstanceIds=[instance_id])
    for state in ("shutting-down", "terminated"):
        with refused("IncorrectInstanceState", instance_id, state):
            ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=1)
        transitions(0)


def test_a_public_address_assigned_at_launch_is_lost_at_stop(ec2, network, subnet_id):
    network.internet_gateway()

    def public_address(instance_id):
        [reservation] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        return reservation["Instances"][0].get("PublicIpAddress")

    wish = [{"DeviceIndex": 0, "SubnetId": subnet_id, "AssociatePublicIpAddress": True}]
    instance = network.instance(subnet_id, NetworkInterfaces=wish)
    instance_id, eni_id = instance["InstanceId"], instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    first = public_address(instance_id)
    association = network.describe(eni_id)["Association"]
    assert association["PublicIp"] == first and association["IpOwnerId"] == "amazon"
    ec2.stop_instances(InstanceIds=[instance_id])
    assert public_address(instance_id) is None
    ec2.start_instances(InstanceIds=[instance_id])
    second = public_address(instance_id)
    assert second and second != first

    eni = network.eni(subnet_id)["NetworkInterfaceId"]
    ec2.attach_network_interface(NetworkInterfaceId=eni, InstanceId=instance_id, DeviceIndex=1)
    ec2.stop_instances(InstanceIds=[instance_id])
    ec2.start_instances(InstanceIds=[instance_id])
    assert public_address(instance_id) is None
