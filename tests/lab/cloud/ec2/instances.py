# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Instances as ENIs meet them: launched with ENIs, states that take time, termination that lets ENIs go."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance as MotoInstance
from moto.ec2.models.instances import InstanceState

from ..clock import State, clock
from .attachments import check_unattached
from .instance_types import check_interface_count, check_private_addresses, network_info
from .network_interfaces import NetworkInterface

_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class Instance(MotoInstance):
    """moto's, whose ENIs were made beforehand: RunInstances hands them over by id."""

    def __init__(self, *args: Any, **kwargs: Any):
        self.nics: dict[int, NetworkInterface] = {}
        super().__init__(*args, **kwargs)

    def prep_nics(self, nic_spec: list[dict[str, Any]], *_: Any, **__: Any) -> None:
        for nic in nic_spec:
            if nic["LaunchIndex"] == self.ami_launch_index:
                eni = self.ec2_backend.get_network_interface(nic["NetworkInterfaceId"])
                self.ec2_backend.join(eni, self, nic["DeviceIndex"], nic["DeleteOnTermination"])
        primary = self.nics[0]
        self._subnet_id = primary.subnet.id
        self._placement.zone = primary.subnet.availability_zone
        for eni in self.nics.values():
            self.ec2_backend.auto_assign_public_ip(eni)

    @property
    def _state(self) -> InstanceState:
        return InstanceState(self._life.name, _CODES[self._life.name])

    @_state.setter
    def _state(self, _launched: InstanceState) -> None:
        self._life = State("pending", "running")

    @property
    def security_groups(self) -> list[Any]:
        return self.nics[0].groups if 0 in self.nics else []

    @security_groups.setter
    def security_groups(self, groups: list[Any]) -> None:
        """moto's constructor proposes some: they are already on the ENI."""

    @property
    def source_dest_check(self) -> bool:
        return self.nics[0].source_dest_check if 0 in self.nics else True

    @source_dest_check.setter
    def source_dest_check(self, check: bool) -> None:
        if 0 in self.nics:
            self.nics[0].source_dest_check = check

    @property
    def network_interfaces(self) -> list[dict[str, Any]]:
        return [eni.as_dict() for _index, eni in sorted(self.nics.items())]

    @property
    def private_ip(self) -> str | None:
        return self.nics[0].private_ip_address if 0 in self.nics else None

    @property
    def private_ip_address(self) -> str | None:
        return self.private_ip

    @property
    def private_dns_name(self) -> str:
        return super().private_dns_name if self.private_ip else ""

    @property
    def public_ip(self) -> str | None:
        return self.nics[0].public_ip if 0 in self.nics else None

    @property
    def public_ip_address(self) -> str | None:
        return self.public_ip

    def start(self) -> InstanceState:
        previous = self._state
        if previous.name != "running":
            self._life = State("pending", "running")
            self.ec2_backend.auto_assign_public_ip(self.nics[0])
        return previous

    def stop(self) -> InstanceState:
        previous = self._state
        if previous.name not in ("stopping", "stopped"):
            self._life = State("stopping", "stopped")
            for eni in self.nics.values():
                _drop_auto_assigned(eni)
        return previous

    def terminate(self) -> InstanceState:
        previous = self._state
        if previous.name not in ("shutting-down", "terminated"):
            interfaces, self.nics = self.nics, {}
            super().terminate()
            self.nics = interfaces
            self._life = State("shutting-down", "terminated")
            self._reason = f"User initiated ({utcnow():%Y-%m-%d %H:%M:%S} GMT)"
            clock.after_transition(self._release_interfaces)
        return previous

    def _release_interfaces(self) -> None:
        for eni in list(self.nics.values()):
            delete = eni.attachment.delete_on_termination
            _drop_auto_assigned(eni)
            self.ec2_backend.part(eni)
            if delete:
                self.ec2_backend.delete_network_interface(eni.id)


class Instances:
    """Backend."""

    def modify_instance_security_groups(self, instance_id: str, new_group_id_list: list[str]) -> Instance:
        instance = self.get_instance(instance_id)
        eni = only_interface(instance)
        eni.groups = self.network_interface_groups(eni.vpc_id, new_group_id_list)
        return instance


def only_interface(instance: Instance) -> NetworkInterface:
    """The ENI that a call means which names an instance only."""
    if instance.state not in ("running", "stopped", "stopping"):
        raise EC2ClientError(
            "InvalidInstanceID",
            f"The {instance.state} instance '{instance.id}' is not in a valid state for this operation.",
        )
    if len(instance.nics) > 1:
        raise EC2ClientError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.id}'. "
            "Please specify an interface ID for the operation instead.",
        )
    return instance.nics[0]


def _drop_auto_assigned(eni: NetworkInterface) -> None:
    """AWS takes back at stop what it assigned at launch; Elastic IPs stay."""
    for address, association in eni.associations.items():
        if association and "AllocationId" not in association:
            eni.associations[address] = None


def _resolve_image(image_id: str) -> str:
    """The AMI behind ``resolve:ssm:PARAMETER``: any parameter has one, the same each time."""
    if image_id.startswith("resolve:ssm:"):
        return f"ami-{hashlib.sha256(image_id.encode()).hexdigest()[:17]}"
    if not re.fullmatch(r"ami-[0-9a-f]{8,17}", image_id):
        raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}"')
    return image_id


class InstanceHandlers:
    """Responses."""

    def run_instances(self) -> ActionResult:
        asked = self.params
        instance_type = asked.get("InstanceType", "m1.small")
        network_info(instance_type)
        if image_id := asked.get("ImageId"):
            asked["ImageId"] = _resolve_image(image_id)
        if (key := asked.get("KeyName")) and key not in self.ec2_backend.key_pairs:
            raise EC2ClientError("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
        count = int(asked.get("MaxCount", 1))
        interfaces = self._interfaces(count)
        check_interface_count(instance_type, len(interfaces) // count)

        made: list[NetworkInterface] = []
        try:
            asked["NetworkInterfaces"] = [self._prepare(nic, instance_type, made) for nic in interfaces]
            asked["MinCount"] = count
            return super().run_instances()
        except Exception:
            for eni in made:
                if not eni.attachment:
                    self.ec2_backend.delete_network_interface(eni.id)
            raise

    def _interfaces(self, count: int) -> list[dict[str, Any]]:
        """The request's ENIs, for each of ``count`` instances; those of the instance itself become its device 0."""
        own = {name: self.params.pop(name) for name in _INSTANCE_LEVEL if name in self.params}
        listed = self.params.get("NetworkInterfaces", [])
        if listed:
            if own:
                raise EC2ClientError(
                    "InvalidParameterCombination",
                    f"Network interfaces and an instance-level {', '.join(sorted(own))} "
                    "may not be specified on the same request",
                )
        else:
            groups = own.pop("SecurityGroupIds", []) + self._group_ids(own.pop("SecurityGroups", []))
            listed = [{"DeviceIndex": 0, "Groups": groups, "Description": ""} | own]
        indexes = [nic.get("DeviceIndex") for nic in listed]
        if 0 not in indexes or len(set(indexes)) < len(indexes):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Network interfaces must have different device indexes, one of them 0, not {indexes}",
            )
        return [nic | {"LaunchIndex": index} for index in range(count) for nic in listed]

    def _group_ids(self, names: list[str]) -> list[str]:
        groups = [(name, self.ec2_backend.get_security_group_by_name_or_id(name)) for name in names]
        for name, group in groups:
            if group is None:
                raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        return [group.id for _name, group in groups]

    def _prepare(self, nic: dict[str, Any], instance_type: str, made: list[NetworkInterface]) -> dict[str, Any]:
        if eni_id := nic.get("NetworkInterfaceId"):
            eni = self.ec2_backend.get_network_interface(eni_id)
            check_unattached(eni)
            delete_on_termination = False
        else:
            subnet_id = nic.get("SubnetId") or self._default_subnet()
            eni = self.ec2_backend.make_network_interface(nic | {"SubnetId": subnet_id})
            made.append(eni)
            mapped = nic["DeviceIndex"] == 0 and eni.subnet.map_public_ip_on_launch
            eni.auto_assign_public_ip = nic.get("AssociatePublicIpAddress", mapped)
            tags = self._parse_tag_specification().get("network-interface", {})
            eni.add_tags(tags)
            delete_on_termination = True
        check_private_addresses(eni, 0, instance_type)
        return {
            "LaunchIndex": nic["LaunchIndex"],
            "NetworkInterfaceId": eni.id,
            "DeviceIndex": nic["DeviceIndex"],
            "DeleteOnTermination": nic.get("DeleteOnTermination", delete_on_termination),
        }

    def _default_subnet(self) -> str:
        zone = self.params.get("Placement", {}).get("AvailabilityZone")
        default_vpc = self.ec2_backend.get_default_vpc()
        for subnet in self.ec2_backend.get_default_subnets().values():
            if default_vpc and subnet.vpc_id == default_vpc.id and zone in (None, subnet.availability_zone):
                return subnet.id
        raise EC2ClientError(
            "MissingInput", f"No default subnet{f' in {zone}' if zone else ''}. Please specify a subnet."
        )

    def describe_instances(self) -> ActionResult:
        wanted = self.params.get("InstanceIds")
        if wanted:
            return ActionResult({"Reservations": self.ec2_backend.get_reservations_by_instance_ids(wanted)})
        return ActionResult({"Reservations": self.ec2_backend.describe_instances()})


_INSTANCE_LEVEL = (
    "SubnetId",
    "SecurityGroupIds",
    "SecurityGroups",
    "PrivateIpAddress",
    "Ipv6Addresses",
    "Ipv6AddressCount",
)
