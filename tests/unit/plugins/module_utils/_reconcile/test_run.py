# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The way through every module, with a family of files in a dictionary: what a module reports, and when it changes anything."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import UNKNOWN, Call
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput, Family, run


class Exit(Exception):
    """The module's end: its result, and whether it failed."""

    def __init__(self, failed, result):
        super().__init__(result)
        self.failed, self.result = failed, result


class Module:
    def __init__(self, check_mode=False, diff=False):
        self.check_mode, self._diff = check_mode, diff

    def exit_json(self, **result):
        raise Exit(False, result)

    def fail_json(self, **result):
        raise Exit(True, result)


class Refused(Exception):
    pass


class Files(Family):
    """Wanted files {name: content} in a folder {name: content}. Writing 'no' is refused by the folder, 'never' by the check."""

    errors = (Refused,)

    def __init__(self, wanted, folder):
        self.wanted, self.folder = wanted, folder

    def observe(self):
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
        self.folder[parameters["name"]] = parameters["content"]
        return {}


def end_of(wanted, folder, **mode):
    with pytest.raises(Exit) as ended:
        run(Module(**mode), lambda: Files(wanted, folder))
    return ended.value


def test_a_change_is_made_and_read_back():
    folder = {"a": "1"}
    end = end_of({"a": "1", "b": "2"}, folder)
    assert not end.failed
    assert end.result == {
        "changed": True,
        "calls": [{"subject": "b", "operation": "write", "parameters": {"name": "b", "content": "2"}}],
        "files": {"a": "1", "b": "2"},
    }


def test_nothing_to_do():
    end = end_of({"a": "1"}, {"a": "1"})
    assert end.result == {"changed": False, "calls": [], "files": {"a": "1"}}


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
