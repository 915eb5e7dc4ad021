# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A guest made of a directory: files and units are real, kernel and systemd are told what they were asked."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import commit, kernel, transition
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Goal, Rule, State


class Clock:
    """Time passes by sleeping only."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Guest:
    """state: what the kernel has; commands: what was run; fails: the beginning of commands that fail.

    asked: (device, gateway) of those that were asked whether they are there.
    """

    def __init__(self, root):
        self.root = root
        self.state = State()
        self.commands = []
        self.fails = ()
        self.asked = []
        self.configuration = root / "eth1.network"

    def run(self, command, timeout=20):
        line = " ".join(command)
        self.commands.append(line)
        if self.fails and line.startswith(self.fails):
            raise CommandFailed(f"{line}: refused")
        if line == "networkctl reload":  # the network manager does what its file says
            self.state = State(rules=tuple(
                Rule(4001, address, 4001) for address in self.content().split()))
        return ""

    def content(self):
        return self.configuration.read_text() if self.configuration.exists() else ""

    def job(self, content, *addresses, restore=(), by_hand=()):
        """To have these addresses' rules, with a file of this content, None for no file."""
        goal = Goal(rules=tuple(Rule(4001, address, 4001) for address in addresses))
        return {
            "files": {str(self.configuration): content}, "commands": [["networkctl", "reload"]], "goal": asdict(goal),
            "restore": [command.split() for command in restore], "by_hand": list(by_hand),
        }


@pytest.fixture
def guest(tmp_path, monkeypatch):
    guest = Guest(tmp_path)
    (tmp_path / "boot_id").write_text("first\n")
    (tmp_path / "units").mkdir()
    for name, value in {
        "STATE": tmp_path / "state", "BOOT_ID": tmp_path / "boot_id",
        "ROLLBACK_FILE": tmp_path / "units" / "rollback.service", "CHANGE_FILE": tmp_path / "units" / "change.service",
        "ROOM": tmp_path / "units" / ".room",
        "BOOT_LINK": tmp_path / "units" / "sysinit.target.wants" / "rollback.service",
    }.items():
        monkeypatch.setattr(transition, name, str(value))
    monkeypatch.setattr(transition, "run", guest.run)
    monkeypatch.setattr(transition, "_ask", lambda *neighbour: guest.asked.append(neighbour))
    monkeypatch.setattr(commit, "run", guest.run)
    monkeypatch.setattr(kernel, "run", guest.run)
    monkeypatch.setattr(kernel, "read", lambda: guest.state)
    monkeypatch.setattr(transition, "time", Clock())
    return guest
