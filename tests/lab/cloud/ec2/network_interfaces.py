# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Elastic network interfaces: what one is, and its life from creation to deletion.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError, InvalidNetworkInterfaceIdError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import random_eni_id
from moto.moto_api._internal import mock_random as random

from ..clock import State
from ..settings import settings
from .connection_tracking import connection_tracking
from .dispatch import PlainResult
from .parameters import check_choice, check_id, required
from .private_addresses import AddressHolder, addresses_as_dict, release_addresses, take_addresses
from .public_hostnames import public_names
from .subnets import Subnet

INTERFACE_TYPES = ("interface", "efa", "efa-only", "branch", "trunk")


class NetworkInterface(AddressHolder, TaggedEC2Resource):
    requester_managed = False

    def __init__(self, ec2_backend: Any, subnet: Subnet, groups: list[Any], spec: dict[str, Any]):
        super().__init__()
        self.ec2_backend = ec2_backend
        self.id = random_eni_id()
        self.requester_id = ec2_backend.account_id
        self.subnet = subnet
        self.groups = groups
        self.description = spec.get("Description") or ""
        self.interface_type = spec.get("InterfaceType") or "interface"
        tracking = spec.get("ConnectionTrackingSpecification")
        self.connection_tracking = connection_tracking(tracking) if tracking else None
        self.source_dest_check = True
        self.mac_address = _mac_address()
        self.associated_subnet_ids: list[str] = []
        self.public_hostname_type: str | None = None
        self.attachment: Any = None
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

    def drop_auto_assigned(self) -> None:
        """Give back the public addresses that AWS assigned by itself; Elastic IPs stay."""
        for address, association in self.associations.items():
            if association and "AllocationId" not in association:
                self.associations[address] = None

    def groups_as_dicts(self) -> list[dict[str, str]]:
        return [{"GroupId": group.id, "GroupName": group.name} for group in self.groups]

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterface."""
        addresses = addresses_as_dict(self)
        return {
            **addresses,
            **public_names(self, addresses),
            "AssociatedSubnets": self.associated_subnet_ids or None,
            "Attachment": self.attachment.as_dict() if self.attachment else None,
            "AvailabilityZone": self.subnet.availability_zone,
            "AvailabilityZoneId": self.subnet.availability_zone_id,
            "ConnectionTrackingConfiguration": self.connection_tracking,
            "Description": self.description,
            "Groups": self.groups_as_dicts(),
            "InterfaceType": self.interface_type,
            "MacAddress": self.mac_address,
            "NetworkInterfaceId": self.id,
            "OwnerId": self.owner_id,
            "RequesterId": self.requester_id,
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
        [subnet_id] = required(spec, "SubnetId")
        subnet = self.get_subnet(subnet_id)
        groups = self.network_interface_groups(subnet.vpc_id, spec.get("Groups"), subnet.id)
        check_choice("InterfaceType", spec.get("InterfaceType") or "interface", INTERFACE_TYPES)
        eni = NetworkInterface(self, subnet, groups, spec)
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
            check_id(group_id, "sg", "InvalidGroupId.Malformed")
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
            check_id(eni_id, "eni", "InvalidNetworkInterfaceId.Malformed")
            raise InvalidNetworkInterfaceIdError(eni_id)
        return self.enis[eni_id]

    def describe_network_interfaces(self, filters: dict[str, Any]) -> list[NetworkInterface]:
        """For moto's check that what CreateTags names exists."""
        return [self.get_network_interface(filters["network-interface-id"])]

    def delete_network_interface(self, eni_id: str) -> None:
        """What moto's services call, too, for ENIs of theirs that are attached."""
        eni = self.get_network_interface(eni_id)
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
        [eni_id] = required(self.params, "NetworkInterfaceId")
        if self.ec2_backend.get_network_interface(eni_id).attachment:
            raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
        self.ec2_backend.delete_network_interface(eni_id)
        return EmptyResult()

    def describe_network_interfaces(self) -> ActionResult:
        enis = self.ec2_backend.enis
        wanted = self.params.get("NetworkInterfaceIds")
        found = [self.ec2_backend.get_network_interface(eni_id) for eni_id in wanted] if wanted else enis.values()
        return PlainResult({"NetworkInterfaces": found})
