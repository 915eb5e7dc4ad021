# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of addresses and Elastic IPs: cases as data, and the three laws on generated cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._eni.addresses import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import Eni
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Interface
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.desired import SECONDARY, EniAddresses, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.observed import ElasticIp, Observed
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.plan import in_question, plan
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.predict import predict
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Ref

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))
KINDS = ("ipv4_prefixes", "ipv6_addresses", "ipv6_prefixes")


def elastic_ip(private_ip_address, association_id=None, owner="ours"):
    suffix = "" if owner == "ours" else f"-{owner}"
    return ElasticIp(private_ip_address, "203.0.113.9", f"eipalloc-{private_ip_address}{suffix}", association_id)


def on(address, owner):
    return elastic_ip(address, f"eipassoc-{address}", owner)


def observed_of(values: dict) -> Observed:
    """associations, following: {address: ours or theirs}; of ours, all that are on the interface are known."""
    addresses = {SECONDARY: tuple(values.get("addresses", ())), **{kind: tuple(values.get(kind, ())) for kind in KINDS}}
    associations = {address: on(address, owner) for address, owner in values.get("associations", {}).items()}
    return Observed(
        interface=Interface("eni-1", "subnet-1", primary="10.0.1.10", addresses=addresses),
        associations=associations,
        ours=(
            *(associations[address] for address, owner in values.get("associations", {}).items() if owner == "ours"),
            *(elastic_ip(**each) for each in values.get("ours", ())),
        ),
        following={address: on(address, owner) for address, owner in values.get("following", {}).items()},
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    wanted = from_parameters({"eni_id": "eni-1", "state": "present", **case["desired"]})
    calls = plan(wanted, observed_of(case["observed"]))
    assert [
        {"operation": call.operation, "parameters": call.report()["parameters"], "after": list(call.after), "wait": call.wait}
        for call in calls
    ] == [{"after": [], "wait": "", **call} for call in case["calls"]]


ADDRESSES = [f"10.0.1.{host}" for host in range(20, 26)]
PREFIXES = ["10.0.1.32/28", "10.0.1.48/28"]
OWNERS = st.sampled_from(["ours", "theirs"])


def listed(values):
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


def wanted_of(values):
    return (
        st.builds(Wanted, at_least=listed(values)) | st.builds(Wanted, exactly=listed(values))
        | st.builds(Wanted, none_of=listed(values)) | st.builds(Wanted, count=st.integers(0, 3))
    )


@st.composite
def cases(draw):
    """Wanted addresses with an interface in any state that a run may find, or leave when it is killed."""
    addresses = draw(st.fixed_dictionaries({SECONDARY: wanted_of(ADDRESSES)}, optional={"ipv4_prefixes": wanted_of(PREFIXES)}))
    eni = Eni(eni_id="eni-1", addresses=addresses, allow_reassignment=True)
    wanted = EniAddresses(eni, draw(st.sampled_from([None, False, *[True] * (not addresses[SECONDARY].none_of)])))
    there = draw(listed(ADDRESSES))
    away = [address for address in ADDRESSES if address not in there and address in addresses[SECONDARY].listed]
    observed = observed_of({
        "addresses": there,
        "ipv4_prefixes": draw(listed(PREFIXES)),
        "associations": draw(st.dictionaries(st.sampled_from(there), OWNERS)) if there else {},
        "following": draw(st.dictionaries(st.sampled_from(away), st.just("theirs"))) if away else {},
    })
    free = [address for address in there if address not in observed.associations]
    left = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    return wanted, replace(observed, ours=(*observed.ours, *(elastic_ip(address) for address in left)))


@given(case=cases())
def test_one_pass_converges(case):
    """plan(d, predict(o, plan(d, o))) == [], which is also: nothing is planned where the wanted state is there."""
    wanted, observed = case
    assert plan(wanted, predict(wanted, observed, plan(wanted, observed))) == []


@given(case=cases())
def test_only_what_is_mentioned_is_touched(case):
    wanted, observed = case
    calls = plan(wanted, observed)
    predicted = predict(wanted, observed, calls)
    if "ipv4_prefixes" not in wanted.eni.addresses:
        assert predicted.interface.addresses["ipv4_prefixes"] == observed.interface.addresses["ipv4_prefixes"]
    stay = set(predicted.interface.addresses[SECONDARY]) & set(observed.associations)
    if wanted.elastic_ip is not False:
        assert {address: predicted.associations[address] for address in stay} == {
            address: observed.associations[address] for address in stay}
    released = {call.parameters["AllocationId"] for call in calls if call.operation == "release_address"}
    assert released <= {elastic.allocation_id for elastic in observed.ours}


@given(case=cases())
def test_an_elastic_ip_goes_in_order_and_before_its_address(case):
    before: dict = {}
    for call in plan(*case):
        assert set(call.after) <= before.keys(), "a call waits for calls that come earlier"
        before[call.id] = {call.id}.union(*(before[each] for each in call.after))
        if call.operation == "unassign_private_ip_addresses" and "PrivateIpAddresses" in call.parameters:
            assert {each for each in before if ":release_" in each} <= before[call.id]


@given(case=cases())
def test_a_plan_of_elastic_ips_is_made_with_what_is_known_of_them(case):
    """Whatever the plan does with Elastic IPs of an address, DescribeAddresses was asked about that address."""
    wanted, observed = case
    asked = in_question(wanted, observed)
    of_allocation = {elastic.allocation_id: elastic.private_ip_address for elastic in observed.ours}
    for call in plan(wanted, observed):
        if call.operation == "release_address":
            assert of_allocation[call.parameters["AllocationId"]] in asked
        if call.operation == "associate_address" and not isinstance(call.parameters["PrivateIpAddress"], Ref):
            assert call.parameters["PrivateIpAddress"] in asked


@pytest.mark.parametrize("desired, asked", [
    ({"secondary_private_ip_addresses": ["10.0.1.21"]}, set()),
    ({"secondary_private_ip_addresses": ["10.0.1.22"], "elastic_ip": True}, set()),
    ({"secondary_private_ip_addresses": ["10.0.1.21"], "elastic_ip": True}, {"10.0.1.21"}),
    ({"secondary_private_ip_addresses": ["10.0.1.22"], "elastic_ip": False}, {"10.0.1.22"}),
    ({"secondary_private_ip_addresses": ["10.0.1.22"], "state": "exact"}, {"10.0.1.21"}),
    ({"secondary_private_ip_addresses": ["10.0.1.29"], "state": "absent"}, set()),
])
def test_elastic_ips_are_described_only_where_one_is_missing_or_has_to_go(desired, asked):
    observed = observed_of({"addresses": ["10.0.1.21", "10.0.1.22"], "associations": {"10.0.1.22": "theirs"}})
    assert in_question(from_parameters({"eni_id": "eni-1", "state": "present", **desired}), observed) == asked
