# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What all describe operations share: filters, and pages.

Pages go by the items' ids, not by position: what is added or deleted between two of them makes no other item appear
twice or not at all. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from moto.core.utils import get_service_model
from moto.ec2.exceptions import EC2ClientError

from ..visibility import visibility
from .filters import Search, item_shape, values_at
from .replies import DESCRIBES, Describe

Key = tuple[str, ...]


def page(operation: str, parameters: dict[str, Any], reply: Any) -> dict[str, Any]:
    """Reply with what the request's Filters match, and of that the page its MaxResults and NextToken ask for.

    :param reply: what the operation answers without them. An item is a dict, an object of moto's, or one of the lab's
        with ``id`` and ``as_dict()``, which becomes a dict only when it is looked at: a page costs a page.
    """
    describe = DESCRIBES[operation]
    items = visibility.visible(reply[describe.items], lambda item: _key(operation, item))
    search = Search(operation, parameters.get("Filters", []))
    limit = _limit(operation, parameters)
    token = parameters.get("NextToken")
    if limit is None and token is None:
        return reply | _listed(describe, list(_matching(search, items)))
    after = _position(operation, token)
    keyed = sorted(((_key(operation, item), item) for item in items), key=lambda each: each[0])
    remaining = [item for key, item in keyed if after is None or key > after]
    return reply | _cut(operation, _matching(search, remaining), limit or 1000)


def _matching(search: Search, items: list[Any]) -> Iterator[Any]:
    for item in items:
        kept = search.keep(item.as_dict() if hasattr(item, "as_dict") else item)
        if kept is not None:
            yield kept


def _cut(operation: str, matching: Iterator[Any], limit: int) -> dict[str, Any]:
    found: list[Any] = []
    for item in matching:
        if len(found) == limit:
            token = _token(operation, _key(operation, found[-1]))
            return _listed(DESCRIBES[operation], found) | {"NextToken": token}
        found.append(item)
    return _listed(DESCRIBES[operation], found) | {"NextToken": None}


def _listed(describe: Describe, found: list[Any]) -> dict[str, Any]:
    """The members of the reply that list what was found."""
    if not describe.names:
        return {describe.items: found}
    names, member = describe.names
    return {describe.items: found, names: list(dict.fromkeys(item[member] for item in found))}


def _key(operation: str, item: Any) -> Key:
    """The item's identity, which orders the pages."""
    if hasattr(item, "as_dict"):
        return (item.id,)
    key, shape = DESCRIBES[operation].key, item_shape(operation)
    names = (key,) if isinstance(key, str) else key
    return tuple(str(value) for name in names for value in values_at(item, shape, (name,)))


def _token(operation: str, key: Key) -> str:
    return base64.b64encode(json.dumps([operation, *key]).encode()).decode()


def _position(operation: str, token: str | None) -> Key | None:
    """The key of the last item on the page before."""
    if token is None:
        return None
    try:
        owner, *key = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, TypeError):
        owner, key = None, []
    if owner != operation:
        raise EC2ClientError("InvalidNextToken", f"The token '{token}' is invalid.")
    return tuple(key)


def _limit(operation: str, parameters: dict[str, Any]) -> int | None:
    """How many items a page has at most; None: all.

    :raises EC2ClientError: MaxResults is out of its range, or beside a list of ids where AWS does not take both.
    """
    if parameters.get("MaxResults") is None:
        return DESCRIBES[operation].page_size
    limit = int(parameters["MaxResults"])
    least, most, ids = _paging(operation)
    for wrong, bound in ((limit < least, f"greater than or equal to {least}"), (limit > most, f"less than {most + 1}")):
        if wrong:
            # Code as seen from AWS; its reference has InvalidMaxResults.
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ( {limit} ) for parameter maxResults is invalid. Expecting a value {bound}.",
            )
    if ids and parameters.get(ids):
        raise EC2ClientError(
            "InvalidParameterCombination", f"The parameter {ids} cannot be used with the parameter MaxResults"
        )
    return limit


@cache
def _paging(operation: str) -> tuple[int, int, str | None]:
    """(least, most) of MaxResults, and the list of ids that excludes it, as botocore's model and its text have them.

    Where the model has no range it is the one that DescribeTags gives in words.
    """
    members = get_service_model("ec2").operation_model(operation).input_shape.members
    shape = members["MaxResults"]
    excludes = re.search(r"cannot specify this parameter and the (.+?) IDs? parameter", shape.documentation)
    ids = f"{excludes[1].title().replace(' ', '')}Ids" if excludes else None
    return shape.metadata.get("min", 5), shape.metadata.get("max", 1000), ids if ids in members else None
