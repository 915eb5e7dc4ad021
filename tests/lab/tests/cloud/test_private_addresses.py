# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Private IPv4 addresses and prefixes: at creation, assigned, unassigned, moved."""

from __future__ import annotations

import itertools


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


def test_only_one_way_to_ask_for_secondary_addresses(network, subnet_id, refused):
    free = network.free_addresses(subnet_id)
    ways = {
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.60"}],
        "SecondaryPrivateIpAddressCount": 1,
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.64/28"}],
        "Ipv4PrefixCount": 1,
    }
    for one, other in itertools.combinations(ways, 2):
        with refused("InvalidParameterCombination", one, other):
            network.eni(subnet_id, **{one: ways[one], other: ways[other]})
    with refused("InvalidParameterValue", "-1", "SecondaryPrivateIpAddressCount"):
        network.eni(subnet_id, SecondaryPrivateIpAddressCount=-1)
    with refused("InvalidParameterCombination", "EFA-only", "Ipv4PrefixCount"):
        network.eni(subnet_id, InterfaceType="efa-only", Ipv4PrefixCount=1)
    assert network.free_addresses(subnet_id) == free


def test_an_efa_only_interface_has_no_address(network, subnet_id):
    free = network.free_addresses(subnet_id)
    eni = network.eni(subnet_id, InterfaceType="efa-only")
    assert eni["PrivateIpAddresses"] == [] and "PrivateIpAddress" not in eni
    assert network.free_addresses(subnet_id) == free


def test_the_primary_address_is_the_one_named_so_and_comes_first(network, subnet_id):
    listed = [{"PrivateIpAddress": "10.0.1.60"}, {"PrivateIpAddress": "10.0.1.61", "Primary": True}]
    assert addresses(network.eni(subnet_id, PrivateIpAddresses=listed)) == ["10.0.1.61", "10.0.1.60"]
    unnamed = network.eni(subnet_id, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.70"}])
    assert addresses(unnamed)[1:] == ["10.0.1.70"] and unnamed["PrivateIpAddress"] == addresses(unnamed)[0]
    counted = network.eni(subnet_id, PrivateIpAddress="10.0.1.80", SecondaryPrivateIpAddressCount=2)
    assert addresses(counted)[0] == counted["PrivateIpAddress"] == "10.0.1.80" and len(addresses(counted)) == 3


def test_prefixes(ec2, network, subnet_id, refused):
    free = network.free_addresses(subnet_id)
    eni = network.eni(subnet_id, PrivateIpAddress="10.0.1.10", Ipv4PrefixCount=1)
    eni_id = eni["NetworkInterfaceId"]
    [first] = eni["Ipv4Prefixes"]
    assert network.free_addresses(subnet_id) == free - 17
    named = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4Prefixes=["10.0.1.64/28"])
    assert named["AssignedIpv4Prefixes"] == [{"Ipv4Prefix": "10.0.1.64/28"}]
    assert "AssignedPrivateIpAddresses" not in named
    [counted] = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4PrefixCount=1)["AssignedIpv4Prefixes"]
    assert network.describe(eni_id)["Ipv4Prefixes"] == [first, {"Ipv4Prefix": "10.0.1.64/28"}, counted]
    assert network.free_addresses(subnet_id) == free - 49

    with refused("InvalidIPAddress.InUse", "10.0.1.70"):
        ec2.assign_private_ip_addresses(
            NetworkInterfaceId=network.eni(subnet_id)["NetworkInterfaceId"],
            PrivateIpAddresses=["10.0.1.70"],
            AllowReassignment=True,
        )
    with refused("InvalidParameterCombination", "Ipv4Prefixes", "Ipv4PrefixCount"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4Prefixes=["10.0.1.80/28"], Ipv4PrefixCount=1)
    with refused("InsufficientCidrBlocks"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4PrefixCount=12)
    with refused("InvalidParameterValue", "sufficient free"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4PrefixCount=14)
    with refused("InvalidParameterValue", "10.0.1.80/28", "not assigned"):
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4Prefixes=["10.0.1.80/28"])
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4Prefixes=["10.0.1.64/28"])
    assert network.describe(eni_id)["Ipv4Prefixes"] == [first, counted]
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    assert network.free_addresses(subnet_id) == free - 1


def test_a_request_that_fails_leaves_nothing_behind(ec2, network, subnet_id, refused):
    free = network.free_addresses(subnet_id)
    with refused("InvalidParameterValue", "no IPv6"):
        network.eni(subnet_id, SecondaryPrivateIpAddressCount=3, Ipv6AddressCount=1)
    with refused("InsufficientFreeAddressesInSubnet", subnet_id):
        network.eni(subnet_id, SecondaryPrivateIpAddressCount=free)
    assert network.free_addresses(subnet_id) == free
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


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
    with refused("PrivateIpAddressLimitExceeded", "exceed limit"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, Ipv4PrefixCount=1)
    for crowd in ({"SecondaryPrivateIpAddressCount": 4}, {"Ipv4PrefixCount": 4}):
        crowded = network.eni(subnet_id, **crowd)["NetworkInterfaceId"]
        with refused("PrivateIpAddressLimitExceeded"):
            ec2.attach_network_interface(NetworkInterfaceId=crowded, InstanceId=instance["InstanceId"], DeviceIndex=1)


def test_addresses_move_within_their_subnet_only(ec2, network, subnet_id, refused):
    network.eni(subnet_id, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.70"}])
    elsewhere = network.eni(network.subnet("10.0.2.0/24"))["NetworkInterfaceId"]
    with refused("InvalidParameterValue", "10.0.1.70", "does not fall within"):
        ec2.assign_private_ip_addresses(
            NetworkInterfaceId=elsewhere, PrivateIpAddresses=["10.0.1.70"], AllowReassignment=True
        )


def test_an_address_that_is_there_already_is_not_new(ec2, network, subnet_id):
    eni_id = network.eni(subnet_id, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.70"}])["NetworkInterfaceId"]
    again = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=["10.0.1.70", "10.0.1.71"])
    assert again["AssignedPrivateIpAddresses"] == [{"PrivateIpAddress": "10.0.1.71"}]


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


def test_an_elastic_ip_that_is_on_its_way(ec2, network, subnet_id, transitions):
    """What happens to its private address or to its association meanwhile counts."""
    network.internet_gateway()
    one, two = (network.eni(subnet_id)["NetworkInterfaceId"] for _each in range(2))
    allocation_ids = {}
    for address in ("10.0.1.70", "10.0.1.71", "10.0.1.72", "10.0.1.73"):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=one, PrivateIpAddresses=[address])
        allocation_ids[address] = ec2.allocate_address()["AllocationId"]
        ec2.associate_address(AllocationId=allocation_ids[address], NetworkInterfaceId=one, PrivateIpAddress=address)

    def move(addresses: list[str], eni_id: str):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=eni_id, PrivateIpAddresses=addresses, AllowReassignment=True)

    transitions(60)
    move(list(allocation_ids), two)
    move(["10.0.1.70"], one)
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=two, PrivateIpAddresses=["10.0.1.71"])
    move(["10.0.1.72"], one)
    move(["10.0.1.72"], two)
    instead = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=instead, NetworkInterfaceId=two, PrivateIpAddress="10.0.1.73")
    transitions(0)

    found = {each["AllocationId"]: each for each in ec2.describe_addresses()["Addresses"]}
    where = {address: found[each].get("NetworkInterfaceId") for address, each in allocation_ids.items()}
    assert where == {"10.0.1.70": one, "10.0.1.71": None, "10.0.1.72": two, "10.0.1.73": None}
    shown = {
        each["PrivateIpAddress"]: each["Association"]["AllocationId"]
        for eni_id in (one, two)
        for each in network.describe(eni_id)["PrivateIpAddresses"]
        if "Association" in each
    }
    assert shown == {
        "10.0.1.70": allocation_ids["10.0.1.70"],
        "10.0.1.72": allocation_ids["10.0.1.72"],
        "10.0.1.73": instead,
    }
