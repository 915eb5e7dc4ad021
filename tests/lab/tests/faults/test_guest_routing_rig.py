# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the fault tests of guest_routing conclude from what they see, without a server."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from lab.faults.guest_routing import ssh
from lab.faults.guest_routing.faults import End, Fault
from lab.faults.guest_routing.prober import silence
from lab.faults.guest_routing.report import report
from lab.faults.guest_routing.server import State
from lab.faults.guest_routing.snapshot import Delta, Snapshot
from lab.faults.guest_routing.steps import Step, Steps, step_of
from lab.faults.guest_routing.trial import Outcome

TABLE = """\
| stack | what was run |
| --- | --- |
| bookworm-ifupdown | Debian 12.9 |
| trixie-NetworkManager | Debian 13.1 |

| fault | stack | outcome | s without SSH, eth0 | eth1 |
| --- | --- | --- | --- | --- |
| a full disk | bookworm-ifupdown | nothing was changed | 0.0 | 0.0 |
| a full disk | trixie-NetworkManager | nothing was changed | 0.0 | 1.3 |
| a cut | trixie-NetworkManager | the old state is back | 2.0 | – |
"""


def fault(what):
    return Fault(what, State.FIRST, inject=None, ends=frozenset(End))


def test_the_table_is_in_order_of_faults_then_flavours_and_has_each_outcome_once():
    outcomes = {
        ("cut", "trixie-NetworkManager"): Outcome(End.BACK, {"eth0": 2.04}),
        ("full_disk", "trixie-NetworkManager"): Outcome(End.UNTOUCHED, {"eth0": 0, "eth1": 1.25001}),
        ("full_disk", "bookworm-ifupdown"): Outcome(End.UNTOUCHED, {"eth0": 0, "eth1": 0}),
    }
    versions = {"trixie-NetworkManager": "Debian 13.1", "bookworm-ifupdown": "Debian 12.9"}
    faults = {"full_disk": fault("a full disk"), "cut": fault("a cut")}
    text = report(faults, outcomes, versions, datetime.date(2026, 2, 1))
    assert text.endswith(f"\n\n{TABLE}")
    assert "due within 30 s" in text
    assert "on 2026-02-01." in text


@pytest.mark.parametrize("answers, seconds", [
    ([], 0),
    ([(0, True), (1, True)], 0),
    ([(3, True), (0, True), (2, False), (1, False)], 2),
    ([(0, True), (1, False), (2, True), (3, False), (3.5, True)], 1.5),
])
def test_silence_is_from_the_first_unanswered_question_to_the_next_answered_one(answers, seconds):
    assert silence(answers) == seconds


@pytest.mark.parametrize("event, step", [
    ({"module": "guest_routing", "nonce": False}, None),
    ({"module": "guest_routing", "nonce": False, "answer": {"changed": False}}, None),
    ({"module": "guest_routing", "nonce": False, "answer": {"commit": {"id": "1"}}}, Step.ARMED),
    ({"module": "guest_routing_commit", "nonce": False}, Step.ASKED),
    ({"module": "guest_routing_commit", "nonce": False, "answer": {"commit": {"state": "changing"}}}, None),
    ({"module": "guest_routing_commit", "nonce": False, "answer": {"commit": {"state": "changed"}}}, Step.CHANGED),
    ({"module": "guest_routing_commit", "nonce": True}, Step.CONFIRMING),
    ({"module": "guest_routing_commit", "nonce": True, "answer": {"commit": {"state": "confirmed"}}}, Step.CONFIRMED),
    ({"module": "guest_routing_commit", "nonce": True, "answer": {}}, None),
    ({"module": "command", "nonce": False, "answer": {}}, None),
])
def test_a_step_is_told_by_what_passes_between_controller_and_guest(event, step):
    assert step_of(event) is step


def test_at_a_step_something_happens_once_and_what_goes_wrong_in_it_is_raised(tmp_path):
    asked = {"module": "guest_routing_commit", "nonce": False}
    happened = []
    with Steps(tmp_path / "steps", {Step.ASKED: lambda: happened.append(1)}) as steps:
        steps.see(asked)
        steps.see(asked)
    assert happened == [1]
    with pytest.raises(ZeroDivisionError), Steps(tmp_path / "steps", {Step.ASKED: lambda: 1 / 0}) as steps:
        steps.see(asked)


def test_a_step_that_never_came_is_a_failure(tmp_path):
    with pytest.raises(AssertionError, match="never came to: CONFIRMED"):
        with Steps(tmp_path / "steps", {Step.CONFIRMED: print}):
            pass


def test_what_passes_through_ssh_is_told_and_arrives_unchanged(tmp_path, monkeypatch):
    """As Ansible does: it sends the module once the shell has said that it is root's."""
    (tmp_path / "ssh").write_text('#!/bin/sh\necho BECOME-SUCCESS-x\necho "{\\"size\\": $(wc -c)}"\n')
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    told = []
    with Steps(tmp_path / "steps", {}) as steps:
        monkeypatch.setattr(steps, "see", told.append)
        module = b"ansible_module='xeni.aws.guest_routing_commit',\nparams='{\"nonce\": \"n\"}'"
        argv = [sys.executable, "-I", ssh.__file__, str(tmp_path / "steps"), "guest", "a command"]
        done = subprocess.run(argv, input=module, capture_output=True, check=True)
    assert done.stdout == b'BECOME-SUCCESS-x\n{"size": %d}\n' % len(module)
    asked = {"module": "guest_routing_commit", "nonce": True}
    assert told == [asked, {**asked, "answer": {"size": len(module)}}]


def test_a_connection_that_fails_ends_before_the_module_is_sent(tmp_path, monkeypatch):
    (tmp_path / "ssh").write_text("#!/bin/sh\necho no route >&2\nexit 255\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    argv = [sys.executable, "-I", ssh.__file__, str(tmp_path / "steps"), "guest", "a command"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as wrapper:
        assert wrapper.wait(timeout=20) == 255
        assert wrapper.stderr.read() == b"no route\n"


def test_the_same_lines_are_no_difference_and_others_are_told():
    before, after = Snapshot(frozenset({"a", "b"})), Snapshot(frozenset({"b", "c"}))
    assert before - before == Delta(frozenset(), frozenset())
    assert before + (after - before) == after
    assert after - before == Delta(came=frozenset({"c"}), went=frozenset({"a"}))
    assert str(after - before) == "+ c\n- a"
