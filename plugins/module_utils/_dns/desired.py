# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The parameters of ``route53_zone_association`` as what is wanted. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._reconcile.run import BadInput

_ZONE_ID = re.compile(r"[A-Z0-9]{1,32}")
_VPC_ID = re.compile(r"vpc-[0-9a-f]{8,17}")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")


@dataclass(frozen=True)
class Vpc:
    """Route 53's VPC: VPCId and VPCRegion."""

    id: str
    region: str


@dataclass(frozen=True)
class Wanted:
    """VPCs of a zone, which is meant by its ID or by its name with the dot at the end.

    state: present, authorized (present as far as the zone's account alone can bring it) or absent.
    """

    hosted_zone_id: str | None
    name: str | None
    vpcs: tuple = ()
    state: str = "present"
    purge_vpcs: bool = False

    @property
    def subject(self) -> str:
        return self.hosted_zone_id or self.name


def from_parameters(parameters: dict) -> Wanted:
    """The module's parameters; BadInput when they cannot be meant."""
    zone_id = (parameters["hosted_zone_id"] or "").removeprefix("/hostedzone/") or None
    name, state = parameters["name"], parameters["state"]
    vpcs = tuple(dict.fromkeys(Vpc(item["vpc_id"], item["vpc_region"]) for item in parameters["vpcs"]))
    problems = [problem for vpc in vpcs for problem in _vpc_problems(vpc)]
    twice = {vpc.id for vpc in vpcs if [other.id for other in vpcs].count(vpc.id) > 1}
    problems += [f"vpcs: {vpc_id} is listed with two regions; keep the one that it is in" for vpc_id in sorted(twice)]
    if zone_id and not _ZONE_ID.fullmatch(zone_id):
        problems.append(f"hosted_zone_id: '{zone_id}' is no ID of a hosted zone, such as Z0123456789ABCDEFGHIJ; a zone's name goes to name")
    if name is not None and not name.strip("."):
        problems.append(f"name: '{name}' is no name of a zone; give one such as example.internal")
    if parameters["purge_vpcs"] and state != "present":
        problems.append(f"purge_vpcs: an exact set of VPCs is for state present, not for {state}; leave it out")
    if problems:
        raise BadInput(problems)
    return Wanted(zone_id, f"{name.rstrip('.').lower()}." if name else None, vpcs, state, parameters["purge_vpcs"])


def _vpc_problems(vpc: Vpc):
    if not _VPC_ID.fullmatch(vpc.id):
        yield f"vpcs: vpc_id: '{vpc.id}' is no ID of a VPC, such as vpc-0a1b2c3d4e5f60718"
    if not _REGION.fullmatch(vpc.region):
        yield f"vpcs: {vpc.id}: vpc_region: '{vpc.region}' is no Region, such as eu-west-1"
