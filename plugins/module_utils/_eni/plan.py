# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted, observed) network interfaces -> the API calls that lead from one to the other. Pure: every decision is taken here."""

from __future__ import annotations

from .._reconcile.calls import Call, Ref
from .desired import Eni
from .observed import Interface

CREATED = "NetworkInterface.NetworkInterfaceId"


def plan(pairs) -> list:
    """The calls for [(Eni, Interface or None), ...], each interface's in their order, the interfaces side by side."""
    return [call for eni, interface in pairs for call in _plan_one(eni, interface)]


def _plan_one(eni: Eni, interface: Interface | None) -> list:
    if eni.state == "absent":
        return _delete(eni, interface) if interface else []
    if interface is None and eni.attached is False and eni.is_named_by_device:
        return []
    return _change(eni, interface) if interface else _create(eni)


def _create(eni: Eni) -> list:
    """All that CreateNetworkInterface takes goes into it; what is left waits for its id."""
    request: dict = {"SubnetId": eni.subnet_id}
    if eni.description is not None:
        request["Description"] = eni.description
    if eni.groups is not None:
        request["Groups"] = list(eni.groups)
    moved_here = eni.secondaries if eni.allow_reassignment else ()  # which CreateNetworkInterface cannot
    if eni.secondaries and not moved_here:
        addresses = [{"PrivateIpAddress": address, "Primary": False} for address in eni.secondaries]
        if eni.private_ip_address:
            addresses.insert(0, {"PrivateIpAddress": eni.private_ip_address, "Primary": True})
        request["PrivateIpAddresses"] = addresses
    elif eni.private_ip_address:
        request["PrivateIpAddress"] = eni.private_ip_address
    if eni.secondary_count:
        request["SecondaryPrivateIpAddressCount"] = eni.secondary_count
    if eni.all_tags:
        tags = [{"Key": key, "Value": value} for key, value in sorted(eni.all_tags.items())]
        request["TagSpecifications"] = [{"ResourceType": "network-interface", "Tags": tags}]
    create = Call(f"{eni.key}:create", eni.key, "create_network_interface", request, wait="available")
    network_interface = Ref(create.id, CREATED)
    calls = [create]
    if moved_here:
        calls.append(_assign(eni, network_interface, {"PrivateIpAddresses": list(moved_here), "AllowReassignment": True}, (create.id,)))
    if eni.source_dest_check is False:
        calls.append(_modify(eni, network_interface, "source_dest_check", {"SourceDestCheck": {"Value": False}}, (create.id,)))
    return calls + (_attach(eni, network_interface, (create.id,)) if eni.attached else [])


def _change(eni: Eni, interface: Interface) -> list:
    calls = [*_attributes(eni, interface), *_addresses(eni, interface), *_tags(eni, interface)]
    if eni.attached is False:
        return calls + _detach(eni, interface)
    if eni.attached and not is_attached_as_wanted(eni, interface):
        detach = _detach(eni, interface)
        return calls + detach + _attach(eni, interface.id, tuple(call.id for call in detach))
    attachment = interface.attachment
    if attachment and eni.delete_on_termination not in (None, attachment.delete_on_termination):
        calls.append(_delete_on_termination(eni, interface.id, attachment.id))
    return calls


def _attributes(eni: Eni, interface: Interface):
    if eni.description not in (None, interface.description):
        yield _modify(eni, interface.id, "description", {"Description": {"Value": eni.description}})
    if eni.groups is not None and not has_groups(eni.groups, interface.groups):
        yield _modify(eni, interface.id, "groups", {"Groups": list(eni.groups)})
    if eni.source_dest_check not in (None, interface.source_dest_check):
        yield _modify(eni, interface.id, "source_dest_check", {"SourceDestCheck": {"Value": eni.source_dest_check}})


def has_groups(wanted, groups: dict) -> bool:
    """Whether the wanted names or ids are exactly the groups {id: name}."""
    ids = {group_id for group_id, name in groups.items() if group_id in wanted or name in wanted}
    return ids == set(groups) and all(item in groups or item in groups.values() for item in wanted)


def _addresses(eni: Eni, interface: Interface):
    present = interface.secondaries
    add, count, drop = [], 0, []
    if eni.secondaries is not None:
        add = [address for address in eni.secondaries if address not in (*present, interface.primary)]
        drop = [address for address in present if address not in eni.secondaries] if eni.purge_secondaries else []
    elif eni.secondary_count is not None:
        count = max(0, eni.secondary_count - len(present))
        drop = list(present[eni.secondary_count:])
    order = ()
    if drop:
        yield Call(f"{eni.key}:unassign", eni.key, "unassign_private_ip_addresses",
                   {"NetworkInterfaceId": interface.id, "PrivateIpAddresses": drop})
        order = (f"{eni.key}:unassign",)  # the instance type's limit may not hold both
    if add or count:
        what = {"PrivateIpAddresses": add, "AllowReassignment": eni.allow_reassignment} if add \
            else {"SecondaryPrivateIpAddressCount": count}
        yield _assign(eni, interface.id, what, order)


def _assign(eni: Eni, network_interface, what: dict, after: tuple) -> Call:
    return Call(f"{eni.key}:assign", eni.key, "assign_private_ip_addresses", {"NetworkInterfaceId": network_interface, **what}, after)


def _tags(eni: Eni, interface: Interface):
    if eni.all_tags is None:
        return
    changed = {key: value for key, value in eni.all_tags.items() if interface.tags.get(key) != value}
    surplus = [key for key in interface.tags if key not in eni.all_tags and not key.startswith("aws:") and eni.purges_tags]
    if changed:
        yield Call(f"{eni.key}:create_tags", eni.key, "create_tags", {
            "Resources": [interface.id], "Tags": [{"Key": key, "Value": value} for key, value in sorted(changed.items())]})
    if surplus:
        yield Call(f"{eni.key}:delete_tags", eni.key, "delete_tags", {
            "Resources": [interface.id], "Tags": [{"Key": key} for key in sorted(surplus)]})


def is_attached_as_wanted(eni: Eni, interface: Interface) -> bool:
    """Attached to the wanted instance; at any index unless one is mentioned."""
    attachment = interface.attachment
    if attachment is None or attachment.instance_id != eni.instance_id:
        return False
    return eni.device_index in (None, attachment.device_index)


def _attach(eni: Eni, network_interface, after: tuple) -> list:
    attach = Call(f"{eni.key}:attach", eni.key, "attach_network_interface", {
        "NetworkInterfaceId": network_interface, "InstanceId": eni.instance_id, "DeviceIndex": eni.index,
    }, after, wait="attached")
    if not eni.delete_on_termination:  # what AWS sets for an interface that is attached to a running instance
        return [attach]
    return [attach, _delete_on_termination(eni, network_interface, Ref(attach.id, "AttachmentId"), (attach.id,))]


def _detach(eni: Eni, interface: Interface) -> list:
    if interface.attachment is None:
        return []
    return [Call(f"{eni.key}:detach", eni.key, "detach_network_interface", {
        "AttachmentId": interface.attachment.id, "Force": eni.force_detach,
    }, wait="detached")]


def _delete(eni: Eni, interface: Interface) -> list:
    detach = _detach(eni, interface)
    return detach + [Call(f"{eni.key}:delete", eni.key, "delete_network_interface", {
        "NetworkInterfaceId": interface.id}, tuple(call.id for call in detach), wait="deleted")]


def _delete_on_termination(eni: Eni, network_interface, attachment, after: tuple = ()) -> Call:
    value = {"AttachmentId": attachment, "DeleteOnTermination": eni.delete_on_termination}
    return _modify(eni, network_interface, "delete_on_termination", {"Attachment": value}, after)


def _modify(eni: Eni, network_interface, what: str, value: dict, after: tuple = ()) -> Call:
    """ModifyNetworkInterfaceAttribute takes one attribute a call."""
    return Call(f"{eni.key}:{what}", eni.key, "modify_network_interface_attribute",
                {"NetworkInterfaceId": network_interface, **value}, after)
