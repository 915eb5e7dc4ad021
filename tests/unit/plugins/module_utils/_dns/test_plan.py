# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of a zone's VPCs: cases as data, the laws on generated cases, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._dns.desired import Vpc, Wanted
from ansible_collections.xeni.aws.plugins.module_utils._dns.observed import Zone
from ansible_collections.xeni.aws.plugins.module_utils._dns.plan import ASSOCIATE, is_across, plan, predict, vpc_of
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

REGION = "eu-west-1"
CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


def vpcs(ids=()):
    return tuple(Vpc(vpc_id, REGION) for vpc_id in ids)


def wanted(ids, **more) -> Wanted:
    return Wanted("Z1", None, vpcs(ids), **more)


def zone(associated=(), authorizations=(), **more) -> Zone:
    return Zone("Z1", "example.internal.", vpcs(associated), vpcs(authorizations), **more)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    there = dict(case["zone"])
    calls = plan(
        wanted(case["wanted"].pop("vpcs"), **case["wanted"]),
        zone(there.pop("vpcs", ()), there.pop("authorizations", ()), **{**there, "others": frozenset(there.get("others", ()))}),
    )
    assert [{"id": call.id, "after": list(call.after), "wait": call.wait} for call in calls] == [
        {"after": [], "wait": "", **call} for call in case["calls"]]
    assert [call.parameters for call in calls] == [
        {"HostedZoneId": "Z1", "VPC": {"VPCRegion": REGION, "VPCId": call.subject}} for call in calls]


IDS = st.lists(st.sampled_from(["vpc-a", "vpc-b", "vpc-c", "vpc-d"]), unique=True)
WANTED = st.builds(
    lambda ids, state, purge: wanted(ids, state=state, purge_vpcs=purge and state == "present"),
    IDS, st.sampled_from(["present", "authorized", "absent"]), st.booleans())
ZONES = st.builds(
    lambda associated, authorized, others: zone(associated, authorized, others=frozenset(others)), IDS.filter(bool), IDS, IDS)


def planned(wanted, zone):
    """The calls, or none where the plan is refused."""
    try:
        return plan(wanted, zone)
    except BadInput:
        return []


@given(wanted=WANTED, zone=ZONES)
def test_one_pass_converges(wanted, zone):
    calls = planned(wanted, zone)
    if calls:
        assert plan(wanted, predict(zone, calls)) == []


@given(wanted=WANTED, zone=ZONES)
def test_a_zone_keeps_a_vpc_at_every_step(wanted, zone):
    for call in planned(wanted, zone):
        zone = predict(zone, [call])
        assert zone.vpcs


@given(wanted=WANTED, zone=ZONES)
def test_what_is_not_listed_is_touched_only_to_purge(wanted, zone):
    after = predict(zone, planned(wanted, zone))
    assert [vpc for vpc in zone.authorizations if vpc not in wanted.vpcs and vpc not in after.authorizations] == []
    if not wanted.purge_vpcs:
        assert [vpc for vpc in zone.vpcs if vpc not in wanted.vpcs and vpc not in after.vpcs] == []


@given(wanted=WANTED, zone=ZONES)
def test_no_listed_authorization_outlives_its_association(wanted, zone):
    after = predict(zone, planned(wanted, zone))
    if planned(wanted, zone):
        assert not {vpc.id for vpc in wanted.vpcs} & after.authorized & after.associated


@given(wanted=WANTED, zone=ZONES)
def test_the_other_account_is_asked_for_its_own_vpcs_alone(wanted, zone):
    calls = planned(wanted, zone)
    across = {vpc_of(call).id for call in calls if is_across(call)}
    assert across == {vpc_of(call).id for call in calls if call.operation == ASSOCIATE} & zone.others


@pytest.mark.parametrize("wanted, zone, words", [
    (wanted(["vpc-a"]), None, "create it with amazon.aws.route53_zone"),
    (wanted(["vpc-a"], state="absent"), zone(["vpc-a"]), r"vpc-a would be the last to leave Z1 \(example.internal.\), and AWS keeps one"),
    (wanted([], purge_vpcs=True), zone(["vpc-a", "vpc-b"]), "vpc-a, vpc-b would be the last to leave Z1"),
    (Wanted("Z1", None, (Vpc("vpc-a", "eu-west-2"),)), zone(["vpc-a"]), "vpcs: vpc-a: vpc_region: 'eu-west-2' is wrong; the VPC is in eu-west-1"),
    (wanted(["vpc-a"], state="authorized"), zone(is_own=False), "only the zone's account can authorize VPCs; use its credentials"),
    (wanted(["vpc-a"], purge_vpcs=True), zone(is_own=False), "leave purge_vpcs out"),
])
def test_refused(wanted, zone, words):
    with pytest.raises(BadInput, match=words):
        plan(wanted, zone)


def test_absent_from_a_zone_that_is_not_there():
    assert plan(wanted(["vpc-a"], state="absent"), None) == []
