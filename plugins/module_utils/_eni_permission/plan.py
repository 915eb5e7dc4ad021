# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Permissions for a network interface: what is wanted, what is there, and the calls from one to the other. Pure.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._eni.observed import Interface
from .._reconcile.calls import UNKNOWN, Call
from .._reconcile.run import BadInput

CREATE = "create_network_interface_permission"
DELETE = "delete_network_interface_permission"
DESCRIBE = "describe_network_interface_permissions"

TYPES = ("INSTANCE-ATTACH", "EIP-ASSOCIATE")


@dataclass(frozen=True)
class Wanted:
    """Whether an account has a permission. subject: the interface as its user calls it; permission: one of TYPES."""

    subject: str
    account: str
    permission: str = TYPES[0]
    state: str = "present"
    move: bool = False
    force: bool = False

    def means(self, permission: Permission) -> bool:
        return (permission.account, permission.permission) == (self.account, self.permission)


@dataclass(frozen=True)
class Permission:
    """botocore's NetworkInterfacePermission. state: pending, granted, revoking or revoked.

    account: None where a service has the permission.
    """

    id: str
    network_interface: str
    account: str | None
    permission: str
    state: str
    service: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Observed:
    """The id of the interface, None if there is none, and its permissions, without revoked ones."""

    network_interface: str | None
    permissions: tuple = ()


def from_reply(item: dict) -> Permission:
    """One element of DescribeNetworkInterfacePermissions' NetworkInterfacePermissions."""
    state = item["PermissionState"]
    return Permission(
        item["NetworkInterfacePermissionId"], item["NetworkInterfaceId"], item.get("AwsAccountId"), item["Permission"],
        state["State"], item.get("AwsService"), state.get("StatusMessage"))


def show(permission: Permission) -> dict:
    """A permission as the modules return it: AWS's members in snake case."""
    shown = {
        "network_interface_permission_id": permission.id,
        "network_interface_id": permission.network_interface,
        "aws_account_id": permission.account,
        "aws_service": permission.service,
        "permission": permission.permission,
        "permission_state": _known(state=permission.state, status_message=permission.message),
    }
    return _known(**shown)


def _known(**members) -> dict:
    return {name: value for name, value in members.items() if value is not None}


def plan(wanted: Wanted, observed: Observed) -> list:
    """The calls from observed to wanted; BadInput where another account would have to give way unasked."""
    own = [permission for permission in observed.permissions if wanted.means(permission)]
    if wanted.state == "absent":
        return [_end(wanted, permission) for permission in own]
    if observed.network_interface is None:
        raise BadInput([
            f"{wanted.subject}: there is no such network interface in this account and region; make it first, with ec2_eni"
        ])
    there = [permission for permission in own if permission.state != "revoking"]
    if there:
        return [_wait(wanted, permission, "granted") for permission in there if permission.state == "pending"]
    others = [permission for permission in observed.permissions if permission.account != wanted.account]
    holders = sorted({each.account or each.service for each in others if each.state != "revoking"})
    if holders and not wanted.move:
        raise BadInput([
            f"{wanted.subject}: aws_account_id: {', '.join(holders)} has a permission for {observed.network_interface}, "
            f"and AWS allows one account at a time; set move: true to take it from there to {wanted.account}, or revoke it first"
        ])
    ends = [_end(wanted, permission) for permission in (*others, *own)]
    return ends + [Call("grant", wanted.subject, CREATE, {
        "NetworkInterfaceId": observed.network_interface, "AwsAccountId": wanted.account, "Permission": wanted.permission,
    }, tuple(call.id for call in ends), wait="granted")]


def _end(wanted: Wanted, permission: Permission) -> Call:
    if permission.state == "revoking":
        return _wait(wanted, permission, "revoked")
    return Call(f"{permission.id}:revoke", wanted.subject, DELETE, {
        "NetworkInterfacePermissionId": permission.id, "Force": wanted.force}, wait="revoked")


def _wait(wanted: Wanted, permission: Permission, state: str) -> Call:
    """A look at what is on its way already. By filter: an id that is gone would be an error."""
    return Call(f"{permission.id}:wait", wanted.subject, DESCRIBE, {
        "Filters": by(network_interface_permission_id=permission.id)}, wait=state)


def by(**values) -> list:
    """DescribeNetworkInterfacePermissions' filters for what is given, by the names of its reply."""
    return [
        {"Name": f"network-interface-permission.{name.replace('_', '-')}", "Values": [value]}
        for name, value in values.items() if value is not None
    ]


def subject_of(call: Call, reply: dict) -> str:
    """The id of the permission that an answered call is about."""
    if call.operation == CREATE:
        return reply["InterfacePermission"]["NetworkInterfacePermissionId"]
    return _named(call)


def _named(call: Call) -> str:
    if call.operation == DELETE:
        return call.parameters["NetworkInterfacePermissionId"]
    return call.parameters["Filters"][0]["Values"][0]


def predict(wanted: Wanted, observed: Observed, calls) -> Observed:
    """What will be there after the calls."""
    permissions = {permission.id: permission for permission in observed.permissions}
    for call in calls:
        if call.operation == CREATE:
            permissions[UNKNOWN] = Permission(
                UNKNOWN, observed.network_interface, wanted.account, wanted.permission, "granted")
        elif call.wait == "granted":
            permissions[_named(call)] = replace(permissions[_named(call)], state="granted")
        else:
            del permissions[_named(call)]
    return replace(observed, permissions=tuple(permissions.values()))


def problems(wanted: Wanted, observed: Observed, calls, interface: Interface) -> list:
    """What AWS would refuse, found before the first call."""
    found = []
    operations = {call.operation for call in calls}
    if CREATE in operations and interface.requester_managed:
        found.append(
            f"{wanted.subject}: {interface.id} is managed by AWS "
            f"({interface.attributes.get('description') or interface.interface_type}) and cannot be handed on; use an interface of your own"
        )
    if CREATE in operations and interface.raw.get("OwnerId") == wanted.account:
        found.append(
            f"{wanted.subject}: aws_account_id: {interface.id} belongs to {wanted.account}, which needs no permission; "
            "give the account that is to use it"
        )
    revoked = {_named(call) for call in calls if call.operation == DELETE}
    user = (interface.raw.get("Attachment") or {}).get("InstanceOwnerId")
    losing = {each.account for each in observed.permissions if each.id in revoked}
    if interface.attachment and not wanted.force and user in losing:
        found.append(
            f"{wanted.subject}: {interface.id} is attached to {interface.attachment.instance_id or 'an instance'} of {user}; "
            "detach it there first, or set force: true to revoke the permission all the same"
        )
    return found
