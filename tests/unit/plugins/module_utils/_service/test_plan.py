# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of endpoint services: cases as data, and the laws on generated cases."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._service.observed import Observed
from ansible_collections.xeni.aws.plugins.module_utils._service.plan import CREATE, DELETE, plan
from ansible_collections.xeni.aws.plugins.module_utils._service.predict import predict
from ansible_collections.xeni.aws.plugins.module_utils._service.settings import SETTINGS, read

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))
THERE = {
    "ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "ServiceState": "Available",
    "Tags": [{"Key": "Name", "Value": "api"}],
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case, wanted):
    observed = Observed(
        None if case["configuration"] is None else {**THERE, **case["configuration"]},
        {principal: {"Principal": principal} for principal in case.get("principals", ())},
        tuple(case.get("connections", ())),
    )
    calls = plan(wanted(**case["parameters"]), observed)
    assert [
        {"id": call.id, "operation": call.operation, "parameters": call.report()["parameters"], "after": list(call.after), "wait": call.wait}
        for call in calls
    ] == [{"after": [], "wait": "", **call} for call in case["calls"]]


def load_balancer(kind, name):
    return f"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/{kind}/{name}/1"


NETWORK, GATEWAY = ([load_balancer(kind, name) for name in "ab"] for kind in ("net", "gwy"))
NAMES = ["", "api.example.com", "*.example.com"]
REGIONS = ["us-east-1", "eu-west-1", "eu-west-2"]
PRINCIPALS = [f"arn:aws:iam::01234567890{number}:root" for number in range(3)]
TAGS = st.dictionaries(st.sampled_from(["Name", "tier", "aws:made-by"]), st.sampled_from(["1", "2"]))


def some(values, least=0):
    return st.lists(st.sampled_from(values), min_size=least, unique=True)


def maybe(strategy):
    return st.none() | strategy


MENTIONED = st.fixed_dictionaries({
    "network_load_balancer_arns": maybe(some(NETWORK, 1)),
    "gateway_load_balancer_arns": maybe(some(GATEWAY, 1)),
    "acceptance_required": maybe(st.booleans()),
    "private_dns_name": maybe(st.sampled_from(NAMES)),
    "supported_ip_address_types": maybe(some(["ipv4", "ipv6"], 1)),
    "supported_regions": maybe(some(REGIONS)),
    "allowed_principals": maybe(some(PRINCIPALS)),
    "purge_allowed_principals": st.booleans(),
    "payer_responsibility": maybe(st.just("ServiceOwner")),
    "confirm_payer_responsibility": st.just(True),
    "tags": maybe(TAGS.map(lambda tags: {key: value for key, value in tags.items() if key == "tier"})),
    "purge_tags": st.booleans(),
    "state": st.sampled_from(["present", "absent"]),
    "reject_connections": st.just(True),
})
CONFIGURATIONS = st.fixed_dictionaries({
    "ServiceId": st.just("vpce-svc-1"),
    "ServiceName": st.just(THERE["ServiceName"]),
    "ServiceState": st.sampled_from(["Pending", "Available", "Deleting"]),
    "NetworkLoadBalancerArns": some(NETWORK),
    "GatewayLoadBalancerArns": some(GATEWAY),
    "AcceptanceRequired": st.booleans(),
    "SupportedIpAddressTypes": some(["ipv4", "ipv6"]),
    "SupportedRegions": st.lists(
        st.fixed_dictionaries({"Region": st.sampled_from(REGIONS), "ServiceState": st.sampled_from(["Available", "Pending", "Closed"])}),
        unique_by=lambda region: region["Region"]),
    "Tags": TAGS.map(lambda tags: [{"Key": key, "Value": value} for key, value in tags.items()]),
}, optional={"PrivateDnsName": st.sampled_from(NAMES), "PayerResponsibility": st.just("ServiceOwner")})
CONNECTIONS = st.lists(st.builds(
    lambda number, state: {"VpcEndpointId": f"vpce-{number}", "VpcEndpointState": state},
    st.integers(1, 3), st.sampled_from(["available", "PendingAcceptance"])), unique_by=lambda item: item["VpcEndpointId"])
OBSERVED = st.just(Observed(None, {}, ())) | st.builds(
    Observed, CONFIGURATIONS, some(PRINCIPALS).map(lambda names: {name: {"Principal": name} for name in names}), CONNECTIONS.map(tuple))


@given(parameters=MENTIONED, observed=OBSERVED)
def test_one_pass_converges(wanted, parameters, observed):
    service = wanted(**parameters)
    assert plan(service, predict(service, observed, plan(service, observed))) == []


@given(parameters=MENTIONED, observed=OBSERVED)
def test_what_is_not_mentioned_is_not_touched(wanted, parameters, observed):
    service = wanted(**{**parameters, "state": "present"})
    calls = plan(service, observed)
    if any(call.operation == CREATE for call in calls):
        return
    after = predict(service, observed, calls)
    before, now = read(observed.configuration), read(after.configuration)
    assert {option: now[option] for option in SETTINGS if parameters[option] is None} == {
        option: before[option] for option in SETTINGS if parameters[option] is None}
    if parameters["allowed_principals"] is None or not parameters["purge_allowed_principals"]:
        assert set(observed.principals) <= set(after.principals)
    if parameters["payer_responsibility"] is None:
        assert after.configuration.get("PayerResponsibility") == observed.configuration.get("PayerResponsibility")


@given(parameters=MENTIONED, observed=OBSERVED)
def test_nothing_is_deleted_that_something_is_connected_to(wanted, parameters, observed):
    calls = plan(wanted(**parameters), observed)
    for deletion in (call for call in calls if call.operation == DELETE):
        assert set(deletion.after) == {call.id for call in calls if call.wait == "disconnected"}
        assert bool(deletion.after) == bool(observed.connections)
