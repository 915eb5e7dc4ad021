# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Listeners: on which port of a load balancer which target group answers.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import (
    DuplicateListenerError,
    ELBClientError,
    InvalidConfigurationRequest,
    TargetGroupNotFoundError,
    ValidationError,
)
from moto.elbv2.models import FakeAction, FakeListener

#: The protocols of a Network Load Balancer's listener -> those that its target groups may have.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
_TARGET_PROTOCOLS = {
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
}

_ENCRYPTED = ("HTTPS", "TLS")


class Listeners:
    """Backend."""

    def create_listener(
        self,
        load_balancer_arn: str,
        protocol: str,
        port: int,
        ssl_policy: str,
        certificate: str | None,
        actions: list[dict[str, Any]],
        alpn_policy: list[str] | None = None,
        tags: list[dict[str, str]] | None = None,
    ) -> FakeListener:
        balancer = self.get_load_balancer(load_balancer_arn)
        settings = protocol, ssl_policy, certificate, actions, alpn_policy
        for there in balancer.listeners.values():
            if there.port == port:
                # "If you attempt to create multiple listeners with the same settings, each call succeeds."
                if there.settings == settings:
                    return there
                raise DuplicateListenerError()
        if protocol in _ENCRYPTED and not certificate:
            raise ValidationError(f"A certificate must be specified for {protocol} listeners")
        self._check_targets(balancer, protocol, actions)
        made = super().create_listener(
            load_balancer_arn, protocol, port, ssl_policy, certificate, actions, alpn_policy, tags
        )
        made.settings = settings
        if protocol not in _ENCRYPTED:
            made.ssl_policy = None
        return made

    def modify_listener(
        self,
        arn: str,
        port: int | None = None,
        protocol: str | None = None,
        ssl_policy: str | None = None,
        certificates: list[dict[str, Any]] | None = None,
        actions: list[dict[str, Any]] | None = None,
    ) -> FakeListener:
        [listener] = self.describe_listeners(None, [arn])
        balancer = self.get_load_balancer(listener.load_balancer_arn)
        if balancer.type == "application":
            return super().modify_listener(arn, port, protocol, ssl_policy, certificates, actions)
        wanted = protocol or listener.protocol
        if balancer.type == "network":
            self._validate_port_and_protocol(balancer.type, port or listener.port, wanted)
        if any(each.port == port for each in balancer.listeners.values() if each is not listener):
            raise DuplicateListenerError()
        self._check_targets(balancer, wanted, actions or [each.data for each in listener.default_actions])
        listener.protocol, listener.port = wanted, port or listener.port
        if certificates:
            listener.certificates = [each["CertificateArn"] for each in certificates]
        if wanted in _ENCRYPTED and not listener.certificates:
            raise ValidationError(f"A certificate must be specified for {wanted} listeners")
        if actions:
            listener.default_actions = listener._default_rule[0].actions = [FakeAction(each) for each in actions]
        listener.ssl_policy = (ssl_policy or listener.ssl_policy) if wanted in _ENCRYPTED else None
        return listener

    def _check_targets(self, balancer: Any, protocol: str | None, actions: list[dict[str, Any]]) -> None:
        for arn in [each for action in actions for each in self._get_target_group_arns_from(action)]:
            group = self.target_groups.get(arn)
            if group is None:
                raise TargetGroupNotFoundError()
            if set(group.load_balancer_arns) - {balancer.arn}:
                raise ELBClientError(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load balancer: " + arn,
                )
            if group.vpc_id != balancer.vpc_id:
                raise InvalidConfigurationRequest(f"The target group '{arn}' is not in the load balancer's VPC")
            allowed = _TARGET_PROTOCOLS.get(protocol) if balancer.type == "network" else None
            if allowed and group.protocol not in allowed:
                raise InvalidConfigurationRequest(
                    f"Listener protocol '{protocol}' is not supported with target group protocol '{group.protocol}'"
                )


class ListenerHandlers:
    """Responses."""

    def delete_rule(self) -> ActionResult:
        self.elbv2_backend.describe_rules(None, [self._get_param("RuleArn")])
        return super().delete_rule()
