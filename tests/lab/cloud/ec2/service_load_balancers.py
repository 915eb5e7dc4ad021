# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The load balancers behind an endpoint service: all Network or all Gateway Load Balancers of its account.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.elbv2.models import elbv2_backends


@dataclass(frozen=True)
class _Kind:
    """How the API calls one kind: the member of its ARNs, the type in these, and botocore's ServiceType."""

    member: str
    arn_type: str
    service_type: str


_NETWORK = _Kind("NetworkLoadBalancerArns", "net", "Interface")
_GATEWAY = _Kind("GatewayLoadBalancerArns", "gwy", "GatewayLoadBalancer")


class ServiceLoadBalancers:
    """A choice of load balancers that can stand behind a service."""

    def __init__(self, ec2_backend: Any, kind: _Kind, arns: list[str]):
        self._ec2_backend = ec2_backend
        self._kind = kind
        self.arns = arns

    @classmethod
    def chosen(cls, ec2_backend: Any, asked: dict[str, Any]) -> ServiceLoadBalancers:
        """What CreateVpcEndpointServiceConfiguration names.

        :raises EC2ClientError: not one kind, or one of them cannot be behind a service.
        """
        given = [kind for kind in (_NETWORK, _GATEWAY) if asked.get(kind.member)]
        if len(given) != 1:
            # Code and words as seen from AWS.
            raise EC2ClientError(
                "InvalidParameter",
                "exactly one of network_load_balancer_arn or gateway_load_balancer_arn is a required member",
            )
        [kind] = given
        return cls(ec2_backend, kind, [])._with(asked[kind.member], None)

    def changed(self, asked: dict[str, Any], service: Any) -> ServiceLoadBalancers:
        """The same after ModifyVpcEndpointServiceConfiguration."""
        other = _GATEWAY if self._kind is _NETWORK else _NETWORK
        if asked.get(f"Add{other.member}") or asked.get(f"Remove{other.member}"):
            raise EC2ClientError(
                "InvalidParameter",
                f"The service '{service.id}' is of type {self.service_type}, without {other.member}.",
            )
        removed = asked.get(f"Remove{self._kind.member}", [])
        for arn in removed:
            if arn not in self.arns:
                raise EC2ClientError("InvalidParameter", f"The service '{service.id}' does not use {arn}.")
        kept = ServiceLoadBalancers(self._ec2_backend, self._kind, [each for each in self.arns if each not in removed])
        changed = kept._with(asked.get(f"Add{self._kind.member}", []), service)
        if not changed.arns:
            raise EC2ClientError("InvalidParameter", "A service has at least one load balancer.")
        return changed

    def _with(self, arns: list[str], service: Any) -> ServiceLoadBalancers:
        for arn in arns:
            self._check(arn, service)
        return ServiceLoadBalancers(self._ec2_backend, self._kind, list(dict.fromkeys([*self.arns, *arns])))

    def _check(self, arn: str, service: Any) -> None:
        code = f"Invalid{self._kind.member.removesuffix('s')}"
        form = rf"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{{12}}:loadbalancer/{self._kind.arn_type}/.+/.+"
        if not re.fullmatch(form, arn):
            raise EC2ClientError(f"{code}.Malformed", f"The load balancer ARN '{arn}' is malformed")
        known = self._elbv2.load_balancers
        if arn not in known:
            raise EC2ClientError(f"{code}.NotFound", f"The load balancer '{arn}' does not exist")
        if known[arn].state != "active":
            # The reference has no code for it.
            raise EC2ClientError("InvalidParameter", f"The load balancer '{arn}' is not active: {known[arn].state}")
        users = [each for each in services_of(self._ec2_backend, arn) if each is not service]
        # "A Network Load Balancer can be associated with a single endpoint service."
        if users and self._kind is _NETWORK:
            raise EC2ClientError(
                "InvalidParameter", "LBs are already associated with another VPC Endpoint Service Configuration"
            )

    @property
    def _elbv2(self) -> Any:
        return elbv2_backends[self._ec2_backend.account_id][self._ec2_backend.region_name]

    @property
    def service_type(self) -> str:
        return self._kind.service_type

    @property
    def subnets(self) -> list[Any]:
        return [subnet for arn in self.arns for subnet in self._elbv2.load_balancers[arn].subnets]

    @property
    def are_dualstack(self) -> bool:
        return all(self._elbv2.load_balancers[arn].ip_address_type == "dualstack" for arn in self.arns)

    def as_dict(self) -> dict[str, Any]:
        """The members of botocore's ServiceConfiguration that are about load balancers."""
        return {self._kind.member: self.arns}


def services_of(ec2_backend: Any, load_balancer_arn: str) -> list[Any]:
    """The endpoint services that the load balancer stands behind."""
    return [each for each in ec2_backend.endpoint_services.values() if load_balancer_arn in each.load_balancers.arns]
