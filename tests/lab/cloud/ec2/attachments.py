# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Attaching and detaching: what may be joined, and that both take time."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError

from ..clock import State, clock
from .instance_types import check_interface_count, check_private_addresses
from .network_interfaces import Attachment, NetworkInterface
from .dispatch import PlainResult


class Attachments:
    """Backend."""

    def attach_network_interface(self, eni_id: str, instance_id: str, device_index: int) -> Attachment:
        eni = self.get_network_interface(eni_id)
        instance = self.get_instance(instance_id)
        check_unattached(eni)
        if instance.state not in ("running", "stopped"):
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{instance_id}' is '{instance.state}': it must be 'running' or 'stopped'.",
            )
        if eni.subnet.availability_zone != instance.availability_zone:
            raise EC2ClientError(
                "InvalidParameterCombination",
                "You may not attach a network interface to an instance if they are not in the same availability zone",
            )
        if device_index in instance.nics:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Instance '{instance_id}' already has an interface attached at device index '{device_index}'.",
            )
        check_interface_count(instance.instance_type, len(instance.nics) + 1)
        check_private_addresses(eni, 0, instance.instance_type)
        return self.join(eni, instance, device_index, delete_on_termination=False)

    def join(self, eni: NetworkInterface, instance: Any, device_index: int, delete_on_termination: bool) -> Attachment:
        eni.attachment = Attachment(instance, device_index, delete_on_termination)
        instance.nics[device_index] = eni
        return eni.attachment

    def part(self, eni: NetworkInterface) -> None:
        del eni.attachment.instance.nics[eni.attachment.device_index]
        eni.attachment = None

    def detach_network_interface(self, attachment_id: str) -> None:
        eni = next(
            (each for each in self.enis.values() if each.attachment and each.attachment.id == attachment_id), None
        )
        if eni is None:
            raise EC2ClientError("InvalidAttachmentID.NotFound", f"The attachment ID '{attachment_id}' does not exist")
        if eni.attachment.device_index == 0:
            raise EC2ClientError("OperationNotPermitted", "The network interface at device index 0 cannot be detached.")
        if eni.attachment.state.name == "detaching":
            return
        eni.attachment.state = State("detaching", "detached")
        clock.after_transition(lambda: self._finish_detaching(eni, attachment_id))

    def _finish_detaching(self, eni: NetworkInterface, attachment_id: str) -> None:
        # The instance may have been terminated meanwhile, which parts them too.
        if eni.attachment and eni.attachment.id == attachment_id:
            self.part(eni)


def check_unattached(eni: NetworkInterface) -> None:
    if eni.attachment:
        raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{eni.id}] in use.")


class AttachmentHandlers:
    """Responses."""

    def attach_network_interface(self) -> ActionResult:
        attachment = self.ec2_backend.attach_network_interface(
            self.params.get("NetworkInterfaceId"), self.params.get("InstanceId"), int(self.params.get("DeviceIndex"))
        )
        return PlainResult({"AttachmentId": attachment.id, "NetworkCardIndex": 0})

    def detach_network_interface(self) -> ActionResult:
        self.ec2_backend.detach_network_interface(self.params.get("AttachmentId"))
        return EmptyResult()
