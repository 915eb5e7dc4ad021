# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of endpoints: cases as data, and the laws on generated cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._endpoint import policy
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import Wanted, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.observed import Endpoint
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.options import OPTIONS
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.plan import MODIFY, plan
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.predict import modified, predict
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import UNKNOWN

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))
DEFAULTS = {option: specification.get("default") for option, specification in OPTIONS.items()}


def endpoint_of(values: dict) -> Endpoint:
    values = {name: tuple(value) if name in ("subnets", "route_tables") else value for name, value in values.items()}
    return Endpoint(**{"id": "vpce-1", "vpc_id": "vpc-1", "target": ("service", "svc"), **values})


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    observed = None if case["observed"] is None else endpoint_of(case["observed"])
    calls = plan(from_parameters({**DEFAULTS, **case["desired"]}), observed, tuple(case.get("in_the_way", ())))
    assert [
        {"operation": call.operation, "parameters": call.parameters, "after": list(call.after), "wait": call.wait} for call in calls
    ] == [{"after": [], "wait": "", **call} for call in case["calls"]]


ADDRESS = st.builds(lambda host: {"Ipv4": f"10.0.1.{host}"}, st.integers(10, 12))
SUBNETS = ("subnet-1", "subnet-2", "subnet-3")
GROUPS = {"sg-1": "web", "sg-2": "db"}
POLICIES = ({}, {"Statement": []}, {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}})
TAGS = st.dictionaries(st.sampled_from(["owner", "stage"]), st.sampled_from(["a", "b"]))
IP_TYPE = st.sampled_from(["ipv4", "dualstack"])
SETTINGS = {
    "private_dns_enabled": st.booleans(),
    "ip_address_type": IP_TYPE,
    "dns_options": st.fixed_dictionaries({}, optional={"DnsRecordIpType": IP_TYPE, "PrivateDnsPreference": st.sampled_from(["ALL_DOMAINS"])}),
    "addresses": st.dictionaries(st.sampled_from(SUBNETS), ADDRESS),
}
WANTED = st.builds(
    lambda **values: Wanted(vpc_id="vpc-1", target=("service", "svc"), **values),
    state=st.sampled_from(["present", "present", "absent"]),
    type=st.sampled_from(["Interface", "Gateway"]),
    name=st.sampled_from([None, "api"]),
    subnets=st.none() | st.lists(st.sampled_from(SUBNETS), unique=True).map(tuple),
    groups=st.none() | st.lists(st.sampled_from([*GROUPS]), unique=True, min_size=1).map(tuple),
    route_tables=st.none() | st.lists(st.sampled_from(["rtb-1", "rtb-2"]), unique=True).map(tuple),
    policy=st.none() | st.sampled_from(POLICIES),
    tags=st.none() | TAGS,
    purge_tags=st.booleans(),
    **{option: st.none() | values if option != "addresses" else values for option, values in SETTINGS.items()},
)
ENDPOINT = st.none() | st.builds(
    endpoint_of,
    st.fixed_dictionaries({
        "state": st.sampled_from(["available", "available", "pending", "pendingAcceptance"]),
        "subnets": st.lists(st.sampled_from(SUBNETS), unique=True),
        "groups": st.sampled_from([{"sg-1": "web"}, GROUPS]),
        "route_tables": st.lists(st.sampled_from(["rtb-1", "rtb-2"]), unique=True),
        "policy": st.none() | st.sampled_from(POLICIES).map(policy.text),
        "tags": TAGS,
        **SETTINGS,
    }),
)


@given(WANTED, ENDPOINT, st.lists(st.sampled_from(SUBNETS), unique=True).map(tuple))
def test_one_pass_converges(wanted, endpoint, in_the_way):
    assert plan(wanted, predict(endpoint, plan(wanted, endpoint, in_the_way))) == []


@given(WANTED, ENDPOINT)
def test_what_is_not_mentioned_is_not_touched(wanted, endpoint):
    if endpoint is None or wanted.state == "absent":
        return
    after = predict(endpoint, plan(wanted, endpoint))
    for option in ("subnets", "groups", "route_tables", "policy", "private_dns_enabled", "ip_address_type"):
        if getattr(wanted, option) is None:
            assert getattr(after, option) == getattr(endpoint, option)
    for member, value in endpoint.dns_options.items():
        if member not in (wanted.dns_options or {}):
            assert after.dns_options[member] == value
    for subnet_id, addresses in endpoint.addresses.items():
        if subnet_id not in wanted.addresses:
            assert after.addresses[subnet_id] == addresses
    if wanted.tags is None:
        assert endpoint.tags.items() <= {**after.tags, **({"Name": endpoint.tags["Name"]} if "Name" in endpoint.tags else {})}.items()


@given(WANTED, ENDPOINT)
def test_a_modification_that_was_carried_out_is_recognised(wanted, endpoint):
    """By which the wait for it ends."""
    for call in plan(wanted, endpoint):
        if call.operation == MODIFY:
            assert modified(endpoint, call.parameters) != endpoint
            after = modified(endpoint, call.parameters)
            assert modified(after, call.parameters) == after
            assert modified(replace(after, raw={"State": "available"}), call.parameters).raw == {"State": "available"}


def test_what_aws_chooses_is_not_predicted():
    wanted = Wanted(vpc_id="vpc-1", type="Interface", target=("service", "com.amazonaws.eu-west-1.ssm"), groups=("sg-1",))
    after = predict(None, plan(wanted, None))
    assert (after.private_dns_enabled, after.ip_address_type, after.groups) == (UNKNOWN, UNKNOWN, {"sg-1": UNKNOWN})
    assert predict(None, plan(replace(wanted, type="Gateway", groups=None), None)).private_dns_enabled is False
