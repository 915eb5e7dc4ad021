# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What EC2 does with every request, whatever its operation.

Dry runs, client tokens, objects that are not visible yet, and the search of describes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionContext, ActionResult
from moto.ec2.exceptions import DryRunClientError, EC2ClientError

from ..visibility import visibility
from .describe import DESCRIBES, page
from .xml_writer import reply_xml

_SEARCH = ("Filters", "MaxResults", "NextToken")


class PlainResult(ActionResult):
    """A reply of plain dicts with AWS's member names; in a searched list, of objects with ``as_dict()``."""

    def execute_result(self, context: ActionContext) -> Any:
        body = reply_xml(context.operation_model, self.result, "request-id")
        return 200, {"Content-Type": "text/xml"}, body


@dataclass
class Remembered:
    """The first use of a client token."""

    parameters: str
    response: tuple[int, dict[str, str], str]


class ClientTokens:
    """Backend state: what each client token was used for, kept after the object's deletion as AWS does.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    """

    def __init__(self) -> None:
        self.client_tokens: dict[tuple[str, str], Remembered] = {}


class Dispatch:
    """Mixin of the response class, in front of moto's own dispatch."""

    params: dict[str, Any]
    ec2_backend: Any

    def call_action(self) -> Any:
        self._searched = {}
        if self._get_action() in DESCRIBES:
            self._searched = {name: self.params.pop(name) for name in _SEARCH if name in self.params}
        if self.params.get("DryRun"):
            _status, headers, body = self.serialized(ActionResult(DryRunClientError()))
            return 412, headers, body
        token = self.params.get("ClientToken")
        return self._once(token) if token else self._carry_out()

    def _once(self, token: str) -> Any:
        if len(token) > 64 or not token.isascii():
            return self._refuse("InvalidClientToken", f"Client token '{token}' exceeds 64 ASCII characters.")
        key = self._get_action(), token
        parameters = json.dumps(self.params, sort_keys=True, default=str)
        remembered = self.ec2_backend.client_tokens.get(key)
        if remembered is None:
            response = self._carry_out()
            if response[0] < 300:
                self.ec2_backend.client_tokens[key] = Remembered(parameters, response)
            return response
        if remembered.parameters != parameters:
            return self._refuse(
                "IdempotentParameterMismatch",
                "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
            )
        if key[0] == "RunInstances" and self.ec2_backend.has_terminated(token):
            return self._refuse(
                "IdempotentInstanceTerminated", f"The instance launched with client token '{token}' is terminated."
            )
        return remembered.response

    def _carry_out(self) -> Any:
        try:
            visibility.check(self.params)
        except EC2ClientError as error:
            return self.serialized(ActionResult(error))
        with visibility.creating(True):
            return super().call_action()

    def _refuse(self, code: str, message: str) -> Any:
        return self.serialized(ActionResult(EC2ClientError(code, message)))

    def serialized(self, action_result: ActionResult) -> Any:
        operation, reply = self._get_action(), action_result.result
        if operation in DESCRIBES and not isinstance(reply, Exception):
            try:
                action_result = type(action_result)(page(operation, self.params | self._searched, reply))
            except ServiceException as error:
                action_result = ActionResult(error)
        return super().serialized(action_result)
