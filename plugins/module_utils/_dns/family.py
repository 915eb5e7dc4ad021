# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The VPCs of a private hosted zone on the engine."""

from __future__ import annotations

from .._cloud.errors import code
from .._cloud.service import ServiceFamily
from .._reconcile.calls import Call
from . import plan
from .account import Account
from .check import check
from .desired import Wanted
from .observed import Zone, find

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
REMEDIES = {
    "NotAuthorizedException": "Let the zone's account authorize the VPC, with state: authorized, or check that the zone exists.",
    "NoSuchHostedZone": "Check hosted_zone_id, and that the credentials are of the account that has the zone.",
    "ConflictingDomainExists": "A VPC has one zone of a name: take it from the other one first.",
    "LastVPCAssociation": "Delete the zone, or associate another VPC first.",
    "TooManyVPCAssociationAuthorizations": "Drop authorizations that are not needed, with state: absent.",
}


class ZoneAssociations(ServiceFamily):
    """observe() returns the Zone, or None where there is none of the name.

    own: the account of the module's credentials; other: that of the VPCs, where it is another one and given.
    """

    def __init__(self, wanted: Wanted, own: Account, other: Account | None):
        self.wanted = wanted
        self.own = own
        self.other = other

    def observe(self) -> Zone | None:
        return find(self.own.route53, self.wanted)

    def plan(self, observed) -> list:
        return plan.plan(self.wanted, observed)

    def check(self, observed: Zone) -> Zone:
        return check(self.wanted, observed, self.own, self.other)

    def predict(self, observed, calls) -> Zone | None:
        return plan.predict(observed, calls)

    def show(self, observed) -> dict:
        if observed is None:
            return {}
        shown = {"id": observed.id, "name": observed.name, "private": True, "vpcs": _show(observed.vpcs)}
        if observed.is_own:
            shown["authorizations"] = _show(observed.authorizations)
        return {"hosted_zone": shown}

    def perform(self, call: Call, parameters: dict) -> dict:
        return self._route53(call).call(call.operation, parameters)

    def reached(self, pending: list, observed) -> set:
        """A change tells by its own ID whether all name servers have it."""
        return {
            call.id for call, reply in pending
            if self._route53(call).read("get_change", {"Id": reply["ChangeInfo"]["Id"]})["ChangeInfo"]["Status"] == call.wait
        }

    def explain(self, error: Exception) -> str:
        return f"{super().explain(error)} {REMEDIES.get(code(error), '')}".rstrip()

    def _route53(self, call: Call):
        return (self.other if plan.is_across(call) else self.own).route53


def _show(vpcs) -> list:
    return [{"vpc_id": vpc.id, "vpc_region": vpc.region} for vpc in vpcs]
