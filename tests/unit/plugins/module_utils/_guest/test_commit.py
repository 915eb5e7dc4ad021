# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Going there and coming back, on real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import commit, kernel, transition
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Goal, Route, Rule, State


def start(guest, timeout=20, **changed):
    there = {**guest.job("10.0.1.10", "10.0.1.10"), **changed}
    return commit.start(there, guest.job(None), [], timeout)


def raises(error):
    def function(*arguments):
        raise error
    return function


def is_armed(guest):
    return os.path.lexists(transition.BOOT_LINK) or (guest.root / "state" / "pending").exists()


def test_a_job_is_done_when_the_kernel_is_there(guest):
    restore = ["-4 rule add priority 500 from 9.9.9.9"]
    transition.carry_out(guest.job("10.0.1.10\n", "10.0.1.10", restore=restore), timeout=1)
    assert guest.content() == "10.0.1.10\n"
    assert guest.commands[0] == "networkctl reload"
    assert guest.commands[-1] == "ip -4 rule add priority 500 from 9.9.9.9"


def test_a_job_whose_state_does_not_come_says_what_is_missing(guest):
    with pytest.raises(transition.NotReached, match="^rule 4001: from 10.0.1.10 lookup 4001 is missing$"):
        transition.carry_out(guest.job("", "10.0.1.10"), timeout=0)


@pytest.mark.parametrize(("rule", "by_hand", "corrected"), [
    (Rule(4001, "10.0.1.21", 4001), ["eth1"], True),
    (Rule(4001, "10.0.1.21", 4001), ["eth2"], False),
    (Rule(4001, "10.0.1.21", 4009), ["eth2"], True),  # of a table that nobody has any more
    (Rule(4001, "10.0.1.21", 4009), [], False),
])
def test_what_is_not_wanted_any_more_goes_by_hand_where_no_manager_takes_it(guest, rule, by_hand, corrected):
    goal = Goal(routes=(Route(4001, "10.0.1.0/24", "", "eth1"),), tables=(4000, 4099), priorities=(4000, 4200))
    guest.state = State(rules=(rule,), routes=goal.routes)
    with pytest.raises(transition.NotReached):
        transition.carry_out(
            {"files": {}, "commands": [], "restore": [], "goal": asdict(goal), "by_hand": by_hand}, timeout=0.1)
    deletion = f"ip -4 rule del priority 4001 from 10.0.1.21 lookup {rule.table}"
    assert set(guest.commands) == ({deletion} if corrected else set())


def test_a_file_is_replaced_whole_or_not_at_all(guest, monkeypatch):
    guest.configuration.write_text("old")
    monkeypatch.setattr(transition.os, "replace", raises(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        transition.write(str(guest.configuration), "new")
    assert guest.content() == "old"
    assert not [name for name in os.listdir(guest.root) if name.startswith(".xeni-aws-")]


def test_start_arms_before_it_starts(guest):
    identity = start(guest, timeout=33)
    assert guest.commands == [
        "systemctl daemon-reload",
        "systemd-run --unit=xeni-aws-rollback.service --on-active=33 --timer-property=AccuracySec=100ms",
        "systemd-run --unit=xeni-aws-change.service --on-active=1 --timer-property=AccuracySec=100ms",
    ]
    assert os.readlink(transition.BOOT_LINK) == transition.ROLLBACK_FILE
    assert commit.status() == {"id": identity, "state": "changing"}
    assert not guest.configuration.exists()


def test_a_slow_guest_may_take_as_long_to_arm_as_to_confirm(guest, monkeypatch):
    waited = []
    monkeypatch.setattr(commit, "run", lambda command, timeout=20: waited.append(timeout))
    start(guest, timeout=33)
    assert waited == [33, 33, 33]


@pytest.mark.parametrize("fails", ["systemctl daemon-reload", "systemd-run --unit=xeni-aws-rollback"])
def test_what_cannot_be_armed_is_not_started(guest, fails):
    guest.fails = (fails,)
    with pytest.raises(commit.NotArmed, match="nothing was changed, because the way back cannot be prepared: .*refuse"):
        start(guest)
    assert not is_armed(guest)
    assert not any("change.service" in command for command in guest.commands if command.startswith("systemd-run"))


def test_a_read_only_file_system_is_not_changed(guest):
    (guest.root / "units" / "sysinit.target.wants").write_text("in the way")
    with pytest.raises(commit.NotArmed, match="nothing was changed"):
        start(guest)
    assert not (guest.root / "state" / "pending").exists()


def test_a_second_run_is_refused(guest):
    start(guest)
    with pytest.raises(commit.Unconfirmed, match=r"the guest goes back in \d+ s unless its controller confirms"):
        start(guest)
    with pytest.raises(commit.Unconfirmed):
        commit.refuse_while_pending()


def test_two_controllers_at_the_same_moment(guest):
    os.makedirs(transition.STATE)
    with transition.locked(wait=False):
        with pytest.raises(commit.Unconfirmed, match="another run is changing"):
            start(guest)


def test_only_the_nonce_keeps_a_change(guest):
    identity = start(guest)
    transition.change()
    told = commit.status()
    assert (told["id"], told["state"]) == (identity, "changed")
    assert commit.confirm("a guess")["state"] == "changed"
    assert is_armed(guest)
    assert commit.confirm(told["nonce"]) == {"id": identity, "state": "confirmed"}
    assert not is_armed(guest)
    assert guest.commands[-1] == "systemctl --no-block stop xeni-aws-rollback.timer xeni-aws-change.timer"
    transition.roll_back()  # its timer elapsed at the last moment
    assert guest.content() == "10.0.1.10"
    assert commit.status()["state"] == "confirmed"


def test_a_nonce_is_told_only_after_the_change(guest):
    start(guest)
    assert "nonce" not in commit.status()


def test_without_confirmation_the_guest_goes_back(guest):
    identity = start(guest)
    transition.change()
    transition.roll_back()
    assert not guest.configuration.exists()
    assert not is_armed(guest)
    assert commit.status() == {
        "id": identity, "state": "rolled_back", "reason": "it was not confirmed within 20 s",
        "restored": [str(guest.configuration)], "lacked": [], "remaining": [],
    }
    assert commit.confirm("too late")["state"] == "rolled_back"


def test_a_change_that_fails_goes_back_at_once_and_byte_for_byte(guest):
    guest.configuration.write_text("as it was, \u00e4 too\n")
    back = guest.job("as it was, \u00e4 too\n")
    commit.start(guest.job("10.0.1.11", "10.0.1.10"), back, [], 0)
    transition.change()
    assert guest.content() == "as it was, \u00e4 too\n"
    told = commit.status()
    assert told["state"] == "rolled_back"
    assert told["reason"] == "rule 4001: from 10.0.1.10 lookup 4001 is missing"


def test_when_the_network_manager_fails_the_kernel_is_set_directly(guest):
    guest.state = State(rules=(Rule(4001, "10.0.1.10", 4001),))
    there, back = guest.job("10.0.1.11", "10.0.1.11"), guest.job(None, "10.0.1.10")
    commit.start(there, back, [["-4", "rule", "add", "priority", "7"]], 20)
    guest.fails = ("networkctl",)
    guest.state = State()
    transition.change()
    assert "ip -4 rule add priority 7" in guest.commands
    assert not guest.configuration.exists()
    assert commit.status()["reason"] == "networkctl reload: refused"
    assert commit.status()["remaining"] == ["rule 4001: from 10.0.1.10 lookup 4001 is missing"]
    assert not is_armed(guest)


def test_a_gateway_that_does_not_answer_is_named(guest, monkeypatch):
    goal = Goal(routes=(Route(4001, "default", "10.0.1.1", "eth1"),))
    start(guest, goal=asdict(goal))
    monkeypatch.setattr(kernel, "run", lambda command: "10.0.1.1 FAILED \n" if "neighbour" in command else "")
    transition.roll_back()
    assert commit.status()["lacked"] == [
        "route default via 10.0.1.1 dev eth1 table 4001 is missing",
        "eth1: the gateway 10.0.1.1 does not answer on the link",
    ]


def test_a_gateway_is_asked_and_has_time_to_answer(guest, monkeypatch):
    start(guest, goal=asdict(Goal(routes=(Route(4001, "default", "fe80:ec2::1", "eth1", family=6),))))
    answers = iter(["INCOMPLETE", "INCOMPLETE", "lladdr 02:42:0a:00:01:01 REACHABLE"])
    monkeypatch.setattr(kernel, "run", lambda command: next(answers) if "neighbour" in command else "")
    transition.roll_back()
    assert guest.asked == [("eth1", "fe80:ec2::1")]
    assert commit.status()["lacked"] == ["IPv6 route default via fe80:ec2::1 dev eth1 table 4001 is missing"]


def test_a_diagnosis_that_fails_does_not_stop_the_way_back(guest, monkeypatch):
    start(guest)
    transition.change()
    monkeypatch.setattr(transition, "_silent_gateways", raises(CommandFailed("refused")))
    transition.roll_back()
    assert not guest.configuration.exists()
    assert commit.status()["lacked"] == ["refused"]


@pytest.mark.parametrize("ends", [transition.disarm, transition.roll_back])
def test_room_for_the_way_back_is_held_while_it_may_be_needed(guest, ends):
    start(guest)
    held = os.stat(transition.ROOM)
    assert held.st_blocks * 512 >= transition.ROOM_SIZE  # allocated, not only declared
    ends()
    assert not os.path.exists(transition.ROOM)


def test_room_is_made_before_the_first_file_is_put_back(guest, monkeypatch):
    start(guest)
    transition.change()
    held, replace = [], os.replace
    monkeypatch.setattr(
        transition.os, "replace", lambda *paths: [held.append(os.path.exists(transition.ROOM)), replace(*paths)])
    transition.roll_back()
    assert held and not any(held)


@pytest.mark.parametrize("boot", ["first", "second"])
def test_a_file_that_cannot_be_put_back_is_not_forgotten(guest, monkeypatch, boot):
    commit.start(guest.job("new", "new"), guest.job("old", "old"), [], 20)
    transition.change()
    guest.commands.clear()
    (guest.root / "boot_id").write_text(f"{boot}\n")
    with monkeypatch.context() as full:
        full.setattr(transition.os, "replace", raises(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            transition.roll_back()
    assert ("networkctl reload" in guest.commands) == (boot == "first")  # what can be done is done
    assert is_armed(guest)
    transition.roll_back()
    assert guest.content() == "old"
    assert commit.status()["state"] == "rolled_back"


def test_after_a_reboot_only_the_files_are_needed(guest):
    start(guest)
    transition.change()
    (guest.root / "boot_id").write_text("second\n")
    guest.commands.clear()
    transition.roll_back()
    assert not guest.configuration.exists()
    assert not any(command.startswith(("networkctl", "ip")) for command in guest.commands)
    assert commit.status()["reason"] == "the guest was rebooted before it was confirmed"


def test_a_run_that_was_killed_between_keeping_and_saying_so_has_kept(guest):
    identity = start(guest)
    transition.change()
    os.rename(guest.root / "state" / "pending", guest.root / "state" / "done")
    assert commit.status() == {"id": identity, "state": "confirmed"}


def test_the_program_runs_without_this_collection(guest):
    start(guest)
    program = guest.root / "state" / "pending" / "program.pyz"
    script = (
        f"import sys; sys.path.insert(0, {str(program)!r}); import xeni_aws.transition as transition; "
        "print(transition.STATE, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("/var/lib/xeni-aws ")
    assert "ansible" not in done.stdout


def test_saved_state_is_for_root_only(guest):
    start(guest)
    assert (guest.root / "state").stat().st_mode & 0o777 == 0o700
    saved = json.loads((guest.root / "state" / "pending" / "commit.json").read_text())
    assert saved["rollback"]["files"] == {str(guest.configuration): None}


def test_units_go_back_before_the_network_and_stop_a_change_that_hangs():
    lines = commit.ROLLBACK_UNIT.splitlines()
    assert "Before=network-pre.target shutdown.target" in lines
    assert "Wants=network-pre.target" in lines
    assert "Conflicts=xeni-aws-change.service shutdown.target" in lines
    assert "ConditionPathExists=/var/lib/xeni-aws/pending/program.pyz" in lines
    assert f"ExecStart={sys.executable} /var/lib/xeni-aws/pending/program.pyz roll-back" in lines
    assert f"ExecStart={sys.executable} /var/lib/xeni-aws/pending/program.pyz change" in commit.CHANGE_UNIT.splitlines()
