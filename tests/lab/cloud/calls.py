# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The log of API calls: what clients asked for, in the order in which it was carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Call:
    """One API call, with names as botocore has them.

    ``error`` is AWS's error code, or None when the call succeeded. When the connection was cut, ``status`` is None and
    ``error`` says whether the call was carried out: ``drop_before`` or ``drop_after``.
    """

    account: str
    service: str
    operation: str
    parameters: dict[str, Any]
    status: int | None
    error: str | None


class CallLog:
    def __init__(self) -> None:
        self._calls: list[Call] = []

    def append(self, call: Call) -> None:
        self._calls.append(call)

    def clear(self) -> None:
        self._calls = []

    def as_list(self) -> list[dict[str, Any]]:
        return [vars(call) for call in self._calls]


calls = CallLog()
