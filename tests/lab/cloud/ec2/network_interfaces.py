# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Elastic network interfaces: what one is, and its life from creation to deletion.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError, InvalidNetworkInterfaceIdError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import random_eni_attach_id, random_eni_id
from moto.moto_api._internal import mock_random as random

from ..clock import State
from ..settings import settings
from .dispatch import PlainResult
from .private_addresses import AddressHolder, addresses_as_dict, release_addresses, take_addresses
from .subnets import Subnet


class Attachment:
    def __init__(self, instance: Any, device_index: int, delete_on_termination: bool):
        self.id = random_eni_attach_id()
        self.instance = instance
        self.device_index = device_index
        self.delete_on_termination = delete_on_termination
        self.time = utcnow()
        self.state = State("attaching", "attached")

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterfaceAttachment."""
        return {
            "AttachTime": self.time,
            "AttachmentId": self.id,
            "DeleteOnTermination": self.delete_on_termination,
            "DeviceIndex": self.device_index,
            "NetworkCardIndex": 0,
            "InstanceId": self.instance.id,
            "InstanceOwnerId": self.instance.owner_id,
            "Status": self.state.name,
        }


class NetworkInterface(AddressHolder, TaggedEC2Resource):
    interface_type = "interface"
    requester_managed = False

    def __init__(self, ec2_backend: Any, subnet: Subnet, groups: list[Any], description: str):
        super().__init__()
        self.ec2_backend = ec2_backend
        self.id = random_eni_id()
        self.subnet = subnet
        self.groups = groups
        self.description = description
        self.source_dest_check = True
        self.mac_address = _mac_address()
        self.attachment: Attachment | None = None
        self.auto_assign_public_ip = False
        self._state = State("pending", "available")

    @property
    def owner_id(self) -> str:
        return self.ec2_backend.account_id

    @property
    def vpc_id(self) -> str:
        return self.subnet.vpc_id

    @property
    def status(self) -> str:
        return "in-use" if self.attachment else self._state.name

    @property
    def instance(self) -> Any:
        return self.attachment.instance if self.attachment else None

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterface."""
        return addresses_as_dict(self) | {
            "Attachment": self.attachment.as_dict() if self.attachment else None,
            "AvailabilityZone": self.subnet.availability_zone,
            "AvailabilityZoneId": self.subnet.availability_zone_id,
            "Description": self.description,
            "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in self.groups],
            "InterfaceType": self.interface_type,
            "MacAddress": self.mac_address,
            "NetworkInterfaceId": self.id,
            "OwnerId": self.owner_id,
            "RequesterManaged": self.requester_managed,
            "SourceDestCheck": self.source_dest_check,
            "Status": self.status,
            "SubnetId": self.subnet.id,
            "TagSet": [{"Key": key, "Value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()],
            "VpcId": self.vpc_id,
        }


def _mac_address() -> str:
    """One of the locally administered addresses AWS uses (02, 06, 0a)."""
    return ":".join([random.choice(["02", "06", "0a"]), *(f"{random.randint(0, 255):02x}" for _each in range(5))])


def _belongs_to_another_network(group_id: str, new_in_subnet: str | None) -> EC2ClientError:
    """AWS says it in one way of an ENI that is to be made, in another of one that is there."""
    if new_in_subnet:
        return EC2ClientError(
            "InvalidParameter", f"Security group {group_id} and subnet {new_in_subnet} belong to different networks."
        )
    return EC2ClientError(
        "InvalidGroup.NotFound", "You have specified two resources that belong to different networks."
    )


class NetworkInterfaces:
    """Backend."""

    def make_network_interface(self, spec: dict[str, Any]) -> NetworkInterface:
        """Create an ENI from the members that CreateNetworkInterface and RunInstances' NetworkInterfaces share."""
        if not spec.get("SubnetId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter subnetId")
        subnet = self.get_subnet(spec["SubnetId"])
        groups = self.network_interface_groups(subnet.vpc_id, spec.get("Groups"), subnet.id)
        eni = NetworkInterface(self, subnet, groups, spec.get("Description") or "")
        take_addresses(eni, spec)
        self.enis[eni.id] = eni
        return eni

    def network_interface_groups(
        self, vpc_id: str, group_ids: list[str] | None, new_in_subnet: str | None = None
    ) -> list[Any]:
        """The security groups of an ENI in this VPC, the default one when none is named."""
        if not group_ids:
            return [self.get_default_security_group(vpc_id)]
        groups = []
        for group_id in dict.fromkeys(group_ids):
            group = self.get_security_group_from_id(group_id)
            if group is None:
                raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
            if group.vpc_id != vpc_id:
                raise _belongs_to_another_network(group_id, new_in_subnet)
            groups.append(group)
        if len(groups) > settings.security_groups_per_network_interface:
            raise EC2ClientError(
                "SecurityGroupsPerInterfaceLimitExceeded",
                "The maximum number of security groups per interface has been reached.",
            )
        return groups

    def get_network_interface(self, eni_id: str) -> NetworkInterface:
        if eni_id not in self.enis:
            raise InvalidNetworkInterfaceIdError(eni_id)
        return self.enis[eni_id]

    def describe_network_interfaces(self, filters: dict[str, Any]) -> list[NetworkInterface]:
        """For moto's check that what CreateTags names exists."""
        return [self.get_network_interface(filters["network-interface-id"])]

    def delete_network_interface(self, eni_id: str) -> None:
        eni = self.get_network_interface(eni_id)
        if eni.attachment:
            raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
        release_addresses(eni)
        self.tags.pop(eni_id, None)
        del self.enis[eni_id]


class NetworkInterfaceHandlers:
    """Responses."""

    def create_network_interface(self) -> ActionResult:
        tags = self._parse_tag_specification("network-interface").get("network-interface", {})
        eni = self.ec2_backend.make_network_interface(self.params)
        eni.add_tags(tags)
        reply = {"NetworkInterface": eni.as_dict()}
        return PlainResult(reply | {"ClientToken": self.params.get("ClientToken")})

    def delete_network_interface(self) -> ActionResult:
        self.ec2_backend.delete_network_interface(self.params.get("NetworkInterfaceId"))
        return EmptyResult()

    def describe_network_interfaces(self) -> ActionResult:
        enis = self.ec2_backend.enis
        wanted = self.params.get("NetworkInterfaceIds")
        found = [self.ec2_backend.get_network_interface(eni_id) for eni_id in wanted] if wanted else enis.values()
        return PlainResult({"NetworkInterfaces": LazyDicts(found)})

    def describe_network_interface_attribute(self) -> ActionResult:
        eni = self.ec2_backend.get_network_interface(self.params.get("NetworkInterfaceId"))
        described = eni.as_dict()
        attribute = self.params.get("Attribute", "")
        answers = {
            "description": {"Description": {"Value": eni.description}},
            "groupSet": {"Groups": described["Groups"]},
            "sourceDestCheck": {"SourceDestCheck": {"Value": eni.source_dest_check}},
            "attachment": {"Attachment": described["Attachment"]},
            "associatePublicIpAddress": {"AssociatePublicIpAddress": eni.auto_assign_public_ip},
        }
        if attribute not in answers:
            raise EC2ClientError("InvalidParameterValue", f"Value ({attribute}) for parameter attribute is invalid.")
        return PlainResult({"NetworkInterfaceId": eni.id} | answers[attribute])

    def modify_network_interface_attribute(self) -> ActionResult:
        eni = self.ec2_backend.get_network_interface(self.params.get("NetworkInterfaceId"))
        changes = {name: value for name, value in self.params.items() if name in _CHANGES}
        if len(changes) != 1:
            raise EC2ClientError(
                "InvalidParameterCombination",
                (
                    f"Fields for multiple attribute types specified: {', '.join(sorted(changes))}"
                    if changes
                    else "No attributes specified."
                ),
            )
        [(name, value)] = changes.items()
        _CHANGES[name](self.ec2_backend, eni, value)
        return EmptyResult()

    def reset_network_interface_attribute(self) -> ActionResult:
        self.ec2_backend.get_network_interface(self.params.get("NetworkInterfaceId")).source_dest_check = True
        return EmptyResult()


class LazyDicts:
    """ENIs that become dicts only when looked at, so that a page costs a page."""

    def __init__(self, enis: Any):
        self._enis = list(enis)

    def __iter__(self) -> Any:
        return (eni.as_dict() for eni in self._enis)


def _change_groups(backend: Any, eni: NetworkInterface, group_ids: list[str]) -> None:
    eni.groups = backend.network_interface_groups(eni.vpc_id, group_ids)


def _change_attachment(_backend: Any, eni: NetworkInterface, change: dict[str, Any]) -> None:
    if eni.attachment is None or eni.attachment.id != change.get("AttachmentId"):
        raise EC2ClientError(
            "InvalidAttachmentID.NotFound", f"The attachment '{change.get('AttachmentId')}' does not exist"
        )
    eni.attachment.delete_on_termination = change["DeleteOnTermination"]


_CHANGES = {
    "Description": lambda _backend, eni, change: setattr(eni, "description", change.get("Value") or ""),
    "SourceDestCheck": lambda _backend, eni, change: setattr(eni, "source_dest_check", change["Value"]),
    "Groups": _change_groups,
    "Attachment": _change_attachment,
}
