# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import subprocess

import pytest

from lab.guests import requirements


@pytest.fixture
def apt(monkeypatch, tmp_path):
    """A host without any of the packages, and an apt-get that fails on the package named ``fails``."""
    calls = []

    def run(argv, **_options):
        calls.append(argv)
        failed = argv[-1] == "fails"
        return subprocess.CompletedProcess(argv, int(failed), "", "E: Unable to locate package fails" if failed else "")

    monkeypatch.setattr(requirements, "PATH", str(tmp_path))
    monkeypatch.setattr(requirements, "PACKAGES", {"no-such-command": "some-package"})
    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_root_installs_what_is_missing_and_says_so(apt, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said = []
    requirements.ensure(said.append)
    assert said == ["installing Debian packages: some-package"]
    assert apt == [
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", "some-package"],
    ]


def test_others_are_told_the_command(apt, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = "sudo apt-get install --yes --no-install-recommends some-package"
    with pytest.raises(requirements.RequirementsError, match=f"missing Debian packages, .*: {command}$"):
        requirements.ensure()
    assert apt == []


def test_what_apt_get_says_reaches_the_user(apt, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(requirements, "PACKAGES", {"no-such-command": "fails"})
    with pytest.raises(requirements.RequirementsError, match="apt-get install .* failed: E: Unable to locate package"):
        requirements.ensure(lambda _line: None)


def test_commands_and_files_count_as_present(monkeypatch, tmp_path):
    command, file = tmp_path / "command", tmp_path / "file"
    command.touch(mode=0o755)
    file.touch()
    monkeypatch.setattr(requirements, "PATH", str(tmp_path))
    monkeypatch.setattr(requirements, "PACKAGES", {"command": "a", str(file): "b", str(tmp_path / "absent"): "c"})
    assert requirements.missing(requirements.PACKAGES) == ["c"]
