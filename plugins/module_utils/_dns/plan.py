# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The calls from the VPCs that a zone has to those that it is to have, and what will be there after them. Pure.

Across accounts the zone's account authorizes, the VPC's account associates, and the zone's account drops the authorization:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
"""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from .desired import Vpc, Wanted
from .observed import Zone

ASSOCIATE = "associate_vpc_with_hosted_zone"
DISASSOCIATE = "disassociate_vpc_from_hosted_zone"
AUTHORIZE = "create_vpc_association_authorization"
DEAUTHORIZE = "delete_vpc_association_authorization"

INSYNC = "INSYNC"
ACROSS = "associate_across"


def plan(wanted: Wanted, zone: Zone | None) -> list:
    """The calls to make; BadInput where the zone cannot be brought to what is wanted."""
    if zone is None and wanted.state == "absent":
        return []
    found = problems(wanted, zone)
    if found:
        raise BadInput(found)
    if wanted.state == "absent":
        return _absent(wanted, zone)
    calls = [call for vpc in wanted.vpcs if vpc.id not in zone.associated for call in _new(wanted, zone, vpc)]
    calls += [_call(zone, DEAUTHORIZE, vpc) for vpc in _both(wanted, zone.authorizations) if vpc.id in zone.associated]
    surplus = [vpc for vpc in zone.vpcs if vpc not in wanted.vpcs] if wanted.purge_vpcs else []
    added = tuple(call.id for call in calls if call.operation == ASSOCIATE)  # first, as a zone keeps at least one
    return calls + [_call(zone, DISASSOCIATE, vpc, after=added, wait=INSYNC) for vpc in surplus]


def _absent(wanted: Wanted, zone: Zone) -> list:
    return [
        *(_call(zone, DEAUTHORIZE, vpc) for vpc in _both(wanted, zone.authorizations)),
        *(_call(zone, DISASSOCIATE, vpc, wait=INSYNC) for vpc in _both(wanted, zone.vpcs)),
    ]


def _new(wanted: Wanted, zone: Zone, vpc: Vpc) -> list:
    """For a VPC that is not associated. An authorization goes when it has served, whoever gave it."""
    across, authorized = vpc.id in zone.others, vpc.id in zone.authorized
    authorize = [_call(zone, AUTHORIZE, vpc)] if not authorized and (across or wanted.state == "authorized") else []
    if wanted.state == "authorized":
        return authorize
    associate = _call(zone, ASSOCIATE, vpc, ACROSS if across else "", tuple(call.id for call in authorize), INSYNC)
    drop = [_call(zone, DEAUTHORIZE, vpc, after=(associate.id,))] if across or authorized else []
    return [*authorize, associate, *drop]


def _both(wanted: Wanted, vpcs) -> list:
    return [vpc for vpc in vpcs if vpc in wanted.vpcs]


def _call(zone: Zone, operation: str, vpc: Vpc, what: str = "", after: tuple = (), wait: str = "") -> Call:
    parameters = {"HostedZoneId": zone.id, "VPC": {"VPCRegion": vpc.region, "VPCId": vpc.id}}
    return Call(f"{vpc.id}:{what or operation}", vpc.id, operation, parameters, after, wait)


def is_across(call: Call) -> bool:
    """Whether the VPC's account makes a call, beside the zone's account."""
    return call.id.endswith(f":{ACROSS}")


def vpc_of(call: Call) -> Vpc:
    return Vpc(call.parameters["VPC"]["VPCId"], call.parameters["VPC"]["VPCRegion"])


def predict(zone: Zone | None, calls) -> Zone | None:
    """What will be there after the calls."""
    for call in calls:
        vpc = vpc_of(call)
        if call.operation == ASSOCIATE:
            zone = replace(zone, vpcs=(*zone.vpcs, vpc))
        elif call.operation == DISASSOCIATE:
            zone = replace(zone, vpcs=tuple(other for other in zone.vpcs if other != vpc))
        elif call.operation == AUTHORIZE:
            zone = replace(zone, authorizations=(*zone.authorizations, vpc))
        else:
            zone = replace(zone, authorizations=tuple(other for other in zone.authorizations if other != vpc))
    return zone


def problems(wanted: Wanted, zone: Zone | None) -> list:
    """What cannot be wanted of the zone that is there."""
    if zone is None:
        return [
            f"name: this account has no private zone {wanted.name}; create it with amazon.aws.route53_zone, or give the "
            "hosted_zone_id of one of another account's"
        ]
    return [*_region_problems(wanted, zone), *_side_problems(wanted, zone), *_last_problems(wanted, zone)]


def _region_problems(wanted: Wanted, zone: Zone):
    regions = {vpc.id: vpc.region for vpc in (*zone.authorizations, *zone.vpcs)}
    for vpc in wanted.vpcs:
        if regions.get(vpc.id, vpc.region) != vpc.region:
            yield f"vpcs: {vpc.id}: vpc_region: '{vpc.region}' is wrong; the VPC is in {regions[vpc.id]}"


def _side_problems(wanted: Wanted, zone: Zone):
    if zone.is_own:
        return
    text = f"hosted_zone_id: this account has no zone {zone.id}, and only the zone's account"
    if wanted.state == "authorized":
        yield f"{text} can authorize VPCs; use its credentials"
    if wanted.purge_vpcs:
        yield f"{text} sees all VPCs to purge them; use its credentials, or leave purge_vpcs out"


def _last_problems(wanted: Wanted, zone: Zone):
    """A zone of another account may have VPCs that are not to be seen."""
    gone = wanted.state == "absent" and zone.associated <= {vpc.id for vpc in wanted.vpcs}
    purged = wanted.purge_vpcs and not wanted.vpcs
    if zone.is_own and zone.vpcs and (gone or purged):
        yield (
            f"vpcs: {', '.join(sorted(zone.associated))} would be the last to leave {zone.id} ({zone.name}), and AWS keeps one; "
            "delete the zone with amazon.aws.route53_zone, or associate another VPC first"
        )
