# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What Route 53 tells of a hosted zone, to the account that has it and to another one."""

from __future__ import annotations

from dataclasses import dataclass

from .._cloud.errors import ERRORS, code
from .._cloud.service import Service
from .._reconcile.run import BadInput
from .desired import Vpc, Wanted

# The documented answer for a zone that is not there, and the one that accounts get for zones and VPCs of others.
NOT_OWN = {"NoSuchHostedZone", "AccessDenied"}


@dataclass(frozen=True)
class Zone:
    """A private hosted zone.

    is_own: whether the credentials are of the zone's account. Else vpcs are those of the wanted ones that are associated,
      name is None while there are none, and there are no authorizations to see.
    others: the IDs of wanted VPCs that are not of the zone's account; looked up before they are associated.
    """

    id: str
    name: str | None
    vpcs: tuple = ()
    authorizations: tuple = ()
    is_own: bool = True
    others: frozenset = frozenset()

    @property
    def associated(self) -> set:
        return {vpc.id for vpc in self.vpcs}

    @property
    def authorized(self) -> set:
        return {vpc.id for vpc in self.authorizations}


def find(route53: Service, wanted: Wanted) -> Zone | None:
    """The zone that is meant; None where this account has none of that name."""
    zone_id = wanted.hosted_zone_id or _id_by_name(route53, wanted.name)
    if zone_id is None:
        return None
    reply = _get(route53, zone_id)
    return _of_this_account(route53, zone_id, reply) if reply else _of_another_account(route53, zone_id, wanted)


def _get(route53: Service, zone_id: str) -> dict | None:
    """What only the zone's own account is told."""
    try:
        return route53.read("get_hosted_zone", {"Id": zone_id})
    except ERRORS as error:
        if _is_of_another_account(error):
            return None
        raise


def _is_of_another_account(error: Exception) -> bool:
    """A denial by a policy of the own account names what was to be performed."""
    return code(error) in NOT_OWN and "not authorized to perform" not in str(error)


def _of_this_account(route53: Service, zone_id: str, reply: dict) -> Zone:
    if not reply["HostedZone"].get("Config", {}).get("PrivateZone"):
        raise BadInput([
            f"hosted_zone_id: {zone_id} ({reply['HostedZone']['Name']}) is a public zone, which VPCs cannot be associated with; "
            "give a private one"
        ])
    authorizations = _pages(route53, "list_vpc_association_authorizations", "VPCs", HostedZoneId=zone_id)
    return Zone(zone_id, reply["HostedZone"]["Name"], _vpcs(reply["VPCs"]), _vpcs(authorizations))


def _of_another_account(route53: Service, zone_id: str, wanted: Wanted) -> Zone:
    names = {vpc: zone["Name"] for vpc in wanted.vpcs for zone in _zones_seen_from(route53, vpc, zone_id)}
    return Zone(zone_id, next(iter(names.values()), None), tuple(names), is_own=False)


def zones_of(route53: Service, vpc: Vpc) -> list:
    """The private zones that a VPC of this account is associated with: HostedZoneId, Name, Owner."""
    return _pages(route53, "list_hosted_zones_by_vpc", "HostedZoneSummaries", VPCId=vpc.id, VPCRegion=vpc.region)


def _zones_seen_from(route53: Service, vpc: Vpc, zone_id: str) -> list:
    """The zone of another account, if the VPC is associated with it."""
    try:
        return [zone for zone in zones_of(route53, vpc) if bare_id(zone["HostedZoneId"]) == zone_id]
    except ERRORS as error:
        if _is_of_another_account(error):
            raise BadInput([neither(zone_id, vpc)]) from error
        raise


def neither(zone_id: str, vpc: Vpc) -> str:
    """What is wrong with the credentials of an account that has neither the zone nor the VPC."""
    return (
        f"hosted_zone_id: this account has neither the zone {zone_id} nor the VPC {vpc.id} in {vpc.region}; check the IDs, and use the "
        "credentials of the account that has the one or the other"
    )


def _id_by_name(route53: Service, name: str) -> str | None:
    """https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html: the zones from a name on, in order."""
    found, start = [], {"DNSName": name}
    while start:
        reply = route53.read("list_hosted_zones_by_name", start)
        found += [zone for zone in reply["HostedZones"] if zone["Name"] == name and zone.get("Config", {}).get("PrivateZone")]
        more = reply["IsTruncated"] and reply["NextDNSName"] == name
        start = {"DNSName": name, "HostedZoneId": reply["NextHostedZoneId"]} if more else {}
    ids = sorted(bare_id(zone["Id"]) for zone in found)
    if len(ids) > 1:
        raise BadInput([f"name: several private zones of this account are called {name} {', '.join(ids)}; give hosted_zone_id"])
    return ids[0] if ids else None


def bare_id(zone_id: str) -> str:
    return zone_id.removeprefix("/hostedzone/")


def _vpcs(items) -> tuple:
    return tuple(Vpc(item["VPCId"], item["VPCRegion"]) for item in items)


def _pages(route53: Service, operation: str, result: str, **parameters) -> list:
    found, token = [], {}
    while True:
        reply = route53.read(operation, {**parameters, **token})
        found += reply[result]
        if not reply.get("NextToken"):
            return found
        token = {"NextToken": reply["NextToken"]}
