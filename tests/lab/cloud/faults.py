# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Calls that fail to order: with an error of AWS's, with a bare HTTP 500, or with a connection that is cut."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

from moto.core.utils import get_service_model

DROP_BEFORE, DROP_AFTER, HTTP_500 = "drop_before", "drop_after", "http_500"

VALID = (
    'a list of {"operation": one of AWS\'s, "nth" or "every": a whole number, 1 or more, '
    f'"kind": an error code of AWS\'s such as "InternalError", or "{HTTP_500}", "{DROP_BEFORE}" or "{DROP_AFTER}"}}'
)

#: The services in which a fault can be set.
_SERVICES = ("acm", "ec2", "elbv2", "iam", "route53", "sns", "sts")

_ERROR_CODE = re.compile(r"[A-Z][A-Za-z0-9]+(\.[A-Z][A-Za-z0-9]+)*")

#: Error code -> HTTP status; the status of any other code is 400.
#: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
SERVER_ERRORS = {
    "InsufficientAddressCapacity": 500,
    "InsufficientCapacity": 500,
    "InsufficientHostCapacity": 500,
    "InsufficientInstanceCapacity": 500,
    "InsufficientReservedInstanceCapacity": 500,
    "InsufficientVolumeCapacity": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
}


def are_faults(value: Any) -> bool:
    return isinstance(value, list) and all(_is_fault(each) for each in value)


def _is_fault(value: Any) -> bool:
    members = {"operation", "kind"}
    if not isinstance(value, dict) or value.keys() not in (members | {"nth"}, members | {"every"}):
        return False
    count = value.get("nth", value.get("every"))
    return (
        isinstance(count, int)
        and not isinstance(count, bool)
        and count >= 1
        and value["operation"] in _operations()
        and isinstance(value["kind"], str)
        and (value["kind"] in (HTTP_500, DROP_BEFORE, DROP_AFTER) or bool(_ERROR_CODE.fullmatch(value["kind"])))
    )


@cache
def _operations() -> tuple[str, ...]:
    return tuple(name for service in _SERVICES for name in get_service_model(service).operation_names)


class Faults:
    """How many calls each fault has met since the faults were set."""

    def __init__(self) -> None:
        self._met: Counter[int] = Counter()

    def clear(self) -> None:
        self._met.clear()

    def due(self, faults: list[dict[str, Any]], operation: str) -> str | None:
        """The kind of fault that the next call of an operation meets: of two due at once, the first listed."""
        due = None
        for position, fault in enumerate(faults):
            if fault["operation"] != operation:
                continue
            self._met[position] += 1
            count = self._met[position]
            if due is None and (count == fault["nth"] if "nth" in fault else count % fault["every"] == 0):
                due = fault["kind"]
        return due


faults = Faults()
