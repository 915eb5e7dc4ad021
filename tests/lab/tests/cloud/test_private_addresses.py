# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AssignPrivateIpAddresses, UnassignPrivateIpAddresses, and addresses that move."""

from __future__ import annotations


def addresses(eni: dict) -> list[str]:
    return [each["PrivateIpAddress"] for each in eni["PrivateIpAddresses"]]


def test_the_reply_lists_new_addresses_only(ec2, network, subnet_id):
    eni = network.eni(subnet_id, SecondaryPrivateIpAddressCount=1)
    eni_id = eni["NetworkInterfaceId"]
    free = network.free_addresses(subnet_id)
    counted = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, SecondaryPrivateIpAddressCount=2)
    new = [each["PrivateIpAddress"] for each in counted["AssignedPrivateIpAddresses"]]
    assert len(new) == 2 and not set(new) & set(addresses(eni))
    named = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=["10.0.1.99"])
    assert named["AssignedPrivateIpAddresses"] == [{"PrivateIpAddress": "10.0.1.99"}]
    described = network.describe(eni_id)
    assert addresses(described) == [*addresses(eni), *new, "10.0.1.99"]
    assert [each["Primary"] for each in described["PrivateIpAddresses"]] == [True] + 4 * [False]
    assert network.free_addresses(subnet_id) == free - 3

    ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=[*new, "10.0.1.99"])
    assert addresses(network.describe(eni_id)) == addresses(eni)
    assert network.free_addresses(subnet_id) == free


def test_what_cannot_be_assigned(ec2, network, subnet_id, refused):
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    other = network.eni(subnet_id, PrivateIpAddress="10.0.1.50")["NetworkInterfaceId"]

    def assign(**asked):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, **asked)

    for address, text in {"10.0.1.2": "reserved", "10.0.9.9": "does not fall within", "ten": "invalid value"}.items():
        with refused("InvalidParameterValue", address, text):
            assign(PrivateIpAddresses=[address])
    with refused("InvalidParameterValue", "10.0.1.50", "already assigned but move is not allowed"):
        assign(PrivateIpAddresses=["10.0.1.50"])
    with refused("InvalidParameterValue", "10.0.1.50", "primary"):
        assign(PrivateIpAddresses=["10.0.1.50"], AllowReassignment=True)
    with refused("InsufficientFreeAddressesInSubnet"):
        assign(SecondaryPrivateIpAddressCount=250)
    with refused("InvalidParameterCombination"):
        assign(PrivateIpAddresses=["10.0.1.60"], SecondaryPrivateIpAddressCount=1)
    with refused("InvalidParameterCombination"):
        assign()
    assert len(addresses(network.describe(eni_id))) == len(addresses(network.describe(other))) == 1


def test_what_cannot_be_unassigned(ec2, network, subnet_id, refused):
    eni = network.eni(subnet_id)
    eni_id = eni["NetworkInterfaceId"]
    with refused("InvalidParameterValue", eni["PrivateIpAddress"], "primary"):
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=[eni["PrivateIpAddress"]])
    with refused("InvalidParameterValue", "10.0.1.60", "not assigned"):
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=["10.0.1.60"])


def test_an_attached_eni_keeps_to_the_limit_of_the_instance_type(ec2, network, subnet_id, refused):
    """A t3.small takes four private IPv4 addresses on an interface."""
    instance = network.instance(subnet_id)
    eni_id = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, SecondaryPrivateIpAddressCount=3)
    with refused("PrivateIpAddressLimitExceeded", "exceed limit"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, SecondaryPrivateIpAddressCount=1)
    crowded = network.eni(subnet_id, SecondaryPrivateIpAddressCount=4)["NetworkInterfaceId"]
    with refused("PrivateIpAddressLimitExceeded"):
        ec2.attach_network_interface(NetworkInterfaceId=crowded, InstanceId=instance["InstanceId"], DeviceIndex=1)


def test_a_moved_address_leaves_the_other_eni_and_its_elastic_ip_follows(ec2, network, subnet_id, transitions):
    network.internet_gateway()
    failed = network.eni(subnet_id, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.70", "Primary": False}])[
        "NetworkInterfaceId"
    ]
    standby = network.eni(subnet_id)["NetworkInterfaceId"]
    allocation_id = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=failed, PrivateIpAddress="10.0.1.70")
    free = network.free_addresses(subnet_id)

    transitions(60)
    moved = ec2.assign_private_ip_addresses(
        NetworkInterfaceId=standby, PrivateIpAddresses=["10.0.1.70"], AllowReassignment=True
    )
    assert moved["AssignedPrivateIpAddresses"] == [{"PrivateIpAddress": "10.0.1.70"}]
    assert "10.0.1.70" not in addresses(network.describe(failed))
    assert "10.0.1.70" in addresses(network.describe(standby))
    assert network.free_addresses(subnet_id) == free

    def where():
        return ec2.describe_addresses(AllocationIds=[allocation_id])["Addresses"][0]["NetworkInterfaceId"]

    assert where() == failed
    transitions(0)
    assert where() == standby
    [shown] = [each for each in network.describe(standby)["PrivateIpAddresses"] if "Association" in each]
    assert shown["PrivateIpAddress"] == "10.0.1.70"
    assert shown["Association"]["AllocationId"] == allocation_id
