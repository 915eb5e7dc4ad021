# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The endpoint services that an account can see: AWS's own, its own, and those of others that admit it.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.sts.models import sts_backends

from ..visibility import visibility
from .aws_services import aws_services
from .dispatch import PlainResult
from .endpoint_service_permissions import admits
from .service_detail import ServiceDetail


@dataclass(frozen=True)
class VisibleService:
    """An item of DescribeVpcEndpointServices."""

    service: ServiceDetail
    zones: dict[str, str]

    @property
    def id(self) -> str:
        return self.service.id

    def as_dict(self) -> dict[str, Any]:
        return self.service.as_dict(self.zones)


def service_detail(configuration: Any) -> ServiceDetail:
    """A customer's EndpointService as consumers see it."""
    private_dns = configuration.private_dns
    return ServiceDetail(
        name=configuration.name,
        id=configuration.id,
        type=configuration.type,
        region=configuration.region,
        owner=configuration.owner,
        zone_ids=tuple(configuration.zone_ids),
        dns_name=configuration.base_dns_name,
        base_dns_names=(configuration.base_dns_name,),
        private_dns_names=(private_dns.name,) if private_dns else (),
        private_dns_state=private_dns.state if private_dns else None,
        acceptance_required=configuration.acceptance_required,
        ip_types=tuple(configuration.ip_address_types),
        payer_responsibility=configuration.payer_responsibility,
        tags=configuration.ec2_backend.tags.get(configuration.id, {}),
        configuration=configuration,
    )


class ServiceDiscovery:
    """Backend."""

    def zone_names(self) -> dict[str, str]:
        """The ids of the Region's zones, and what this account calls them."""
        return {zone.zone_id: zone.name for zone in self.describe_availability_zones()}

    def visible_services(self, region: str, caller_arn: str) -> list[ServiceDetail]:
        """The services of a Region that this account can make endpoints for in its own."""
        own = aws_services(region, list(self.zone_names())) if region == self.region_name else []
        return own + [
            service_detail(each)
            for _account, home, backend in ec2_backends.iter_backends()
            if home == region
            for each in backend.endpoint_services.values()
            if self.region_name in each.regions
            and each.state != "Deleting"
            and not visibility.is_hidden(each.id)
            and admits(each, self.account_id, caller_arn)
        ]

    def service_for_endpoint(self, name: str, kind: str, region: str, caller_arn: str) -> ServiceDetail:
        """The service that CreateVpcEndpoint names.

        :raises EC2ClientError: InvalidServiceName, it is not there or does not admit this account, which AWS does not
            tell apart; InvalidParameter, it is of another type.
        """
        found = [each for each in self.visible_services(region, caller_arn) if each.name == name]
        if not found:
            raise no_such_service(name)
        of_kind = [each for each in found if each.type == kind]
        if not of_kind:
            types = ", ".join(each.type for each in found)
            # Words as seen from AWS.
            raise EC2ClientError(
                "InvalidParameter", f"Endpoint type ({kind}) does not match available service types ([{types}])."
            )
        return of_kind[0]


def no_such_service(name: str) -> EC2ClientError:
    return EC2ClientError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


class ServiceDiscoveryHandlers:
    """Responses."""

    def caller_arn(self) -> str:
        """Who makes the call, as GetCallerIdentity tells it."""
        sts = sts_backends[self.current_account][self.partition]
        _user_id, arn, _account = sts.get_caller_identity(self.get_access_key(), self.region)
        return arn

    def describe_vpc_endpoint_services(self) -> ActionResult:
        backend = self.ec2_backend
        regions = self.params.get("ServiceRegions") or [backend.region_name]
        visible = [each for region in regions for each in backend.visible_services(region, self.caller_arn())]
        wanted = self.params.get("ServiceNames") or []
        for name in wanted:
            if name not in {each.name for each in visible}:
                raise no_such_service(name)
        # AWS names no zones of a service in another Region, which is reached from all of them:
        # https://github.com/hashicorp/terraform-provider-aws/issues/44186
        zones = backend.zone_names()
        return PlainResult(
            {
                "ServiceDetails": [
                    VisibleService(each, zones if each.region == backend.region_name else {})
                    for each in visible
                    if not wanted or each.name in wanted
                ]
            }
        )
