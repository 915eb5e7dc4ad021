# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All items of a describe or list call, whether it comes in pages or not."""

from __future__ import annotations


def items(client, operation: str, key: str, **parameters) -> list[dict]:
    """What the replies of ``operation`` hold under ``key``."""
    if not client.can_paginate(operation):
        return getattr(client, operation)(**parameters)[key]
    pages = client.get_paginator(operation).paginate(**parameters)
    return [item for page in pages for item in page[key]]
