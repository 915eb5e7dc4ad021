# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What DescribeNetworkInterfaces will say once a plan is carried out. Pure; UNKNOWN stands for what AWS chooses."""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.calls import UNKNOWN
from .addresses import KINDS
from .attributes import ATTRIBUTES, merged
from .desired import Eni
from .observed import Attachment, Interface


def predict(eni: Eni, interface: Interface | None, calls) -> Interface | None:
    """The interface after those of the calls that serve it."""
    for call in calls:
        if call.subject == eni.key:
            interface = _EFFECTS[call.operation](interface, call.parameters, eni)
    return interface


def _created(_interface, request: dict, eni: Eni) -> Interface:
    tags = [tag for specification in request.get("TagSpecifications", ()) for tag in specification["Tags"]]
    return Interface(
        id=UNKNOWN,
        subnet_id=request["SubnetId"],
        interface_type=request.get("InterfaceType", "interface"),
        primary=request.get("PrivateIpAddress", UNKNOWN),
        addresses={
            option: (*(item[kind.item] for item in request.get(kind.member, ())), *[UNKNOWN] * request.get(kind.count, 0))
            for option, kind in KINDS.items()
        },
        attributes={
            option: eni.attributes[option] if attribute.at_creation in request else attribute.initial
            for option, attribute in ATTRIBUTES.items()
        },
        groups={group: group for group in request.get("Groups", ())} or {UNKNOWN: "default"},
        tags={tag["Key"]: tag["Value"] for tag in tags},
    )


def _modified(interface: Interface, request: dict, eni: Eni) -> Interface:
    if "Groups" in request:
        return replace(interface, groups={group: interface.groups.get(group, group) for group in request["Groups"]})
    attachment = interface.attachment
    if "Attachment" in request:
        changed = {name: eni.attachment[name] for name in ("delete_on_termination", "ena_queue_count") if name in eni.attachment}
        return replace(interface, attachment=replace(attachment, **changed))
    if "EnaSrdSpecification" in request:
        return replace(interface, attachment=replace(attachment, ena_srd={**attachment.ena_srd, **eni.attachment["ena_srd"]}))
    option = next(option for option, attribute in ATTRIBUTES.items() if attribute.member in request)
    value = merged(option, eni.attributes[option], interface.attributes.get(option))
    return replace(interface, attributes={**interface.attributes, option: value})


def _attached(interface: Interface, request: dict, eni: Eni) -> Interface:
    attachment = Attachment(
        UNKNOWN, request["InstanceId"], request["DeviceIndex"], delete_on_termination=False,
        network_card_index=request.get("NetworkCardIndex", 0),
        ena_srd={"enabled": False, "udp_enabled": False, **eni.attachment.get("ena_srd", {})},
        ena_queue_count=request.get("EnaQueueCount"),
    )
    return replace(interface, attachment=attachment, status="in-use")


def _detached(interface: Interface, _request, _eni) -> Interface:
    return replace(
        interface, attachment=None, status="available", attributes={**interface.attributes, "enable_primary_ipv6": False})


def _assigned(interface: Interface, request: dict, _eni) -> Interface:
    option, kind = next((option, kind) for option, kind in KINDS.items() if kind.member in request or kind.count in request)
    new = request.get(kind.member) or [UNKNOWN] * request[kind.count]
    return _with_addresses(interface, option, (*interface.addresses.get(option, ()), *new))


def _unassigned(interface: Interface, request: dict, _eni) -> Interface:
    option, kind = next((option, kind) for option, kind in KINDS.items() if kind.member in request)
    gone = request[kind.member]
    return _with_addresses(interface, option, tuple(address for address in interface.addresses[option] if address not in gone))


def _with_addresses(interface: Interface, option: str, addresses: tuple) -> Interface:
    return replace(interface, addresses={**interface.addresses, option: addresses})


def _tagged(interface: Interface, request: dict, _eni) -> Interface:
    return replace(interface, tags={**interface.tags, **{tag["Key"]: tag["Value"] for tag in request["Tags"]}})


def _untagged(interface: Interface, request: dict, _eni) -> Interface:
    gone = {tag["Key"] for tag in request["Tags"]}
    return replace(interface, tags={key: value for key, value in interface.tags.items() if key not in gone})


_EFFECTS = {
    "create_network_interface": _created,
    "modify_network_interface_attribute": _modified,
    "modify_public_ip_dns_name_options": _modified,
    "attach_network_interface": _attached,
    "detach_network_interface": _detached,
    "assign_private_ip_addresses": _assigned,
    "unassign_private_ip_addresses": _unassigned,
    "assign_ipv6_addresses": _assigned,
    "unassign_ipv6_addresses": _unassigned,
    "create_tags": _tagged,
    "delete_tags": _untagged,
    "delete_network_interface": lambda interface, request, eni: None,
}
