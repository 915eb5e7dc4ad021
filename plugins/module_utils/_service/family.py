# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One endpoint service on the engine."""

from __future__ import annotations

from dataclasses import replace

from .._cloud.creations import Creations
from .._cloud.ec2 import Ec2, Ec2Family
from .._reconcile.apply import NotReached
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from .check import problems
from .desired import Service
from .identity import find
from .observed import Observed, connections_to, principals_of, show
from .plan import CREATE, plan
from .predict import predict


class Services(Ec2Family):
    """The endpoint service that is meant, with its principals where they are wanted and its connections where it is to go."""

    def __init__(self, ec2: Ec2, service: Service):
        super().__init__(ec2)
        self.service = service
        self.creations = Creations(super().perform)

    def observe(self) -> Observed:
        configuration = find(self.ec2, self.service.identity)
        if configuration is None or configuration["ServiceState"] == "Deleting":
            return Observed(configuration)
        if self.service.state == "absent":
            return Observed(configuration, connections=connections_to(self.ec2, configuration["ServiceId"]))
        observed = Observed(configuration)
        return observed if self.service.allowed_principals is None else self._with_principals(observed)

    def _with_principals(self, observed: Observed) -> Observed:
        return replace(observed, principals=principals_of(self.ec2, observed.id))

    def plan(self, observed: Observed) -> list:
        return plan(self.service, observed)

    def check(self, observed: Observed) -> Observed:
        opens = observed.configuration and self.service.settings.get("acceptance_required") is False
        known = self._with_principals(observed) if opens and observed.principals is None else observed
        found = problems(self.service, known, self.plan(observed))
        if found:
            raise BadInput(found)
        return observed

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(self.service, observed, calls)

    def show(self, observed: Observed) -> dict:
        return {"service_configuration": show(observed.configuration, observed.principals)} if observed.configuration else {}

    def perform(self, call: Call, parameters: dict) -> dict:
        return self.creations.create(call, parameters) if call.operation == CREATE else super().perform(call, parameters)

    def reached(self, pending: list, observed: Observed) -> set:
        if observed.state == "Failed" and self.service.state == "present":
            raise NotReached(f"the state of {observed.id} is Failed; delete it, with state: absent, and make it anew")
        if observed.configuration is None:
            for call, reply in pending:
                if call.operation == CREATE:
                    self.creations.missed(call, reply)
        return {call.id for call, _reply in pending if _REACHED[call.wait](observed)}


_REACHED = {
    "available": lambda observed: observed.state == "Available",
    "deleted": lambda observed: observed.state == "Deleted",
    "disconnected": lambda observed: not observed.connections,
}
