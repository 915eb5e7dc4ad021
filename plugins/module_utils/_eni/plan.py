# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted, observed) network interfaces -> the API calls that lead from one to the other. Pure: every decision is taken here."""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.calls import Call, Ref
from .addresses import KINDS, Change, Wanted, assign, calls_of, changes
from .attributes import ATTRIBUTES, MODIFY, merged
from .desired import FLEET_TAG, Eni
from .observed import Attachment, Interface

CREATED = "NetworkInterface.NetworkInterfaceId"


def plan(pairs) -> list:
    """The calls for [(Eni, Interface or None), ...], each interface's in their order, the interfaces side by side.

    One that takes the slot or the address of another comes after that has left it.
    """
    calls = [call for eni, interface in pairs for call in _plan_one(eni, interface)]
    left = _left_by(calls, pairs)
    if not left:
        return calls
    subnets = {eni.key: interface.subnet_id if interface else eni.subnet_id for eni, interface in pairs}
    return [
        replace(call, after=tuple(dict.fromkeys((*call.after, *(left[each] for each in _taken_by(call, subnets) if each in left)))))
        for call in calls
    ]


def _left_by(calls, pairs) -> dict:
    """{slot or address: id of the call by which an interface leaves it}."""
    ids, left = {call.id for call in calls}, {}
    for eni, interface in pairs:
        if interface and interface.attachment and f"{eni.key}:detach" in ids:
            left["slot", interface.attachment.instance_id, interface.attachment.device_index] = f"{eni.key}:detach"
        if interface and f"{eni.key}:delete" in ids:
            for address in (interface.primary, *interface.addresses.get("secondary_private_ip_addresses", ())):
                left["address", interface.subnet_id, address] = f"{eni.key}:delete"
    return left


def _taken_by(call: Call, subnets: dict):
    """The slot or the addresses that a call takes."""
    request = call.parameters
    if call.operation == "attach_network_interface":
        yield "slot", request["InstanceId"], request["DeviceIndex"]
    elif call.operation in ("create_network_interface", "assign_private_ip_addresses"):
        listed = [item["PrivateIpAddress"] if isinstance(item, dict) else item for item in request.get("PrivateIpAddresses", ())]
        for address in (*listed, request.get("PrivateIpAddress")):
            yield "address", subnets[call.subject], address


def _plan_one(eni: Eni, interface: Interface | None) -> list:
    if eni.state == "absent":
        return _delete(eni, interface) if interface else []
    if interface is None and eni.attached is False and eni.is_named_by_device:
        return []
    return _change(eni, interface) if interface else _create(eni)


def _create(eni: Eni) -> list:
    """All that CreateNetworkInterface takes goes into it; what is left waits for its id."""
    request, later = _creation(eni)
    create = Call(f"{eni.key}:create", eni.key, "create_network_interface", request, wait="available")
    network_interface, after = Ref(create.id, CREATED), (create.id,)
    calls = [create]
    for option, wanted in later.items():
        new = Change(add=wanted.listed, more=wanted.count or 0)
        calls.append(assign(eni.key, network_interface, option, new, eni.allow_reassignment, (calls[-1].id,)))
    for option, value in eni.attributes.items():
        if not ATTRIBUTES[option].at_creation and value != ATTRIBUTES[option].initial:
            calls.append(_modify(eni, network_interface, option, value, after))
    return calls + (_attach(eni, network_interface, after) if eni.attached else [])


def _creation(eni: Eni) -> tuple:
    """(the request, the addresses that it cannot take: {option: Wanted})."""
    request: dict = {"SubnetId": eni.subnet_id}
    if eni.private_ip_address:
        request["PrivateIpAddress"] = eni.private_ip_address
    if eni.groups is not None:
        request["Groups"] = list(eni.groups)
    if eni.interface_type not in (None, "interface"):
        request["InterfaceType"] = eni.interface_type
    for option, value in eni.attributes.items():
        if ATTRIBUTES[option].at_creation and value != ATTRIBUTES[option].initial:
            request[ATTRIBUTES[option].at_creation] = ATTRIBUTES[option].new(value)
    families, later = set(), {}
    for option, wanted in eni.addresses.items():
        kind = KINDS[option]
        moved = eni.allow_reassignment and wanted.listed
        if wanted.size and (moved or kind.family in families):  # one kind of a family at a time, and none from elsewhere
            later[option] = wanted
        elif wanted.listed:
            request[kind.member] = [{kind.item: address} for address in wanted.listed]
        elif wanted.count:
            request[kind.count] = wanted.count
        families.update([kind.family] if wanted.size else [])
    if "ipv6" not in families and eni.addresses.get("ipv6_addresses") in (Wanted(exactly=()), Wanted(count=0)):
        request["Ipv6AddressCount"] = 0  # the subnet may give one unasked
    if eni.all_tags:
        tags = [{"Key": key, "Value": value} for key, value in sorted(eni.all_tags.items())]
        request["TagSpecifications"] = [{"ResourceType": "network-interface", "Tags": tags}]
    return request, later


def _change(eni: Eni, interface: Interface) -> list:
    moves = eni.attached and not is_attached_as_wanted(eni, interface)
    detach = _detach(eni, interface) if moves or eni.attached is False else []
    # More addresses may be what the instance that it leaves does not take.
    calls = [*_attributes(eni, interface), *_addresses(eni, interface, _ids(detach)), *_tags(eni, interface)]
    if not moves and eni.attached is not False:
        return calls + (list(_attachment(eni, interface.id, interface.attachment)) if interface.attachment else [])
    attach = _attach(eni, interface.id, _ids(detach)) if moves else []
    if not (detach and eni.attributes.get("enable_primary_ipv6")):
        return calls + detach + attach
    # Which lasts until the interface is detached.
    calls = [call for call in calls if call.id != f"{eni.key}:enable_primary_ipv6"]
    return calls + detach + attach + [_modify(eni, interface.id, "enable_primary_ipv6", True, _ids((detach + attach)[-1:]))]


def _attributes(eni: Eni, interface: Interface):
    if eni.groups is not None and not has_groups(eni.groups, interface.groups):
        yield Call(f"{eni.key}:groups", eni.key, MODIFY, {"NetworkInterfaceId": interface.id, "Groups": list(eni.groups)})
    for option, value in eni.attributes.items():
        present = interface.attributes.get(option)
        value = merged(option, value, present)
        if value != present:
            yield _modify(eni, interface.id, option, value, ())


def has_groups(wanted, groups: dict) -> bool:
    """Whether the wanted names or ids are exactly the groups {id: name}."""
    ids = {group_id for group_id, name in groups.items() if group_id in wanted or name in wanted}
    return ids == set(groups) and all(item in groups or item in groups.values() for item in wanted)


def _addresses(eni: Eni, interface: Interface, after: tuple) -> list:
    steps = changes(eni.addresses, interface.addresses, interface.primary)
    return calls_of(eni.key, interface.id, steps, eni.allow_reassignment, after)


def _tags(eni: Eni, interface: Interface):
    if eni.all_tags is None:
        return
    changed = {key: value for key, value in eni.all_tags.items() if interface.tags.get(key) != value}
    surplus = [
        key for key in interface.tags
        if eni.purges_tags and key not in (*eni.all_tags, FLEET_TAG) and not key.startswith("aws:")
    ]
    if changed:
        yield Call(f"{eni.key}:create_tags", eni.key, "create_tags", {
            "Resources": [interface.id], "Tags": [{"Key": key, "Value": value} for key, value in sorted(changed.items())]})
    if surplus:
        yield Call(f"{eni.key}:delete_tags", eni.key, "delete_tags", {
            "Resources": [interface.id], "Tags": [{"Key": key} for key in sorted(surplus)]})


def is_attached_as_wanted(eni: Eni, interface: Interface) -> bool:
    """Attached to the wanted instance, and not on its way from it; at any index and card unless one is mentioned."""
    attachment = interface.attachment
    if attachment is None or attachment.instance_id != eni.instance_id or attachment.status == "detaching":
        return False
    return eni.device_index in (None, attachment.device_index) and eni.network_card_index in (None, attachment.network_card_index)


def _attach(eni: Eni, network_interface, after: tuple) -> list:
    request = {"NetworkInterfaceId": network_interface, "InstanceId": eni.instance_id, "DeviceIndex": eni.index}
    if eni.network_card_index is not None:
        request["NetworkCardIndex"] = eni.network_card_index
    if "ena_srd" in eni.attachment:
        request["EnaSrdSpecification"] = _srd(eni.attachment["ena_srd"])
    if "ena_queue_count" in eni.attachment:
        request["EnaQueueCount"] = eni.attachment["ena_queue_count"]
    attach = Call(f"{eni.key}:attach", eni.key, "attach_network_interface", request, after, wait="attached")
    if not eni.attachment.get("delete_on_termination"):  # what AWS sets for an interface that is attached to a running instance
        return [attach]
    value = {"AttachmentId": Ref(attach.id, "AttachmentId"), "DeleteOnTermination": True}
    return [attach, Call(f"{eni.key}:attachment", eni.key, MODIFY, {"NetworkInterfaceId": network_interface, "Attachment": value}, (attach.id,))]


def _attachment(eni: Eni, network_interface, attachment: Attachment):
    """The settings of an attachment that stays."""
    wanted = {
        member: eni.attachment[option] for option, member in (("delete_on_termination", "DeleteOnTermination"), ("ena_queue_count", "EnaQueueCount"))
        if option in eni.attachment and eni.attachment[option] != getattr(attachment, option)
    }
    if wanted:
        yield Call(f"{eni.key}:attachment", eni.key, MODIFY, {
            "NetworkInterfaceId": network_interface, "Attachment": {"AttachmentId": attachment.id, **wanted}})
    srd = {**attachment.ena_srd, **eni.attachment.get("ena_srd", {})}
    if srd != attachment.ena_srd:
        yield Call(f"{eni.key}:ena_srd", eni.key, MODIFY, {"NetworkInterfaceId": network_interface, "EnaSrdSpecification": _srd(srd)})


def _srd(value: dict) -> dict:
    """AttachNetworkInterface's and ModifyNetworkInterfaceAttribute's EnaSrdSpecification."""
    specification: dict = {}
    if "enabled" in value:
        specification["EnaSrdEnabled"] = value["enabled"]
    if "udp_enabled" in value:
        specification["EnaSrdUdpSpecification"] = {"EnaSrdUdpEnabled": value["udp_enabled"]}
    return specification


def _detach(eni: Eni, interface: Interface) -> list:
    if interface.attachment is None:
        return []
    return [Call(f"{eni.key}:detach", eni.key, "detach_network_interface", {
        "AttachmentId": interface.attachment.id, "Force": eni.force_detach,
    }, wait="detached")]


def _delete(eni: Eni, interface: Interface) -> list:
    detach = _detach(eni, interface)
    return detach + [Call(f"{eni.key}:delete", eni.key, "delete_network_interface", {
        "NetworkInterfaceId": interface.id}, _ids(detach), wait="deleted")]


def _modify(eni: Eni, network_interface, option: str, value, after: tuple) -> Call:
    """Each attribute is a call of its own: the API takes one at a time."""
    attribute = ATTRIBUTES[option]
    return Call(f"{eni.key}:{option}", eni.key, attribute.operation, {
        "NetworkInterfaceId": network_interface, attribute.member: attribute.wrap(value)}, after)


def _ids(calls) -> tuple:
    return tuple(call.id for call in calls)
