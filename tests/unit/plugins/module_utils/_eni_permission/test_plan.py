# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of permissions: cases as data, the laws on generated cases, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Interface, from_reply as interface_from_reply
from ansible_collections.xeni.aws.plugins.module_utils._eni_permission.plan import (
    TYPES, Observed, Permission, Wanted, from_reply, plan, predict, problems, show,
)
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ACCOUNT, OTHER = "012345678901", "444455556666"
CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


def permission(id, account=ACCOUNT, state="granted", permission=TYPES[0]):
    return Permission(id, "eni-1", account, permission, state)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    observed = Observed("eni-1", tuple(permission(**each) for each in case["observed"]))
    calls = plan(Wanted("shared", ACCOUNT, **case["wanted"]), observed)
    assert [
        {"operation": call.operation, "parameters": call.parameters, "after": list(call.after), "wait": call.wait} for call in calls
    ] == [{"after": [], **call} for call in case["calls"]]


WANTED = st.builds(
    Wanted, st.just("shared"), st.just(ACCOUNT), st.sampled_from(TYPES), st.sampled_from(["present", "absent"]), st.booleans(), st.booleans())
STATES = st.sampled_from(["pending", "granted", "revoking"])
HELD = st.lists(st.tuples(st.sampled_from([ACCOUNT, OTHER, None]), st.sampled_from(TYPES), STATES), unique_by=lambda item: item[:2])
OBSERVED = HELD.map(lambda held: Observed("eni-1", tuple(
    Permission(f"eni-perm-{number}", "eni-1", *each, service=None if each[0] else "codebuild.amazonaws.com")
    for number, each in enumerate(held))))


def planned(wanted, observed):
    """The calls, or none where the plan is refused."""
    try:
        return plan(wanted, observed)
    except BadInput:
        return []


@given(wanted=WANTED, observed=OBSERVED)
def test_one_pass_converges(wanted, observed):
    calls = planned(wanted, observed)
    if calls:
        assert plan(wanted, predict(wanted, observed, calls)) == []


@given(wanted=WANTED, observed=OBSERVED)
def test_what_others_have_is_touched_only_to_move(wanted, observed):
    after = predict(wanted, observed, planned(wanted, observed)).permissions
    if wanted.state == "absent" or not wanted.move:
        kept = [each for each in observed.permissions if not wanted.means(each) and each.state != "revoking"]
        assert [each for each in kept if each not in after] == []


@given(wanted=WANTED, observed=OBSERVED)
def test_a_grant_leaves_one_holder(wanted, observed):
    calls = planned(wanted, observed)
    if any(call.id == "grant" for call in calls):
        assert {each.account for each in predict(wanted, observed, calls).permissions} == {ACCOUNT}


def test_a_second_account_is_refused_with_the_reason():
    with pytest.raises(BadInput, match=f"shared: aws_account_id: {OTHER} has .* eni-1, .* one account at a time; set move: true"):
        plan(Wanted("shared", ACCOUNT), Observed("eni-1", (permission("eni-perm-1", OTHER),)))


def test_an_interface_that_does_not_exist():
    assert plan(Wanted("shared", ACCOUNT, state="absent"), Observed(None)) == []
    with pytest.raises(BadInput, match="shared: there is no such network interface"):
        plan(Wanted("shared", ACCOUNT), Observed(None))


def interface(**reply) -> Interface:
    return interface_from_reply({"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Status": "in-use", **reply})


def attached_by(account, **more):
    return interface(Attachment={"AttachmentId": "eni-attach-1", "InstanceOwnerId": account, "Status": "attached", **more})


def found(wanted, interface, *permissions):
    observed = Observed("eni-1", permissions)
    return problems(wanted, observed, plan(wanted, observed), interface)


GRANT = Wanted("shared", ACCOUNT)
REVOKE = Wanted("shared", ACCOUNT, state="absent")


@pytest.mark.parametrize("wanted, interface, has, words", [
    (GRANT, interface(RequesterManaged=True, Description="NAT"), [], "eni-1 is managed by AWS (NAT) and cannot be handed on"),
    (GRANT, interface(OwnerId=ACCOUNT), [], f"eni-1 belongs to {ACCOUNT}, which needs no permission"),
    (REVOKE, attached_by(ACCOUNT, InstanceId="i-1"), [ACCOUNT], f"eni-1 is attached to i-1 of {ACCOUNT}; detach it there first"),
    (REVOKE, attached_by(ACCOUNT), [ACCOUNT], f"eni-1 is attached to an instance of {ACCOUNT}; detach it there first"),
    (Wanted("shared", ACCOUNT, move=True), attached_by(OTHER, InstanceId="i-1"), [OTHER], f"attached to i-1 of {OTHER}"),
])
def test_refused(wanted, interface, has, words):
    problem, = found(wanted, interface, *(permission("eni-perm-1", account) for account in has))
    assert problem.startswith("shared: ") and words in problem


@pytest.mark.parametrize("wanted, interface, has", [
    (GRANT, attached_by(OTHER, InstanceId="i-1"), []),
    (REVOKE, attached_by(OTHER, InstanceId="i-1"), [ACCOUNT]),
    (REVOKE, interface(), [ACCOUNT]),
    (Wanted("shared", ACCOUNT, state="absent", force=True), attached_by(ACCOUNT, InstanceId="i-1"), [ACCOUNT]),
])
def test_not_refused(wanted, interface, has):
    assert found(wanted, interface, *(permission("eni-perm-1", account) for account in has)) == []


def test_a_permission_is_shown_as_aws_has_it():
    reply = {
        "NetworkInterfacePermissionId": "eni-perm-1", "NetworkInterfaceId": "eni-1", "AwsService": "codebuild.amazonaws.com",
        "Permission": "INSTANCE-ATTACH", "PermissionState": {"State": "pending", "StatusMessage": "wait"},
    }
    assert show(from_reply(reply)) == {
        "network_interface_permission_id": "eni-perm-1", "network_interface_id": "eni-1", "aws_service": "codebuild.amazonaws.com",
        "permission": "INSTANCE-ATTACH", "permission_state": {"state": "pending", "status_message": "wait"},
    }
