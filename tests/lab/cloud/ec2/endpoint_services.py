# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPC endpoint services: what an account offers to others through its load balancers.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, UnknownVpcEndpointService
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import random_id

from ..clock import State, clock
from .dispatch import PlainResult
from .endpoint_service_permissions import Permission
from .parameters import check_choice, check_id, required
from .service_load_balancers import ServiceLoadBalancers
from .service_private_dns import PrivateDnsName

#: What an endpoint is to its service while it uses it, or waits to.
#: https://docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html
LIVE = ("pendingacceptance", "pending", "available")


class EndpointService(TaggedEC2Resource):
    """One service, which its account describes as a configuration.

    ``permissions`` is a dict by (principal, permission type), ``regions`` one of the Regions that it can be used from.
    """

    manages_vpc_endpoints = False

    def __init__(self, ec2_backend: Any, load_balancers: ServiceLoadBalancers, acceptance_required: bool):
        self.ec2_backend = ec2_backend
        self.id = random_id("vpce-svc")
        self.load_balancers = load_balancers
        self.acceptance_required = acceptance_required
        self.private_dns: PrivateDnsName | None = None
        self.ip_address_types = ["ipv4"]
        self.regions = {ec2_backend.region_name: State("Pending", "Available")}
        self.permissions: dict[tuple[str, str], Permission] = {}
        self.payer_responsibility: str | None = None
        self.life = State("Pending", "Available")

    @property
    def name(self) -> str:
        return f"com.amazonaws.vpce.{self.region}.{self.id}"

    @property
    def owner(self) -> str:
        return self.ec2_backend.account_id

    @property
    def region(self) -> str:
        return self.ec2_backend.region_name

    @property
    def state(self) -> str:
        """botocore's ServiceState."""
        return self.life.name

    @property
    def type(self) -> str:
        """botocore's ServiceType: Interface, or GatewayLoadBalancer."""
        return self.load_balancers.service_type

    @property
    def zone_ids(self) -> list[str]:
        """The zones in which it can be used, by the ids that are the same in all accounts."""
        return sorted({each.availability_zone_id for each in self.load_balancers.subnets})

    @property
    def zone_names(self) -> list[str]:
        """The same zones as the owner's account calls them."""
        return sorted({each.availability_zone for each in self.load_balancers.subnets})

    @property
    def base_dns_name(self) -> str:
        return f"{self.id}.{self.region}.vpce.amazonaws.com"

    def tags_as_dicts(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()]

    def as_dict(self) -> dict[str, Any]:
        """botocore's ServiceConfiguration."""
        return {
            "ServiceType": [{"ServiceType": self.type}],
            "ServiceId": self.id,
            "ServiceName": self.name,
            "ServiceState": self.state,
            "AvailabilityZoneIds": self.zone_ids,
            "AvailabilityZones": self.zone_names,
            "AcceptanceRequired": self.acceptance_required,
            "ManagesVpcEndpoints": self.manages_vpc_endpoints,
            **self.load_balancers.as_dict(),
            "SupportedIpAddressTypes": self.ip_address_types,
            "BaseEndpointDnsNames": [self.base_dns_name],
            "PrivateDnsName": self.private_dns.name if self.private_dns else None,
            "PrivateDnsNameConfiguration": self.private_dns.as_dict() if self.private_dns else None,
            "PayerResponsibility": self.payer_responsibility,
            "Tags": self.tags_as_dicts(),
            "SupportedRegions": [
                {"Region": region, "ServiceState": state.name} for region, state in self.regions.items()
            ],
            "RemoteAccessEnabled": len(self.regions) > 1,
        }


def services_named(name: str) -> list[EndpointService]:
    """Those of this name, of whatever account: one or none, as a name has the service's id and Region."""
    return [
        service
        for _account, _region, backend in ec2_backends.iter_backends()
        for service in backend.endpoint_services.values()
        if service.name == name
    ]


def live_endpoints(service: EndpointService) -> list[Any]:
    """The endpoints, of whatever account, that use the service or wait to."""
    return [
        endpoint
        for _account, _region, backend in ec2_backends.iter_backends()
        for endpoint in backend.vpc_end_points.values()
        if endpoint.service_name == service.name and endpoint.state.lower() in LIVE
    ]


class EndpointServices:
    """Backend; ``endpoint_services`` is a dict by id."""

    def __init__(self) -> None:
        self.endpoint_services: dict[str, EndpointService] = {}

    def get_endpoint_service(self, service_id: str) -> EndpointService:
        if service_id not in self.endpoint_services:
            # The reference spells this code so.
            check_id(service_id, "vpce-svc", "InvalidVpcEndpointServiceIdId.Malformed")
            raise UnknownVpcEndpointService(service_id)
        return self.endpoint_services[service_id]

    def get_vpc_endpoint_service(self, resource_id: str) -> Any:
        """For moto's check that what CreateTags names exists: a service, or a permission of one."""
        if resource_id.startswith("vpce-svc-perm-"):
            return self.get_endpoint_service_permission(resource_id)
        return self.get_endpoint_service(resource_id)

    def create_endpoint_service(self, asked: dict[str, Any], tags: dict[str, str]) -> EndpointService:
        load_balancers = ServiceLoadBalancers.chosen(self, asked)
        service = EndpointService(self, load_balancers, bool(asked.get("AcceptanceRequired", True)))
        self._configure(
            service,
            load_balancers,
            asked.get("PrivateDnsName"),
            asked.get("SupportedIpAddressTypes") or ["ipv4"],
            [self.region_name, *asked.get("SupportedRegions", [])],
        )
        self.endpoint_services[service.id] = service
        service.add_tags(tags)
        return service

    def modify_endpoint_service(self, service: EndpointService, asked: dict[str, Any]) -> None:
        dns_name = service.private_dns.name if service.private_dns else None
        if asked.get("RemovePrivateDnsName") and asked.get("PrivateDnsName"):
            raise EC2ClientError(
                "InvalidParameterCombination", "PrivateDnsName and RemovePrivateDnsName cannot be specified together"
            )
        load_balancers = service.load_balancers.changed(asked, service)
        # "You can't disassociate a load balancer if there are endpoints connected to your endpoint service."
        if set(service.load_balancers.arns) - set(load_balancers.arns):
            check_unconnected(service)
        self._configure(
            service,
            load_balancers,
            None if asked.get("RemovePrivateDnsName") else asked.get("PrivateDnsName") or dns_name,
            _changed(service.ip_address_types, asked, "SupportedIpAddressTypes"),
            _changed(list(service.regions), asked, "SupportedRegions"),
        )
        service.acceptance_required = bool(asked.get("AcceptanceRequired", service.acceptance_required))

    def _configure(
        self,
        service: EndpointService,
        load_balancers: ServiceLoadBalancers,
        dns_name: str | None,
        ip_address_types: list[str],
        regions: list[str],
    ) -> None:
        """Set all of this, or nothing."""
        self._check_regions(load_balancers, regions)
        _check_ip_address_types(load_balancers, ip_address_types)
        if dns_name and load_balancers.service_type != "Interface":
            raise EC2ClientError(
                "InvalidParameter", "Private DNS names are not supported for Gateway Load Balancer endpoint services."
            )
        if dns_name != (service.private_dns and service.private_dns.name):
            service.private_dns = PrivateDnsName(dns_name) if dns_name else None
        service.load_balancers = load_balancers
        service.ip_address_types = ip_address_types
        service.regions = {each: service.regions.get(each) or State("Pending", "Available") for each in regions}

    def _check_regions(self, load_balancers: ServiceLoadBalancers, regions: list[str]) -> None:
        known = {each.name for each in self.describe_regions()}
        for region in regions:
            if region not in known:
                raise EC2ClientError("InvalidParameter", f"The Region '{region}' is not valid or not enabled.")
        if self.region_name not in regions:
            raise EC2ClientError("InvalidParameter", f"The service's Region '{self.region_name}' cannot be removed.")
        if set(regions) != {self.region_name} and load_balancers.service_type != "Interface":
            raise EC2ClientError(
                "InvalidParameter", "Gateway Load Balancer endpoint services can be used from their own Region only."
            )

    def delete_endpoint_service(self, service_id: str) -> None:
        if service_id not in self.endpoint_services:
            # The code that a list of unsuccessful items has: https://github.com/openshift/hypershift relies on it.
            raise EC2ClientError(
                "InvalidVpcEndpointService.NotFound", f"The VpcEndpointService Id '{service_id}' does not exist"
            )
        service = self.endpoint_services[service_id]
        check_unconnected(service)
        if service.state != "Deleting":
            service.life = State("Deleting", "Deleted")
            clock.after_transition(lambda: self.forget_endpoint_service(service))

    def forget_endpoint_service(self, service: EndpointService) -> None:
        del self.endpoint_services[service.id]
        for forgotten in (service, *service.permissions.values()):
            self.tags.pop(forgotten.id, None)


def check_unconnected(service: EndpointService) -> None:
    """Raise while endpoints use the service or wait to: it is not deleted, its load balancers not taken away."""
    if live_endpoints(service):
        raise EC2ClientError("ExistingVpcEndpointConnections", "Service has existing active VPC Endpoint connections!")


def _changed(current: list[str], asked: dict[str, Any], member: str) -> list[str]:
    removed = asked.get(f"Remove{member}", [])
    return [each for each in dict.fromkeys([*current, *asked.get(f"Add{member}", [])]) if each not in removed]


def _check_ip_address_types(load_balancers: ServiceLoadBalancers, ip_address_types: list[str]) -> None:
    if not ip_address_types:
        raise EC2ClientError("InvalidParameter", "A service supports at least one IP address type.")
    for each in ip_address_types:
        check_choice("SupportedIpAddressTypes", each, ("ipv4", "ipv6"))
    # "All Network Load Balancers for the endpoint service must use the dualstack IP address type."
    if "ipv6" in ip_address_types and not load_balancers.are_dualstack:
        raise EC2ClientError("InvalidParameter", "IPv6 needs load balancers of the IP address type dualstack.")


class EndpointServiceHandlers:
    """Responses."""

    def create_vpc_endpoint_service_configuration(self) -> ActionResult:
        tags = self._parse_tag_specification("vpc-endpoint-service").get("vpc-endpoint-service", {})
        service = self.ec2_backend.create_endpoint_service(self.params, tags)
        return PlainResult({"ServiceConfiguration": service.as_dict(), "ClientToken": self.params.get("ClientToken")})

    def modify_vpc_endpoint_service_configuration(self) -> ActionResult:
        self.ec2_backend.modify_endpoint_service(self.named_endpoint_service(), self.params)
        return PlainResult({"Return": True})

    def delete_vpc_endpoint_service_configurations(self) -> ActionResult:
        [service_ids] = required(self.params, "ServiceIds")
        return PlainResult({"Unsuccessful": unsuccessful(service_ids, self.ec2_backend.delete_endpoint_service)})

    def describe_vpc_endpoint_service_configurations(self) -> ActionResult:
        known = self.ec2_backend.endpoint_services
        wanted = self.params.get("ServiceIds") or known
        return PlainResult({"ServiceConfigurations": [self.ec2_backend.get_endpoint_service(each) for each in wanted]})

    def modify_vpc_endpoint_service_payer_responsibility(self) -> ActionResult:
        [payer] = required(self.params, "PayerResponsibility")
        # "If you set the payer responsibility to the service owner, you cannot set it back to the endpoint owner."
        check_choice("PayerResponsibility", payer, ("ServiceOwner",))
        self.named_endpoint_service().payer_responsibility = payer
        return PlainResult({"ReturnValue": True})

    def start_vpc_endpoint_service_private_dns_verification(self) -> ActionResult:
        service = self.named_endpoint_service()
        if service.private_dns is None:
            # The reference has no code for it.
            raise EC2ClientError("InvalidParameter", f"The service '{service.id}' has no private DNS name.")
        service.private_dns.start_verification()
        return PlainResult({"ReturnValue": True})

    def named_endpoint_service(self) -> EndpointService:
        """The one of the request's ServiceId."""
        [service_id] = required(self.params, "ServiceId")
        return self.ec2_backend.get_endpoint_service(service_id)


def unsuccessful(ids: list[str], act: Any) -> list[dict[str, Any]]:
    """Act on each id, and list as botocore's UnsuccessfulItem those that it was refused for."""
    items = []
    for each in ids:
        try:
            act(each)
        except EC2ClientError as error:
            items.append({"ResourceId": each, "Error": {"Code": error.code, "Message": error.message}})
    return items
