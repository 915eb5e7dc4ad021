# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The attributes of an ENI that can be changed, one a call.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError

from .attachments import Attachment, check_stopped
from .connection_tracking import connection_tracking
from .dispatch import PlainResult
from .instance_types import check_ena_express, check_slots
from .network_interfaces import NetworkInterface
from .parameters import check_choice, required
from .private_addresses import set_primary_ipv6
from .public_hostnames import HOSTNAME_TYPES
from .requester_managed import check_changeable

_DESCRIBED: dict[str, Callable[[NetworkInterface], dict[str, Any]]] = {
    "description": lambda eni: {"Description": {"Value": eni.description}},
    "groupSet": lambda eni: {"Groups": eni.groups_as_dicts()},
    "sourceDestCheck": lambda eni: {"SourceDestCheck": {"Value": eni.source_dest_check}},
    "attachment": lambda eni: {"Attachment": eni.attachment.as_dict() if eni.attachment else None},
    "associatePublicIpAddress": lambda eni: {"AssociatePublicIpAddress": eni.auto_assign_public_ip},
}


def _change_description(eni: NetworkInterface, change: dict[str, Any]) -> None:
    eni.description = change.get("Value") or ""


def _change_source_dest_check(eni: NetworkInterface, change: dict[str, Any]) -> None:
    eni.source_dest_check = change["Value"]


def _change_groups(eni: NetworkInterface, group_ids: list[str]) -> None:
    eni.groups = eni.ec2_backend.network_interface_groups(eni.vpc_id, group_ids)


def _change_connection_tracking(eni: NetworkInterface, change: dict[str, int]) -> None:
    eni.connection_tracking = (eni.connection_tracking or {}) | connection_tracking(change)


def _change_associated_subnets(eni: NetworkInterface, subnet_ids: list[str]) -> None:
    eni.associated_subnet_ids = [eni.ec2_backend.get_subnet(subnet_id).id for subnet_id in subnet_ids]


def _change_public_ip(eni: NetworkInterface, assign: bool) -> None:
    """It takes effect at once, on the primary ENI of a running instance.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/working-with-ip-addresses.html
    """
    eni.auto_assign_public_ip = assign
    if eni.attachment and eni.attachment.is_primary and eni.instance.state == "running":
        if assign:
            eni.ec2_backend.auto_assign_public_ip(eni)
        else:
            eni.drop_auto_assigned()


def _change_ena_express(eni: NetworkInterface, change: dict[str, Any]) -> None:
    if eni.attachment is None:
        # The reference documents the refusal without a code: this one is for what is in another state.
        raise EC2ClientError(
            "IncorrectState", f"The network interface '{eni.id}' is not attached, which ENA Express requires."
        )
    wanted = (eni.attachment.ena_express or {}) | change
    check_ena_express(eni.instance.instance_type, wanted)
    eni.attachment.ena_express = wanted


def _change_attachment(eni: NetworkInterface, change: dict[str, Any]) -> None:
    [attachment_id] = required(change, "AttachmentId")
    attachment = eni.attachment
    if attachment is None or attachment.id != attachment_id:
        raise EC2ClientError("InvalidAttachmentID.NotFound", f"The attachment '{attachment_id}' does not exist")
    if "EnaQueueCount" in change or change.get("DefaultEnaQueueCount"):
        _change_ena_queues(attachment, change)
    if "DeleteOnTermination" in change:
        attachment.delete_on_termination = change["DeleteOnTermination"]


def _change_ena_queues(attachment: Attachment, change: dict[str, Any]) -> None:
    if "EnaQueueCount" in change and change.get("DefaultEnaQueueCount"):
        raise EC2ClientError(
            "InvalidParameterCombination", "Specify either EnaQueueCount or DefaultEnaQueueCount, not both"
        )
    check_stopped(attachment.instance, "ENA queues")
    slot = replace(attachment.slot, ena_queues=change.get("EnaQueueCount"))
    others = [other for other in attachment.instance.slots if other.place != slot.place]
    check_slots(attachment.instance.instance_type, [*others, slot])
    attachment.slot = slot


_CHANGES: dict[str, Callable[[NetworkInterface, Any], None]] = {
    "AssociatedSubnetIds": _change_associated_subnets,
    "AssociatePublicIpAddress": _change_public_ip,
    "Attachment": _change_attachment,
    "ConnectionTrackingSpecification": _change_connection_tracking,
    "Description": _change_description,
    "EnablePrimaryIpv6": set_primary_ipv6,
    "EnaSrdSpecification": _change_ena_express,
    "Groups": _change_groups,
    "SourceDestCheck": _change_source_dest_check,
}


def _only_one(named: list[str]) -> str:
    if not named:
        raise EC2ClientError("InvalidParameterCombination", "No attributes specified.")
    if len(named) > 1:
        raise EC2ClientError(
            "InvalidParameterCombination",
            f"Fields for multiple attribute types specified: {', '.join(sorted(named))}",
        )
    return named[0]


class NetworkInterfaceAttributeHandlers:
    """Responses."""

    def describe_network_interface_attribute(self) -> ActionResult:
        eni_id, attribute = required(self.params, "NetworkInterfaceId", "Attribute")
        eni = self.ec2_backend.get_network_interface(eni_id)
        check_choice("attribute", attribute, _DESCRIBED)
        return PlainResult({"NetworkInterfaceId": eni.id} | _DESCRIBED[attribute](eni))

    def modify_network_interface_attribute(self) -> ActionResult:
        [eni_id] = required(self.params, "NetworkInterfaceId")
        eni = self.ec2_backend.get_network_interface(eni_id)
        name = _only_one([name for name in self.params if name in _CHANGES])
        check_changeable(eni)
        _CHANGES[name](eni, self.params[name])
        return EmptyResult()

    def reset_network_interface_attribute(self) -> ActionResult:
        """Not refused for a service's ENI, as AWS documents it."""
        [eni_id] = required(self.params, "NetworkInterfaceId")
        eni = self.ec2_backend.get_network_interface(eni_id)
        _only_one([name for name in self.params if name == "SourceDestCheck"])
        eni.source_dest_check = True
        return EmptyResult()

    def modify_public_ip_dns_name_options(self) -> ActionResult:
        eni_id, kind = required(self.params, "NetworkInterfaceId", "HostnameType")
        eni = self.ec2_backend.get_network_interface(eni_id)
        check_choice("HostnameType", kind, HOSTNAME_TYPES)
        check_changeable(eni)
        if HOSTNAME_TYPES[kind] not in eni.as_dict().get("PublicIpDnsNameOptions", {}):
            # AWS documents what the type needs, and no code for when it is missing.
            raise EC2ClientError(
                "InvalidParameterCombination",
                f"HostnameType {kind} needs the address that it names on {eni_id}, "
                "and DNS hostnames and DNS support in its VPC.",
            )
        eni.public_hostname_type = kind
        return PlainResult({"Successful": True})
