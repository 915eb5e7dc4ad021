# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The family at a cloud that answers from a table: what is read, what is waited for, what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.desired import SECONDARY, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.family import AddressesOfEni
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

SUBNET = {"SubnetId": "subnet-1", "CidrBlock": "10.0.1.0/24", "VpcId": "vpc-1", "AvailabilityZone": "eu-west-1a"}


def association(number):
    return {"PublicIp": f"203.0.113.{number}", "AllocationId": f"eipalloc-{number}", "AssociationId": f"eipassoc-{number}"}


def eni(eni_id, *addresses, **more):
    """addresses: (address, association or None), the primary one first."""
    return {
        "NetworkInterfaceId": eni_id, "SubnetId": "subnet-1", "VpcId": "vpc-1", "Status": "available", "PrivateIpAddress": addresses[0][0],
        "PrivateIpAddresses": [
            {"PrivateIpAddress": address, "Primary": position == 0, **({"Association": on} if on else {})}
            for position, (address, on) in enumerate(addresses)
        ], **more,
    }


def allocated(number, address, **more):
    tags = {"xeni.aws/private-ip-address": address, "xeni.aws/subnet-id": "subnet-1"}
    return {
        "PublicIp": f"203.0.113.{number}", "AllocationId": f"eipalloc-{number}", **more,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


class Cloud:
    def __init__(self, *enis, elastic_ips=(), gateways=()):
        self.enis, self.elastic_ips, self.gateways, self.asked = list(enis), list(elastic_ips), list(gateways), []

    def describe_by(self, operation, result, name, values, **more):
        if not values:
            return []
        self.asked.append(operation)
        if name == "network-interface-id":
            return [item for item in self.enis if item["NetworkInterfaceId"] in values]
        if name == "addresses.private-ip-address":
            return [item for item in self.enis if any(each["PrivateIpAddress"] in values for each in item["PrivateIpAddresses"])]
        return {"Addresses": self.elastic_ips, "InternetGateways": self.gateways, "Subnets": [SUBNET]}.get(result, [])


def family(cloud, **options):
    return AddressesOfEni(cloud, from_parameters({"eni_id": "eni-1", "state": "present", **options}))


def decide(addresses):
    return addresses.plan(addresses.check(addresses.observe()))


def test_nothing_to_do_is_one_describe():
    cloud = Cloud(eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", association(1))))
    one = family(cloud, **{SECONDARY: ["10.0.1.21"]}, elastic_ip=True)
    assert one.plan(one.observe()) == []
    assert cloud.asked == ["describe_network_interfaces"]


def test_a_move_reads_the_two_interfaces_and_waits_for_what_follows():
    target = eni("eni-1", ("10.0.1.10", None))
    cloud = Cloud(target, eni("eni-2", ("10.0.1.20", None), ("10.0.1.21", association(1)), ("10.0.1.22", None)))
    standby = family(cloud, **{SECONDARY: ["10.0.1.21", "10.0.1.22"]}, allow_reassignment=True)
    move, = decide(standby)
    assert cloud.asked == ["describe_network_interfaces"] * 2

    arrived = target["PrivateIpAddresses"] + [{"PrivateIpAddress": "10.0.1.21"}, {"PrivateIpAddress": "10.0.1.22"}]
    cloud.enis = [{**target, "PrivateIpAddresses": arrived}]
    assert standby.reached([(move, {})], standby.observe()) == set()
    arrived[1]["Association"] = association(1)
    assert standby.reached([(move, {})], standby.observe()) == {move.id}


def test_an_answer_that_was_lost_while_an_elastic_ip_follows_allocates_no_other():
    target = eni("eni-1", ("10.0.1.10", None))
    cloud = Cloud(target, eni("eni-2", ("10.0.1.20", None), ("10.0.1.21", association(1))))
    standby = family(cloud, **{SECONDARY: ["10.0.1.21"]}, allow_reassignment=True, elastic_ip=True)
    assert [call.operation for call in decide(standby)] == ["assign_private_ip_addresses"]
    cloud.enis = [eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", None))]
    assert standby.plan(standby.observe()) == []


def test_a_moved_address_that_is_to_have_none_leaves_ours_behind():
    cloud = Cloud(
        eni("eni-1", ("10.0.1.10", None)), eni("eni-2", ("10.0.1.20", None), ("10.0.1.21", association(1))),
        elastic_ips=[allocated(1, "10.0.1.21", AssociationId="eipassoc-1", PrivateIpAddress="10.0.1.21")],
    )
    one = family(cloud, **{SECONDARY: ["10.0.1.21"]}, allow_reassignment=True, elastic_ip=False)
    assert [call.operation for call in decide(one)] == ["disassociate_address", "release_address", "assign_private_ip_addresses"]
    assert one.following == {}


def test_states_of_elastic_ips():
    cloud = Cloud(eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", None)), gateways=["igw-1"])
    one = family(cloud, **{SECONDARY: ["10.0.1.21"]}, elastic_ip=True)
    allocate, associate = decide(one)
    assert one.reached([(allocate, {"AllocationId": "eipalloc-1"})], one.observe()) == set()
    cloud.elastic_ips = [allocated(1, "10.0.1.21")]
    assert one.reached([(allocate, {"AllocationId": "eipalloc-1"})], one.observe()) == {allocate.id}
    assert one.reached([(associate, {"AssociationId": "eipassoc-1"})], one.observe()) == set()
    cloud.enis = [eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", association(1)))]
    assert one.reached([(associate, {"AssociationId": "eipassoc-1"})], one.observe()) == {associate.id}


def test_an_elastic_ip_is_gone_when_neither_of_its_descriptions_shows_it():
    there = allocated(1, "10.0.1.21", AssociationId="eipassoc-1", PrivateIpAddress="10.0.1.21")
    cloud = Cloud(eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", association(1))), elastic_ips=[there])
    one = family(cloud, **{SECONDARY: ["10.0.1.21"]}, elastic_ip=False)
    disassociate, release = decide(one)
    cloud.enis = [eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", None))]
    assert one.reached([(disassociate, {})], one.observe()) == set()
    cloud.elastic_ips = [allocated(1, "10.0.1.21")]
    assert one.reached([(disassociate, {})], one.observe()) == {disassociate.id}
    assert [call.id for call in one.plan(one.observe())] == [release.id]


def test_ours_that_somebody_put_on_another_address_is_that_ones():
    cloud = Cloud(
        eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", None)),
        elastic_ips=[allocated(1, "10.0.1.21", AssociationId="eipassoc-1", PrivateIpAddress="10.0.1.10")],
    )
    assert family(cloud, **{SECONDARY: ["10.0.1.21"]}, elastic_ip=False).observe().ours == ()


def test_shown_with_the_elastic_ips_of_its_secondary_addresses():
    public = {"PublicIp": "203.0.113.200", "IpOwnerId": "amazon"}
    there = eni("eni-1", ("10.0.1.10", public), ("10.0.1.21", association(1)), ("10.0.1.22", None))
    one = family(Cloud(there, gateways=["igw-1"]), **{SECONDARY: ["10.0.1.21", "10.0.1.22"]}, elastic_ip=True)
    observed = one.observe()
    known = {"public_ip": "203.0.113.1", "allocation_id": "eipalloc-1", "association_id": "eipassoc-1"}
    assert one.show(observed)["elastic_ips"] == [{"private_ip_address": "10.0.1.21", **known}]

    predicted = one.show(one.predict(observed, one.plan(observed)))
    assert [item["private_ip_address"] for item in predicted["elastic_ips"]] == ["10.0.1.21", "10.0.1.22"]
    associations = [item["association"] for item in predicted["interface"]["private_ip_addresses"]]
    assert associations[0]["public_ip"] == "203.0.113.200"
    assert associations[1] == known
    assert str(associations[2]["public_ip"]) == "(known after apply)"


@pytest.mark.parametrize("cloud, options, words", [
    (Cloud(), {}, ["eni_id", "eni-1", "does not exist"]),
    (Cloud(), {"eni_id": None, "name": "web"}, ["name: 'web'", "make it with ec2_eni"]),
    (Cloud(), {"eni_id": None, "instance_id": "i-1", "device_index": 0}, ["instance_id, device_index: 'i-1:0'", "make it with ec2_eni"]),
    (Cloud(eni("eni-1", ("10.0.1.21", None))), {"state": "absent"}, ["10.0.1.21", "primary address of eni-1", "leave it out"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None))), {SECONDARY: ["10.9.9.9"]}, ["10.9.9.9", "outside", "10.0.1.4 to 10.0.1.254"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None)), eni("eni-2", ("10.0.1.20", None), ("10.0.1.21", None))), {},
     ["10.0.1.21", "taken by eni-2", "allow_reassignment"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None))), {"elastic_ip": True}, ["elastic_ip", "Internet gateway", "vpc-1"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None), RequesterManaged=True, Description="NAT gateway")), {}, ["managed by AWS (NAT gateway)"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", association(1)))), {"state": "absent"},
     [SECONDARY, "10.0.1.21", "203.0.113.1", "did not allocate", "disassociate eipassoc-1 first"]),
    (Cloud(eni("eni-1", ("10.0.1.10", None), ("10.0.1.21", association(1)))), {SECONDARY: None, "secondary_private_ip_address_count": 0},
     ["secondary_private_ip_address_count", "10.0.1.21", "did not allocate"]),
])
def test_refused(cloud, options, words):
    with pytest.raises(BadInput) as refusal:
        decide(family(cloud, **{SECONDARY: ["10.0.1.21"], **options}))
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert len(refusal.value.problems) == 1
