# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What other services of AWS find in DNS, in whosever zone it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.route53.models import route53_backends

from .names import canonical


def all_hosted_zones() -> Iterator[Any]:
    """Those of all accounts."""
    for _account, _partition, backend in route53_backends.iter_backends():
        yield from backend.zones.values()


def public_values(name: str, kind: str) -> list[str]:
    """The values of the record sets of that name and type in public zones, as they were given."""
    wanted = canonical(name), kind
    return [
        value["Value"]
        for zone in all_hosted_zones()
        if not zone.private_zone
        for key, record_set in zone.records.items()
        if key[:2] == wanted
        for value in record_set.get("ResourceRecords", [])
    ]
