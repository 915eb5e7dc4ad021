# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What wanted changes refer to: subnets, security groups, instances, holders of addresses. Only what the changes need is read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._cloud.ec2 import Ec2
from .addresses import change
from .desired import Eni
from .observed import DESCRIBE, Interface
from .plan import has_groups, is_attached_as_wanted


@dataclass(frozen=True)
class Limits:
    """What an instance type takes: interfaces, network cards, addresses of each family an interface."""

    interfaces: int
    ipv4: int
    ipv6: int
    cards: int = 1


# No instance type takes less: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-network-limits.html
SMALLEST = Limits(interfaces=2, ipv4=2, ipv6=0, cards=1)


@dataclass(frozen=True)
class Surroundings:
    """Replies of describe calls by id.

    holders: {(subnet id, address): id of the interface that has it}; secondaries: of these keys, the addresses that can move,
    each with its association, AWS's NetworkInterfaceAssociation, which moves along.
    limits: {instance type: Limits}.
    """

    subnets: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    instances: dict = field(default_factory=dict)
    holders: dict = field(default_factory=dict)
    secondaries: dict = field(default_factory=dict)
    limits: dict = field(default_factory=dict)

    def group_ids(self, eni: Eni, vpc_id: str | None) -> tuple:
        """(ids of the groups, names or ids that no group of the VPC has)."""
        ids, unknown = [], []
        for wanted in eni.groups or ():
            found = [
                group_id for group_id, group in self.groups.items()
                if wanted == group_id or (wanted == group["GroupName"] and group["VpcId"] == vpc_id)
            ]
            ids += found
            unknown += [] if found else [wanted]
        return tuple(dict.fromkeys(ids)), tuple(unknown)

    def vpc_of(self, eni: Eni, interface: Interface | None) -> str | None:
        return interface.vpc_id if interface else self.subnets.get(eni.subnet_id, {}).get("VpcId")

    def settled(self, eni: Eni, interface: Interface | None) -> Eni:
        """The wanted interface with each group's name replaced by its id, where the groups are to be set."""
        if not sets_groups(eni, interface):
            return eni
        return replace(eni, groups=self.group_ids(eni, self.vpc_of(eni, interface))[0])


def attaches(eni: Eni, interface: Interface | None) -> bool:
    return bool(eni.state == "present" and eni.attached and not (interface and is_attached_as_wanted(eni, interface)))


def sets_groups(eni: Eni, interface: Interface | None) -> bool:
    return eni.state == "present" and eni.groups is not None and not (interface and has_groups(eni.groups, interface.groups))


def new_addresses(eni: Eni, interface: Interface | None) -> list:
    """[(option, address), ...] that the interface is to get."""
    if eni.state == "absent":
        return []
    if interface is None:
        new = [(option, address) for option, wanted in eni.addresses.items() for address in wanted.listed]
        return new + ([("private_ip_address", eni.private_ip_address)] if eni.private_ip_address else [])
    return [
        (option, address) for option, wanted in eni.addresses.items()
        for address in change(wanted, interface.addresses.get(option, ()), (interface.primary,)).add
    ]


def sizes(eni: Eni, interface: Interface | None) -> tuple:
    """(IPv4, IPv6) addresses and prefixes that the interface is to have, the primary address counted."""
    size = {}
    for option in ("secondary_private_ip_addresses", "ipv4_prefixes", "ipv6_addresses", "ipv6_prefixes"):
        present = interface.addresses.get(option, ()) if interface else ()
        size[option] = len(present)
        if option in eni.addresses:
            wanted = eni.addresses[option]
            step = change(wanted, present)
            size[option] += len(step.add) + step.more - len(step.drop)
    return 1 + size["secondary_private_ip_addresses"] + size["ipv4_prefixes"], size["ipv6_addresses"] + size["ipv6_prefixes"]


def instance_of(eni: Eni, interface: Interface | None) -> str | None:
    """The instance whose limits hold for the interface, if it is one that has to be looked at."""
    if attaches(eni, interface):
        return eni.instance_id
    if eni.state == "absent" or interface is None or interface.attachment is None or not eni.addresses:
        return None
    before = sizes(replace(eni, addresses={}), interface)
    after = sizes(eni, interface)
    grows = any(now > then and now > least for now, then, least in zip(after, before, (SMALLEST.ipv4, SMALLEST.ipv6)))
    return interface.attachment.instance_id if grows else None


def look_around(ec2: Ec2, pairs) -> Surroundings:
    """What [(Eni, Interface or None), ...] need to be checked against: one describe for each kind of thing, side by side."""
    new = [(eni, interface, option, address) for eni, interface in pairs for option, address in new_addresses(eni, interface)]
    wanted_subnets = {eni.subnet_id for eni, interface in pairs if interface is None and eni.state == "present"} - {None}
    with ThreadPoolExecutor(max_workers=4) as pool:
        holders = pool.submit(_describe_holders, ec2, new)
        subnets = pool.submit(_describe_subnets, ec2, wanted_subnets)
        groups = pool.submit(_describe_groups, ec2, {
            group for eni, interface in pairs if sets_groups(eni, interface) for group in eni.groups})
        instances = pool.submit(_describe_instances, ec2, pairs)
    held, secondaries = holders.result()
    found_subnets = subnets.result()
    # An address that an interface of the subnet has as a secondary one is inside the subnet.
    unproven = {
        interface.subnet_id for _eni, interface, _option, address in new if interface and (interface.subnet_id, address) not in secondaries
    }
    found_subnets.update(_describe_subnets(ec2, unproven - set(found_subnets)))
    found_instances, limits = instances.result()
    return Surroundings(found_subnets, groups.result(), found_instances, held, secondaries, limits)


def _describe_subnets(ec2: Ec2, ids) -> dict:
    return {item["SubnetId"]: item for item in ec2.describe_by("describe_subnets", "Subnets", "subnet-id", ids)}


def _describe_holders(ec2: Ec2, new) -> tuple:
    """(holders, secondaries) as Surroundings has them, of the addresses that are to be given."""
    subnets = sorted({interface.subnet_id if interface else eni.subnet_id for eni, interface, _option, _address in new} - {None})
    ipv4 = {address for *_pair, option, address in new if option in ("private_ip_address", "secondary_private_ip_addresses")}
    ipv6 = {address for *_pair, option, address in new if option == "ipv6_addresses"}
    holders, secondaries = {}, {}
    for item in ec2.describe_by(*DESCRIBE, "addresses.private-ip-address", ipv4, **{"subnet-id": subnets}):
        for address in item["PrivateIpAddresses"]:
            key = item["SubnetId"], address["PrivateIpAddress"]
            holders[key] = item["NetworkInterfaceId"]
            secondaries.update({} if address.get("Primary") else {key: address.get("Association") or {}})
    for item in ec2.describe_by(*DESCRIBE, "ipv6-addresses.ipv6-address", ipv6, **{"subnet-id": subnets}):
        for address in item.get("Ipv6Addresses", ()):
            holders[item["SubnetId"], address["Ipv6Address"]] = item["NetworkInterfaceId"]
    return holders, secondaries


def _describe_groups(ec2: Ec2, names) -> dict:
    by_id = [name for name in names if name.startswith("sg-")]
    by_name = [name for name in names if not name.startswith("sg-")]
    found = (
        ec2.describe_by("describe_security_groups", "SecurityGroups", "group-id", by_id)
        + ec2.describe_by("describe_security_groups", "SecurityGroups", "group-name", by_name)
    )
    return {item["GroupId"]: item for item in found}


def _describe_instances(ec2: Ec2, pairs) -> tuple:
    """(instances by id, limits by type); the limits only where neither the smallest type's nor what an instance has would do.

    The instance that an interface moves from is looked at too: a standby of its type takes as much as it has.
    """
    ids = {instance_of(eni, interface) for eni, interface in pairs} - {None}
    ids |= {
        interface.attachment.instance_id for eni, interface in pairs if attaches(eni, interface) and interface and interface.attachment
    } - {None}
    reservations = ec2.describe_by("describe_instances", "Reservations", "instance-id", ids)
    instances = {item["InstanceId"]: item for reservation in reservations for item in reservation["Instances"]}
    joining: dict = {}
    types, shown = set(), _shown_limits(instances.values())
    for eni, interface in pairs:
        instance = instances.get(instance_of(eni, interface))
        if instance is None:
            continue
        joining[instance["InstanceId"]] = joining.get(instance["InstanceId"], 0) + attaches(eni, interface)
        ipv4, ipv6 = sizes(eni, interface)
        interfaces = len(instance.get("NetworkInterfaces", ())) + joining[instance["InstanceId"]]
        least = shown[instance["InstanceType"]]
        if interfaces > least.interfaces or ipv4 > least.ipv4 or ipv6 > least.ipv6 or eni.network_card_index:
            types.add(instance["InstanceType"])
    found = ec2.describe_by("describe_instance_types", "InstanceTypes", "instance-type", types)
    return instances, {item["InstanceType"]: _limits(item["NetworkInfo"]) for item in found}


def _shown_limits(instances) -> dict:
    """By type, what it takes at least: what instances of it have."""
    shown: dict = {}
    for instance in instances:
        interfaces = instance.get("NetworkInterfaces", ())
        ipv4 = [len(item.get("PrivateIpAddresses", ())) + len(item.get("Ipv4Prefixes", ())) for item in interfaces]
        ipv6 = [len(item.get("Ipv6Addresses", ())) + len(item.get("Ipv6Prefixes", ())) for item in interfaces]
        least = shown.get(instance["InstanceType"], SMALLEST)
        shown[instance["InstanceType"]] = Limits(
            max(least.interfaces, len(interfaces)), max([least.ipv4, *ipv4]), max([least.ipv6, *ipv6]))
    return shown


def _limits(network: dict) -> Limits:
    return Limits(
        network["MaximumNetworkInterfaces"], network["Ipv4AddressesPerInterface"], network.get("Ipv6AddressesPerInterface", 0),
        network.get("MaximumNetworkCards", 1),
    )
