# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPC endpoints of all types: what one is, and its life from creation to deletion.

https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError, InvalidVpcEndPointIdError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import random_id

from ..clock import State, clock
from .dispatch import PlainResult
from .endpoint_dns import EndpointNames, check_private_dns, dns_options
from .endpoint_interfaces import FAMILIES, check_ip_type, chosen_addresses
from .endpoint_policies import checked_policy, default_policy
from .endpoint_services import unsuccessful
from .endpoint_types import TYPES, checked_type
from .network_interfaces import NetworkInterface
from .parameters import check_choice, check_id, required
from .service_detail import ServiceDetail
from .service_discovery import service_detail


class VpcEndpoint(TaggedEC2Resource):
    """``enis`` is a dict by subnet id; ``groups`` are moto's security groups."""

    def __init__(self, ec2_backend: Any, kind: str, service: ServiceDetail | None, asked: dict[str, Any]):
        self.ec2_backend = ec2_backend
        self.id = random_id("vpce")
        self.connection_id = random_id("vpce-con")
        self.type = kind
        self.vpc_id = asked["VpcId"]
        self._service = service
        self.target = asked[TYPES[kind].target]
        self.ip_type = asked.get("IpAddressType") or "ipv4"
        self.groups: list[Any] = []
        self.enis: dict[str, NetworkInterface] = {}
        self.policy = default_policy(kind, service)
        self.private_dns_enabled = False
        self.dns_options: dict[str, Any] | None = None
        self.names = EndpointNames()
        self.created = utcnow()
        needs_acceptance = service is not None and service.acceptance_required
        self.life = State("pendingAcceptance", "pendingAcceptance") if needs_acceptance else _becoming_available()

    @property
    def service(self) -> ServiceDetail | None:
        """As it is now, or was at last; None for the types that lead to a resource or a service network."""
        configuration = self._service and self._service.configuration
        if configuration and configuration.id in configuration.ec2_backend.endpoint_services:
            return service_detail(configuration)
        return self._service

    @property
    def service_name(self) -> str | None:
        return self._service.name if self._service else None

    @property
    def vpc_endpoint_type(self) -> str:
        """For moto's CreateRoute."""
        return self.type

    @property
    def state(self) -> str:
        """botocore's State, of which AWS spells the names in either case, as Terraform's provider found.

        Here it is that of botocore's model for the types that came with VPC Lattice, else that of the guide.
        """
        name = self.life.name
        return name if self._service else name[0].upper() + name[1:]

    @property
    def is_accepted(self) -> bool:
        return self.life.name in ("pending", "available")

    @property
    def is_deleted(self) -> bool:
        return self.life.name in ("deleting", "deleted")

    @property
    def dns_entries(self) -> list[dict[str, str]]:
        return self.names.entries(self)

    def accept(self) -> None:
        self.life = _becoming_available()

    def reject(self) -> None:
        self.life = State("rejected", "rejected")

    def resettle(self) -> None:
        """What follows a change of its ENIs."""
        if self.is_accepted:
            self.life = _becoming_available()

    def as_dict(self) -> dict[str, Any]:
        """botocore's VpcEndpoint."""
        target = TYPES[self.type].target
        return {
            "VpcEndpointId": self.id,
            "VpcEndpointType": self.type,
            "VpcId": self.vpc_id,
            target: self.target,
            "ServiceRegion": self._service.region if self._service else None,
            "State": self.state,
            "PolicyDocument": self.policy,
            "RouteTableIds": [each.id for each in self.ec2_backend.route_tables_of(self)],
            "SubnetIds": list(self.enis),
            "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in self.groups],
            "IpAddressType": self.ip_type,
            "DnsOptions": self.dns_options,
            "PrivateDnsEnabled": self.private_dns_enabled,
            "RequesterManaged": False,
            "NetworkInterfaceIds": [eni.id for eni in self.enis.values()],
            "DnsEntries": self.dns_entries,
            "CreationTimestamp": self.created,
            "Tags": [{"Key": key, "Value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()],
            "OwnerId": self.ec2_backend.account_id,
        }


def _becoming_available() -> State:
    return State("pending", "available")


class VpcEndpoints:
    """Backend; ``vpc_end_points`` is moto's dict by id."""

    def make_vpc_endpoint(self, asked: dict[str, Any], caller_arn: str) -> VpcEndpoint:
        """What CreateVpcEndpoint makes: all of it, or nothing."""
        kind = checked_type(asked)
        [vpc_id] = required(asked, "VpcId")
        self.get_vpc(vpc_id)
        service = None
        if TYPES[kind].target == "ServiceName":
            region = asked.get("ServiceRegion") or self.region_name
            service = self.service_for_endpoint(asked["ServiceName"], kind, region, caller_arn)
        check_choice("IpAddressType", asked.get("IpAddressType") or "ipv4", FAMILIES)
        endpoint = VpcEndpoint(self, kind, service, asked)
        if asked.get("PolicyDocument"):
            endpoint.policy = checked_policy(asked["PolicyDocument"], service)
        self._name_endpoint(endpoint, asked)
        route_tables = self.endpoint_route_tables(endpoint, asked.get("RouteTableIds", []))
        self._place_endpoint(endpoint, asked)
        self.vpc_end_points[endpoint.id] = endpoint
        self.add_endpoint_routes(endpoint, route_tables)
        return endpoint

    def _name_endpoint(self, endpoint: VpcEndpoint, asked: dict[str, Any]) -> None:
        by_default = bool(endpoint.service and endpoint.service.private_dns_default)
        endpoint.private_dns_enabled = bool(asked.get("PrivateDnsEnabled", by_default))
        endpoint.dns_options = dns_options(endpoint, asked.get("DnsOptions") or {}, {})
        if endpoint.private_dns_enabled:
            check_private_dns(endpoint)

    def _place_endpoint(self, endpoint: VpcEndpoint, asked: dict[str, Any]) -> None:
        subnet_ids = asked.get("SubnetIds", [])
        if endpoint.type == "GatewayLoadBalancer":
            required(asked, "SubnetIds")
        subnets = self.endpoint_subnets(endpoint, subnet_ids)
        check_ip_type(endpoint.ip_type, endpoint.service, subnets)
        addresses = chosen_addresses(asked, subnet_ids, endpoint.ip_type)
        if "SecurityGroupIds" in TYPES[endpoint.type].takes:
            endpoint.groups = self.network_interface_groups(
                endpoint.vpc_id, asked.get("SecurityGroupIds"), next(iter(subnet_ids), None)
            )
        enis = self.make_endpoint_interfaces(endpoint, subnets, addresses)
        endpoint.enis = {eni.subnet.id: eni for eni in enis}

    def create_vpc_endpoint(self, **_asked: Any) -> VpcEndpoint:
        """What moto's services call."""
        raise NotImplementedError("the lab has no endpoints that other services make")

    def get_vpc_end_point(self, vpc_end_point_id: str) -> VpcEndpoint:
        if vpc_end_point_id not in self.vpc_end_points:
            check_id(vpc_end_point_id, "vpce", "InvalidVpcEndpointId.Malformed")
            raise InvalidVpcEndPointIdError(vpc_end_point_id)
        return self.vpc_end_points[vpc_end_point_id]

    def describe_vpc_endpoints(self, vpc_end_point_ids: list[str], filters: Any = None) -> list[VpcEndpoint]:
        """For moto's CreateRoute; clients' filters are applied to the reply."""
        return [self.get_vpc_end_point(each) for each in vpc_end_point_ids]

    def do_resources_exist(self, resource_ids: list[str]) -> bool:
        """moto's check that what CreateTags names exists."""
        for each in resource_ids:
            if each.rpartition("-")[0] == "vpce":
                self.get_vpc_end_point(each)
        return super().do_resources_exist(resource_ids)

    def delete_vpc_endpoint(self, endpoint_id: str) -> None:
        """
        :raises EC2ClientError: InvalidVpcEndpointId.NotFound; DependencyViolation, "You can only delete Gateway Load
            Balancer endpoints when the routes that are associated with the endpoint are deleted."
        """
        endpoint = self.get_vpc_end_point(endpoint_id)
        if endpoint.type == "GatewayLoadBalancer" and self.route_tables_of(endpoint):
            # The reference has no code for it.
            raise EC2ClientError("DependencyViolation", f"There are routes to the VPC endpoint '{endpoint_id}'.")
        if not endpoint.is_deleted:
            endpoint.life = State("deleting", "deleted")
            self.remove_endpoint_routes(endpoint, self.route_tables_of(endpoint))
            clock.after_transition(lambda: self._forget_endpoint(endpoint))

    def _forget_endpoint(self, endpoint: VpcEndpoint) -> None:
        for eni in endpoint.enis.values():
            self.delete_network_interface(eni.id)
        for tagged in (endpoint.id, endpoint.connection_id):
            self.tags.pop(tagged, None)
        del self.vpc_end_points[endpoint.id]

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        for endpoint in self.vpc_end_points.values():
            # One without subnets has no ENI that would keep the group.
            if group_id in (group.id for group in endpoint.groups):
                raise EC2ClientError("DependencyViolation", f"resource {group_id} has a dependent object")
        super().delete_security_group(name, group_id)

    def delete_vpc(self, vpc_id: str) -> Any:
        if any(endpoint.vpc_id == vpc_id for endpoint in self.vpc_end_points.values()):
            raise EC2ClientError("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        return super().delete_vpc(vpc_id)


class VpcEndpointHandlers:
    """Responses."""

    def create_vpc_endpoint(self) -> ActionResult:
        tags = self._parse_tag_specification("vpc-endpoint").get("vpc-endpoint", {})
        endpoint = self.ec2_backend.make_vpc_endpoint(self.params, self.caller_arn())
        endpoint.add_tags(tags)
        return PlainResult({"VpcEndpoint": endpoint.as_dict(), "ClientToken": self.params.get("ClientToken")})

    def describe_vpc_endpoints(self) -> ActionResult:
        wanted = self.params.get("VpcEndpointIds") or self.ec2_backend.vpc_end_points
        return PlainResult({"VpcEndpoints": [self.ec2_backend.get_vpc_end_point(each) for each in wanted]})

    def delete_vpc_endpoints(self) -> ActionResult:
        [endpoint_ids] = required(self.params, "VpcEndpointIds")
        return PlainResult({"Unsuccessful": unsuccessful(endpoint_ids, self.ec2_backend.delete_vpc_endpoint)})
