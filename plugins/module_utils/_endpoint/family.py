# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One endpoint on the engine."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

from .._cloud import filters
from .._cloud.creations import Creations
from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.errors import ERRORS, code
from .._reconcile.calls import Call
from .._reconcile.run import PAUSE, BadInput
from . import zones
from .check import Change, defers_private_dns, problems
from .desired import AUTO, Wanted
from .observed import Endpoint, candidates, describe, meant_by, service_of, show, type_of, with_addresses
from .plan import CREATE, MODIFY, plan
from .predict import modified, predict
from .surroundings import Surroundings, describe_services, look_around


@dataclass(frozen=True)
class Seen:
    """What is wanted, with subnets chosen, beside what is there.

    choice: how they were chosen, for subnets: auto; leaving: ids of those that are being deleted; in_the_way: as plan() has it.
    """

    wanted: Wanted
    endpoint: Endpoint | None
    choice: zones.Choice | None = None
    leaving: tuple = ()
    in_the_way: tuple = ()


class Endpoints(Ec2Family):
    """The endpoint that is wanted. observe() returns Seen."""

    def __init__(self, ec2: Ec2, wanted: Wanted, timeout: float):
        """timeout: how long a new service may take to be ready, in seconds."""
        super().__init__(ec2)
        self.wanted = wanted
        self.timeout = timeout
        self.creations = Creations(super().perform)
        self._services: tuple | None = None
        self._subnets: list | None = None

    @property
    def goes_on(self) -> bool:
        """Private DNS may have to follow what the first calls bring about."""
        return bool(self.wanted.wait and self.wanted.private_dns_enabled)

    def observe(self) -> Seen:
        found = describe(self.ec2, self.wanted)
        endpoint = meant_by(self.wanted, found)
        if endpoint and any(self.wanted.addresses.values()):
            endpoint = with_addresses(self.ec2, endpoint)
        leaving = tuple(each.id for each in candidates(self.wanted, found) if each.state == "deleting")
        return replace(self._choose(endpoint), leaving=leaving)

    def _choose(self, endpoint: Endpoint | None) -> Seen:
        """With a subnet for each zone of the service, where the choice is ours."""
        wanted, vpc_id = self.wanted, endpoint.vpc_id if endpoint else self.wanted.vpc_id
        if wanted.subnets != AUTO or wanted.state == "absent":
            return Seen(wanted, endpoint)
        services = self._service_details(endpoint)
        if vpc_id is None or services == ():  # which check() tells
            return Seen(replace(wanted, subnets=None), endpoint)
        if self._subnets is None:
            self._subnets = self.ec2.describe(
                "describe_subnets", "Subnets", Filters=filters.from_parameter({**wanted.subnet_filters, "vpc-id": vpc_id}))
        service = Surroundings(services).service(type_of(wanted, endpoint))
        choice = zones.choose(service, self._subnets, (*wanted.addresses, *(endpoint.subnets if endpoint else ())))
        return Seen(replace(wanted, subnets=choice.subnets), endpoint, choice)

    def _service_details(self, endpoint: Endpoint | None) -> tuple | None:
        """Surroundings' services, asked for once; None where the endpoint leads to no service."""
        name = service_of(self.wanted, endpoint)
        if self._services is None and name:
            self._services = describe_services(self.ec2, name, endpoint.service_region if endpoint else self.wanted.service_region)
        return self._services

    def plan(self, observed: Seen) -> list:
        return plan(observed.wanted, observed.endpoint, observed.in_the_way)

    def predict(self, observed: Seen, calls) -> Seen:
        return replace(observed, endpoint=predict(observed.endpoint, calls))

    def check(self, observed: Seen) -> Seen:
        wanted, endpoint = observed.wanted, observed.endpoint
        request = next((call.parameters for call in self.plan(observed) if call.operation in (CREATE, MODIFY)), {})
        if not request:
            return observed
        vpc_id = endpoint.vpc_id if endpoint else wanted.vpc_id
        around = look_around(self.ec2, wanted, vpc_id, request, partial(self._service_details, endpoint))
        change = Change(wanted, endpoint, request, around, observed.choice, self.ec2.client.meta.region_name)
        found = problems(change)
        if found:
            raise BadInput(found)
        if wanted.groups is not None:
            wanted = replace(wanted, groups=around.group_ids(wanted.groups, vpc_id))
        if request.get("PrivateDnsEnabled") and defers_private_dns(change):
            wanted = replace(wanted, private_dns_enabled=None if endpoint else False)
        return replace(observed, wanted=wanted, in_the_way=around.in_the_way(request))

    def on_its_way(self, observed: Seen) -> list:
        endpoint = observed.endpoint
        if self.wanted.state == "absent":  # its subnets and groups are in use until it is gone
            return [f"{each} is being deleted" for each in observed.leaving]
        return [f"{endpoint.id} is pending"] if self.wanted.wait and endpoint and endpoint.state == "pending" else []

    def perform(self, call: Call, parameters: dict) -> dict:
        """Each as it is; a creation also again while AWS does not know everywhere yet the service that check() has seen."""
        deadline = time.monotonic() + self.timeout
        while True:
            try:
                return self._create(call, parameters) if call.operation == CREATE else super().perform(call, parameters)
            except ERRORS as error:
                if code(error) != "InvalidServiceName" or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE)

    def _create(self, call: Call, request: dict) -> dict:
        if self.wanted.client_token:
            return super().perform(call, {**request, "ClientToken": self.wanted.client_token})
        return self.creations.create(call, request)

    def reached(self, pending: list, observed: Seen) -> set:
        there = {call.id for call, _reply in pending if self._is_reached(call, observed)}
        for call, reply in pending:
            if call.operation == CREATE and observed.endpoint is None and not self.wanted.client_token:
                self.creations.missed(call, reply)
        return there

    def _is_reached(self, call: Call, observed: Seen) -> bool:
        endpoint = observed.endpoint
        if call.wait == "deleted":
            return endpoint is None and not observed.leaving
        if endpoint is None or (self.wanted.wait and endpoint.state == "pending"):
            return False
        return call.operation == CREATE or modified(endpoint, call.parameters) == endpoint

    def show(self, observed: Seen) -> dict:
        endpoint, choice = observed.endpoint, observed.choice
        return {
            "result": show(endpoint) if endpoint else {},
            "waited_for": endpoint.state if endpoint and self.wanted.wait and endpoint.state != "pending" else None,
            "to_come": list(self._to_come(endpoint)),
            **({"zones_without_subnet": list(choice.missing)} if choice else {}),
        }

    def _to_come(self, endpoint: Endpoint | None):
        if endpoint is None or not self.wanted.private_dns_enabled or endpoint.private_dns_enabled:
            return
        if endpoint.state == "pendingAcceptance":
            yield "private_dns_enabled: true takes effect by another run once the service's owner has accepted the endpoint"
        elif endpoint.state == "pending":
            yield "private_dns_enabled: true takes effect by another run once the endpoint is available"
        else:
            yield "private_dns_enabled: true takes effect by another run once the service's private DNS name is verified"
