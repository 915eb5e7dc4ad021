# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What calls check of any request: members that must be there, values of an enumeration, the form of ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError


def required(parameters: dict[str, Any], *names: str) -> list[Any]:
    """The values of these members.

    :raises EC2ClientError: MissingParameter, a client other than botocore left one out.
    """
    for name in names:
        if parameters.get(name) is None:
            parameter = name[0].lower() + name[1:]
            raise EC2ClientError("MissingParameter", f"The request must contain the parameter {parameter}")
    return [parameters[name] for name in names]


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({value}) for parameter {name} is invalid. Valid values: {', '.join(choices)}",
        )


def check_id(resource_id: str, prefix: str, malformed: str) -> None:
    """Raise the error code ``malformed`` unless the id is the prefix and 8 or 17 hexadecimal digits."""
    if not re.fullmatch(rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?", resource_id):
        raise EC2ClientError(malformed, f'Invalid id: "{resource_id}" (expecting "{prefix}-...")')
