# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Changes: PENDING until all of Route 53's DNS servers have them. What reads a zone sees them at once.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
"""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.route53.exceptions import Route53ClientError

from ..clock import State


def random_id(prefix: str) -> str:
    """An id of Route 53's: Z0123456789ABCDEFGHIJ of a zone, C... of a change."""
    return prefix + "".join(mock_random.choice(string.digits + string.ascii_uppercase) for _digit in range(20))


class Change:
    def __init__(self, comment: str | None):
        self.id = random_id("C")
        self._comment = comment
        self._state = State("PENDING", "INSYNC")
        self._submitted_at: datetime = utcnow()

    def as_dict(self) -> dict[str, Any]:
        """botocore's ChangeInfo."""
        return {
            "Id": f"/change/{self.id}",
            "Status": self._state.name,
            "SubmittedAt": self._submitted_at,
            "Comment": self._comment,
        }


class Changes:
    """Backend; ``changes`` is a dict by id."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}

    def submit_change(self, comment: str | None = None) -> dict[str, Any]:
        """The ChangeInfo of what this account has just changed."""
        change = Change(comment)
        self.changes[change.id] = change
        return change.as_dict()


class ChangeHandlers:
    """Responses."""

    def get_change(self) -> ActionResult:
        change_id = self.params["Id"].removeprefix("/change/")
        if change_id not in self.backend.changes:
            raise Route53ClientError("NoSuchChange", f"A change with the ID {change_id} does not exist.")
        return ActionResult({"ChangeInfo": self.backend.changes[change_id].as_dict()})
