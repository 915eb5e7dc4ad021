# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whose the VPCs are that are new to a zone, and what AWS would refuse of them. Read only when something is to change."""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.run import BadInput
from .account import Account
from .desired import Vpc, Wanted
from .observed import Zone, bare_id, neither, zones_of


def check(wanted: Wanted, zone: Zone, own: Account, other: Account | None) -> Zone:
    """The zone with the VPCs of another account told apart; BadInput for what AWS would refuse.

    own: the module's credentials; other: those of the VPCs' account, where they are given.
    """
    new = [vpc for vpc in wanted.vpcs if vpc.id not in zone.associated] if wanted.state != "absent" else []
    if not new:
        return zone
    mine = _of(own, new)
    if wanted.state == "authorized":
        problems = [_needs_none(vpc) for vpc in new if vpc in mine]
    else:
        theirs = _of(other, [vpc for vpc in new if vpc not in mine]) if other and zone.is_own else []
        problems = [_not_seen(vpc, zone, other) for vpc in new if vpc not in (*mine, *theirs)]
        problems += [problem for vpc in mine for problem in _conflicts(zone, vpc, own)]
        problems += [problem for vpc in theirs for problem in _conflicts(zone, vpc, other)]
        zone = replace(zone, others=frozenset(vpc.id for vpc in theirs))
    if problems:
        raise BadInput(problems)
    return zone


def _of(account: Account, vpcs: list) -> list:
    """Those of the VPCs that are the account's own."""
    owners = account.owners(vpcs)
    account_id = account.id(vpcs[0].region) if owners else ""
    return [vpc for vpc in vpcs if owners.get(vpc.id) == account_id]


def _needs_none(vpc: Vpc) -> str:
    return f"vpcs: {vpc.id} is of the zone's own account, which needs no authorization; associate it with state: present"


def _not_seen(vpc: Vpc, zone: Zone, other: Account | None) -> str:
    if not zone.is_own:
        return neither(zone.id, vpc)
    if other is None:
        return (
            f"vpcs: this account has no {vpc.id} in {vpc.region}; for a VPC of another account give vpc_credentials, or use "
            "state: authorized here and let that account associate it"
        )
    return f"vpcs: {vpc.id} in {vpc.region} is neither of the zone's account nor of that of vpc_credentials; check ID and Region"


def _conflicts(zone: Zone, vpc: Vpc, account: Account):
    """A VPC has one zone of a name (ConflictingDomainExists). The name of another account's zone is not known before."""
    for item in zones_of(account.route53, vpc) if zone.name else []:
        if item["Name"] == zone.name and bare_id(item["HostedZoneId"]) != zone.id:
            yield (
                f"vpcs: {vpc.id} is associated with another zone {zone.name} already, {bare_id(item['HostedZoneId'])} of "
                f"{' or '.join(item['Owner'].values())}; take it from there first"
            )
