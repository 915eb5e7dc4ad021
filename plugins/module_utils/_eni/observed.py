# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces as DescribeNetworkInterfaces tells of them, and which of them the user means."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from .._cloud.ec2 import Ec2, tags_of
from .._reconcile.run import BadInput
from .desired import Eni


@dataclass(frozen=True)
class Attachment:
    """Where an interface is attached, as NetworkInterfaceAttachment has it."""

    id: str
    instance_id: str | None
    device_index: int
    delete_on_termination: bool
    status: str = "attached"


@dataclass(frozen=True)
class Interface:
    """What is there. groups: {id: name}; secondaries: IPv4 addresses; raw: the reply itself, for the values returned."""

    id: str
    subnet_id: str
    status: str = "available"
    description: str = ""
    primary: str = ""
    secondaries: tuple = ()
    groups: dict = field(default_factory=dict)
    attachment: Attachment | None = None
    source_dest_check: bool = True
    tags: dict = field(default_factory=dict)
    raw: dict = field(default_factory=dict)

    @property
    def is_primary(self) -> bool:
        """The interface an instance was launched with: it cannot be detached."""
        return self.attachment is not None and self.attachment.device_index == 0


def from_reply(item: dict) -> Interface:
    """One element of DescribeNetworkInterfaces' NetworkInterfaces."""
    attachment = item.get("Attachment")
    if attachment and attachment.get("Status") in ("detached", None):
        attachment = None
    return Interface(
        id=item["NetworkInterfaceId"],
        subnet_id=item["SubnetId"],
        status=item["Status"],
        description=item.get("Description") or "",
        primary=item.get("PrivateIpAddress", ""),
        secondaries=tuple(
            address["PrivateIpAddress"] for address in item.get("PrivateIpAddresses", ()) if not address.get("Primary")
        ),
        groups={group["GroupId"]: group.get("GroupName", "") for group in item.get("Groups", ())},
        attachment=attachment and Attachment(
            id=attachment["AttachmentId"],
            instance_id=attachment.get("InstanceId"),
            device_index=attachment.get("DeviceIndex", 0),
            delete_on_termination=attachment.get("DeleteOnTermination", False),
            status=attachment["Status"],
        ),
        source_dest_check=item.get("SourceDestCheck", True),
        tags=tags_of(item),
        raw=item,
    )


def describe(ec2: Ec2, enis) -> list:
    """Every interface that the wanted ones could mean: one paginated describe for each way of naming them."""
    by_filter: dict = {}
    for eni in enis:
        name, value = _filter(eni)
        by_filter.setdefault(name, set()).add(value)
    found = {}
    for name, values in by_filter.items():
        for item in ec2.describe_by("describe_network_interfaces", "NetworkInterfaces", name, values):
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


def match(eni: Eni, interfaces) -> Interface | None:
    """The interface that is meant, None if there is none.

    BadInput if there are two, naming both; if an id does not exist; or if it would have to become what it cannot.
    """
    found = [interface for interface in interfaces if _means(eni, interface)]
    if len(found) > 1:
        listed = ", ".join(f"{interface.id} ({interface.primary} in {interface.subnet_id})" for interface in found)
        raise BadInput([
            f"{eni.key}: {len(found)} network interfaces are meant by this: {listed}; give eni_id, or delete those that are not wanted"
        ])
    if eni.eni_id and not found and eni.state == "present":
        raise BadInput([f"eni_id: '{eni.eni_id}' does not exist in this account and region; give the id of one that does, or a name"])
    if not found:
        return None
    problems = list(_fixed(eni, found[0])) if eni.state == "present" else []
    if problems:
        raise BadInput(problems)
    return found[0]


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


def _means(eni: Eni, interface: Interface) -> bool:
    if eni.eni_id:
        return interface.id == eni.eni_id
    if eni.subnet_id and interface.subnet_id != eni.subnet_id:
        return False
    if eni.name:
        return interface.tags.get("Name") == eni.name
    if eni.private_ip_address:
        return interface.primary == eni.private_ip_address
    attachment = interface.attachment
    return attachment is not None and (attachment.instance_id, attachment.device_index) == (eni.instance_id, eni.device_index)


def show(interface: Interface) -> dict:
    """An interface as the modules return it: all of AWS's reply in snake case, with amazon.aws's names beside it."""
    shown = camel_dict_to_snake_dict(interface.raw, ignore_list=["TagSet"])
    shown.pop("tag_set", None)
    shown.update(
        network_interface_id=interface.id,
        id=interface.id,
        tags=interface.tags,
        status=interface.status,
        description=interface.description,
        subnet_id=interface.subnet_id,
        private_ip_address=interface.primary,
        private_ip_addresses=_addresses(interface),
        source_dest_check=interface.source_dest_check,
        groups=interface.groups,
    )
    if "Name" in interface.tags:
        shown["name"] = interface.tags["Name"]
    attachment = shown.pop("attachment", {})
    if interface.attachment:
        shown["attachment"] = {
            **attachment,
            "attachment_id": interface.attachment.id,
            "instance_id": interface.attachment.instance_id,
            "device_index": interface.attachment.device_index,
            "delete_on_termination": interface.attachment.delete_on_termination,
            "status": interface.attachment.status,
        }
    return shown


def _addresses(interface: Interface) -> list:
    """Each private address, its Elastic IP with it; `primary_address` is amazon.aws's name for `primary`."""
    known = {item["PrivateIpAddress"]: item for item in interface.raw.get("PrivateIpAddresses", ())}
    return [
        {
            **camel_dict_to_snake_dict(known.get(address, {})),
            "private_ip_address": address,
            "primary": address == interface.primary,
            "primary_address": address == interface.primary,
        }
        for address in (interface.primary, *interface.secondaries)
    ]
