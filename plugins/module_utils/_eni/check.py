# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse, found before the first changing call and said with parameter, value and remedy. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from .desired import Eni
from .observed import Interface
from .plan import is_attached_as_wanted
from .surroundings import Surroundings

# Of each subnet AWS keeps the first four addresses and the last:
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_FIRST = 4


def problems(pairs, around: Surroundings) -> list:
    """Every problem of every interface, so that one run tells all of them."""
    found = [text for eni, interface in pairs for text in _problems(eni, interface, around)]
    return found + list(_clashes(pairs)) + list(_too_many(pairs, around))


def _problems(eni: Eni, interface: Interface | None, around: Surroundings):
    if eni.state == "absent":
        yield from _detach_problems(eni, interface, "deleted")
        return
    if interface is None and eni.is_named_by_device and not eni.attached:
        yield (
            f"{eni.key}: attached: no interface is at that index of the instance; set attached: true to make one there, "
            "or give the interface a name"
        )
        return
    if interface is None and eni.subnet_id is None:
        yield f"{eni.key}: subnet_id: it does not exist yet, and making it needs the subnet to put it in"
        return
    subnet = around.subnets.get(interface.subnet_id if interface else eni.subnet_id)
    if subnet is None:
        yield f"{eni.key}: subnet_id: '{eni.subnet_id}' does not exist in this account and region; give the id of a subnet that does"
        return
    yield from _group_problems(eni, subnet, around)
    yield from _address_problems(eni, interface, subnet, around)
    if eni.attached is False:
        yield from _detach_problems(eni, interface, "detached")
    elif eni.attached:
        yield from _attach_problems(eni, interface, subnet, around)


def _detach_problems(eni: Eni, interface: Interface | None, what: str):
    if interface is None or interface.attachment is None:
        return
    if interface.is_primary:
        yield (
            f"{eni.key}: {interface.id} is the primary network interface of {interface.attachment.instance_id} and cannot be "
            f"{what}; it goes when the instance is terminated"
        )
    elif what == "deleted" and not eni.force_detach:
        yield (
            f"{eni.key}: {interface.id} is attached to {interface.attachment.instance_id}; "
            "set force_detach: true to detach it first"
        )


def _group_problems(eni: Eni, subnet: dict, around: Surroundings):
    for unknown in around.group_ids(eni, subnet["VpcId"])[1]:
        yield f"{eni.key}: security_groups: '{unknown}' is no security group of {subnet['VpcId']}; give an id or a name of one that is"
    for group_id in around.group_ids(eni, subnet["VpcId"])[0]:
        vpc_id = around.groups[group_id]["VpcId"]
        if vpc_id != subnet["VpcId"]:
            yield (
                f"{eni.key}: security_groups: '{group_id}' is of {vpc_id}, the subnet {subnet['SubnetId']} of {subnet['VpcId']}; "
                "use a group of the same VPC"
            )


def _address_problems(eni: Eni, interface: Interface | None, subnet: dict, around: Surroundings):
    network = IPv4Network(subnet["CidrBlock"])
    first, last = network[RESERVED_FIRST], network[-2]
    wanted = [("secondary_private_ip_addresses", address, eni.allow_reassignment) for address in eni.secondaries or ()]
    if interface is None and eni.private_ip_address:
        wanted.insert(0, ("private_ip_address", eni.private_ip_address, False))
    for parameter, address, may_move in wanted:
        valid = f"use a free address from {first} to {last}"
        owner = around.taken.get(address)
        if IPv4Address(address) not in network:
            yield f"{eni.key}: {parameter}: '{address}' is outside the subnet {subnet['SubnetId']} ({network}); {valid}"
        elif not first <= IPv4Address(address) <= last:
            yield f"{eni.key}: {parameter}: '{address}' is reserved by AWS in {subnet['SubnetId']} ({network}); {valid}"
        elif owner and not (interface and owner == interface.id) and not may_move:
            remedy = ", or set allow_reassignment: true to move it here" if parameter.startswith("secondary") else ""
            yield f"{eni.key}: {parameter}: '{address}' is taken by {owner}; {valid}{remedy}"


def _attach_problems(eni: Eni, interface: Interface | None, subnet: dict, around: Surroundings):
    instance = around.instances.get(eni.instance_id)
    if instance is None or instance["State"]["Name"] in ("shutting-down", "terminated"):
        yield (
            f"{eni.key}: instance_id: '{eni.instance_id}' does not exist in this account and region; "
            "give the id of a running or stopped instance"
        )
        return
    addresses = around.limits.get(instance["InstanceType"], (0, 0))[1]
    secondaries = eni.secondary_count or len(eni.secondaries or ())
    if addresses and secondaries >= addresses:
        yield (
            f"{eni.key}: secondary_private_ip_addresses: {secondaries} with the primary are {secondaries + 1}, "
            f"{instance['InstanceType']} takes {addresses} an interface; ask for at most {addresses - 1} or use a larger instance type"
        )
    if interface and is_attached_as_wanted(eni, interface):
        return
    yield from _detach_problems(eni, interface, "moved")
    zone = instance["Placement"]["AvailabilityZone"]
    if zone != subnet["AvailabilityZone"]:
        yield (
            f"{eni.key}: instance_id: '{eni.instance_id}' is in {zone}, the interface's subnet {subnet['SubnetId']} in "
            f"{subnet['AvailabilityZone']}; use a subnet of {zone}"
        )
    used = {item["Attachment"]["DeviceIndex"]: item["NetworkInterfaceId"] for item in instance.get("NetworkInterfaces", ())}
    if eni.index in used:
        free = min(set(range(len(used) + 1)) - set(used))
        yield (
            f"{eni.key}: device_index: {eni.index} of {eni.instance_id} is in use by {used[eni.index]}; "
            f"the lowest free index is {free}"
        )


def _clashes(pairs):
    """Interfaces of one task that get in each other's way: the same address, the same slot."""
    claims: dict = {}
    for eni, _interface in pairs:
        if eni.state == "present":
            for address in (eni.private_ip_address, *(eni.secondaries or ())):
                claims.setdefault(("address", address), []).append(eni.key)
            if eni.attached:
                claims.setdefault(("device_index", f"{eni.index} of {eni.instance_id}"), []).append(eni.key)
    for (parameter, value), keys in claims.items():
        if value is not None and len(keys) > 1:
            yield f"{', '.join(keys)}: {parameter}: '{value}' is asked for {len(keys)} times; give each interface its own"


def _too_many(pairs, around: Surroundings):
    """More interfaces than the instance type takes, counted over the whole task."""
    new: dict = {}
    for eni, interface in pairs:
        here = interface and interface.attachment and interface.attachment.instance_id == eni.instance_id
        if eni.state == "present" and eni.attached and not here:
            new.setdefault(eni.instance_id, []).append(eni.key)
    for instance_id, keys in new.items():
        instance = around.instances.get(instance_id, {})
        limit = around.limits.get(instance.get("InstanceType"), (0, 0))[0]
        total = len(instance.get("NetworkInterfaces", ())) + len(keys)
        if limit and total > limit:
            yield (
                f"{', '.join(keys)}: instance_id: {instance_id} would have {total} network interfaces, "
                f"{instance['InstanceType']} takes {limit}; use a larger instance type or fewer interfaces"
            )
