# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The VPCs a private zone answers in: of the zone's own account, or of another one that it has authorized.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.route53.exceptions import (
    InvalidInput,
    LastVPCAssociation,
    PublicZoneVPCAssociation,
    Route53ClientError,
)

from ..settings import settings
from .lookups import all_hosted_zones
from .pages import cut_by_token

#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-entities-hosted-zones
MOST_VPCS = 300


class Vpc(NamedTuple):
    region: str
    id: str

    @property
    def owner(self) -> str | None:
        """The account that has this VPC; None: there is no such VPC."""
        for account, region, backend in ec2_backends.iter_backends():
            if region == self.region and self.id in backend.vpcs:
                return account
        return None

    def as_dict(self) -> dict[str, str]:
        return {"VPCRegion": self.region, "VPCId": self.id}


def vpc_of(parameters: dict[str, Any]) -> Vpc:
    """The VPC a request names, which need not exist.

    :raises Route53ClientError: InvalidInput, it lacks the id or the Region.
    """
    asked = parameters["VPC"]
    for name in ("VPCId", "VPCRegion"):
        if not asked.get(name):
            raise InvalidInput(f"The request must contain {name} in VPC.")
    return Vpc(asked["VPCRegion"], asked["VPCId"])


def invalid_vpc(vpc: Vpc) -> Route53ClientError:
    return Route53ClientError(
        "InvalidVPCId",
        f"The VPC {vpc.id} in region {vpc.region} that you provided is not authorized to make the association.",
    )


def check_exists(vpc: Vpc) -> None:
    if vpc.owner is None:
        raise invalid_vpc(vpc)


class VpcAssociations:
    """Backend; a zone has its ``vpcs`` and ``authorizations``, each in the order in which they were made."""

    def authorize(self, zone_id: str, vpc: Vpc) -> None:
        """Once more makes no difference."""
        zone = self.get_hosted_zone(zone_id)
        if not zone.private_zone:
            raise InvalidInput(f"{zone_id} is a public hosted zone: only a private one is associated with VPCs.")
        check_exists(vpc)
        if vpc in zone.authorizations:
            return
        if len(zone.authorizations) >= settings.vpc_association_authorizations_per_zone:
            raise Route53ClientError(
                "TooManyVPCAssociationAuthorizations",
                f"You've created the maximum number of authorizations for the hosted zone {zone_id}.",
            )
        zone.authorizations.append(vpc)

    def deauthorize(self, zone_id: str, vpc: Vpc) -> None:
        zone = self.get_hosted_zone(zone_id)
        if vpc not in zone.authorizations:
            check_exists(vpc)
            raise Route53ClientError(
                "VPCAssociationAuthorizationNotFound",
                f"The VPC {vpc.id} is not authorized to be associated with the hosted zone {zone_id}.",
            )
        zone.authorizations.remove(vpc)

    def associate(self, zone_id: str, vpc: Vpc) -> None:
        """The VPC's own account asks for it, and the zone's account has agreed: the authorization stays."""
        zone = self.find_hosted_zone(zone_id)
        if not zone.private_zone:
            raise PublicZoneVPCAssociation()
        check_exists(vpc)
        if vpc.owner != self.account_id or (zone.owner != self.account_id and vpc not in zone.authorizations):
            raise Route53ClientError(
                "NotAuthorizedException", f"The VPC: {vpc.id} has not authorized to associate with your hosted zone."
            )
        self.check_free(zone.name, vpc)
        if len(zone.vpcs) >= MOST_VPCS:
            raise Route53ClientError(
                "LimitsExceeded", f"The hosted zone {zone_id} is associated with {MOST_VPCS} VPCs, the most it can be."
            )
        zone.vpcs.append(vpc)

    def check_free(self, name: str, vpc: Vpc) -> None:
        """Raise if the VPC already has a zone of this name, whose ever it is: also when it is the one asked for."""
        if any(zone.name == name and vpc in zone.vpcs for zone in all_hosted_zones()):
            raise Route53ClientError(
                "ConflictingDomainExists",
                f"The VPC that you chose, {vpc.id} in region {vpc.region}, is already associated with another private "
                f"hosted zone that has an overlapping name space, {name}.",
            )

    def disassociate(self, zone_id: str, vpc: Vpc) -> None:
        """Either account may ask for it."""
        zone = self.find_hosted_zone(zone_id)
        if self.account_id not in (zone.owner, vpc.owner):
            raise self.access_denied(zone)
        if vpc not in zone.vpcs:
            check_exists(vpc)
            raise Route53ClientError(
                "VPCAssociationNotFound", f"The VPC {vpc.id} is not associated with the hosted zone {zone_id}."
            )
        if len(zone.vpcs) == 1:
            raise LastVPCAssociation()
        zone.vpcs.remove(vpc)

    def hosted_zones_of(self, vpc: Vpc) -> list[Any]:
        if vpc.owner != self.account_id:
            raise Route53ClientError("AccessDenied", f"The VPC {vpc.id} in region {vpc.region} is not owned by you.")
        return [zone for zone in all_hosted_zones() if vpc in zone.vpcs]


class VpcAssociationHandlers:
    """Responses."""

    def create_vpc_association_authorization(self) -> ActionResult:
        zone_id, vpc = self.params["HostedZoneId"], vpc_of(self.params)
        self.backend.authorize(zone_id, vpc)
        return ActionResult({"HostedZoneId": zone_id, "VPC": vpc.as_dict()})

    def delete_vpc_association_authorization(self) -> ActionResult:
        self.backend.deauthorize(self.params["HostedZoneId"], vpc_of(self.params))
        return ActionResult({})

    def list_vpc_association_authorizations(self) -> ActionResult:
        zone = self.backend.get_hosted_zone(self.params["HostedZoneId"])
        page, token = cut_by_token(
            zone.authorizations, str, self.params.get("NextToken"), self.params.get("MaxResults"), most=50
        )
        return ActionResult(
            {"HostedZoneId": zone.resource_id, "VPCs": [vpc.as_dict() for vpc in page], "NextToken": token}
        )

    def associate_vpc_with_hosted_zone(self) -> ActionResult:
        self.backend.associate(self.params["HostedZoneId"], vpc_of(self.params))
        return self._changed()

    def disassociate_vpc_from_hosted_zone(self) -> ActionResult:
        self.backend.disassociate(self.params["HostedZoneId"], vpc_of(self.params))
        return self._changed()

    def _changed(self) -> ActionResult:
        return ActionResult({"ChangeInfo": self.backend.submit_change(self.params.get("Comment"))})

    def list_hosted_zones_by_vpc(self) -> ActionResult:
        zones = self.backend.hosted_zones_of(Vpc(self.params["VPCRegion"], self.params["VPCId"]))
        page, token = cut_by_token(
            zones,
            lambda zone: zone.resource_id,
            self.params.get("NextToken"),
            self.params.get("MaxItems"),
            most=100,
        )
        summaries = [
            {"HostedZoneId": zone.resource_id, "Name": zone.name, "Owner": {"OwningAccount": zone.owner}}
            for zone in page
        ]
        return ActionResult(
            {"HostedZoneSummaries": summaries, "MaxItems": self.params.get("MaxItems", "100"), "NextToken": token}
        )
