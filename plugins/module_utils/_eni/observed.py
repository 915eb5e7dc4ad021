# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces as DescribeNetworkInterfaces tells of them, and which of them the user means."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from .._cloud.ec2 import FILTER_VALUES, Ec2, tags_of
from .._cloud.names import snake, snake_case
from .._reconcile.run import BadInput
from .addresses import KINDS
from .attributes import ATTRIBUTES
from .desired import FLEET_TAG, Eni

DESCRIBE = ("describe_network_interfaces", "NetworkInterfaces")


@dataclass(frozen=True)
class Attachment:
    """Where an interface is attached, as NetworkInterfaceAttachment has it. ena_srd: {enabled, udp_enabled}."""

    id: str
    instance_id: str | None
    device_index: int
    delete_on_termination: bool
    status: str = "attached"
    network_card_index: int = 0
    ena_srd: dict = field(default_factory=dict)
    ena_queue_count: int | None = None


@dataclass(frozen=True)
class Interface:
    """What is there. addresses: {option of KINDS: texts}; attributes: {option of ATTRIBUTES: value}; groups: {id: name}.

    raw: the reply itself, for the values returned.
    """

    id: str
    subnet_id: str
    vpc_id: str = ""
    zone: str = ""
    status: str = "available"
    interface_type: str = "interface"
    requester_managed: bool = False
    primary: str = ""
    addresses: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    attachment: Attachment | None = None
    tags: dict = field(default_factory=dict)
    raw: dict = field(default_factory=dict)

    @property
    def is_primary(self) -> bool:
        """The interface an instance was launched with: it cannot be detached."""
        return self.attachment is not None and self.attachment.device_index == 0


def from_reply(item: dict) -> Interface:
    """One element of DescribeNetworkInterfaces' NetworkInterfaces."""
    return Interface(
        id=item["NetworkInterfaceId"],
        subnet_id=item["SubnetId"],
        vpc_id=item.get("VpcId", ""),
        zone=item.get("AvailabilityZone", ""),
        status=item["Status"],
        interface_type=item.get("InterfaceType", "interface"),
        requester_managed=item.get("RequesterManaged", False),
        primary=item.get("PrivateIpAddress", ""),
        addresses={
            option: tuple(each[kind.item] for each in item.get(kind.member) or () if not each.get("Primary"))
            for option, kind in KINDS.items()
        },
        attributes={option: attribute.read(item) for option, attribute in ATTRIBUTES.items()},
        groups={group["GroupId"]: group.get("GroupName", "") for group in item.get("Groups", ())},
        attachment=_attachment(item.get("Attachment") or {}),
        tags=tags_of(item),
        raw=item,
    )


def _attachment(reply: dict) -> Attachment | None:
    if reply.get("Status") in ("detached", None):
        return None
    srd = reply.get("EnaSrdSpecification") or {}
    return Attachment(
        id=reply["AttachmentId"],
        instance_id=reply.get("InstanceId"),
        device_index=reply.get("DeviceIndex", 0),
        delete_on_termination=reply.get("DeleteOnTermination", False),
        status=reply["Status"],
        network_card_index=reply.get("NetworkCardIndex") or 0,
        ena_srd={
            "enabled": bool(srd.get("EnaSrdEnabled")),
            "udp_enabled": bool((srd.get("EnaSrdUdpSpecification") or {}).get("EnaSrdUdpEnabled")),
        },
        ena_queue_count=reply.get("EnaQueueCount"),
    )


def describe(ec2: Ec2, enis, fleet: str | None = None) -> list:
    """Every interface that the wanted ones could mean, and those of the fleet: one paginated describe for each way of naming them."""
    by_filter: dict = {} if fleet is None else {f"tag:{FLEET_TAG}": {fleet}}
    for eni in enis:
        if not eni.is_anonymous:
            name, value = _filter(eni)
            by_filter.setdefault(name, set()).add(value)
    names = by_filter.get("tag:Name", ())
    subnets = {eni.subnet_id for eni in enis if eni.name and not eni.eni_id}
    if len(names) > FILTER_VALUES and None not in subnets:  # a describe of subnets has fewer calls than one of so many names
        del by_filter["tag:Name"]
        by_filter["subnet-id"] = subnets
    found = {}
    for name, values in by_filter.items():
        for item in ec2.describe_by(*DESCRIBE, name, values):
            found[item["NetworkInterfaceId"]] = from_reply(item)
    return list(found.values())


def _filter(eni: Eni) -> tuple:
    if eni.eni_id:
        return "network-interface-id", eni.eni_id
    if eni.name:
        return "tag:Name", eni.name
    if eni.private_ip_address:
        return "private-ip-address", eni.private_ip_address
    return "attachment.instance-id", eni.instance_id


class Known:
    """Interfaces that were described, by each way of naming one."""

    def __init__(self, interfaces):
        self._by_name: dict = {}
        for interface in interfaces:
            for name in _names(interface):
                self._by_name.setdefault(name, []).append(interface)

    def meant_by(self, eni: Eni) -> Interface | None:
        """The interface that is meant, None if there is none.

        BadInput if there are two, naming both; if an id does not exist; or if it would have to become what it cannot.
        """
        found = [
            interface for interface in self._by_name.get(_name(eni), ())
            if eni.eni_id or (eni.subnet_id in (None, interface.subnet_id) and eni.vpc_id in (None, interface.vpc_id))
        ]
        if len(found) > 1:
            listed = ", ".join(f"{interface.id} ({interface.primary} in {interface.subnet_id})" for interface in found)
            raise BadInput([
                f"{eni.key}: {len(found)} network interfaces are meant by this: {listed}; give eni_id, or delete those that are not wanted"
            ])
        if eni.eni_id and not found and eni.state == "present":
            raise BadInput([f"eni_id: '{eni.eni_id}' does not exist in this account and region; give the id of one that does, or a name"])
        problems = list(_fixed(eni, found[0])) if found and eni.state == "present" else []
        if problems:
            raise BadInput(problems)
        return found[0] if found else None


def _name(eni: Eni) -> tuple:
    if eni.is_named_by_device:
        return "device", eni.instance_id, eni.device_index
    return _filter(eni) if not eni.is_anonymous else ()


def _names(interface: Interface):
    yield "network-interface-id", interface.id
    yield "tag:Name", interface.tags.get("Name")
    yield "private-ip-address", interface.primary
    if interface.attachment:
        yield "device", interface.attachment.instance_id, interface.attachment.device_index


def _fixed(eni: Eni, interface: Interface):
    """What an interface is made with and keeps."""
    if eni.subnet_id not in (None, interface.subnet_id):
        yield (
            f"{eni.key}: subnet_id: {interface.id} is in {interface.subnet_id} and cannot move to '{eni.subnet_id}'; "
            "leave subnet_id out, or delete the interface and make another"
        )
    if eni.private_ip_address not in (None, interface.primary):
        yield (
            f"{eni.key}: private_ip_address: the primary address of {interface.id} is {interface.primary} and cannot become "
            f"'{eni.private_ip_address}'; make another interface, or add it to secondary_private_ip_addresses"
        )
    if eni.interface_type not in (None, interface.interface_type):
        yield (
            f"{eni.key}: interface_type: {interface.id} is of type {interface.interface_type} and cannot become '{eni.interface_type}'; "
            "leave interface_type out, or delete the interface and make another"
        )
    if eni.vpc_id not in (None, interface.vpc_id):
        yield f"{eni.key}: vpc_id: {interface.id} is of {interface.vpc_id}, not of '{eni.vpc_id}'; leave vpc_id out, or name another interface"
    if eni.fleet is not None and interface.tags.get(FLEET_TAG, eni.fleet) != eni.fleet:
        yield (
            f"{eni.key}: fleet: {interface.id} is of the fleet '{interface.tags[FLEET_TAG]}', not of '{eni.fleet}'; "
            f"remove its tag {FLEET_TAG} first if it is to change"
        )
    if eni.attributes.get("enable_primary_ipv6") is False and interface.attributes.get("enable_primary_ipv6"):
        yield (
            f"{eni.key}: enable_primary_ipv6: {interface.id} has a primary IPv6 address, and AWS does not take it back; "
            "leave enable_primary_ipv6 out, or delete the interface and make another"
        )


def show(interface: Interface) -> dict:
    """An interface as the modules return it: all of AWS's reply in snake case, with amazon.aws's names beside it."""
    shown = snake_case({name: value for name, value in interface.raw.items() if name != "TagSet"})
    shown.update(
        network_interface_id=interface.id,
        id=interface.id,
        tags=interface.tags,
        status=interface.status,
        subnet_id=interface.subnet_id,
        interface_type=interface.interface_type,
        private_ip_address=interface.primary,
        private_ip_addresses=_private_addresses(interface),
        groups=interface.groups,
        **{name: _listed(interface, name) for name in ("ipv4_prefixes", "ipv6_addresses", "ipv6_prefixes")},
        **{option: value for option, value in interface.attributes.items() if value is not None},
    )
    if "Name" in interface.tags:
        shown["name"] = interface.tags["Name"]
    attachment = shown.pop("attachment", {})
    if interface.attachment:
        settings = asdict(interface.attachment)
        settings["attachment_id"] = settings.pop("id")
        shown["attachment"] = {**attachment, **settings}
    return shown


def _listed(interface: Interface, option: str) -> list:
    """The addresses of one kind in the shape of AWS's reply."""
    kind = KINDS[option]
    name = snake(kind.item)
    known = {item[kind.item]: item for item in interface.raw.get(kind.member) or ()}
    return [
        {**snake_case(known.get(address, {})), name: address} for address in interface.addresses.get(option, ())
    ]


def _private_addresses(interface: Interface) -> list:
    """Each private address, its Elastic IP with it; `primary_address` is amazon.aws's name for `primary`."""
    known = {item["PrivateIpAddress"]: item for item in interface.raw.get("PrivateIpAddresses", ())}
    return [
        {
            **snake_case(known.get(address, {})),
            "private_ip_address": address,
            "primary": address == interface.primary,
            "primary_address": address == interface.primary,
        }
        for address in (interface.primary, *interface.addresses.get("secondary_private_ip_addresses", ()))
    ]
