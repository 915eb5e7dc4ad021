# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Attaching and detaching: what may be joined, and that both take time.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.utils import random_eni_attach_id

from ..clock import State, clock
from .dispatch import PlainResult
from .instance_types import (
    EFA,
    Slot,
    check_ena_express,
    check_slots,
    ena_queues,
    takes_addresses,
    too_many_addresses,
)
from .network_interfaces import NetworkInterface
from .parameters import check_id, required
from .requester_managed import check_changeable


class Attachment:
    """``options`` are members that AttachNetworkInterface and RunInstances' NetworkInterfaces share."""

    def __init__(self, eni: NetworkInterface, instance: Any, options: dict[str, Any]):
        self.id = random_eni_attach_id()
        self.eni = eni
        self.instance = instance
        self.slot = slot_of(eni.interface_type, options)
        self.delete_on_termination = options.get("DeleteOnTermination", False)
        self.ena_express = options.get("EnaSrdSpecification")
        self.time = utcnow()
        self.state = State("attaching", "attached")

    @property
    def is_primary(self) -> bool:
        return self.slot.place == (0, 0)

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterfaceAttachment."""
        return {
            "AttachTime": self.time,
            "AttachmentId": self.id,
            "DeleteOnTermination": self.delete_on_termination,
            "DeviceIndex": self.slot.device_index,
            "NetworkCardIndex": self.slot.network_card,
            "InstanceId": self.instance.id,
            "InstanceOwnerId": self.instance.owner_id,
            "Status": self.state.name,
            "EnaSrdSpecification": self.ena_express,
            "EnaQueueCount": ena_queues(self.instance.instance_type, self.slot),
        }


def slot_of(interface_type: str, options: dict[str, Any]) -> Slot:
    return Slot(
        options.get("NetworkCardIndex") or 0, options["DeviceIndex"], interface_type, options.get("EnaQueueCount")
    )


class Attachments:
    """Backend; ``interface_attachments`` is a dict by id. One between two accounts is in the dict of either."""

    def __init__(self) -> None:
        self.interface_attachments: dict[str, Attachment] = {}

    def attach_network_interface(
        self, eni_id: str, instance_id: str, device_index: int, options: dict[str, Any] | None = None
    ) -> Attachment:
        """The positional parameters are moto's."""
        eni = self.attachable_interface(eni_id)
        instance = self.get_instance(instance_id)
        options = (options or {}) | {"DeviceIndex": device_index, "DeleteOnTermination": False}
        slot = slot_of(eni.interface_type, options)
        check_changeable(eni)
        check_unattached(eni)
        _check_state(instance, slot)
        check_zone(eni, instance.availability_zone)
        if slot.place in instance.interfaces:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Instance '{instance_id}' already has an interface attached at device index '{device_index}'.",
            )
        check_slots(instance.instance_type, [*instance.slots, slot])
        if not takes_addresses(instance.instance_type, eni):
            raise too_many_addresses()
        check_ena_express(instance.instance_type, options.get("EnaSrdSpecification", {}))
        return self.join(eni, instance, options)

    def join(self, eni: NetworkInterface, instance: Any, options: dict[str, Any]) -> Attachment:
        attachment = eni.attachment = Attachment(eni, instance, options)
        instance.interfaces[attachment.slot.place] = eni
        for backend in (eni.ec2_backend, instance.ec2_backend):
            backend.interface_attachments[attachment.id] = attachment
        return attachment

    def part(self, eni: NetworkInterface) -> None:
        attachment, eni.attachment = eni.attachment, None
        # "until the instance is terminated or the network interface is detached"
        eni.has_primary_ipv6 = False
        del attachment.instance.interfaces[attachment.slot.place]
        for backend in (eni.ec2_backend, attachment.instance.ec2_backend):
            backend.interface_attachments.pop(attachment.id, None)

    def detach_network_interface(self, attachment_id: str, force: bool = False) -> None:
        """Detach it; a forced detachment does not wait for the instance to let go."""
        attachment = self._attachment(attachment_id)
        if attachment.is_primary:
            raise EC2ClientError(
                "OperationNotPermitted",
                "The network interface at device index 0 and networkCard index 0 cannot be detached.",
            )
        _check_efa_at_rest(attachment.instance, attachment.slot)
        if force:
            self.part(attachment.eni)
        elif attachment.state.name != "detaching":
            attachment.state = State("detaching", "detached")
            clock.after_transition(lambda: self._finish_detaching(attachment))

    def _attachment(self, attachment_id: str) -> Attachment:
        if attachment_id.startswith("ela-attach-"):
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.")
        check_id(attachment_id, "eni-attach", "InvalidNetworkInterfaceAttachmentId.Malformed")
        if attachment_id not in self.interface_attachments:
            raise EC2ClientError("InvalidAttachmentID.NotFound", f"The attachment ID '{attachment_id}' does not exist")
        return self.interface_attachments[attachment_id]

    def _finish_detaching(self, attachment: Attachment) -> None:
        # It may have been forced meanwhile, or the instance terminated, which parts them too.
        if attachment.eni.attachment is attachment:
            self.part(attachment.eni)


def check_unattached(eni: NetworkInterface) -> None:
    if eni.attachment:
        raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{eni.id}] in use.")


def check_zone(eni: NetworkInterface, zone: str) -> None:
    if eni.subnet.availability_zone != zone:
        # Code as seen from AWS; not in its reference.
        raise EC2ClientError(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance if they are not in the same availability zone",
        )


def check_stopped(instance: Any, what: str) -> None:
    if instance.state != "stopped":
        raise EC2ClientError(
            "IncorrectInstanceState", f"The instance '{instance.id}' is '{instance.state}': stop it to change {what}."
        )


def _check_state(instance: Any, slot: Slot) -> None:
    if instance.state not in ("running", "stopped"):
        raise EC2ClientError(
            "IncorrectInstanceState",
            f"The instance '{instance.id}' is '{instance.state}': it must be 'running' or 'stopped'.",
        )
    _check_efa_at_rest(instance, slot)
    if slot.ena_queues is not None:
        check_stopped(instance, "ENA queues")


def _check_efa_at_rest(instance: Any, slot: Slot) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-working-with.html"""
    if slot.interface_type in EFA:
        check_stopped(instance, "its Elastic Fabric Adapters")


class AttachmentHandlers:
    """Responses."""

    def attach_network_interface(self) -> ActionResult:
        asked = required(self.params, "NetworkInterfaceId", "InstanceId", "DeviceIndex")
        attachment = self.ec2_backend.attach_network_interface(*asked, self.params)
        return PlainResult({"AttachmentId": attachment.id, "NetworkCardIndex": attachment.slot.network_card})

    def detach_network_interface(self) -> ActionResult:
        [attachment_id] = required(self.params, "AttachmentId")
        self.ec2_backend.detach_network_interface(attachment_id, bool(self.params.get("Force")))
        return EmptyResult()
