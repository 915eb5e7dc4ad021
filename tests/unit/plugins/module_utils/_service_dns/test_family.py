# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The verification of a private DNS name: when it is started, when it is over, and what is said of the record."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.apply import NotReached
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import Identity
from ansible_collections.xeni.aws.plugins.module_utils._service_dns.family import PrivateDnsVerification, plan, predict

STATES = ["pendingVerification", "verified", "failed"]


def service(state, name="payments.example.com"):
    return {
        "ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "ServiceState": "Available",
        **({"PrivateDnsName": name} if name else {}),
        "PrivateDnsNameConfiguration": {"State": state, "Type": "TXT", "Name": "_6e86v84", "Value": "vpce:l6p0ERxl"},
    }


class Cloud:
    """A service whose name is in these states, one for each look and the last one from then on."""

    def __init__(self, *services):
        self.services = list(services)
        self.calls = []

    def describe_by(self, operation, result, name, values):
        return [self.services.pop(0) if len(self.services) > 1 else self.services[0]] if self.services else []

    def call(self, operation, parameters):
        self.calls.append((operation, parameters))
        return {"ReturnValue": True}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def family(*services, wait=True):
    return PrivateDnsVerification(Cloud(*services), Identity(name="payments"), wait, clock=Clock())


@pytest.mark.parametrize("state, wait, waits", [
    ("pendingVerification", True, ["verified"]), ("failed", True, ["verified"]), ("failed", False, [""]), ("verified", True, []),
])
def test_plan(state, wait, waits):
    calls = plan("payments", service(state), wait)
    assert [(call.operation, call.parameters, call.wait) for call in calls] == [
        ("start_vpc_endpoint_service_private_dns_verification", {"ServiceId": "vpce-svc-1"}, wait) for wait in waits]


@given(state=st.sampled_from(STATES))
def test_one_pass_converges(state):
    observed = service(state)
    assert plan("payments", predict(observed, plan("payments", observed, True)), True) == []


def test_nobody_knows_what_becomes_of_what_is_not_waited_for():
    observed = service("failed")
    after = predict(observed, plan("payments", observed, False))
    assert after["PrivateDnsNameConfiguration"]["State"] == "pendingVerification"


def test_a_service_without_a_name():
    with pytest.raises(BadInput, match="payments: vpce-svc-1 has no private DNS name to verify; .*private_dns_name of ec2_vpc_endpoint_service"):
        plan("payments", service("verified", name=None), True)


def test_no_service():
    with pytest.raises(BadInput, match="name: this account has no endpoint service 'payments'"):
        family().observe()


def test_the_record_is_shown():
    verification = family(service("failed"))
    shown = verification.show(verification.observe())
    assert shown["private_dns_txt_record"] == {"name": "_6e86v84.payments.example.com", "type": "TXT", "value": "vpce:l6p0ERxl"}
    assert shown["private_dns_name_configuration"]["state"] == "failed"
    assert set(shown) == {"service_id", "service_name", "private_dns_name", "private_dns_name_configuration", "private_dns_txt_record"}


def started(*states):
    """A verification that was started, and its call."""
    verification = family(*map(service, states))
    call, = verification.plan(verification.observe())
    verification.perform(call, call.parameters)
    return verification, [(call, {})]


def test_verified():
    verification, pending = started("pendingVerification", "pendingVerification", "verified")
    assert verification.reached(pending, verification.observe()) == set()
    assert verification.reached(pending, verification.observe()) == {"verify"}


def test_a_failure_names_the_record_that_was_missing():
    verification, pending = started("pendingVerification", "failed")
    with pytest.raises(NotReached) as failure:
        verification.reached(pending, verification.observe())
    words = verification.explain(failure.value)
    for each in ("payments.example.com is yours", "TXT record _6e86v84.payments.example.com", "vpce:l6p0ERxl", "public zone of payments.example.com"):
        assert each in words


def test_the_failure_of_the_time_before_is_not_this_one():
    verification, pending = started("failed", "failed", "verified")
    assert verification.reached(pending, verification.observe()) == set()
    assert verification.reached(pending, verification.observe()) == {"verify"}
    again, pending = started("failed", "failed")
    again.clock.now += again.settle
    with pytest.raises(NotReached):
        again.reached(pending, again.observe())


def test_a_wait_that_ends_names_the_record_too():
    verification, _pending = started("pendingVerification")
    assert "_6e86v84.payments.example.com" in verification.explain(NotReached("'verified' was not reached within 900 s"))
    assert verification.explain(ValueError("something else")) == "something else"
