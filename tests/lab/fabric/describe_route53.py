# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private hosted zones as Route 53 describes them to their owner, who sees every VPC associated, of other accounts too.

Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
"""

from __future__ import annotations

from lab.fabric.description import HostedZone, Record
from lab.fabric.paging import items


def private_zones(client) -> dict[str, HostedZone]:
    """By id. Of the records, those that lead to an IPv4 address."""
    zones = items(client, "list_hosted_zones", "HostedZones")
    described = (_zone(client, item) for item in zones if item["Config"].get("PrivateZone"))
    return {zone.id: zone for zone in described}


def _zone(client, item: dict) -> HostedZone:
    zone_id = item["Id"].removeprefix("/hostedzone/")
    vpcs = client.get_hosted_zone(Id=zone_id)["VPCs"]
    sets = items(client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone_id)
    records = (_record(record_set) for record_set in sets if record_set["Type"] in ("A", "CNAME"))
    return HostedZone(
        id=zone_id,
        name=canonical(item["Name"]),
        vpcs=tuple(sorted(vpc["VPCId"] for vpc in vpcs)),
        records=tuple(sorted(records, key=lambda record: (record.name, record.values))),
    )


def _record(item: dict) -> Record:
    name = canonical(item["Name"])
    if alias := item.get("AliasTarget"):
        return Record(name, "ALIAS", (canonical(alias["DNSName"]),))
    values = [value["Value"] for value in item["ResourceRecords"]]
    return Record(name, item["Type"], tuple(values if item["Type"] == "A" else map(canonical, values)))


def canonical(name: str) -> str:
    """In lower case, without the final dot, and with the asterisk that Route 53 escapes."""
    return name.lower().removesuffix(".").replace("\\052", "*")
