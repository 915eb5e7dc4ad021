# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an alias can stand for: a record set of its own zone, a VPC endpoint, a load balancer.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from .names import canonical


def problem_of(alias: dict[str, Any], zone_id: str, held: set[tuple[str, str]]) -> str | None:
    """What is wrong with the AliasTarget of a record set, in Route 53's words.

    :param zone_id: the zone that gets the record set.
    :param held: name and type of each record set in it.
    """
    target, kind = alias["AliasTarget"], alias["Type"]
    name, home = canonical(target["DNSName"]), target["HostedZoneId"]
    start = f"Tried to create an alias that targets {name}, type {kind} in zone {home}, but"
    if home == zone_id:
        return None if (name, kind) in held else f"{start} that target was not found"
    homes = {zone for each, zone in _names_of_aws() if canonical(each) == name.removeprefix("dualstack.")}
    if homes and home not in homes:
        return f"{start} the alias target name does not lie within the target zone"
    return None if homes and kind in ("A", "AAAA") else f"{start} that target was not found"


def _names_of_aws() -> Iterator[tuple[str, str]]:
    """(name, id of the hosted zone it is in) of the endpoints and load balancers of all accounts."""
    for _account, _region, backend in ec2_backends.iter_backends():
        for endpoint in backend.vpc_end_points.values():
            for entry in endpoint.dns_entries:
                yield entry["DnsName"], entry["HostedZoneId"]
    for _account, _region, backend in elbv2_backends.iter_backends():
        for balancer in backend.load_balancers.values():
            if balancer.dns_name:
                yield balancer.dns_name, balancer.as_dict()["CanonicalHostedZoneId"]
