# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connection notifications: plans as data, the laws on generated cases, what is read and when, and bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._notification.family import (
    EVENTS, Notifications, Observed, Wanted, from_parameters, plan, predict,
)
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import UNKNOWN
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

TOPIC = "arn:aws:sns:us-east-1:012345678901:connections"
PARAMETERS = {
    "service_id": None, "service_name": None, "name": None, "vpc_endpoint_id": None, "connection_notification_arn": TOPIC,
    "connection_events": ["Accept"], "state": "present",
}
CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    calls = plan(Wanted("payments", "arn:topic", **case["wanted"]), Observed({"ServiceId": "vpce-svc-1"}, tuple(case["observed"])))
    assert [{"operation": call.operation, "parameters": call.parameters, "wait": call.wait} for call in calls] == case["calls"]


SOME_EVENTS = st.lists(st.sampled_from(EVENTS), min_size=1, unique=True)
WANTED = st.builds(Wanted, st.just("payments"), st.just(TOPIC), SOME_EVENTS.map(tuple), st.sampled_from(["present", "absent"]))
OBSERVED = st.lists(SOME_EVENTS).map(lambda found: Observed({"ServiceId": "vpce-svc-1"}, tuple(
    {"ConnectionNotificationId": f"vpce-nfn-{number}", "ConnectionEvents": events} for number, events in enumerate(found))))


@given(wanted=WANTED, observed=OBSERVED)
def test_one_pass_converges_to_one_or_none(wanted, observed):
    after = predict(observed, plan(wanted, observed))
    assert plan(wanted, after) == []
    assert [set(item["ConnectionEvents"]) for item in after.notifications] == ([set(wanted.events)] if wanted.state == "present" else [])


class Cloud:
    """Notifications as they are described, and whether the service or endpoint that they are about is there."""

    def __init__(self, *notifications, has_target=True):
        self.notifications = list(notifications)
        self.has_target = has_target
        self.asked = []
        self.sent = []

    def describe(self, operation, result, Filters):
        self.asked.append((operation, {item["Name"]: item["Values"] for item in Filters}))
        return self.notifications

    def describe_by(self, operation, result, name, values):
        self.asked.append((operation, {name: list(values)}))
        return [{"ServiceId": "vpce-svc-1", "ServiceState": "Available"}] if self.has_target else []

    def call(self, operation, parameters):
        self.sent.append((operation, parameters))
        return {"ConnectionNotification": {"ConnectionNotificationId": "vpce-nfn-1"}}


def family(cloud, **parameters):
    return Notifications(cloud, *from_parameters({**PARAMETERS, **parameters}))


def notification(*events):
    return {"ConnectionNotificationId": "vpce-nfn-1", "ConnectionNotificationArn": TOPIC, "ConnectionEvents": list(events)}


@pytest.mark.parametrize("about, name", [("service_id", "service-id"), ("vpc_endpoint_id", "vpc-endpoint-id")])
def test_a_repeat_costs_one_describe(about, name):
    cloud = Cloud(notification("Accept"))
    notifications = family(cloud, **{about: "vpce-1"})
    assert notifications.plan(notifications.observe()) == []
    assert cloud.asked == [("describe_vpc_endpoint_connection_notifications", {name: ["vpce-1"], "connection-notification-arn": [TOPIC]})]


def test_a_name_is_looked_up_once():
    cloud = Cloud(notification("Accept"))
    notifications = family(cloud, name="payments")
    assert notifications.observe() == notifications.observe()
    assert [operation for operation, _filters in cloud.asked] == [
        "describe_vpc_endpoint_service_configurations", *["describe_vpc_endpoint_connection_notifications"] * 2]


@pytest.mark.parametrize("about, words", [
    ({"service_id": "vpce-svc-1"}, "service_id: this account has no endpoint service 'vpce-svc-1'"),
    ({"name": "payments"}, "name: this account has no endpoint service 'payments'"),
    ({"vpc_endpoint_id": "vpce-1"}, "vpc_endpoint_id: this account has no endpoint 'vpce-1'"),
])
def test_what_it_is_about_must_be_there_to_create_it(about, words):
    notifications = family(Cloud(has_target=False), **about)
    with pytest.raises(BadInput, match=words):
        observed = notifications.observe()
        assert notifications.plan(observed)
        notifications.check(observed)
    absent = family(Cloud(has_target=False), **about, state="absent")
    assert absent.plan(absent.observe()) == []


def test_a_creation_carries_a_token():
    cloud = Cloud()
    notifications = family(cloud, service_id="vpce-svc-1")
    call, = notifications.plan(notifications.observe())
    notifications.perform(call, call.parameters)
    notifications.perform(call, call.parameters)
    tokens = [parameters["ClientToken"] for _operation, parameters in cloud.sent]
    assert tokens[0] == tokens[1] and len(tokens[0]) == 64


def test_whose_wait_is_over():
    cloud = Cloud()
    notifications = family(cloud, service_id="vpce-svc-1")
    create, = notifications.plan(notifications.observe())
    pending = [(create, notifications.perform(create, create.parameters))]
    assert notifications.reached(pending, notifications.observe()) == set()
    cloud.notifications = [notification("Accept")]
    assert notifications.reached(pending, notifications.observe()) == {"create"}
    absent = family(cloud, service_id="vpce-svc-1", state="absent")
    delete, = absent.plan(absent.observe())
    assert absent.reached([(delete, {})], absent.observe()) == set()
    cloud.notifications = []
    assert absent.reached([(delete, {})], absent.observe()) == {"delete"}


def test_what_is_shown_before_it_is_there():
    notifications = family(Cloud(), service_id="vpce-svc-1")
    observed = notifications.observe()
    assert notifications.show(observed) == {"connection_notifications": []}
    assert notifications.show(notifications.predict(observed, notifications.plan(observed))) == {"connection_notifications": [{
        "connection_notification_id": UNKNOWN, "connection_notification_arn": TOPIC, "connection_notification_type": "Topic",
        "connection_notification_state": "Enabled", "connection_events": ["Accept"], "service_id": "vpce-svc-1",
    }]}


@pytest.mark.parametrize("parameters, words", [
    ({"service_id": "vpce-svc-1", "connection_notification_arn": "connections"}, "connection_notification_arn: 'connections' is no SNS topic's ARN"),
    ({"service_id": "vpce-svc-1", "connection_events": []}, "connection_events: an empty list tells of nothing; give some of Accept, Connect"),
    ({}, "nothing says which endpoint service is meant"),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput, match=words):
        from_parameters({**PARAMETERS, **parameters})
