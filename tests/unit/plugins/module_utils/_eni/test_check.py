# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse is told before anything is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni.check import problems
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Attachment, Interface
from ansible_collections.xeni.aws.plugins.module_utils._eni.surroundings import Limits, Surroundings

PRIMARY = {"NetworkInterfaceId": "eni-primary", "Attachment": {"DeviceIndex": 0}}
AROUND = Surroundings(
    subnets={
        "subnet-1": {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"},
        "subnet-6": {
            "SubnetId": "subnet-6", "VpcId": "vpc-1", "CidrBlock": "10.0.6.0/24", "AvailabilityZone": "eu-west-1a",
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8::/64"}],
        },
        "subnet-2": {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "eu-west-1b"},
    },
    groups={
        "sg-1": {"GroupName": "management", "VpcId": "vpc-1"},
        "sg-9": {"GroupName": "foreign", "VpcId": "vpc-9"},
    },
    instances={
        "i-1": {
            "State": {"Name": "running"}, "InstanceType": "t3.micro", "Placement": {"AvailabilityZone": "eu-west-1a"},
            "NetworkInterfaces": [PRIMARY],
        },
        "i-gone": {"State": {"Name": "terminated"}},
        "i-new": {"State": {"Name": "pending"}, "InstanceType": "t3.micro", "Placement": {"AvailabilityZone": "eu-west-1a"}},
    },
    holders={("subnet-1", "10.0.1.50"): "eni-other", ("subnet-1", "10.0.1.60"): "eni-other"},
    secondaries={("subnet-1", "10.0.1.50"): {}},
    limits={"t3.micro": Limits(2, 2, 2)},
)
NEW = {"name": "web1-eth1", "subnet_id": "subnet-1"}
ATTACHED = {"instance_id": "i-1", "attached": True}


@pytest.mark.parametrize("parameters, words", [
    ({"subnet_id": "subnet-1", "instance_id": "i-1", "device_index": 1}, ["attached", "set attached: true"]),
    ({"name": "web1-eth1"}, ["subnet_id", "does not exist yet"]),
    ({**NEW, "subnet_id": "subnet-7"}, ["subnet_id", "subnet-7", "does not exist"]),
    ({**NEW, "private_ip_address": "10.0.7.5"}, ["private_ip_address", "10.0.7.5", "outside", "10.0.1.4 to 10.0.1.254"]),
    ({**NEW, "private_ip_address": "10.0.1.3"}, ["10.0.1.3", "reserved", "10.0.1.4 to 10.0.1.254"]),
    ({**NEW, "private_ip_address": "10.0.1.255"}, ["10.0.1.255", "reserved"]),
    ({**NEW, "private_ip_address": "10.0.1.50"}, ["10.0.1.50", "taken by eni-other"]),
    ({**NEW, "secondary_private_ip_addresses": ["10.0.1.50"]}, ["taken by eni-other", "allow_reassignment"]),
    ({**NEW, "secondary_private_ip_addresses": ["10.0.1.60"], "allow_reassignment": True}, ["primary address of eni-other", "cannot move"]),
    ({**NEW, "ipv4_prefixes": ["10.0.1.0/28"]}, ["ipv4_prefixes", "10.0.1.0/28", "reserved", "length 28"]),
    ({**NEW, "ipv4_prefixes": ["10.0.2.16/28"]}, ["ipv4_prefixes", "10.0.2.16/28", "outside"]),
    ({**NEW, "ipv6_addresses": ["2001:db8::10"]}, ["ipv6_addresses", "2001:db8::10", "no IPv6 block"]),
    ({**NEW, "subnet_id": "subnet-6", "ipv6_addresses": ["2001:db8:1::10"]}, ["2001:db8:1::10", "outside", "2001:db8::/64"]),
    ({**NEW, "subnet_id": "subnet-6", "ipv6_addresses": ["2001:db8::1"]}, ["2001:db8::1", "reserved", "2001:db8::4 to"]),
    ({**NEW, "vpc_id": "vpc-9"}, ["subnet_id", "vpc-1", "vpc-9"]),
    ({**NEW, "security_groups": ["nosuch"]}, ["security_groups", "nosuch", "vpc-1"]),
    ({**NEW, "security_groups": ["foreign"]}, ["security_groups", "foreign"]),
    ({**NEW, "security_groups": ["sg-9"]}, ["sg-9", "vpc-9", "same VPC"]),
    ({**NEW, "instance_id": "i-7", "attached": True}, ["instance_id", "i-7", "does not exist"]),
    ({**NEW, "instance_id": "i-gone", "attached": True}, ["instance_id", "i-gone"]),
    ({**NEW, **ATTACHED, "subnet_id": "subnet-2"}, ["eu-west-1a", "eu-west-1b", "use a subnet of eu-west-1a"]),
    ({**NEW, **ATTACHED, "device_index": 0}, ["device_index", "0", "eni-primary", "lowest free index is 1"]),
    ({**NEW, **ATTACHED, "secondary_private_ip_address_count": 2}, ["t3.micro takes 2", "3 IPv4"]),
    ({**NEW, **ATTACHED, "secondary_private_ip_address_count": 1, "ipv4_prefix_count": 1}, ["t3.micro takes 2", "3 IPv4"]),
    ({**NEW, **ATTACHED, "network_card_index": 1}, ["network_card_index", "1", "use 0 to 0"]),
    ({**NEW, **ATTACHED, "instance_id": "i-new"}, ["instance_id", "i-new", "is pending", "running or stopped"]),
])
def test_refused(parameters, words):
    found = problems([(from_parameters(parameters), None)], AROUND)
    assert len(found) == 1
    assert all(word in found[0] for word in words), found[0]


@pytest.mark.parametrize("parameters", [
    {**NEW, "private_ip_address": "10.0.1.4", "security_groups": ["management"]},
    {**NEW, "secondary_private_ip_addresses": ["10.0.1.50"], "allow_reassignment": True},
    {**NEW, **ATTACHED, "device_index": 1, "secondary_private_ip_address_count": 1},
])
def test_admitted(parameters):
    assert problems([(from_parameters(parameters), None)], AROUND) == []


def test_interfaces_of_one_task_do_not_take_each_others_address_or_slot():
    one = from_parameters({**NEW, **ATTACHED, "name": "a", "private_ip_address": "10.0.1.9"})
    two = from_parameters({**NEW, **ATTACHED, "name": "b", "secondary_private_ip_addresses": ["10.0.1.9"]})
    found = "\n".join(problems([(one, None), (two, None)], AROUND))
    assert "a, b: address: '10.0.1.9' in 'subnet-1' is asked for 2 times" in found
    assert "a, b: device_index: '1' of 'i-1' is asked for 2 times" in found
    assert "i-1 would have 3 network interfaces, t3.micro takes 2" in found


@pytest.mark.parametrize("parameters", [
    {"state": "absent", "force_detach": True}, {"attached": False}, {"attached": True, "instance_id": "i-1", "device_index": 1},
])
def test_a_primary_interface_is_protected(parameters):
    primary = Interface("eni-primary", "subnet-1", zone="eu-west-1a", attachment=Attachment("eni-attach-1", "i-2", 0, True))
    found = problems([(from_parameters({"eni_id": "eni-primary", **parameters}), primary)], AROUND)
    assert len(found) == 1 and "primary network interface of i-2" in found[0]


def test_the_same_address_in_two_subnets_is_no_clash():
    pairs = [(from_parameters({**NEW, "name": name, "subnet_id": subnet, "private_ip_address": "10.0.1.9"}), None)
             for name, subnet in (("a", "subnet-1"), ("b", "subnet-2"))]
    assert not [text for text in problems(pairs, AROUND) if "asked for" in text]


def test_an_attached_interface_grows_within_its_instance_type():
    interface = Interface("eni-1", "subnet-1", primary="10.0.1.5", attachment=Attachment("eni-attach-1", "i-1", 1, False))
    found = problems([(from_parameters({"eni_id": "eni-1", "secondary_private_ip_address_count": 2}), interface)], AROUND)
    assert len(found) == 1 and "3 IPv4 addresses and prefixes in all, t3.micro takes 2" in found[0]


def test_what_the_same_task_leaves_is_free():
    """A renamed member of a purged fleet, and two interfaces that change places."""
    stray = Interface(
        "eni-old", "subnet-1", zone="eu-west-1a", primary="10.0.1.9", attachment=Attachment("eni-attach-1", "i-1", 1, False))
    around = replace(
        AROUND,
        instances={"i-1": {**AROUND.instances["i-1"], "NetworkInterfaces": [
            PRIMARY, {"NetworkInterfaceId": "eni-old", "Attachment": {"DeviceIndex": 1}}]}},
        holders={("subnet-1", "10.0.1.9"): "eni-old"},
    )
    new = from_parameters({**NEW, **ATTACHED, "device_index": 1, "private_ip_address": "10.0.1.9"})
    purged = from_parameters({"eni_id": "eni-old", "state": "absent", "force_detach": True})
    assert problems([(new, None), (purged, stray)], around) == []
    assert len(problems([(new, None)], around)) == 3


def test_a_subnet_has_to_have_room_for_all():
    around = replace(AROUND, subnets={"subnet-1": {**AROUND.subnets["subnet-1"], "AvailableIpAddressCount": 5}})
    pairs = [(from_parameters({**NEW, "name": name, "secondary_private_ip_address_count": 2}), None) for name in ("a", "b")]
    assert problems(pairs, around) == [
        "subnet_id: 'subnet-1' has 5 free addresses, and 2 new interfaces take 6; use another subnet, or free addresses in this one"]
    assert problems(pairs[:1], around) == []


def test_what_aws_manages_is_left_to_it():
    interface = Interface("eni-1", "subnet-1", requester_managed=True, attributes={"description": "VPC Endpoint Interface vpce-1"})
    found = problems([(from_parameters({"eni_id": "eni-1", "state": "absent"}), interface)], AROUND)
    assert len(found) == 1 and "managed by AWS (VPC Endpoint Interface vpce-1)" in found[0]


def test_an_attached_interface_is_deleted_only_when_asked_to_detach():
    interface = Interface("eni-1", "subnet-1", attachment=Attachment("eni-attach-1", "i-1", 1, False))
    found = problems([(from_parameters({"eni_id": "eni-1", "state": "absent"}), interface)], AROUND)
    assert found == ["eni-1: eni-1 is attached to i-1; set force_detach: true to detach it first"]
