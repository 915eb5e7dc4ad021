# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Zones where a service is offered and subnets lie: names differ between accounts, ids do not.

https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One subnet for each zone that a service offers. missing: ids of the zones that have none; offered: all of them."""

    subnets: tuple
    missing: tuple
    offered: tuple


def offered(service: dict, subnets) -> tuple:
    """The ids of the zones of a service, an element of ServiceDetails; subnets tell those of which only the name is given."""
    if service.get("AvailabilityZoneIds"):
        return tuple(sorted(service["AvailabilityZoneIds"]))
    ids = {subnet["AvailabilityZone"]: subnet["AvailabilityZoneId"] for subnet in subnets}
    return tuple(sorted(ids.get(name, name) for name in service.get("AvailabilityZones") or ()))


def choose(service: dict | None, subnets, preferred) -> Choice:
    """A subnet for each zone: a preferred one (an id that comes first), else the one with the most free addresses.

    A service that names no zones, as those of other Regions, is offered wherever there is a subnet.
    """
    preferred, best = list(preferred), {}

    def rank(subnet: dict) -> tuple:
        place = preferred.index(subnet["SubnetId"]) if subnet["SubnetId"] in preferred else len(preferred)
        return place, -subnet.get("AvailableIpAddressCount", 0), subnet["SubnetId"]

    for subnet in sorted(subnets, key=rank, reverse=True):
        best[subnet["AvailabilityZoneId"]] = subnet["SubnetId"]
    zones = offered(service or {}, subnets) or tuple(sorted(best))
    return Choice(
        subnets=tuple(best[zone] for zone in zones if zone in best),
        missing=tuple(zone for zone in zones if zone not in best),
        offered=zones,
    )
