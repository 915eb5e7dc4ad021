# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Creations that are safe to repeat, by client tokens: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html"""

from __future__ import annotations

import hashlib
import json
import time
import uuid

from .._reconcile.calls import Call
from .errors import code

# A client token answers for a deleted object too. An object that is answered but stays out of describes
# this long (seconds, far above EC2's usual lag) is such an echo, and is asked for again with another token.
ECHO_AFTER = 30


class Creations:
    """The same request for the same subject carries the same token, until AWS refuses it or answers with what is gone."""

    def __init__(self, send):
        """send(call, parameters) makes the call and returns its reply."""
        self._send = send
        self._run = uuid.uuid4().hex
        # By subject: how its token differs from the first one; by id of the call: when it was first answered; whose tokens were replaced.
        self._salts: dict = {}
        self._answered: dict = {}
        self._anew: set = set()

    def create(self, call: Call, request: dict, is_named: bool = True) -> dict:
        """The call with a token of its own, which must be one that takes a ClientToken.

        is_named: whether the subject means the same in every run. Of what nobody named, each run makes one of its own.
        """
        while True:
            salt = self._salts.get(call.subject, 0 if is_named else self._run)
            identity = json.dumps([call.subject, call.operation, request, salt], sort_keys=True)
            token = hashlib.sha256(identity.encode()).hexdigest()
            try:
                reply = self._send(call, {**request, "ClientToken": token})
            except Exception as error:
                if code(error) != "IdempotentParameterMismatch":
                    raise
                self._salts[call.subject] = [salt]
                continue
            self._answered.setdefault(call.id, time.monotonic())
            return reply

    def missed(self, call: Call, reply: dict) -> None:
        """What was answered is not seen: once it is late, ask by a token that no other run had, and put that answer into the reply."""
        if call.id in self._anew or time.monotonic() - self._answered[call.id] < ECHO_AFTER:
            return
        self._anew.add(call.id)
        self._salts[call.subject] = self._run
        reply.update(self.create(call, call.parameters))
