# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Filters as EC2 documents them: names from botocore's model, values with wildcards, joined with OR, filters with AND.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.ec2.exceptions import EC2ClientError

from .replies import DESCRIBES
from .xml_writer import text

Path = tuple[str, ...]

#: "up to 50 filters and up to 200 values per filter in a single request"
MOST_FILTERS, MOST_VALUES = 50, 200

#: The path of a filter that AWS documents without replying the value.
UNSEEN = ("",)

_pick = XFormedAttributePicker()


class Search:
    """The Filters of one request, read once and applied to many items.

    :raises EC2ClientError: InvalidParameterValue, an unknown filter; FilterLimitExceeded.
    """

    def __init__(self, operation: str, filters: list[dict[str, Any]]):
        if len(filters) > MOST_FILTERS or any(len(each.get("Values", [])) > MOST_VALUES for each in filters):
            raise EC2ClientError(
                "FilterLimitExceeded",
                f"The maximum number of filters is {MOST_FILTERS}, that of values per filter {MOST_VALUES}.",
            )
        self._nested = DESCRIBES[operation].nested
        self._shape = item_shape(operation)
        self._outer: list[tuple[Path, _Values]] = []
        self._inner: list[tuple[Path, _Values]] = []
        for each in filters:
            path, values = path_of(operation, each.get("Name", "null")), _Values(each.get("Values", []))
            if path[0] == "^":
                self._outer.append((path[1:], values))
            else:
                (self._inner if self._nested else self._outer).append((path, values))

    def keep(self, item: Any) -> Any:
        """What matches of an item: the item, None, or a copy that holds only what matches of its nested ones."""
        if not _match_all(item, self._shape, self._outer):
            return None
        if not self._inner:
            return item
        shape = self._shape.members[self._nested].member
        kept = [each for each in values_at(item, self._shape, (self._nested,)) if _match_all(each, shape, self._inner)]
        if not kept:
            return None
        return {name: _value(item, self._shape, name) for name in self._shape.members} | {self._nested: kept}


class _Values:
    """The values of one filter: the exact ones are looked up, so that 200 of them cost as one does."""

    def __init__(self, values: list[str]):
        parts = [(value, re.findall(r"\\.|.", value, re.DOTALL)) for value in values]
        self._exact = {"".join(map(_literal, each)) for _value, each in parts if not _WILD.keys() & set(each)}
        self._patterns = [_pattern(value) for value, each in parts if _WILD.keys() & set(each)]

    def match(self, value: str) -> bool:
        return value in self._exact or any(pattern.fullmatch(value) for pattern in self._patterns)


_WILD = {"*": ".*", "?": "."}


def _literal(part: str) -> str:
    """A backslash takes the character after it literally."""
    return part.removeprefix("\\") or part


@cache
def _pattern(value: str) -> re.Pattern[str]:
    """Any characters for *, one for ?."""
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    return re.compile("".join(_WILD.get(part) or re.escape(_literal(part)) for part in parts), re.DOTALL)


def _match_all(item: Any, shape: Any, wanted: list[tuple[Path, _Values]]) -> bool:
    return all(any(values.match(text(each)) for each in _searched(item, shape, path)) for path, values in wanted)


def _searched(item: Any, shape: Any, path: Path) -> Iterable[Any]:
    if path == UNSEEN:
        return ()
    if path[0] == "tag":
        return [value for key, value in _tags(item, shape) if key == path[1]]
    return values_at(item, shape, path)


def values_at(item: Any, shape: Any, path: Path) -> list[Any]:
    """All values at a path of members; lists on the way are entered."""
    found = [item]
    for name in path:
        member = shape.members[name]
        values = [value for each in found if (value := _value(each, shape, name)) is not None]
        if member.type_name == "list":
            found, shape = [each for value in values for each in value], member.member
        else:
            found, shape = values, member
    return found


def _value(item: Any, shape: Any, name: str) -> Any:
    if isinstance(item, dict) and name in item:
        return item[name]
    member = shape.members[name]
    # moto's own serialiser sets it too: some of its aliases ask for the parent.
    member.parent = shape
    return _pick(AttributePickerContext(item, name, member))


def _tags(item: Any, shape: Any) -> list[tuple[str, str]]:
    # DescribeTags: the item is itself a tag.
    is_tag = "Key" in shape.members
    tag_shape = shape if is_tag else shape.members[_tag_member(shape)].member
    tags = [item] if is_tag else values_at(item, shape, (_tag_member(shape),))
    return [(_value(tag, tag_shape, "Key"), _value(tag, tag_shape, "Value")) for tag in tags]


def _tag_member(shape: Any) -> str:
    return "TagSet" if "TagSet" in shape.members else "Tags"


@cache
def item_shape(operation: str) -> Any:
    """botocore's shape of one item in the operation's reply."""
    reply = get_service_model("ec2").operation_model(operation).output_shape
    return reply.members[DESCRIBES[operation].items].member


@cache
def documented_filters(operation: str) -> frozenset[str]:
    """The filter names that botocore's model documents for the operation; "tag" stands for tag:KEY."""
    names = re.findall(r"<li>\s*<p>\s*<code>([^<]+)</code>", _documentation(operation))
    return frozenset(name.partition(":")[0] for name in names)


@cache
def _other_names(operation: str) -> dict[str, str]:
    """The names that the same text allows beside the first one, such as cidrBlock for cidr-block."""
    found = {}
    for item in re.findall(r"<li>(.*?)</li>", _documentation(operation), re.DOTALL):
        first, _also, rest = item.partition("You can also use")
        found |= {name: re.findall(r"<code>(.*?)</code>", first)[0] for name in re.findall(r"<code>(.*?)</code>", rest)}
    return found


def _documentation(operation: str) -> str:
    filters = get_service_model("ec2").operation_model(operation).input_shape.members.get("Filters")
    return filters.documentation if filters else ""


@cache
def path_of(operation: str, name: str) -> Path:
    """Where in an item of the reply a filter looks; UNSEEN when AWS documents the filter but replies without the value.

    :raises EC2ClientError: InvalidParameterValue, the operation has no such filter.
    """
    describe, shape = DESCRIBES[operation], item_shape(operation)
    if describe.nested:
        shape = shape.members[describe.nested].member
    known = documented_filters(operation)
    name = _other_names(operation).get(name, name)
    if name.startswith("tag:") and "tag" in known:
        return "tag", name[4:]
    if path := describe.paths.get(name):
        return ("^", *path[1:].split(".")) if path.startswith("^") else tuple(path.split("."))
    if name not in known or name == "tag":
        # Code as seen from AWS; its reference has InvalidFilter.
        raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
    if name in ("tag-key", "tag-value"):
        return _tag_member(shape), name[4:].title()
    return _spelled(shape, name)


def _spelled(shape: Any, name: str) -> Path:
    """The path whose members, without regard to case and plural, are the parts of the filter's name."""
    path: list[str] = []
    for part in name.split("."):
        if shape.type_name == "list":
            shape = shape.member
        word = "privateipaddresses" if part == "addresses" else part.replace("-", "").lower()
        spellings = (word, f"{word}s", f"{word}set", f"{word[:-1]}ies")
        member = next((each for each in getattr(shape, "members", {}) if each.lower() in spellings), None)
        if member is None:
            return UNSEEN
        path.append(member)
        shape = shape.members[member]
    return tuple(path)
