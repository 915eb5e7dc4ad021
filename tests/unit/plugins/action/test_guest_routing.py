# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The controller's side of commit-confirmed: what it asks over which path, and what it says when that fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.xeni.aws.plugins.action import guest_routing
from ansible_collections.xeni.aws.plugins.action.guest_routing import ActionModule, _explain, _known_as, _of_its_own

ROLLED_BACK = {
    "id": "1", "state": "rolled_back", "reason": "it was not confirmed within 20 s",
    "restored": ["/etc/systemd/network/10-xeni-02420a00010a.network"], "lacked": [], "remaining": [],
}
CHANGED = {"id": "1", "state": "changed", "nonce": "n"}


class Clock:
    """Time passes by sleeping, and a second with every question."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture(name="clock")
def fake_clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(guest_routing, "time", clock)
    return clock


def plugin(clock, before=(), after=()):
    """An action plugin whose paths give these answers, the last one for ever; asked: what went where."""
    answers = {"before": list(before), "after": list(after)}
    asked = []

    def ask(connection, identity, task_vars, nonce=None):
        clock.now += 1
        asked.append((connection, dict(nonce or {})))
        left = answers[connection]
        commit = left.pop(0) if len(left) > 1 else left[0]
        return {"msg": commit} if isinstance(commit, str) else {"commit": commit}

    action = ActionModule.__new__(ActionModule)
    action._ask = ask
    return action, asked


def test_the_nonce_is_fetched_and_brought_back_by_the_new_path(clock):
    action, asked = plugin(clock, ["unused"], [
        {"id": "1", "state": "changing"}, CHANGED, {"id": "1", "state": "confirmed"}])
    answer, failure = action._confirm("1", "before", "after", 20, {})
    assert answer["commit"]["state"] == "confirmed"
    assert asked == [("after", {}), ("after", {}), ("after", {"nonce": "n"})]
    assert failure == ""


def test_the_old_path_never_confirms(clock):
    action, asked = plugin(clock, [CHANGED], ["timed out"])
    answer, failure = action._confirm("1", "before", "after", 20, {})
    assert answer == {}
    assert failure == "timed out"
    assert {nonce.get("nonce") for connection, nonce in asked if connection == "before"} == {None}
    assert clock.now >= 20


def test_a_change_that_failed_in_the_guest_is_told_at_once(clock):
    action, _asked = plugin(clock, [ROLLED_BACK], ["refused"])
    answer, failure = action._confirm("1", "before", "after", 20, {})
    assert (answer["commit"], failure) == (ROLLED_BACK, "")
    assert clock.now < 5


def test_a_change_that_was_made_and_taken_back_tells_of_the_new_path(clock):
    action, _asked = plugin(clock, [CHANGED, ROLLED_BACK], ["timed out"])
    answer, failure = action._confirm("1", "before", "after", 20, {})
    assert (answer["commit"], failure) == (ROLLED_BACK, "timed out")


def test_a_new_path_that_comes_late_still_confirms(clock):
    action, _asked = plugin(clock, ["refused"], ["refused", "refused", CHANGED, {"id": "1", "state": "confirmed"}])
    assert action._confirm("1", "before", "after", 20, {})[0]["commit"]["state"] == "confirmed"


def test_the_rollback_is_waited_for(clock):
    action, _asked = plugin(clock, [CHANGED, "refused", ROLLED_BACK])
    assert action._wait_for_rollback("1", "before", 60, {}) == {"commit": ROLLED_BACK}


def test_no_word_from_the_guest(clock):
    action, _asked = plugin(clock, ["refused"])
    assert action._wait_for_rollback("1", "before", 60, {}) == {}


def test_a_slow_server_has_the_time_that_its_user_gives_it():
    options = {"ssh_args": "", "ssh_common_args": None, "ssh_extra_args": None, "timeout": 60}
    assert _of_its_own(options, [])["timeout"] == 60


def test_explanations():
    commit = {**ROLLED_BACK, "confirm_host": "10.0.1.10"}
    assert _explain(commit, "timed out") == (
        "The change was taken back: it was not confirmed within 20 s. "
        "The new connection to 10.0.1.10 failed: timed out. "
        "Restored: /etc/systemd/network/10-xeni-02420a00010a.network, and rules and routes as they were."
    )
    assert _explain({**commit, "lacked": ["a", "b"], "restored": [], "remaining": ["rule 1"]}, "") == (
        "The change was taken back: it was not confirmed within 20 s. As the guest saw it, the new state lacked: a; b. "
        "Restored: no file, but this is not as it was: rule 1."
    )
    assert _explain({"confirm_host": ""}, "timed out").startswith(
        "The change was not confirmed, and the guest does not answer by the old path either. "
        "The new connection to the guest failed: timed out. It goes back by itself")


class Connection:
    """Whose directory in the guest this is; answers: what the guest does with a command over it."""

    def __init__(self, directory, answers=True):
        self._shell = SimpleNamespace(tmpdir=directory)
        self.answers = answers


@pytest.mark.parametrize(("connections", "removed"), [
    ([Connection("/one"), Connection("/one")], [(1, "/one")]),
    ([Connection("/agent"), Connection("/admin")], [(0, "/agent"), (1, "/admin")]),
    ([Connection("/agent", answers=False), Connection("/admin")], [(1, "/admin")]),
    ([], []),
], ids=["of one user", "of two users", "a path that is gone", "no answer"])
def test_each_connection_removes_its_own_directory_in_the_guest(connections, removed):
    action, done = ActionModule.__new__(ActionModule), []

    def remove(directory):
        if not action._connection.answers:
            raise AnsibleConnectionFailure("timed out")
        done.append((connections.index(action._connection), directory))

    action._connection, action._remove_tmp_path = Connection("/one"), remove
    action._clean_up(connections)
    assert done == removed


@pytest.mark.parametrize(("given", "sent"), [
    ("-J jump", "-oProxyJump=jump"),
    ("-C -Jadmin@jump -v", "-C -oProxyJump=admin@jump -v"),
    ("-o ProxyCommand='ssh -J jump %h' -o User=x-J y", "-o ProxyCommand='ssh -oProxyJump=jump %h' -o User=x-J y"),
    (None, ""),
])
def test_of_jump_hosts_the_first_word_counts(given, sent):
    options = {"ssh_args": "-C", "ssh_common_args": given, "ssh_extra_args": None}
    own = guest_routing._of_its_own(options, ["-oProxyJump=none"])
    assert own["ssh_args"].endswith(" -oProxyJump=none -C")
    assert own["ssh_common_args"] == sent


@pytest.mark.parametrize(("printed", "name"), [
    ("hostname 10.0.0.10\nport 22\n", "10.0.0.10"),
    ("hostname web1.example.com\nport 2222\n", "[web1.example.com]:2222"),
    ("hostname 10.0.0.10\nport 2222\nhostkeyalias web1\n", "web1"),
    ("", "web1.example.com"),
])
def test_the_host_key_is_that_of_the_connection_in_use(tmp_path, printed, name):
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\nprintf '%s' '{printed}'\n")
    ssh.chmod(0o755)
    options = {
        "ssh_executable": str(ssh), "host": "web1.example.com", "port": None, "ssh_args": "-C -o ControlMaster=auto",
        "ssh_common_args": "-o ProxyCommand='nc %h %p'", "ssh_extra_args": None,
    }
    assert _known_as(options) == name
