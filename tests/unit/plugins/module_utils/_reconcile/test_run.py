# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The way through every module, with a family of files in a dictionary: what a module reports, and when it changes anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile import run as engine
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import UNKNOWN, Call
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput, Family, run


class Exit(Exception):
    """The module's end: its result, and whether it failed."""

    def __init__(self, failed, result):
        super().__init__(result)
        self.failed, self.result = failed, result


# A thousand elements with forty options each would be most of the result.
INVOCATION = {"module_args": {"state": "present"}}


class Module:
    params = {"state": "present", "files": [{"name": "a", "owner": None, "force": False}], "backup": None}

    def __init__(self, check_mode=False, diff=False):
        self.check_mode, self._diff = check_mode, diff

    def exit_json(self, **result):
        raise Exit(False, result)

    def fail_json(self, **result):
        raise Exit(True, result)


class Refused(Exception):
    pass


class Lost(Exception):
    pass


class Files(Family):
    """Wanted files {name: content} in a folder {name: content}. Writing 'no' is refused by the folder, 'never' by the check.

    The answer to writing 'lost' is lost, that to 'lost before' with the file. Each file of `arriving` is there after so many more looks.
    """

    errors = (Refused, Lost)
    settle = 0

    def __init__(self, wanted, folder, arriving=None):
        self.wanted, self.folder, self.arriving = wanted, folder, dict(arriving or {})
        self.written, self.looks = [], 0

    def observe(self):
        self.looks += 1
        self.arriving = {name: looks - 1 for name, looks in self.arriving.items() if looks > 0}
        if "unreadable" in self.folder:
            raise Refused("the folder cannot be read")
        return dict(self.folder)

    def plan(self, observed):
        return [
            Call(name, name, "write", {"name": name, "content": content})
            for name, content in self.wanted.items() if observed.get(name) != content
        ]

    def predict(self, observed, calls):
        return {**observed, **{call.subject: UNKNOWN for call in calls}}

    def show(self, observed):
        return {"files": observed}

    def check(self, observed):
        problems = [f"{name}: '{content}' cannot be" for name, content in self.wanted.items() if content == "never"]
        if problems:
            raise BadInput(problems)
        return observed

    def perform(self, call, parameters):
        if parameters["content"] == "no":
            raise Refused("the folder says no")
        self.written.append(call.id)
        if parameters["content"] == "lost before" and self.written.count(call.id) < 2:
            raise Lost("no answer")
        self.folder[parameters["name"]] = parameters["content"]
        if parameters["content"] == "lost":
            raise Lost("no answer")
        return {}

    def is_uncertain(self, error):
        return isinstance(error, Lost)

    def on_its_way(self, observed):
        return [f"{name} is arriving" for name in self.arriving]


def end_of(wanted, folder, arriving=None, timeout=300, **mode):
    family = Files(wanted, folder, arriving)
    with pytest.raises(Exit) as ended:
        run(Module(**mode), lambda: family, timeout)
    ended.value.family = family
    return ended.value


def test_a_change_is_made_and_read_back():
    folder = {"a": "1"}
    end = end_of({"a": "1", "b": "2"}, folder)
    assert not end.failed
    assert end.result == {
        "changed": True,
        "calls": [{"subject": "b", "operation": "write", "parameters": {"name": "b", "content": "2"}}],
        "files": {"a": "1", "b": "2"},
        "invocation": INVOCATION,
    }


def test_nothing_to_do():
    end = end_of({"a": "1"}, {"a": "1"})
    assert end.result == {"changed": False, "calls": [], "files": {"a": "1"}, "invocation": INVOCATION}


def test_check_mode_changes_nothing_and_shows_plan_and_prediction():
    folder = {}
    end = end_of({"a": "1"}, folder, check_mode=True, diff=True)
    assert folder == {}
    assert [call["subject"] for call in end.result["calls"]] == ["a"]
    assert end.result["files"] == {"a": "(known after apply)"}
    assert end.result["diff"] == {"before": {"files": {}}, "after": {"files": {"a": "(known after apply)"}}}


@pytest.mark.parametrize("check_mode", [False, True])
def test_bad_input_is_told_before_anything_is_changed(check_mode):
    folder = {}
    end = end_of({"a": "1", "b": "never"}, folder, check_mode=check_mode)
    assert end.failed and end.result == {"msg": "b: 'never' cannot be", "changed": False}
    assert folder == {}


def test_a_failure_reports_what_was_done_and_what_was_not():
    folder = {}
    end = end_of({"a": "1", "b": "no"}, folder)
    assert end.failed and end.result["changed"] and end.result["files"] == {"a": "1"}
    assert end.result["msg"] == (
        "1 of 2 calls done, 1 failed; a second run does what is left.\nb: write: the folder says no")
    assert [call["subject"] for call in end.result["calls"]] == ["a"]
    assert [call["subject"] for call in end.result["failed_calls"]] == ["b"]


def test_a_lone_failure_says_only_itself():
    end = end_of({"b": "no"}, {})
    assert end.failed and not end.result["changed"]
    assert end.result["msg"] == "b: write: the folder says no"


def test_what_cannot_be_observed_fails_in_words():
    end = end_of({"a": "1"}, {"unreadable": ""})
    assert end.failed and end.result == {"msg": "the folder cannot be read", "changed": False}


def test_a_call_whose_answer_was_lost_is_not_sent_again_when_it_was_carried_out():
    folder = {}
    end = end_of({"a": "1", "b": "lost"}, folder)
    assert not end.failed and end.result["changed"] and folder == {"a": "1", "b": "lost"}
    assert sorted(end.family.written) == ["a", "b"]
    assert [call["subject"] for call in end.result["calls"]] == ["a", "b"]


def test_a_call_that_was_lost_with_its_answer_is_made_up_for():
    folder = {}
    end = end_of({"a": "1", "b": "lost before"}, folder)
    assert not end.failed and folder == {"a": "1", "b": "lost before"}
    assert sorted(end.family.written) == ["a", "b", "b"]
    assert [call["subject"] for call in end.result["calls"]] == ["a", "b"]


class Sequels(Files):
    """Of the wanted files, each is seen to be needed only when the one before is there."""

    goes_on = True

    def plan(self, observed):
        return super().plan(observed)[:1]


@pytest.mark.parametrize("contents, written, failed", [
    ("ab", ["a", "b"], False), (("a", "no"), ["a"], True), (("a", "lost"), ["a", "b"], False), (("no", "b"), [], True),
])
def test_what_is_seen_to_be_left_is_done_in_the_same_run(contents, written, failed):
    family = Sequels(dict(zip("ab", contents)), {})
    with pytest.raises(Exit) as ended:
        run(Module(), lambda: family)
    assert family.written == written
    assert ended.value.failed == failed
    assert [call["subject"] for call in ended.value.result["calls"]] == written


def test_what_the_last_wait_saw_is_not_asked_for_again():
    class Slow(Files):
        def plan(self, observed):
            return [replace(call, wait="there") for call in super().plan(observed)]

    family = Slow({"a": "1"}, {})
    with pytest.raises(Exit) as ended:
        run(Module(), lambda: family)
    assert ended.value.result["files"] == {"a": "1"} and family.looks == 2


def test_what_was_accepted_and_not_reached_in_time_may_have_changed_something():
    class Never(Files):
        def plan(self, observed):
            return [replace(call, wait="there") for call in super().plan(observed)]

        def reached(self, pending, observed):
            return set()

    with pytest.raises(Exit) as ended:
        run(Module(), lambda: Never({"a": "1"}, {}), timeout=0)
    assert ended.value.failed and ended.value.result["changed"]
    assert "was accepted, but the state 'there' was not reached within 0 s" in ended.value.result["msg"]


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(engine, "PAUSE", 0)


@pytest.mark.parametrize("wanted", [{"a": "1"}, {"a": "2"}])
def test_what_an_earlier_run_began_is_waited_for(at_once, wanted):
    end = end_of(wanted, {"a": "1"}, arriving={"a": 3})
    assert not end.failed and not end.family.arriving
    assert end.result["changed"] == (wanted != {"a": "1"})


@pytest.mark.parametrize("wanted", [{"a": "1"}, {"a": "2"}])
def test_what_does_not_arrive_in_time_is_named(at_once, wanted):
    end = end_of(wanted, {"a": "1"}, arriving={"a": 3}, timeout=0)
    assert end.failed and end.result["changed"] == (wanted != {"a": "1"})
    assert end.result["msg"] == "a is arriving, for longer than 0 s; run again, or with a longer wait_timeout"


def test_check_mode_waits_for_nothing(at_once):
    end = end_of({"a": "1"}, {"a": "1"}, arriving={"a": 3}, check_mode=True)
    assert not end.failed and end.family.looks == 1
