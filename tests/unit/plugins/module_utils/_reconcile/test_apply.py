# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The engine: order, side by side, one wait for many, and what a failure stops."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.apply import NotReached, apply
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call, Ref


def everything(pending):
    return {call.id for call, _reply in pending}


def test_replies_reach_the_calls_that_refer_to_them():
    asked = []

    def perform(call, parameters):
        asked.append((call.operation, parameters))
        return {"Thing": {"Id": "thing-1"}, "Parts": [{"Id": "part-1"}, {"Id": "part-2"}]}

    outcome = apply([
        Call("b", "x", "attach", {"Id": Ref("a", "Thing.Id"), "List": [Ref("a", "Thing.Id"), Ref("a", "Parts.1.Id")]}, after=("a",)),
        Call("a", "x", "create"),
    ], perform, everything, timeout=1)
    assert asked == [("create", {}), ("attach", {"Id": "thing-1", "List": ["thing-1", "part-2"]})]
    assert list(outcome.replies) == ["a", "b"]


def test_one_look_serves_all_that_is_pending():
    looks = []

    def reached(pending):
        looks.append(everything(pending))
        return {"a"} if len(looks) == 1 else everything(pending)

    apply([Call(name, name, "create", wait="available") for name in "abc"], lambda *_call: {}, reached, 10, sleep=lambda _s: None)
    assert looks == [{"a", "b", "c"}, {"b", "c"}]


def test_a_failure_stops_what_comes_after_it_and_nothing_else():
    def perform(call, _parameters):
        if call.operation == "fail":
            raise RuntimeError("no")
        return {}

    outcome = apply([
        Call("a", "x", "fail"), Call("a2", "x", "attach", after=("a",)), Call("a3", "x", "tag", after=("a2",)),
        Call("b", "y", "create"), Call("b2", "y", "attach", after=("b",)),
    ], perform, everything, timeout=1)
    assert set(outcome.replies) == {"b", "b2"}
    assert set(outcome.failures) == {"a"}
    assert [call.id for call in outcome.skipped] == ["a2", "a3"]


def test_a_state_that_does_not_come_is_a_failure_with_its_name():
    now = iter(range(1000))
    outcome = apply(
        [Call("a", "web1", "attach", wait="attached"), Call("b", "web1", "tag", after=("a",))],
        lambda *_call: {}, lambda _pending: set(), timeout=5, clock=lambda: next(now), sleep=lambda _s: None)
    assert isinstance(outcome.failures["a"], NotReached)
    assert "'attached' was not reached within 5 s" in str(outcome.failures["a"])
    assert [call.id for call in outcome.skipped] == ["b"]


def test_a_plan_that_waits_for_itself_is_refused():
    with pytest.raises(ValueError, match="wait for each other"):
        apply([Call("a", "x", "o", after=("b",)), Call("b", "x", "o", after=("a",))], lambda *_call: {}, everything, 1)


def test_calls_of_the_same_id_are_refused():
    with pytest.raises(ValueError, match="the same id"):
        apply([Call("a", "x", "o"), Call("a", "y", "o")], lambda *_call: {}, everything, 1)


def test_what_cannot_be_looked_at_is_a_failure_with_the_reason():
    def look(_pending):
        raise RuntimeError("the network is gone")

    outcome = apply([Call("a", "x", "create", wait="available"), Call("b", "x", "tag", after=("a",))], lambda *_call: {}, look, 1)
    assert str(outcome.failures["a"]) == "the network is gone" and [call.id for call in outcome.skipped] == ["b"]
