# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The proof that a service's private DNS name is its owner's, on the engine.

https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
"""

from __future__ import annotations

import time

from .._cloud.ec2 import Ec2, Ec2Family
from .._reconcile.apply import NotReached
from .._reconcile.calls import Call
from .._reconcile.run import BadInput
from .._service import identity as service_identity
from .._service.identity import Identity
from .._service.observed import show, txt_record

START = "start_vpc_endpoint_service_private_dns_verification"
VERIFIED, FAILED = "verified", "failed"

SHOWN = ("service_id", "service_name", "private_dns_name", "private_dns_name_configuration", "private_dns_txt_record")


def plan(subject: str, configuration: dict, wait: bool) -> list:
    """The verification of an element of ServiceConfigurations where that is due; BadInput where nothing can be verified. Pure.

    A verification that is on its way looks like one that was never started, and may be started again.
    """
    if not configuration.get("PrivateDnsName"):
        raise BadInput([
            f"{subject}: {configuration['ServiceId']} has no private DNS name to verify; "
            "give it one first, by private_dns_name of ec2_vpc_endpoint_service"
        ])
    if _state(configuration) == VERIFIED:
        return []
    return [Call("verify", subject, START, {"ServiceId": configuration["ServiceId"]}, wait=VERIFIED if wait else "")]


def predict(configuration: dict, calls) -> dict:
    """The configuration after the calls: verified where that is waited for. Pure."""
    for call in calls:
        proof = {**configuration["PrivateDnsNameConfiguration"], "State": call.wait or "pendingVerification"}
        configuration = {**configuration, "PrivateDnsNameConfiguration": proof}
    return configuration


def remedy(configuration: dict) -> str:
    """Which record AWS looks for, and where it may stand."""
    record = txt_record(configuration)
    label, _dot, domain = record["name"].partition(".")
    return (
        f"add the {record['type']} record {record['name']} with the value {record['value']} to the public zone of {domain}, "
        f"wherever that is kept ({label} in a domain above it serves too), and run again"
    )


def _state(configuration: dict) -> str:
    return configuration["PrivateDnsNameConfiguration"]["State"]


class PrivateDnsVerification(Ec2Family):
    """The service that is meant. observe() returns its element of ServiceConfigurations."""

    def __init__(self, ec2: Ec2, identity: Identity, wait: bool, clock=time.monotonic):
        super().__init__(ec2)
        self.identity = identity
        self.wait = wait
        self.clock = clock
        self.stale_until = clock()
        self.seen: dict = {}

    def observe(self) -> dict:
        self.seen = service_identity.get(self.ec2, self.identity)
        return self.seen

    def plan(self, observed: dict) -> list:
        return plan(self.identity.key, observed, self.wait)

    def predict(self, observed: dict, calls) -> dict:
        return predict(observed, calls)

    def show(self, observed: dict) -> dict:
        shown = show(observed)
        return {name: shown[name] for name in SHOWN if name in shown}

    def perform(self, call: Call, parameters: dict) -> dict:
        reply = super().perform(call, parameters)
        if _state(self.seen) == FAILED:  # which may be seen for a moment longer
            self.stale_until = self.clock() + self.settle
        return reply

    def reached(self, pending: list, observed: dict) -> set:
        if _state(observed) == FAILED and self.clock() >= self.stale_until:
            raise NotReached(f"AWS did not find the proof that {observed['PrivateDnsName']} is yours")
        return {call.id for call, _reply in pending if _state(observed) == call.wait}

    def explain(self, error: Exception) -> str:
        text = super().explain(error)
        return f"{text}; {remedy(self.seen)}" if isinstance(error, NotReached) else text
