# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of connections: cases as data, the laws on generated cases, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._connection.plan import (
    ACCEPTED, GONE, REJECTED, STATES, UP, Connection, Observed, Wanted, from_reply, plan, predict, show,
)
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

OWNERS = ["111111111111", "222222222222", "333333333333"]
CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


def wanted(**options):
    lists = ("vpc_endpoint_ids", "owners", "accept_from")
    return Wanted("payments", **{name: tuple(value) if name in lists else value for name, value in options.items()})


def observed(*connections):
    return Observed("vpce-svc-1", tuple(Connection(**{"owner": OWNERS[0], **connection}) for connection in connections))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    calls = plan(wanted(**case["wanted"]), observed(*case["observed"]))
    assert [{"operation": call.operation, "parameters": call.parameters, "wait": call.wait} for call in calls] == case["calls"]
    assert all(call.after == () for call in calls)  # they go side by side
    assert len({call.id for call in calls}) == len(calls)


TAGS = st.dictionaries(st.sampled_from(["contract", "old"]), st.sampled_from(["gold", "tin"]))
IDS = ["vpce-1", "vpce-2", "vpce-3", "tgw-attach-1"]
CONNECTIONS = st.lists(st.builds(
    dict, id=st.sampled_from(IDS), owner=st.sampled_from(OWNERS), state=st.sampled_from(sorted(STATES.values())), tags=TAGS,
), unique_by=lambda connection: connection["id"]).map(
    lambda found: observed(*({**each, "tagged": f"con-{each['id']}"} for each in found)))
SOME_OWNERS = st.lists(st.sampled_from(OWNERS), unique=True).map(tuple)
WHICH = st.one_of(
    st.builds(dict, owners=SOME_OWNERS, state=st.sampled_from([ACCEPTED, REJECTED])), st.builds(dict, accept_from=SOME_OWNERS))
WANTED = st.builds(
    lambda which, tags, purge, wait: Wanted("payments", tags=tags, purge_tags=purge, wait=wait, **which),
    WHICH, st.none() | TAGS, st.booleans(), st.booleans())


@given(wanted=WANTED, observed=CONNECTIONS)
def test_one_pass_converges(wanted, observed):
    assert plan(wanted, predict(observed, plan(wanted, observed))) == []


@given(wanted=WANTED, observed=CONNECTIONS)
def test_what_is_not_meant_is_not_touched(wanted, observed):
    after = predict(observed, plan(wanted, observed)).connections
    assert [each for each in observed.connections if wanted.verdict(each) is None and each not in after] == []
    assert [each for each in observed.connections if each.state in GONE and each not in after] == []


@given(accounts=SOME_OWNERS, observed=CONNECTIONS)
def test_a_policy_leaves_nobody_else_connected(accounts, observed):
    policy = Wanted("payments", accept_from=accounts)
    after = predict(observed, plan(policy, observed)).connections
    assert {each.owner for each in after if each.state in UP} <= set(accounts)
    assert all(each.state in UP | GONE for each in after if each.owner in accounts)


@pytest.mark.parametrize("state", sorted(GONE))
def test_what_is_over_cannot_be_accepted(state):
    there = observed({"id": "vpce-1", "state": state, "owner": OWNERS[1]}, {"id": "vpce-2", "state": "available"})
    with pytest.raises(BadInput, match=f"vpc_endpoint_ids: vpce-1 of {OWNERS[1]} is {state} .*another endpoint"):
        plan(wanted(vpc_endpoint_ids=["vpce-1", "vpce-2"]), there)


def test_a_service_that_is_not_there_has_nothing_to_reject():
    assert plan(wanted(state=REJECTED, vpc_endpoint_ids=["vpce-1"]), Observed(None)) == []


@pytest.mark.parametrize("told, state", [
    ("PendingAcceptance", "pendingAcceptance"), ("pendingAcceptance", "pendingAcceptance"), ("Available", "available"), ("Novel", "Novel"),
])
def test_the_case_of_a_state_is_always_the_same(told, state):
    reply = {
        "VpcEndpointId": "vpce-1", "VpcEndpointOwner": OWNERS[0], "VpcEndpointState": told, "VpcEndpointConnectionId": "vpce-con-1",
        "DnsEntries": [{"DnsName": "vpce-1.example", "HostedZoneId": "Z1"}], "Tags": [{"Key": "Contract", "Value": "gold"}],
    }
    assert show(from_reply(reply)) == {
        "vpc_endpoint_id": "vpce-1", "vpc_endpoint_owner": OWNERS[0], "vpc_endpoint_state": state,
        "vpc_endpoint_connection_id": "vpce-con-1", "dns_entries": [{"dns_name": "vpce-1.example", "hosted_zone_id": "Z1"}],
        "tags": {"Contract": "gold"},
    }


def test_an_attachment_of_a_transit_gateway_is_a_connection_too():
    connection = from_reply({
        "TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayAttachmentOwner": OWNERS[2], "VpcEndpointState": "Available"})
    assert (connection.id, connection.owner, connection.tags) == ("tgw-attach-1", OWNERS[2], {})
