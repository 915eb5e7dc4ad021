# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Availability Zones: in AWS's oldest Regions each account has names of its own for them, while the ids are everyone's.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
"""

from __future__ import annotations

import zlib

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone

#: "In the following Regions, we independently map Availability Zones to codes for each AWS account."
MAPPED_BY_ACCOUNT = {
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
}


def zones_of(account_id: str, region: str) -> list[Zone]:
    """A Region's zones with the names an account knows them by: moto's own for the default account."""
    zones = RegionsAndZonesBackend.zones.get(region, [])
    if region not in MAPPED_BY_ACCOUNT or not zones:
        return zones
    turn = (zlib.crc32(account_id.encode()) - zlib.crc32(DEFAULT_ACCOUNT_ID.encode())) % len(zones)
    turned = zones[turn:] + zones[:turn]
    return [Zone(named.name, region, zone.zone_id, zone.zone_type) for named, zone in zip(zones, turned)]


class Zones:
    """Backend."""

    def __init__(self, region_name: str, account_id: str):
        # In the place of moto's, which are the same for all accounts.
        self.zones = {region_name: zones_of(account_id, region_name)}
