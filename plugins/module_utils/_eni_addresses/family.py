# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The addresses of a network interface and their Elastic IPs, on the engine."""

from __future__ import annotations

from dataclasses import replace

from .._cloud.ec2 import Ec2, Ec2Family
from .._eni import check as eni_check
from .._eni.surroundings import Surroundings, look_around
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from . import check as own_check
from .desired import SECONDARY, EniAddresses
from .observed import Observed, associated, associations_of, describe_interface, describe_ours, show
from .plan import in_question, plan, secondary_change, surplus
from .predict import predict


class AddressesOfEni(Ec2Family):
    """The wanted addresses of one interface."""

    # AllocateAddress takes no token: only seeing the Elastic IP that it made keeps it from being made twice.
    settle = 15

    def __init__(self, ec2: Ec2, wanted: EniAddresses):
        super().__init__(ec2)
        self.wanted = wanted
        # Seen on the interfaces that addresses are taken from, before they are: nothing else tells what is on its way.
        self.following: dict = {}

    def observe(self) -> Observed:
        interface = describe_interface(self.ec2, self.wanted.eni)
        observed = Observed(interface, associations_of(interface), following=self.following)
        return replace(observed, ours=describe_ours(self.ec2, interface.subnet_id, in_question(self.wanted, observed)))

    def plan(self, observed: Observed) -> list:
        return plan(self.wanted, observed)

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(self.wanted, observed, calls)

    def show(self, observed: Observed) -> dict:
        return show(observed)

    def check(self, observed: Observed) -> Observed:
        pairs = [(self.wanted.eni, observed.interface)]
        around = look_around(self.ec2, pairs)
        self.following = {**self.following, **self._following(observed, around)}
        observed = replace(observed, following=self.following)
        found = eni_check.problems(pairs, around)
        found += own_check.problems(self.wanted, observed, self._has_gateway(observed))
        if found:
            raise BadInput(found)
        return observed

    def _following(self, observed: Observed, around: Surroundings) -> dict:
        """The Elastic IPs that come after the addresses that are moved; those that are to go do not."""
        going = {elastic.allocation_id for elastic in surplus(self.wanted, observed)}
        following = {}
        for address in secondary_change(self.wanted, observed.interface).add:
            elastic = associated(address, around.secondaries.get((observed.interface.subnet_id, address), {}))
            if elastic and elastic.allocation_id not in going:
                following[address] = elastic
        return following

    def _has_gateway(self, observed: Observed) -> bool:
        """Whether the VPC has an Internet gateway; not asked where no Elastic IP is to be associated."""
        if all(call.operation != "associate_address" for call in self.plan(observed)):
            return True
        return bool(self.ec2.describe_by(
            "describe_internet_gateways", "InternetGateways", "attachment.vpc-id", {observed.interface.vpc_id}))

    def reached(self, pending: list, observed: Observed) -> set:
        return {call.id for call, reply in pending if _REACHED[call.wait](observed, call, reply)}


def _is_assigned(observed: Observed, call: Call, reply: dict) -> bool:
    """The addresses are there, and what follows them."""
    assigned = call.parameters.get("PrivateIpAddresses")
    if assigned is None:
        assigned = [item["PrivateIpAddress"] for item in reply["AssignedPrivateIpAddresses"]]
    awaited = observed.following.keys() & set(assigned)
    return set(assigned) <= set(observed.interface.addresses[SECONDARY]) and awaited <= observed.associations.keys()


_REACHED = {
    "assigned": _is_assigned,
    "allocated": lambda observed, call, reply: any(
        elastic.allocation_id == reply["AllocationId"] for elastic in observed.ours),
    "associated": lambda observed, call, reply: any(
        elastic.association_id == reply["AssociationId"] for elastic in observed.associations.values()),
    "disassociated": lambda observed, call, reply: not any(
        elastic.association_id == call.parameters["AssociationId"]
        for elastic in (*observed.associations.values(), *observed.ours)),
}
