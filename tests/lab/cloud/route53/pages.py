# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Pages as Route 53 has them: where the next one begins is the identity of its first item."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from moto.route53.exceptions import InvalidInput, InvalidPaginationToken


def cut(items: Sequence[Any], size: str | None, most: int) -> tuple[Sequence[Any], Any]:
    """The first items, and the first of the next page or None.

    :param size: MaxItems or MaxResults of the request, which are strings in botocore's model.
    :param most: the page's size when the request has none, and at most.
    """
    if size is not None and not size.isdigit():
        raise InvalidInput(f"The maximum number of items '{size}' is not a number.")
    count = min(int(size), most) if size else most
    return items[:count], items[count] if len(items) > count else None


def cut_by_token(
    items: list[Any], key: Callable[[Any], str], token: str | None, size: str | None, most: int
) -> tuple[Sequence[Any], str | None]:
    """The same, from NextToken on, and the NextToken of the page after."""
    if token is not None:
        keys = [_token(key(item)) for item in items]
        if token not in keys:
            raise InvalidPaginationToken
        items = items[keys.index(token) :]
    page, following = cut(items, size, most)
    return page, None if following is None else _token(key(following))


def _token(key: str) -> str:
    return base64.b64encode(key.encode()).decode()
