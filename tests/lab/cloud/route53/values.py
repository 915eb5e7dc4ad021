# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the values of a record set look like, by its type.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

_TEXT = re.compile(r'"(\\.|[^"\\]){0,255}"(\s+"(\\.|[^"\\]){0,255}")*', re.DOTALL)


def _is_ipv4(value: str) -> bool:
    return _is_address(value, ipaddress.IPv4Address)


def _is_ipv6(value: str) -> bool:
    return _is_address(value, ipaddress.IPv6Address)


def _is_address(value: str, address: type) -> bool:
    try:
        return bool(address(value))
    except ValueError:
        return False


def _is_text(value: str) -> bool:
    return bool(_TEXT.fullmatch(value))


#: Type -> the check of a value, and Route 53's words for one that fails it.
_CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "A": (_is_ipv4, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
    "AAAA": (_is_ipv6, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
    "TXT": (_is_text, "InvalidCharacterString (Value should be enclosed in quotation marks)"),
}


def problem_of(kind: str, values: list[str]) -> str | None:
    """What is wrong with the values, in Route 53's words."""
    if kind == "CNAME" and len(values) > 1:
        return "Invalid Resource Record: 'FATAL problem: a CNAME record set has exactly one value'"
    if len(set(values)) < len(values):
        return "Duplicate Resource Record: the values of a record set differ from each other"
    is_valid, problem = _CHECKS.get(kind, (bool, "an empty value"))
    for value in values:
        if not is_valid(value):
            return f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''"
    return None
