# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces on the engine: one of them or a thousand, the same way."""

from __future__ import annotations

import hashlib
import json
import time

from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.errors import ERRORS, code
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from . import observed as eni_observed
from .check import problems
from .plan import plan
from .predict import predict
from .surroundings import look_around

# A client token answers for a deleted interface too. An interface that is answered but stays out of describes
# this long (seconds, well above EC2's usual lag) is such an echo, and is asked for again with another token.
ECHO_AFTER = 10


class Enis(Ec2Family):
    """Wanted network interfaces, in the order that the user gave. observe() returns [(Eni, Interface or None), ...]."""

    def __init__(self, ec2: Ec2, enis, result):
        """result([(Eni, Interface or None), ...]) -> the module's return values."""
        super().__init__(ec2)
        self.enis = list(enis)
        self.result = result
        self.created: dict = {}

    def observe(self) -> list:
        interfaces = eni_observed.describe(self.ec2, self.enis)
        pairs, wrong = [], []
        for eni in self.enis:
            try:
                pairs.append((eni, eni_observed.match(eni, interfaces)))
            except BadInput as error:
                wrong += error.problems
        wrong += self._lost(pairs) + _meant_twice(pairs)
        if wrong:
            raise BadInput(wrong)
        return pairs

    def _lost(self, pairs) -> list:
        """What this run has made and cannot find again by what the user calls it."""
        if not self.created:
            return []
        return [
            f"{eni.key}: is not among what AWS describes after the changes; run again"
            for eni, interface in pairs if eni.state == "present" and interface is None
        ]

    def plan(self, observed) -> list:
        return plan(observed)

    def predict(self, observed, calls) -> list:
        return [(eni, predict(eni, interface, calls)) for eni, interface in observed]

    def show(self, observed) -> dict:
        return self.result(observed)

    def check(self, observed) -> list:
        around = look_around(self.ec2, observed)
        found = problems(observed, around)
        if found:
            raise BadInput(found)
        settled = []
        for eni, interface in observed:
            subnet = around.subnets.get(interface.subnet_id if interface else eni.subnet_id, {})
            settled.append((around.with_group_ids(eni, subnet.get("VpcId")), interface))
        return settled

    def perform(self, call: Call, parameters: dict) -> dict:
        if call.operation == "create_network_interface":
            return self._create(call, parameters, salt=0)
        return super().perform(call, parameters)

    def _create(self, call: Call, request: dict, salt: int) -> dict:
        """CreateNetworkInterface made safe to repeat: the same request for the same subject carries the same token until AWS refuses it."""
        while True:
            identity = json.dumps([call.subject, request, salt], sort_keys=True)
            token = hashlib.sha256(identity.encode()).hexdigest()
            try:
                reply = super().perform(call, {**request, "ClientToken": token})
            except ERRORS as error:
                if code(error) != "IdempotentParameterMismatch":
                    raise
                salt += 1
                continue
            self.created[reply["NetworkInterface"]["NetworkInterfaceId"]] = (request, salt, time.monotonic())
            return reply

    def reached(self, pending: list) -> set:
        ids = {call.id: _network_interface(call, reply) for call, reply in pending}
        by_attachment = [value for value in ids.values() if value.startswith("eni-attach-")]
        by_id = [value for value in ids.values() if not value.startswith("eni-attach-")]
        found = {}
        for name, values in (("network-interface-id", by_id), ("attachment.attachment-id", by_attachment)):
            for item in self.ec2.describe_by("describe_network_interfaces", "NetworkInterfaces", name, values):
                interface = eni_observed.from_reply(item)
                found[interface.id] = interface
                if interface.attachment:
                    found[interface.attachment.id] = interface
        self._ask_again(pending, found)
        return {call.id for call, _reply in pending if _REACHED[call.wait](found.get(ids[call.id]))}

    def _ask_again(self, pending: list, found: dict) -> None:
        """Replace the reply of each creation whose interface stays absent: what follows refers to the new one."""
        for call, reply in pending:
            if call.operation != "create_network_interface":
                continue
            network_interface = reply["NetworkInterface"]["NetworkInterfaceId"]
            request, salt, asked = self.created[network_interface]
            if network_interface not in found and time.monotonic() - asked > ECHO_AFTER:
                reply.update(self._create(call, request, salt + 1))


def _meant_twice(pairs) -> list:
    """Elements that mean one interface by different words: they would undo each other."""
    meant: dict = {}
    for eni, interface in pairs:
        if interface:
            meant.setdefault(interface.id, []).append(eni.key)
    return [f"{', '.join(keys)}: all of these mean {network_interface}; list it once" for network_interface, keys in meant.items() if len(keys) > 1]


def _network_interface(call, reply: dict) -> str:
    """The id by which the call's effect can be seen: the interface's, or for a detachment the attachment's."""
    if call.operation == "create_network_interface":
        return reply["NetworkInterface"]["NetworkInterfaceId"]
    if call.operation == "attach_network_interface":
        return reply["AttachmentId"]
    return call.parameters.get("AttachmentId") or call.parameters["NetworkInterfaceId"]


_REACHED = {
    "available": lambda interface: interface is not None and interface.status != "pending",
    "attached": lambda interface: interface is not None and interface.attachment.status == "attached",
    "detached": lambda interface: interface is None,
    "deleted": lambda interface: interface is None,
}
