# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Target groups: which targets a load balancer has, and how they fare.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError, ValidationError
from moto.elbv2.models import FakeTargetGroup, elbv2_backends

from ..clock import State, clock
from ..settings import settings

#: botocore's TargetHealthReasonEnum -> what AWS says with it.
_DESCRIPTIONS = {
    "Elb.RegistrationInProgress": "Target registration is in progress",
    "Target.DeregistrationInProgress": "Target deregistration is in progress",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.InvalidState": "Target is in the stopped state",
    "Target.NotInUse": "Target group is not configured to receive traffic from the load balancer",
    "Target.NotRegistered": "Target is not registered to the target group",
}

_LAYER_4 = ("TCP", "UDP", "TCP_UDP", "TLS")


def _holds(subnet: Any, address: str) -> bool:
    networks = [ipaddress.ip_network(each) for each in (subnet.cidr_block, subnet.ipv6_cidr_block) if each]
    return any(ipaddress.ip_address(address) in each for each in networks)


class Target:
    """One address and port in a group: it registers, and in the end drains."""

    def __init__(self, target_id: str, port: int, zone: str | None):
        self.id, self.port, self.zone = target_id, port, zone
        self.life = State("initial", "healthy")

    def drain(self) -> None:
        self.life = State("draining", "unused")


class TargetGroup(FakeTargetGroup):
    """``targets`` is a dict by (id, port); ``settings`` the request that made it."""

    settings: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.targets: dict[tuple[str, int], Target] = {}
        if self.protocol in _LAYER_4:
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
            keeps_client_ip = self.target_type == "instance" or self.protocol in ("UDP", "TCP_UDP")
            self.attributes |= {
                "deregistration_delay.connection_termination.enabled": "false",
                "preserve_client_ip.enabled": "true" if keeps_client_ip else "false",
                "proxy_protocol_v2.enabled": "false",
            }

    @property
    def load_balancer_arns(self) -> list[str]:
        """Those with a listener or rule that forwards to this group; moto's own list forgets none."""
        backend = elbv2_backends[self.account_id][self.region_name]
        return [
            balancer.arn
            for balancer in backend.load_balancers.values()
            if self.arn in backend.target_group_arns_of(balancer)
        ]

    @load_balancer_arns.setter
    def load_balancer_arns(self, _moto: list[str]) -> None:
        pass

    def register(self, targets: list[dict[str, Any]]) -> None:
        for each in targets:
            self._check(each)
        for each in targets:
            key = each["Id"], int(each.get("Port") or self.port)
            if key not in self.targets or self.targets[key].life.name not in ("initial", "healthy"):
                self.targets[key] = Target(*key, each.get("AvailabilityZone") or self._zone_of(each["Id"]))

    def _zone_of(self, target_id: str) -> str | None:
        """That of an address in the VPC; an instance's is not in the reply."""
        if self.target_type != "ip":
            return None
        subnets = [each for each in self.ec2_backend.describe_subnets() if each.vpc_id == self.vpc_id]
        return next((each.availability_zone for each in subnets if _holds(each, target_id)), "all")

    def _check(self, target: dict[str, Any]) -> None:
        target_id = target["Id"]
        if self.target_type == "ip":
            try:
                ipaddress.ip_address(target_id)
            except ValueError:
                raise ValidationError(f"The IP address '{target_id}' is not a valid IP address") from None
        if self.target_type != "instance":
            return
        instance = self.ec2_backend.get_instance_by_id(target_id)
        if instance is None or instance.vpc_id != self.vpc_id:
            raise ELBClientError("InvalidTarget", f"The target is not in the target group's VPC: '{target_id}'")
        if instance.state != "running":
            raise ELBClientError(
                "InvalidTarget",
                f"The following targets are not in a running state and cannot be registered: '{target_id}'",
            )

    def deregister(self, targets: list[dict[str, Any]]) -> None:
        """
        "If the specified target does not exist, the action returns successfully."
        """
        for target in [found for each in targets for found in self._named(each)]:
            if target.life.name != "draining":
                target.drain()
                clock.after_transition(lambda gone=target: self._forget(gone))

    def _forget(self, target: Target) -> None:
        # It may have been registered anew.
        if self.targets.get((target.id, target.port)) is target:
            del self.targets[target.id, target.port]

    def _named(self, description: dict[str, Any]) -> list[Target]:
        """All ports of a target, or the one that is given."""
        port = description.get("Port")
        return [each for each in self.targets.values() if each.id == description["Id"] and port in (None, each.port)]

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        self.deregister([{"Id": each} for each in instance_ids])

    def health(self, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """botocore's TargetHealthDescriptions, of all targets when none is asked for."""
        if not asked:
            return [self._described(each, *self._health_of(each)) for each in self.targets.values()]
        found = []
        for each in asked:
            known = self._named(each)
            found += [self._described(target, *self._health_of(target)) for target in known]
            if not known:
                stranger = Target(each["Id"], int(each.get("Port") or self.port), None)
                found.append(self._described(stranger, "unused", "Target.NotRegistered"))
        return found

    def _health_of(self, target: Target) -> tuple[str, str | None]:
        """(botocore's TargetHealthStateEnum, the reason unless it is healthy)"""
        state = target.life.name
        if state == "draining":
            return state, "Target.DeregistrationInProgress"
        if not self.load_balancer_arns:
            return "unused", "Target.NotInUse"
        instance = self.ec2_backend.get_instance_by_id(target.id) if self.target_type == "instance" else None
        if instance is not None and instance.state != "running":
            return "unused", "Target.InvalidState"
        if state == "initial":
            return state, "Elb.RegistrationInProgress"
        if target.id in settings.unhealthy_targets:
            return "unhealthy", "Target.FailedHealthChecks"
        return "healthy", None

    def _described(self, target: Target, state: str, reason: str | None) -> dict[str, Any]:
        health = {"State": state, "Reason": reason, "Description": _DESCRIPTIONS.get(reason)}
        port = target.port if self.health_check_port in (None, "traffic-port") else self.health_check_port
        zone = {"AvailabilityZone": target.zone} if target.zone else {}
        return {
            "Target": {"Id": target.id, "Port": target.port, **zone},
            "HealthCheckPort": str(port),
            "TargetHealth": {name: value for name, value in health.items() if value},
        }


class TargetGroups:
    """Backend."""

    def create_target_group(self, name: str, **kwargs: Any) -> TargetGroup:
        settings = {key: value for key, value in kwargs.items() if value is not None}
        for there in self.target_groups.values():
            # "If you attempt to create multiple target groups with the same settings, each call succeeds."
            if (there.name, there.settings) == (name, settings):
                return there
        made = super().create_target_group(name, **kwargs)
        made.settings = settings
        return made

    def target_group_arns_of(self, balancer: Any) -> set[str]:
        """The groups that its listeners and their rules forward to."""
        rules = [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]
        return {
            arn for rule in rules for action in rule.actions for arn in self._get_target_group_arns_from(action.data)
        }

    def describe_target_health(self, target_group_arn: str, targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if target_group_arn not in self.target_groups:
            raise TargetGroupNotFoundError()
        return self.target_groups[target_group_arn].health(targets)
