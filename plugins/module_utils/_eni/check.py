# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse, found before the first changing call and said with parameter, value and remedy. Pure."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

from .addresses import KINDS, Wanted
from .desired import Eni
from .observed import Interface
from .surroundings import SMALLEST, Surroundings, attaches, instance_of, new_addresses, sets_groups, sizes

# Of each subnet AWS keeps the first four addresses and the last:
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_FIRST = 4


def problems(pairs, around: Surroundings) -> list:
    """Every problem of every interface, so that one run tells all of them."""
    around = _without_those_that_leave(pairs, around)
    found = [text for eni, interface in pairs for text in _problems(eni, interface, around)]
    return found + list(_clashes(pairs)) + list(_too_many(pairs, around)) + list(_too_small(pairs, around))


def _without_those_that_leave(pairs, around: Surroundings) -> Surroundings:
    """The surroundings without the slots and addresses that interfaces of the task leave, of which the plan makes use."""
    deleted = {interface.id for eni, interface in pairs if interface and eni.state == "absent"}
    leaving = deleted | {
        interface.id for eni, interface in pairs
        if interface and interface.attachment and (eni.attached is False or attaches(eni, interface))
    }
    instances = {
        instance_id: {**instance, "NetworkInterfaces": [
            item for item in instance.get("NetworkInterfaces", ()) if item["NetworkInterfaceId"] not in leaving]}
        for instance_id, instance in around.instances.items()
    }
    holders = {place: owner for place, owner in around.holders.items() if owner not in deleted}
    return replace(around, instances=instances, holders=holders)


def _problems(eni: Eni, interface: Interface | None, around: Surroundings):
    if eni.state == "absent":
        yield from _detach_problems(eni, interface, "deleted")
        return
    if interface is None:
        missing = list(_creation_problems(eni, around))
        if missing:
            yield from missing
            return
    yield from _group_problems(eni, interface, around)
    for option, address in new_addresses(eni, interface):
        yield from _address_problems(eni, interface, option, address, around)
    if interface and eni.attached is False:
        yield from _detach_problems(eni, interface, "detached")
    instance_id = instance_of(eni, interface)
    if instance_id:
        yield from _instance_problems(eni, interface, instance_id, around)


def _creation_problems(eni: Eni, around: Surroundings):
    if eni.is_named_by_device and not eni.attached:
        yield (
            f"{eni.key}: attached: no interface is at that index of the instance; set attached: true to make one there, "
            "or give the interface a name"
        )
    elif eni.subnet_id is None:
        yield f"{eni.key}: subnet_id: it does not exist yet, and making it needs the subnet to put it in"
    elif eni.subnet_id not in around.subnets:
        yield f"{eni.key}: subnet_id: '{eni.subnet_id}' does not exist in this account and region; give the id of a subnet that does"
    elif eni.vpc_id not in (None, around.subnets[eni.subnet_id]["VpcId"]):
        yield (
            f"{eni.key}: subnet_id: '{eni.subnet_id}' is of {around.subnets[eni.subnet_id]['VpcId']}, not of vpc_id '{eni.vpc_id}'; "
            "give a subnet of that VPC, or leave vpc_id out"
        )


def _detach_problems(eni: Eni, interface: Interface | None, what: str):
    if interface is None:
        return
    if interface.requester_managed:
        yield (
            f"{eni.key}: {interface.id} is managed by AWS ({interface.attributes.get('description') or interface.interface_type}) and cannot "
            f"be {what}; it goes with the service that made it"
        )
    elif interface.is_primary:
        yield (
            f"{eni.key}: {interface.id} is the primary network interface of {interface.attachment.instance_id} and cannot be "
            f"{what}; it goes when the instance is terminated"
        )
    elif interface.attachment and what == "deleted" and not eni.force_detach:
        yield (
            f"{eni.key}: {interface.id} is attached to {interface.attachment.instance_id}; "
            "set force_detach: true to detach it first"
        )


def _group_problems(eni: Eni, interface: Interface | None, around: Surroundings):
    if not sets_groups(eni, interface):
        return
    vpc_id = around.vpc_of(eni, interface)
    ids, unknown = around.group_ids(eni, vpc_id)
    for name in unknown:
        yield f"{eni.key}: security_groups: '{name}' is no security group of {vpc_id}; give an id or a name of one that is"
    for group_id in ids:
        if around.groups[group_id]["VpcId"] != vpc_id:
            yield (
                f"{eni.key}: security_groups: '{group_id}' is of {around.groups[group_id]['VpcId']}, the interface of {vpc_id}; "
                "use a group of the same VPC"
            )


def _address_problems(eni: Eni, interface: Interface | None, option: str, address: str, around: Surroundings):
    subnet_id = interface.subnet_id if interface else eni.subnet_id
    owner = around.holders.get((subnet_id, address))
    if owner and not (interface and owner == interface.id):
        yield from _holder_problems(eni, option, address, owner, (subnet_id, address) in around.secondaries)
        return
    subnet = around.subnets.get(subnet_id)
    if subnet is None:
        return
    asked = ip_network(address)
    blocks = _blocks(subnet, asked.version)
    if not blocks:
        yield f"{eni.key}: {option}: '{address}': {subnet_id} has no IPv6 block; associate one with the subnet first"
        return
    block = next((each for each in blocks if asked.subnet_of(each)), None)
    if block is None:
        valid = _valid(KINDS.get(option), blocks[0])
        yield f"{eni.key}: {option}: '{address}' is outside the subnet {subnet_id} ({', '.join(map(str, blocks))}); {valid}"
    elif any(ip_address(reserved) in asked for reserved in _reserved(block)):
        yield f"{eni.key}: {option}: '{address}' is reserved by AWS in {subnet_id} ({block}); {_valid(KINDS.get(option), block)}"


def _holder_problems(eni: Eni, option: str, address: str, owner: str, is_secondary: bool):
    if option != "secondary_private_ip_addresses":
        yield f"{eni.key}: {option}: '{address}' is taken by {owner}; use a free address of the subnet"
    elif not is_secondary:
        yield f"{eni.key}: {option}: '{address}' is the primary address of {owner}, which cannot move; use a free address of the subnet"
    elif not eni.allow_reassignment:
        yield f"{eni.key}: {option}: '{address}' is taken by {owner}; use a free address of the subnet, or set allow_reassignment: true to move it here"


def _blocks(subnet: dict, version: int) -> list:
    if version == 4:
        return [ip_network(subnet["CidrBlock"])]
    return [ip_network(item["Ipv6CidrBlock"]) for item in subnet.get("Ipv6CidrBlockAssociationSet", ())]


def _reserved(block) -> list:
    return [*(block[position] for position in range(RESERVED_FIRST)), block[-1]]


def _valid(kind, block) -> str:
    if kind and kind.prefix_length:
        return f"use a free block of length {kind.prefix_length} inside it"
    return f"use a free address from {block[RESERVED_FIRST]} to {block[-2]}"


def _instance_problems(eni: Eni, interface: Interface | None, instance_id: str, around: Surroundings):
    instance = around.instances.get(instance_id)
    state = instance["State"]["Name"] if instance else ""
    if state in ("", "shutting-down", "terminated"):
        yield (
            f"{eni.key}: instance_id: '{instance_id}' does not exist in this account and region; "
            "give the id of a running or stopped instance"
        )
        return
    limits = around.limits.get(instance["InstanceType"])
    for what, size, limit in zip(("IPv4", "IPv6"), sizes(eni, interface), (limits.ipv4, limits.ipv6) if limits else (0, 0)):
        if limits and size > limit:
            yield (
                f"{eni.key}: {' and '.join(eni.addresses)}: {size} {what} addresses and prefixes in all, "
                f"{instance['InstanceType']} takes {limit} an interface; ask for fewer, or use a larger instance type"
            )
    if attaches(eni, interface):
        yield from _attach_problems(eni, interface, instance, around)


def _attach_problems(eni: Eni, interface: Interface | None, instance: dict, around: Surroundings):
    state = instance["State"]["Name"]
    if state not in ("running", "stopped"):
        yield f"{eni.key}: instance_id: '{eni.instance_id}' is {state}; run this when it is running or stopped"
    yield from _detach_problems(eni, interface, "moved")
    zone = instance["Placement"]["AvailabilityZone"]
    own_zone = interface.zone if interface else around.subnets[eni.subnet_id]["AvailabilityZone"]
    if zone != own_zone:
        yield (
            f"{eni.key}: instance_id: '{eni.instance_id}' is in {zone}, the interface's subnet "
            f"{interface.subnet_id if interface else eni.subnet_id} in {own_zone}; use a subnet of {zone}"
        )
    limits = around.limits.get(instance["InstanceType"], SMALLEST)
    if (eni.network_card_index or 0) >= limits.cards:
        yield (
            f"{eni.key}: network_card_index: {eni.network_card_index} is beyond what {instance['InstanceType']} has; "
            f"use 0 to {limits.cards - 1}"
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
    for eni, interface in pairs:
        subnet_id = interface.subnet_id if interface else eni.subnet_id
        for _option, address in new_addresses(eni, interface):
            claims.setdefault(("address", f"{address}' in '{subnet_id}"), []).append(eni.key)
        if attaches(eni, interface):
            claims.setdefault(("device_index", f"{eni.index}' of '{eni.instance_id}"), []).append(eni.key)
    for (parameter, value), keys in claims.items():
        if len(keys) > 1:
            yield f"{', '.join(keys)}: {parameter}: '{value}' is asked for {len(keys)} times; give each interface its own"


def _too_many(pairs, around: Surroundings):
    """More interfaces than the instance type takes, counted over the whole task."""
    new: dict = {}
    for eni, interface in pairs:
        if attaches(eni, interface):
            new.setdefault(eni.instance_id, []).append(eni.key)
    for instance_id, keys in new.items():
        instance = around.instances.get(instance_id, {})
        limits = around.limits.get(instance.get("InstanceType"))
        total = len(instance.get("NetworkInterfaces", ())) + len(keys)
        if limits and total > limits.interfaces:
            yield (
                f"{', '.join(keys)}: instance_id: {instance_id} would have {total} network interfaces, "
                f"{instance['InstanceType']} takes {limits.interfaces}; use a larger instance type or fewer interfaces"
            )


def _too_small(pairs, around: Surroundings):
    """Subnets with less free addresses than the interfaces that are to be made there take."""
    new: dict = {}
    for eni, interface in pairs:
        if interface is None and eni.state == "present" and eni.interface_type != "efa-only":
            secondaries = eni.addresses.get("secondary_private_ip_addresses", Wanted())
            new.setdefault(eni.subnet_id, []).append(1 + secondaries.size)
    for subnet_id, sizes_there in new.items():
        free = around.subnets.get(subnet_id, {}).get("AvailableIpAddressCount", sum(sizes_there))
        if sum(sizes_there) > free:
            yield (
                f"subnet_id: '{subnet_id}' has {free} free addresses, and {len(sizes_there)} new interfaces take {sum(sizes_there)}; "
                "use another subnet, or free addresses in this one"
            )
