# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The connections to one endpoint service on the engine."""

from __future__ import annotations

import re
import time
from functools import cached_property

from .._cloud.accounts import account_problems
from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.errors import code
from .._cloud.filters import from_parameter
from .._cloud.tags import text_tags
from .._reconcile.apply import NotReached
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from .._service import identity as service_identity
from .._service.identity import Identity
from .plan import (
    ACCEPTED, GONE, STATES, UP, Observed, Wanted, absent, from_reply, ids_of, is_on_its_way, plan, predict, show,
)

DESCRIBE = ("describe_vpc_endpoint_connections", "VpcEndpointConnections")

# How often, in seconds, to look for an endpoint that is to come.
PAUSE = 2


def from_parameters(parameters: dict) -> tuple:
    """(Identity, Wanted) of the parameters of ``ec2_vpc_endpoint_connection``; BadInput when they cannot be meant."""
    accept_from, state = parameters["accept_from"], parameters["state"]
    wrong = [
        *_endpoint_problems(parameters["vpc_endpoint_ids"]),
        *account_problems("owners", *parameters["owners"] or ()),
        *account_problems("accept_from", *accept_from or ()),
    ]
    if accept_from is not None and state != ACCEPTED:
        wrong.append(
            f"state: {state} contradicts accept_from, which says of every account what becomes of its connections; "
            "leave state out, or reject with owners or vpc_endpoint_ids"
        )
    try:
        identity = service_identity.from_parameters(parameters)
    except BadInput as error:
        raise BadInput([*error.problems, *wrong]) from error
    if wrong:
        raise BadInput(wrong)
    return identity, Wanted(
        identity.key,
        state,
        vpc_endpoint_ids=tuple(parameters["vpc_endpoint_ids"] or ()),
        owners=tuple(parameters["owners"] or ()),
        accept_from=None if accept_from is None else tuple(accept_from),
        tags=text_tags(parameters["tags"]),
        purge_tags=parameters["purge_tags"],
        wait=parameters["wait"],
    )


def _endpoint_problems(ids) -> list:
    return [
        f"vpc_endpoint_ids: '{each}' is no endpoint's ID; give one such as vpce-0a1b2c3d4e5f60718"
        for each in ids or () if not re.fullmatch("vpce-[0-9a-f]+", each)
    ]


def describe(ec2: Ec2, boto3_filters: list) -> list:
    """The connections to this account's services that the filters find."""
    return [from_reply(item) for item in ec2.describe(*DESCRIBE, Filters=boto3_filters)]


def find(ec2: Ec2, parameters: dict) -> list:
    """The connections that the parameters of ``ec2_vpc_endpoint_connection_info`` mean; BadInput where they mean none."""
    wrong = account_problems("owners", *parameters["owners"] or ())
    wrong += [
        f"states: '{state}' is no state of a connection; use {', '.join(sorted(STATES.values()))}"
        for state in parameters["states"] or () if state.lower() not in STATES
    ]
    if wrong:
        raise BadInput(wrong)
    filters = from_parameter(parameters["filters"])
    if parameters["owners"]:
        filters.append({"Name": "vpc-endpoint-owner", "Values": parameters["owners"]})
    if any(parameters[option] for option in service_identity.IDENTITY):
        identity = service_identity.from_parameters(parameters)
        filters += _of_service(identity.service_id or service_identity.get(ec2, identity)["ServiceId"])
    # Not by AWS's filter, which minds the case and does not take every state.
    states = {STATES[state.lower()] for state in parameters["states"] or ()}
    return [connection for connection in describe(ec2, filters) if not states or connection.state in states]


def _of_service(service_id: str) -> list:
    return [{"Name": "service-id", "Values": [service_id]}]


class Connections(Ec2Family):
    """All connections to the service that is meant. observe() returns Observed."""

    def __init__(
        self, ec2: Ec2, identity: Identity, wanted: Wanted, patience: float, clock=time.monotonic, sleep=time.sleep,
    ):
        """patience: seconds that an endpoint which is named may take to show up, and a pending one to be more than that."""
        super().__init__(ec2)
        self.identity = identity
        self.wanted = wanted
        self.patience = patience if wanted.wait else 0
        self.clock = clock
        self.sleep = sleep

    @cached_property
    def found_service(self) -> str | None:
        """The service's id as looked up: where it is not given, and where no connections may mean no service."""
        service = service_identity.find(self.ec2, self.identity)
        return service["ServiceId"] if service else None

    def observe(self) -> Observed:
        service_id = self.identity.service_id or self.found_service
        connections = describe(self.ec2, _of_service(service_id)) if service_id else ()
        return Observed(service_id if connections or self.found_service else None, tuple(connections))

    def plan(self, observed: Observed) -> list:
        if observed.service_id is None and self.wanted.state == ACCEPTED:
            raise BadInput([service_identity.missing(self.identity)])
        return plan(self.wanted, observed)

    def check(self, observed: Observed) -> Observed:
        """Wait for what is to be accepted and is not there, or pending: its endpoint may be a moment old."""
        deadline = self.clock() + self.patience
        while True:
            missing = absent(self.wanted, observed)
            pending = [each.id for each in observed.connections if is_on_its_way(self.wanted, each)]
            if not missing and not pending:
                return observed
            if self.clock() >= deadline:
                raise BadInput([*map(self._missing, missing), *map(self._pending, pending)])
            self.sleep(PAUSE)
            observed = self.observe()

    def _missing(self, endpoint: str) -> str:
        waited = f", after waiting for {self.patience} s" if self.wanted.wait else ""
        return (
            f"vpc_endpoint_ids: {endpoint} is not connected to {self.wanted.subject}{waited}; "
            "check the ID, and that its owner has created it to this service and has not deleted it"
        )

    def _pending(self, endpoint: str) -> str:
        return f"{self.wanted.subject}: {endpoint} is still pending after {self.patience} s; run again with a longer wait_timeout"

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(observed, calls)

    def show(self, observed: Observed) -> dict:
        return {
            "service_id": observed.service_id,
            "vpc_endpoint_connections": [
                show(connection) for connection in observed.connections if self.wanted.verdict(connection)
            ],
        }

    def is_uncertain(self, error: Exception) -> bool:
        """What a describe has told of may be unknown to the next call for a moment: another look decides."""
        return code(error) == "InvalidVpcEndpointId.NotFound" or super().is_uncertain(error)

    def reached(self, pending: list, observed: Observed) -> set:
        return {call.id for call, _reply in pending if _is_reached(call, observed)}


def _is_reached(call: Call, observed: Observed) -> bool:
    """Whether each connection has the state that was asked for; NotReached for one that will never be available."""
    connections = observed.named(ids_of(call))
    if call.wait != ACCEPTED:
        return all(connection.state in GONE | {"rejected"} for connection in connections.values())
    lost = [f"{each.id} is {each.state}" for each in connections.values() if each.state in GONE]
    if lost:
        raise NotReached(f"it was accepted, but {', '.join(lost)}")
    return all(each in connections and connections[each].state in UP for each in ids_of(call))
