# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Hosted zones: public ones with name servers of their own, private ones with a VPC of the same account at first.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.route53.exceptions import (
    ConflictingDomainExists,
    HostedZoneNotEmpty,
    InvalidInput,
    NoSuchHostedZone,
    Route53ClientError,
)
from moto.route53.models import DelegationSet

from .changes import random_id
from .lookups import all_hosted_zones
from .names import canonical, check_domain, reversed_labels
from .pages import cut
from .records import Key, first_records
from .vpc_associations import Vpc, invalid_vpc, vpc_of

#: Those of every private zone, in the order in which Route 53 lists them.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
_PRIVATE_NAME_SERVERS = [
    "ns-1536.awsdns-00.co.uk",
    "ns-0.awsdns-00.com",
    "ns-1024.awsdns-00.org",
    "ns-512.awsdns-00.net",
]

#: The four domains that Route 53's name servers are in, each with 512 of them.
_NAME_SERVER_DOMAINS = ("com", "net", "org", "co.uk")


@dataclass
class HostedZone:
    """A zone of an account; moto's other operations read its attributes."""

    owner: str
    name: str
    private_zone: bool
    caller_reference: str
    comment: str | None
    delegation_set: DelegationSet
    resource_id: str = field(default_factory=lambda: random_id("Z"))
    vpcs: list[Vpc] = field(default_factory=list)
    authorizations: list[Vpc] = field(default_factory=list)
    records: dict[Key, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.records = first_records(self.name, self.delegation_set.name_servers)

    @property
    def id(self) -> str:
        return f"/hostedzone/{self.resource_id}"

    @property
    def config(self) -> dict[str, Any]:
        return {"Comment": self.comment, "PrivateZone": self.private_zone}

    @property
    def resource_record_set_count(self) -> int:
        return len(self.records)

    @property
    def delegated(self) -> DelegationSet | None:
        """The reply's DelegationSet: a private zone is delegated to nobody."""
        return None if self.private_zone else self.delegation_set


def _name_servers() -> list[str]:
    numbers = [mock_random.randrange(512) for _domain in _NAME_SERVER_DOMAINS]
    return [
        f"ns-{number + 512 * position}.awsdns-{number // 8:02}.{domain}"
        for position, (number, domain) in enumerate(zip(numbers, _NAME_SERVER_DOMAINS))
    ]


def _delegation_set(name_servers: list[str]) -> DelegationSet:
    """One without id and caller reference, which only reusable ones have."""
    made = DelegationSet(None, name_servers, None)
    made.id = None
    return made


class HostedZones:
    """Backend; moto's ``zones`` are this account's, by id."""

    def __init__(self) -> None:
        # "a hosted zone has already been created with the specified CallerReference": kept after the zone's deletion.
        self._caller_references: set[str] = set()

    def find_hosted_zone(self, zone_id: str) -> HostedZone:
        """Any account's.

        :raises NoSuchHostedZone: no account has it.
        """
        zone_id = zone_id.removeprefix("/hostedzone/")
        for zone in all_hosted_zones():
            if zone.resource_id == zone_id:
                return zone
        raise NoSuchHostedZone(zone_id)

    def get_hosted_zone(self, id_: str) -> HostedZone:
        """This account's.

        :raises Route53ClientError: AccessDenied, it is another account's; NoSuchHostedZone.
        """
        zone = self.find_hosted_zone(id_)
        if zone.owner != self.account_id:
            raise self.access_denied(zone)
        return zone

    def access_denied(self, zone: HostedZone) -> Route53ClientError:
        user = f"arn:aws:iam::{self.account_id}:root"
        return Route53ClientError(
            "AccessDenied", f"User: {user} is not authorized to access this resource: hostedzone/{zone.resource_id}"
        )

    def create_hosted_zone(
        self,
        name: str,
        private_zone: bool,
        caller_reference: str | None = None,
        vpcid: str | None = None,
        vpcregion: str | None = None,
        comment: str | None = None,
        delegation_set_id: str | None = None,
    ) -> HostedZone:
        check_domain(name, private_zone)
        name = canonical(name)
        if caller_reference in self._caller_references:
            raise Route53ClientError(
                "HostedZoneAlreadyExists",
                f"A hosted zone has already been created with the specified caller reference '{caller_reference}'.",
            )
        if private_zone:
            vpcs = [self._first_vpc(name, Vpc(vpcregion, vpcid))]
            delegation_set = _delegation_set(_PRIVATE_NAME_SERVERS)
        else:
            vpcs = []
            delegation_set = self._delegation_set(name, delegation_set_id)
        zone = HostedZone(
            self.account_id, name, private_zone, caller_reference or random_id(""), comment, delegation_set, vpcs=vpcs
        )
        self._caller_references.add(zone.caller_reference)
        self.zones[zone.resource_id] = zone
        return zone

    def _delegation_set(self, name: str, reusable_id: str | None) -> DelegationSet:
        """The public zone's own name servers, or those that it shares."""
        if reusable_id is None:
            return _delegation_set(_name_servers())
        delegation_set = self.get_reusable_delegation_set(reusable_id.removeprefix("/delegationset/"))
        if self._has_prev_conflicting_domain(name, delegation_set.id):
            raise ConflictingDomainExists(name, delegation_set.id)
        return delegation_set

    def _first_vpc(self, name: str, vpc: Vpc) -> Vpc:
        if vpc.owner != self.account_id:
            raise invalid_vpc(vpc)
        self.check_free(name, vpc)
        return vpc

    def delete_hosted_zone(self, id_: str) -> HostedZone:
        zone = self.get_hosted_zone(id_)
        if zone.records.keys() - first_records(zone.name, []).keys():
            raise HostedZoneNotEmpty()
        self.resource_tags.pop(zone.resource_id, None)
        return self.zones.pop(zone.resource_id)


class HostedZoneHandlers:
    """Responses."""

    def create_hosted_zone(self) -> ActionResult:
        """A VPC in the request makes the zone private."""
        config = self.params.get("HostedZoneConfig", {})
        vpc = vpc_of(self.params) if "VPC" in self.params else None
        if config.get("PrivateZone") and vpc is None:
            raise InvalidInput("A private hosted zone is created with a VPC: the request must contain VPC.")
        zone = self.backend.create_hosted_zone(
            self.params["Name"],
            vpc is not None,
            self.params["CallerReference"],
            vpc and vpc.id,
            vpc and vpc.region,
            config.get("Comment"),
            self.params.get("DelegationSetId"),
        )
        return ActionResult(
            {
                "HostedZone": zone,
                "ChangeInfo": self.backend.submit_change(),
                "DelegationSet": zone.delegated,
                "VPC": vpc and vpc.as_dict(),
                "Location": f"https://route53.amazonaws.com/2013-04-01{zone.id}",
            }
        )

    def get_hosted_zone(self) -> ActionResult:
        zone = self.backend.get_hosted_zone(self.params["Id"])
        vpcs = [vpc.as_dict() for vpc in zone.vpcs] if zone.private_zone else None
        return ActionResult({"HostedZone": zone, "DelegationSet": zone.delegated, "VPCs": vpcs})

    def delete_hosted_zone(self) -> ActionResult:
        self.backend.delete_hosted_zone(self.params["Id"])
        return ActionResult({"ChangeInfo": self.backend.submit_change()})

    def list_hosted_zones(self) -> ActionResult:
        """A page begins with the zone that Marker names."""
        zones, marker = list(self.backend.zones.values()), self.params.get("Marker")
        if marker is not None:
            position = zones.index(self.backend.get_hosted_zone(marker))
            zones = zones[position:]
        if delegation_set_id := self.params.get("DelegationSetId"):
            delegation_set = self.backend.get_reusable_delegation_set(delegation_set_id)
            zones = [zone for zone in zones if zone.delegation_set is delegation_set]
        if self.params.get("HostedZoneType") == "PrivateHostedZone":
            zones = [zone for zone in zones if zone.private_zone]
        page, following = cut(zones, self.params.get("MaxItems"), most=100)
        return ActionResult(
            {
                "HostedZones": page,
                "Marker": marker,
                "IsTruncated": following is not None,
                "NextMarker": following and following.resource_id,
                "MaxItems": self.params.get("MaxItems", "100"),
            }
        )

    def list_hosted_zones_by_name(self) -> ActionResult:
        """In the order of their names with the labels reversed, from DNSName on."""

        def place(zone: HostedZone) -> tuple[str, str]:
            return reversed_labels(zone.name), zone.resource_id

        zones = sorted(self.backend.zones.values(), key=place)
        name, zone_id = self.params.get("DNSName"), self.params.get("HostedZoneId", "")
        if name:
            first = reversed_labels(canonical(name)), zone_id.removeprefix("/hostedzone/")
            zones = [zone for zone in zones if place(zone) >= first]
        page, following = cut(zones, self.params.get("MaxItems"), most=100)
        return ActionResult(
            {
                "HostedZones": page,
                "DNSName": name,
                "HostedZoneId": zone_id or None,
                "IsTruncated": following is not None,
                "NextDNSName": following and following.name,
                "NextHostedZoneId": following and following.resource_id,
                "MaxItems": self.params.get("MaxItems", "100"),
            }
        )
