# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Load balancers: what one is, where it stands, and its ENIs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.elbv2.exceptions import (
    DuplicateLoadBalancerName,
    ELBClientError,
    InvalidConfigurationRequest,
    LoadBalancerNotFoundError,
    ResourceInUseError,
    ValidationError,
)
from moto.elbv2.models import FakeLoadBalancer
from moto.moto_api._internal import mock_random as random
from moto.utilities.utils import get_partition

from ..clock import State, clock
from ..ec2.service_load_balancers import services_of
from .load_balancer_types import KINDS
from .nodes import Nodes


class LoadBalancer(Nodes, FakeLoadBalancer):
    """``settings`` is the request that made it: an equal one makes nothing new."""

    def __init__(self, elbv2_backend: Any, name: str, asked: dict[str, Any]):
        Nodes.__init__(self)
        self.backend = elbv2_backend
        self.name = name
        self.settings = asked
        self.type = asked.get("Type") or "application"
        self.kind = KINDS[self.type]
        self.scheme = asked.get("Scheme") or "internet-facing"
        self.ip_address_type = asked.get("IpAddressType") or "ipv4"
        self.id = random.get_random_hex(16)
        self.created_time = utcnow()
        self.security_groups: list[str] = []
        self.enforces_inbound_rules = "on"
        self.listeners: dict[str, Any] = {}
        self.attrs = {"deletion_protection.enabled": "false"} | self.kind.attributes
        self._state = State("provisioning", "active")

    @property
    def state(self) -> str:
        return self._state.name

    @property
    def arn(self) -> str:
        region, account = self.backend.region_name, self.backend.account_id
        return f"arn:{get_partition(region)}:elasticloadbalancing:{region}:{account}:loadbalancer/{self.path}"

    @property
    def path(self) -> str:
        return f"{self.kind.arn_type}/{self.name}/{self.id}"

    @property
    def dns_name(self) -> str | None:
        region = self.backend.region_name
        if self.type == "gateway":
            return None
        if self.type == "network":
            return f"{self.name}-{self.id}.elb.{region}.amazonaws.com"
        prefix = "internal-" if self.scheme == "internal" else ""
        return f"{prefix}{self.name}-{int(self.id[:8], 16)}.{region}.elb.amazonaws.com"

    @property
    def enforce_security_group_inbound_rules_on_private_link_traffic(self) -> str | None:
        """In the reply of a Network Load Balancer with security groups."""
        return self.enforces_inbound_rules if self.type == "network" and self.security_groups else None

    def as_dict(self) -> dict[str, Any]:
        """botocore's LoadBalancer."""
        return {
            "LoadBalancerArn": self.arn,
            "DNSName": self.dns_name,
            # Those of us-east-1 for each type; the lab's resolver asks by name.
            "CanonicalHostedZoneId": {"network": "Z26RNL4JYFTOTI", "application": "Z35SXDOTRQ7X7K"}.get(self.type),
            "CreatedTime": self.created_time,
            "LoadBalancerName": self.name,
            "Scheme": None if self.type == "gateway" else self.scheme,
            "VpcId": self.vpc_id,
            "State": {"Code": self.state},
            "Type": self.type,
            "AvailabilityZones": self.zones_as_dicts(),
            "SecurityGroups": self.security_groups or None,
            "IpAddressType": self.ip_address_type,
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": (
                self.enforce_security_group_inbound_rules_on_private_link_traffic
            ),
        }


def _check_name(name: str) -> None:
    reserved = name.startswith(("-", "internal-")) or name.endswith("-")
    if reserved or not re.fullmatch(r"[A-Za-z0-9-]{1,32}", name):
        raise ValidationError(f"The load balancer name '{name}' can only contain up to 32 letters, digits and hyphens")


class LoadBalancers:
    """Backend."""

    def get_load_balancer(self, arn: str) -> LoadBalancer:
        if arn not in self.load_balancers:
            raise LoadBalancerNotFoundError()
        return self.load_balancers[arn]

    def make_load_balancer(self, asked: dict[str, Any]) -> LoadBalancer:
        name = asked["Name"]
        _check_name(name)
        for there in self.load_balancers.values():
            if there.name == name:
                # "If you attempt to create multiple load balancers with the same settings, each call succeeds."
                if there.settings == asked:
                    return there
                raise DuplicateLoadBalancerName()
        made = LoadBalancer(self, name, asked)
        mappings = self._mappings(made, asked)
        made.security_groups = self._security_groups(made, asked.get("SecurityGroups"), mappings)
        made.stand_in(mappings)
        self.load_balancers[made.arn] = made
        self.tagging_service.tag_resource(made.arn, asked.get("Tags"))
        return made

    def _mappings(self, balancer: LoadBalancer, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The subnets that a request names in either way: one of each zone, all of one VPC."""
        if asked.get("Subnets") and asked.get("SubnetMappings"):
            raise ValidationError("You can specify either subnets or subnet mappings, not both")
        mappings = asked.get("SubnetMappings") or [{"SubnetId": each} for each in asked.get("Subnets", [])]
        if not mappings:
            raise ValidationError("At least one subnet must be specified")
        subnets = [self._subnet(each["SubnetId"]) for each in mappings]
        if len({each.vpc_id for each in subnets}) > 1:
            raise InvalidConfigurationRequest("All subnets must belong to the same VPC")
        zones = {each.availability_zone for each in subnets}
        if len(zones) < len(subnets):
            raise InvalidConfigurationRequest("A load balancer cannot be attached to multiple subnets in the same zone")
        if balancer.type == "application" and len(zones) < 2:
            raise InvalidConfigurationRequest("At least two subnets in two different zones must be specified")
        for member, scheme in (("PrivateIPv4Address", "internal"), ("AllocationId", "internet-facing")):
            if any(member in each for each in mappings) and (balancer.type, balancer.scheme) != ("network", scheme):
                raise InvalidConfigurationRequest(f"{member} is for Network Load Balancers of the scheme {scheme} only")
        return mappings

    def _subnet(self, subnet_id: str) -> Any:
        try:
            return self.ec2_backend.get_subnet(subnet_id)
        except EC2ClientError:
            raise ELBClientError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist") from None

    def _security_groups(self, balancer: LoadBalancer, wanted: list[str] | None, mappings: list[Any]) -> list[str]:
        if balancer.type == "gateway" and wanted:
            raise InvalidConfigurationRequest("Security groups are not supported for load balancers of type 'gateway'")
        vpc_id = self._subnet(mappings[0]["SubnetId"]).vpc_id
        try:
            if wanted or balancer.type == "application":
                return [each.id for each in self.ec2_backend.network_interface_groups(vpc_id, wanted)]
        except EC2ClientError as error:
            raise ELBClientError("InvalidSecurityGroup", error.message) from None
        return []

    def set_security_groups(self, arn: str, sec_groups: list[str]) -> None:
        balancer = self.get_load_balancer(arn)
        if balancer.type != "application" and not balancer.security_groups:
            # "unless you specified a security group for the load balancer when you created it"
            raise InvalidConfigurationRequest(
                "You can't set security groups on a load balancer that was created without security groups."
            )
        if not sec_groups:
            raise InvalidConfigurationRequest("At least one security group must be specified")
        balancer.security_groups = self._security_groups(balancer, sec_groups, [{"SubnetId": balancer.subnets[0].id}])
        balancer.fit_security_groups()

    def set_ip_address_type(self, arn: str, ip_type: str) -> None:
        balancer = self.get_load_balancer(arn)
        if ip_type not in ("ipv4", "dualstack"):
            raise ValidationError(f"Value '{ip_type}' at 'ipAddressType' is not one of ipv4, dualstack")
        if ip_type == "dualstack" and not all(each.ipv6_cidr_block for each in balancer.subnets):
            raise ELBClientError("InvalidSubnet", "All subnets must have an IPv6 CIDR block")
        balancer.ip_address_type = ip_type
        balancer.fit_ip_address_type()

    def place_load_balancer(self, arn: str, asked: dict[str, Any]) -> LoadBalancer:
        """SetSubnets: all the subnets that it is to have."""
        balancer = self.get_load_balancer(arn)
        mappings = self._mappings(balancer, asked)
        if any(self._subnet(each["SubnetId"]).vpc_id != balancer.vpc_id for each in mappings):
            raise InvalidConfigurationRequest("All subnets must belong to the load balancer's VPC")
        balancer.stand_in(mappings)
        return balancer

    def describe_load_balancers(self, arns: list[str] | None, names: list[str] | None) -> list[LoadBalancer]:
        if arns and names:
            raise ValidationError("Load balancer names and load balancer ARNs cannot be specified at the same time")
        known = self.load_balancers
        by_name = {each.name: each for each in known.values()}
        try:
            return [known[each] for each in dict.fromkeys(arns or [])] or [
                by_name[each] for each in dict.fromkeys(names or by_name)
            ]
        except KeyError as missing:
            raise ELBClientError("LoadBalancerNotFound", "One or more load balancers not found") from missing

    def delete_load_balancer(self, arn: str) -> None:
        balancer = self.load_balancers.get(arn)
        if balancer is None:
            # "If the load balancer does not exist or has already been deleted, the call succeeds."
            return
        if balancer.attrs["deletion_protection.enabled"] == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        if services_of(self.ec2_backend, arn):
            raise ResourceInUseError(
                f"Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
            )
        super().delete_load_balancer(arn)
        self.tagging_service.delete_all_tags_for_resource(arn)
        for eni in balancer.enis.values():
            clock.after_transition(lambda eni_id=eni.id: self.ec2_backend.delete_network_interface(eni_id))


#: The members of CreateLoadBalancer that have botocore's enumerations, and what the lab takes.
_CHOICES = {
    "Type": tuple(KINDS),
    "Scheme": ("internet-facing", "internal"),
    "IpAddressType": ("ipv4", "dualstack"),
}


class LoadBalancerHandlers:
    """Responses."""

    def create_load_balancer(self) -> ActionResult:
        asked = dict(self._get_params())
        for member, choices in _CHOICES.items():
            if asked.get(member, choices[0]) not in choices:
                raise ValidationError(f"Value '{asked[member]}' at '{member}' is not one of {', '.join(choices)}")
        return ActionResult({"LoadBalancers": [self.elbv2_backend.make_load_balancer(asked).as_dict()]})

    def describe_load_balancers(self) -> ActionResult:
        found = self.elbv2_backend.describe_load_balancers(
            self._get_param("LoadBalancerArns"), self._get_param("Names")
        )
        marker, size = self._get_param("Marker"), self._get_int_param("PageSize") or 400
        if marker:
            found = [each for each in found if each.arn > marker]
        if len(found) > size or marker:
            found = sorted(found, key=lambda each: each.arn)
        page, rest = found[:size], found[size:]
        return ActionResult(
            {"LoadBalancers": [each.as_dict() for each in page], "NextMarker": page[-1].arn if rest else None}
        )

    def set_security_groups(self) -> ActionResult:
        asked = self._get_params()
        backend = self.elbv2_backend
        enforce = asked.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
        balancer = backend.get_load_balancer(asked["LoadBalancerArn"])
        if enforce and (balancer.type != "network" or enforce not in ("on", "off")):
            raise InvalidConfigurationRequest(
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is 'on' or 'off', for Network Load Balancers only"
            )
        backend.set_security_groups(balancer.arn, asked.get("SecurityGroups", []))
        balancer.enforces_inbound_rules = enforce or balancer.enforces_inbound_rules
        return ActionResult(
            {
                "SecurityGroupIds": balancer.security_groups,
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": (
                    balancer.enforce_security_group_inbound_rules_on_private_link_traffic
                ),
            }
        )

    def set_subnets(self) -> ActionResult:
        asked = self._get_params()
        balancer = self.elbv2_backend.place_load_balancer(asked["LoadBalancerArn"], asked)
        return ActionResult({"AvailabilityZones": balancer.zones_as_dicts(), "IpAddressType": balancer.ip_address_type})
