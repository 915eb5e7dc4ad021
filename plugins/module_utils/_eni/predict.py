# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What DescribeNetworkInterfaces will say once a plan is carried out. Pure; UNKNOWN stands for what AWS chooses."""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.calls import UNKNOWN
from .desired import Eni
from .observed import Attachment, Interface


def predict(eni: Eni, interface: Interface | None, calls) -> Interface | None:
    """The interface after those of the calls that serve it."""
    for call in calls:
        if call.subject == eni.key:
            interface = _EFFECTS[call.operation](interface, call.parameters)
    return interface


def _created(_interface, request: dict) -> Interface:
    listed = request.get("PrivateIpAddresses", ())
    primary = next((item["PrivateIpAddress"] for item in listed if item["Primary"]), request.get("PrivateIpAddress", UNKNOWN))
    tags = [tag for specification in request.get("TagSpecifications", ()) for tag in specification["Tags"]]
    return Interface(
        id=UNKNOWN,
        subnet_id=request["SubnetId"],
        description=request.get("Description", ""),
        primary=primary,
        secondaries=(
            *(item["PrivateIpAddress"] for item in listed if not item["Primary"]),
            *[UNKNOWN] * request.get("SecondaryPrivateIpAddressCount", 0),
        ),
        groups={group: group for group in request.get("Groups", ())} or {UNKNOWN: "default"},
        tags={tag["Key"]: tag["Value"] for tag in tags},
    )


def _modified(interface: Interface, request: dict) -> Interface:
    if "Description" in request:
        return replace(interface, description=request["Description"]["Value"])
    if "Groups" in request:
        return replace(interface, groups={group: interface.groups.get(group, group) for group in request["Groups"]})
    if "SourceDestCheck" in request:
        return replace(interface, source_dest_check=request["SourceDestCheck"]["Value"])
    return replace(interface, attachment=replace(
        interface.attachment, delete_on_termination=request["Attachment"]["DeleteOnTermination"]))


def _attached(interface: Interface, request: dict) -> Interface:
    attachment = Attachment(UNKNOWN, request["InstanceId"], request["DeviceIndex"], delete_on_termination=False)
    return replace(interface, attachment=attachment, status="in-use")


def _detached(interface: Interface, _request) -> Interface:
    return replace(interface, attachment=None, status="available")


def _assigned(interface: Interface, request: dict) -> Interface:
    new = request.get("PrivateIpAddresses") or [UNKNOWN] * request["SecondaryPrivateIpAddressCount"]
    return replace(interface, secondaries=(*interface.secondaries, *new))


def _unassigned(interface: Interface, request: dict) -> Interface:
    gone = request["PrivateIpAddresses"]
    return replace(interface, secondaries=tuple(address for address in interface.secondaries if address not in gone))


def _tagged(interface: Interface, request: dict) -> Interface:
    return replace(interface, tags={**interface.tags, **{tag["Key"]: tag["Value"] for tag in request["Tags"]}})


def _untagged(interface: Interface, request: dict) -> Interface:
    gone = {tag["Key"] for tag in request["Tags"]}
    return replace(interface, tags={key: value for key, value in interface.tags.items() if key not in gone})


_EFFECTS = {
    "create_network_interface": _created,
    "modify_network_interface_attribute": _modified,
    "attach_network_interface": _attached,
    "detach_network_interface": _detached,
    "assign_private_ip_addresses": _assigned,
    "unassign_private_ip_addresses": _unassigned,
    "create_tags": _tagged,
    "delete_tags": _untagged,
    "delete_network_interface": lambda interface, request: None,
}
