# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Instances as ENIs meet them: they have ENIs, states that take time, and let their ENIs go when terminated."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError, InvalidInstanceIdError
from moto.ec2.models.instances import Instance as MotoInstance
from moto.ec2.models.instances import InstanceState

from ..clock import State, clock
from .instance_types import Slot
from .network_interfaces import NetworkInterface
from .parameters import check_id

_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class Instance(MotoInstance):
    """moto's, whose ENIs were made beforehand: RunInstances hands them over by id.

    ``interfaces`` is by network card and device index.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        self.interfaces: dict[tuple[int, int], NetworkInterface] = {}
        super().__init__(*args, **kwargs)

    def prep_nics(self, nic_spec: list[dict[str, Any]], *_: Any, **__: Any) -> None:
        self.ec2_backend.launched[self.id] = self
        for nic in nic_spec:
            if nic["LaunchIndex"] == self.ami_launch_index:
                self.ec2_backend.join(self.ec2_backend.attachable_interface(nic["NetworkInterfaceId"]), self, nic)
        primary = self.nics[0]
        self._subnet_id = primary.subnet.id
        self._placement.zone = primary.subnet.availability_zone
        self._placement.availability_zone_id = primary.subnet.availability_zone_id
        for eni in self.interfaces.values():
            self.ec2_backend.auto_assign_public_ip(eni)

    @property
    def nics(self) -> dict[int, NetworkInterface]:
        """moto's view: device index -> ENI, of the first network card."""
        return {device: eni for (card, device), eni in self.interfaces.items() if card == 0}

    @property
    def slots(self) -> list[Slot]:
        return [eni.attachment.slot for eni in self.interfaces.values()]

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
        return [eni.as_dict() for _place, eni in sorted(self.interfaces.items())]

    @property
    def private_ip(self) -> str | None:
        return self.nics[0].private_ip_address if 0 in self.nics else None

    @property
    def private_ip_address(self) -> str | None:
        return self.private_ip

    @property
    def ipv6_address(self) -> str | None:
        return next(iter(self.nics[0].ipv6_addresses), None) if 0 in self.nics else None

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
            for eni in self.interfaces.values():
                eni.drop_auto_assigned()
        return previous

    def terminate(self) -> InstanceState:
        previous = self._state
        if previous.name not in ("shutting-down", "terminated"):
            interfaces, self.interfaces = self.interfaces, {}
            super().terminate()
            self.interfaces = interfaces
            self._life = State("shutting-down", "terminated")
            self._reason = f"User initiated ({utcnow():%Y-%m-%d %H:%M:%S} GMT)"
            clock.after_transition(self._release_interfaces)
        return previous

    def _release_interfaces(self) -> None:
        for eni in list(self.interfaces.values()):
            delete = eni.attachment.delete_on_termination
            eni.drop_auto_assigned()
            self.ec2_backend.part(eni)
            if delete:
                eni.ec2_backend.delete_network_interface(eni.id)


class Instances:
    """Backend; ``launched`` is a dict by id."""

    def __init__(self) -> None:
        self.launched: dict[str, Instance] = {}

    def get_instance(self, instance_id: str) -> Instance:
        """By a look-up: moto goes through all."""
        if instance_id not in self.launched:
            check_id(instance_id, "i", "InvalidInstanceID.Malformed")
            raise InvalidInstanceIdError(instance_id)
        return self.launched[instance_id]

    def has_terminated(self, client_token: str) -> bool:
        """Whether an instance that was launched with this token is no more."""
        return any(each.client_token == client_token and each.state == "terminated" for each in self.launched.values())

    def modify_instance_metadata_options(self, instance_id: str, **changes: Any) -> Any:
        """moto's, which forgets what a request does not mention."""
        before = self.get_instance(instance_id).metadata_options
        after = super().modify_instance_metadata_options(instance_id=instance_id, **changes)
        for name, value in vars(before).items():
            if getattr(after, name) is None:
                setattr(after, name, value)
        return after

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
    if len(instance.interfaces) > 1:
        raise EC2ClientError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.id}'. "
            "Please specify an interface ID for the operation instead.",
        )
    return instance.nics[0]


class InstanceHandlers:
    """Responses."""

    def describe_instances(self) -> ActionResult:
        wanted = self.params.get("InstanceIds")
        if wanted:
            return ActionResult({"Reservations": self.ec2_backend.get_reservations_by_instance_ids(wanted)})
        return ActionResult({"Reservations": self.ec2_backend.describe_instances()})
