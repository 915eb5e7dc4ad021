# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Values made from botocore's shapes."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import count


def filled(shape, numbers: count, flag: bool):
    """A value of the shape in which no two scalars are the same, booleans excepted."""
    if shape.type_name == "structure":
        return {name: filled(member, numbers, flag) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [filled(shape.member, numbers, flag)]
    if shape.type_name == "boolean":
        return flag
    number = next(numbers)
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(number, timezone.utc)
    return number if shape.type_name in ("integer", "long", "float", "double") else f"text {number}"
