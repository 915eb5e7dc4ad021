# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connections on the engine: what is read and when, who is waited for, whose wait is over, and bad input."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import unsuccessful
from ansible_collections.xeni.aws.plugins.module_utils._connection.family import Connections, find, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.apply import NotReached
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

OWNER = "012345678901"
PARAMETERS = {
    "service_id": "vpce-svc-1", "service_name": None, "name": None, "vpc_endpoint_ids": None, "owners": None, "accept_from": None,
    "state": "accepted", "tags": None, "purge_tags": True, "wait": True,
}
INFO = {"service_id": None, "service_name": None, "name": None, "owners": None, "states": None, "filters": {}}


class Cloud:
    """A service whose connections have these states, one set for each look and the last one from then on; vpce-1, vpce-2, ..."""

    def __init__(self, *looks, has_service=True):
        self.looks = list(looks)
        self.has_service = has_service
        self.asked = []

    def describe(self, operation, result, Filters):
        self.asked.append((operation, {item["Name"]: item["Values"] for item in Filters}))
        states = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [
            {"VpcEndpointId": f"vpce-{number}", "VpcEndpointOwner": OWNER, "VpcEndpointState": state, "ServiceId": "vpce-svc-1"}
            for number, state in enumerate(states, 1)
        ]

    def describe_by(self, operation, result, name, values):
        self.asked.append((operation, {name: list(values)}))
        return [{"ServiceId": "vpce-svc-1", "ServiceState": "Available"}] if self.has_service else []


class Clock:
    def __init__(self):
        self.now = 0.0

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def family(cloud, **parameters):
    clock = Clock()
    return Connections(cloud, *from_parameters({**PARAMETERS, **parameters}), patience=60, clock=clock.time, sleep=clock.sleep)


def test_a_repeat_costs_one_describe():
    cloud = Cloud(["Available"])
    connections = family(cloud, accept_from=[OWNER])
    assert connections.plan(connections.observe()) == []
    assert cloud.asked == [("describe_vpc_endpoint_connections", {"service-id": ["vpce-svc-1"]})]


def test_a_name_is_looked_up_once():
    cloud = Cloud(["Available"])
    connections = family(cloud, service_id=None, name="payments", owners=[OWNER])
    assert connections.observe() == connections.observe()
    assert [operation for operation, _filters in cloud.asked] == [
        "describe_vpc_endpoint_service_configurations", *["describe_vpc_endpoint_connections"] * 2]


def test_no_connections_may_mean_no_service():
    connections = family(Cloud([], has_service=False), accept_from=[OWNER])
    with pytest.raises(BadInput, match="service_id: this account has no endpoint service 'vpce-svc-1'"):
        connections.plan(connections.observe())
    there = family(Cloud([]), accept_from=[OWNER])
    assert there.plan(there.observe()) == []
    rejected = family(Cloud([], has_service=False), owners=[OWNER], state="rejected")
    assert rejected.plan(rejected.observe()) == []


def test_an_endpoint_that_is_named_is_waited_for():
    cloud = Cloud([], [], ["pendingAcceptance"])
    connections = family(cloud, vpc_endpoint_ids=["vpce-1"])
    observed = connections.check(connections.observe())
    assert [connection.state for connection in observed.connections] == ["pendingAcceptance"]
    assert [call.parameters["VpcEndpointIds"] for call in connections.plan(observed)] == [["vpce-1"]]


@pytest.mark.parametrize("becomes, calls", [("available", 0), ("pendingAcceptance", 1)])
def test_a_pending_one_is_waited_for(becomes, calls):
    connections = family(Cloud(["pending"], ["pending"], [becomes]), vpc_endpoint_ids=["vpce-1"])
    observed = connections.observe()
    assert connections.plan(observed)
    assert len(connections.plan(connections.check(observed))) == calls


@pytest.mark.parametrize("state, parameters, words", [
    ([], {"vpc_endpoint_ids": ["vpce-9"]}, "vpc_endpoint_ids: vpce-9 is not connected to vpce-svc-1, after waiting for 60 s; check the ID"),
    ([], {"vpc_endpoint_ids": ["vpce-9"], "wait": False}, "vpc_endpoint_ids: vpce-9 is not connected to vpce-svc-1; check the ID"),
    (["pending"], {"owners": [OWNER]}, "vpce-svc-1: vpce-1 is still pending after 60 s; run again"),
])
def test_the_wait_has_an_end(state, parameters, words):
    connections = family(Cloud(state), **parameters)
    with pytest.raises(BadInput, match=words):
        connections.check(connections.observe())
    assert connections.clock() == (60 if connections.wanted.wait else 0)


@pytest.mark.parametrize("states, is_accepted, is_rejected", [
    (["Available", "partial"], True, False), (["Available", "pending"], False, False), (["Available"], False, False),
    (["Rejected", "deleted"], None, True), (["Rejected", "Available"], False, False), ([], False, True),
])
def test_whose_wait_is_over(states, is_accepted, is_rejected):
    connections = family(Cloud(states), vpc_endpoint_ids=["vpce-1", "vpce-2"])
    observed = connections.observe()

    def is_over(state):
        call = Call("decide", "vpce-svc-1", "decide", {"VpcEndpointIds": ["vpce-1", "vpce-2"]}, wait=state)
        return connections.reached([(call, {})], observed) == {"decide"}

    assert is_over("rejected") == is_rejected
    if is_accepted is None:
        with pytest.raises(NotReached, match="vpce-2 is deleted"):
            is_over("accepted")
    else:
        assert is_over("accepted") == is_accepted


@pytest.mark.parametrize("parameters, words", [
    ({"vpc_endpoint_ids": ["vpce-svc-1"]}, "vpc_endpoint_ids: 'vpce-svc-1' is no endpoint's ID"),
    ({"owners": ["1402433619"]}, "owners: '1402433619' is no account ID"),
    ({"accept_from": ["*"]}, r"accept_from: '\*' is no account ID"),
    ({"accept_from": [], "state": "rejected"}, "state: rejected contradicts accept_from"),
    ({"owners": [OWNER], "service_id": None}, "nothing says which endpoint service is meant"),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput, match=words):
        from_parameters({**PARAMETERS, **parameters})


@pytest.mark.parametrize("code, is_uncertain", [("InvalidVpcEndpointId.NotFound", True), ("InvalidState", False)])
def test_what_was_seen_may_be_unknown_for_a_moment(code, is_uncertain):
    error = unsuccessful("AcceptVpcEndpointConnections", [{"ResourceId": "vpce-1", "Error": {"Code": code, "Message": "No."}}])
    assert family(Cloud([]), owners=[OWNER]).is_uncertain(error) == is_uncertain


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(BadInput) as refused:
        from_parameters({**PARAMETERS, "service_id": None, "accept_from": ["a", "b"], "state": "rejected"})
    assert len(refused.value.problems) == 4


def test_find():
    cloud = Cloud(["PendingAcceptance", "available", "Expired"])
    found = find(cloud, {
        **INFO, "service_id": "vpce-svc-1", "owners": [OWNER], "states": ["pendingacceptance", "Expired"], "filters": {"ip-address-type": "ipv4"},
    })
    assert [connection.state for connection in found] == ["pendingAcceptance", "expired"]
    assert cloud.asked == [("describe_vpc_endpoint_connections", {
        "ip-address-type": ["ipv4"], "vpc-endpoint-owner": [OWNER], "service-id": ["vpce-svc-1"]})]


def test_find_all():
    cloud = Cloud(["Novel"])
    assert [connection.state for connection in find(cloud, INFO)] == ["Novel"]
    assert cloud.asked == [("describe_vpc_endpoint_connections", {})]


@pytest.mark.parametrize("parameters, words", [
    ({"states": ["accepted"]}, "states: 'accepted' is no state of a connection; use available, deleted"),
    ({"owners": ["partner"]}, "owners: 'partner'"),
    ({"name": "payments"}, "name: this account has no endpoint service 'payments'"),
])
def test_nothing_that_can_be_found(parameters, words):
    with pytest.raises(BadInput, match=words):
        find(Cloud([], has_service=False), {**INFO, **parameters})
