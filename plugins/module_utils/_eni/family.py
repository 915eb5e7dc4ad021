# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces on the engine: one of them or a thousand, the same way."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial

from .._cloud.creations import Creations
from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.errors import ERRORS
from .._reconcile.apply import WORKERS
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from . import observed as eni_observed
from .check import problems
from .desired import FLEET_TAG, Eni
from .observed import Interface
from .plan import is_attached_as_wanted, plan
from .predict import predict
from .surroundings import look_around


class Enis(Ec2Family):
    """Wanted network interfaces, in the order that the user gave. observe() returns [(Eni, Interface or None), ...].

    purge: whether interfaces of the fleet (a tag) that are not wanted are deleted; they follow the wanted ones.
    """

    def __init__(self, ec2: Ec2, enis, result, fleet: str | None = None, purge: bool = False):
        """result([(Eni, Interface or None), ...]) -> the module's return values."""
        super().__init__(ec2)
        self.enis = list(enis)
        self.result = result
        self.purged_fleet = fleet if purge else None
        self.creations = Creations(self._make)
        # By key: of whom AWS knows no name that a later run could find them by.
        self.nameless = {eni.key for eni in self.enis if eni.is_anonymous or eni.is_named_by_device}
        # By key: ids of what this run has made, which nothing else may find before it is attached.
        self.made: dict = {}
        # By id of the call: when it was answered; whether it was repeated by force, which is done once.
        self.answered: dict = {}
        self.forced: set = set()

    def observe(self) -> list:
        enis = [self._identified(eni) for eni in self.enis]
        interfaces = eni_observed.describe(self.ec2, enis, self.purged_fleet)
        known = eni_observed.Known(interfaces)
        pairs, wrong = [], []
        for eni, identified in zip(self.enis, enis):
            try:
                pairs.append((eni, self._whole(eni, known.meant_by(identified))))
            except BadInput as error:
                wrong += error.problems
        wrong += _meant_twice(pairs)
        if wrong:
            raise BadInput(wrong)
        return pairs + self._strays(pairs, interfaces)

    def _identified(self, eni: Eni) -> Eni:
        if eni.key not in self.made or eni.key not in self.nameless:
            return eni
        return replace(eni, eni_id=self.made[eni.key], state="absent")  # which may be invisible still

    def _whole(self, eni: Eni, interface: Interface | None) -> Interface | None:
        """With the attribute that only DescribeNetworkInterfaceAttribute tells, where it is mentioned."""
        if interface is None or "associate_public_ip_address" not in eni.attributes:
            return interface
        told = self.ec2.read("describe_network_interface_attribute", {
            "NetworkInterfaceId": interface.id, "Attribute": "associatePublicIpAddress"})
        return replace(interface, attributes={**interface.attributes, "associate_public_ip_address": told.get("AssociatePublicIpAddress", False)})

    def _strays(self, pairs, interfaces) -> list:
        """The interfaces of the fleet that are not wanted, as wanted to be absent."""
        if self.purged_fleet is None:
            return []
        wanted = {interface.id for _eni, interface in pairs if interface}
        # One that was made for a device and is not attached yet looks like none that is wanted.
        all_there = all(interface for eni, interface in pairs if eni.is_named_by_device)
        return [
            (Eni(state="absent", eni_id=interface.id, force_detach=True), interface) for interface in interfaces
            if interface.id not in wanted and interface.tags.get(FLEET_TAG) == self.purged_fleet and (interface.attachment or all_there)
        ]

    def plan(self, observed) -> list:
        return plan(observed)

    def predict(self, observed, calls) -> list:
        by_subject: dict = {}
        for call in calls:
            by_subject.setdefault(call.subject, []).append(call)
        return [(eni, predict(eni, interface, by_subject.get(eni.key, ()))) for eni, interface in observed]

    def show(self, observed) -> dict:
        return self.result(observed)

    def check(self, observed) -> list:
        around = look_around(self.ec2, observed)
        found = problems(observed, around)
        if found:
            raise BadInput(found)
        return [(around.settled(eni, interface), interface) for eni, interface in observed]

    def perform(self, call: Call, parameters: dict) -> dict:
        if call.operation == "create_network_interface":
            return self.creations.create(call, parameters, is_named=call.subject not in self.nameless)
        reply = super().perform(call, parameters)
        self.answered[call.id] = time.monotonic()
        return reply

    def _make(self, call: Call, request: dict) -> dict:
        reply = super().perform(call, request)
        self.made[call.subject] = reply["NetworkInterface"]["NetworkInterfaceId"]
        return reply

    def on_its_way(self, observed) -> list:
        return [
            f"{eni.key}: {interface.id} is attaching to {eni.instance_id}" for eni, interface in observed
            if interface and eni.attached and is_attached_as_wanted(eni, interface)
            and interface.attachment.status == "attaching"
        ]

    def reached(self, pending: list, observed) -> set:
        """Whose state is there; those that stay behind are helped along."""
        interfaces = {eni.key: interface for eni, interface in observed}
        there = {call.id for call, reply in pending if _REACHED[call.wait](interfaces.get(call.subject), call, reply)}
        forced_after = {eni.key: eni.force_detach_after for eni, _interface in observed if eni.force_detach_after is not None}
        late = []
        for call, reply in pending:
            if call.id in there:
                continue
            if call.wait == "available" and interfaces.get(call.subject) is None:
                late.append(partial(self.creations.missed, call, reply))
            elif call.wait == "detached" and call.id not in self.forced and self._waited(call) >= forced_after.get(call.subject, math.inf):
                late.append(partial(self._force, call))
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            for helped in [pool.submit(each) for each in late]:
                helped.result()
        return there

    def _waited(self, call: Call) -> float:
        return time.monotonic() - self.answered[call.id]

    def _force(self, call: Call) -> None:
        """Detach by force what a guest does not let go. If that fails, the next look tells the state."""
        self.forced.add(call.id)
        with suppress(*ERRORS):
            super().perform(call, {**call.parameters, "Force": True})


def _meant_twice(pairs) -> list:
    """Elements that mean one interface by different words: they would undo each other."""
    meant: dict = {}
    for eni, interface in pairs:
        if interface:
            meant.setdefault(interface.id, []).append(eni.key)
    return [f"{', '.join(keys)}: all of these mean {network_interface}; list it once" for network_interface, keys in meant.items() if len(keys) > 1]


def _is_detached(interface: Interface | None, call: Call) -> bool:
    return interface is None or interface.attachment is None or interface.attachment.id != call.parameters["AttachmentId"]


_REACHED = {
    "available": lambda interface, call, reply: interface is not None and interface.status != "pending",
    "attached": lambda interface, call, reply: (
        interface is not None and interface.attachment is not None and interface.attachment.id == reply["AttachmentId"]
        and interface.attachment.status == "attached"
    ),
    "detached": lambda interface, call, reply: _is_detached(interface, call),
    "deleted": lambda interface, call, reply: interface is None,
}
