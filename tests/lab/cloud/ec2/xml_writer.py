# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Replies of plain dicts as EC2's XML: a function for each shape, made once, so that ten thousand items are cheap.

https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from moto.core.model import OperationModel

Write = Callable[[Any, list[str]], None]


def text(value: Any) -> str:
    """A scalar as EC2 writes it, and as its filters read it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value)


def reply_xml(operation: OperationModel, reply: dict[str, Any], request_id: str) -> str:
    """The body of the reply whose members are those of botocore's output shape; None means absent."""
    name, namespace = operation.name, operation.metadata["xmlNamespace"]
    parts = [f'<?xml version="1.0" encoding="utf-8"?>\n<{name}Response xmlns="{namespace}">']
    _writer(operation.output_shape)(reply, parts)
    parts.append(f"<requestId>{escape(request_id)}</requestId></{name}Response>")
    return "".join(parts)


@cache
def _writer(shape: Any) -> Write:
    if shape.type_name == "structure":
        return _structure(shape)
    if shape.type_name == "list":
        return _list(shape)
    return lambda value, parts: parts.append(escape(text(value)))


def _structure(shape: Any) -> Write:
    members = [
        (name, f"<{tag}>", f"</{tag}>", _writer(member))
        for name, member in shape.members.items()
        for tag in [member.serialization.get("name", name)]
    ]

    def write(value: dict[str, Any], parts: list[str]) -> None:
        for name, start, end, write_member in members:
            each = value.get(name)
            if each is not None:
                parts.append(start)
                write_member(each, parts)
                parts.append(end)

    return write


def _list(shape: Any) -> Write:
    tag = shape.member.serialization.get("name", "member")
    start, end, write_item = f"<{tag}>", f"</{tag}>", _writer(shape.member)

    def write(values: list[Any], parts: list[str]) -> None:
        for each in values:
            parts.append(start)
            write_item(each, parts)
            parts.append(end)

    return write
