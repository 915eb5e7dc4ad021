# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import subprocess

import pytest

from lab.fabric import __main__ as command


@pytest.fixture
def arguments(monkeypatch):
    return lambda *given: monkeypatch.setattr("sys.argv", ["lab.fabric", *given])


def test_without_root_one_line_says_so(arguments, monkeypatch, capsys):
    arguments()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command.main() == 2
    assert capsys.readouterr().err == "lab.fabric: network namespaces need root: run it as root\n"


def test_where_namespaces_are_not_allowed_one_line_says_so(arguments, monkeypatch, capsys):
    arguments()
    refused = subprocess.CompletedProcess([], 1, "", "unshare: unshare failed: Operation not permitted\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: refused)
    assert command.main() == 2
    assert "not allowed here (unshare: unshare failed: Operation not permitted)" in capsys.readouterr().err


def test_a_bad_corporate_address_is_named(arguments, capsys):
    arguments("--corporate-address", "198.51.100.300")
    with pytest.raises(SystemExit):
        command.main()
    assert "'198.51.100.300' is not an IPv4 address such as 198.51.100.10" in capsys.readouterr().err


def test_a_bad_endpoint_is_named(arguments, monkeypatch, capsys):
    arguments("--endpoint-url", "nonsense")
    monkeypatch.setattr(command.host, "obstacle", lambda: None)
    assert command.main() == 1
    assert capsys.readouterr().err == "lab.fabric: Invalid endpoint: nonsense\n"


def test_a_profile_that_does_not_exist_is_named(arguments, monkeypatch, capsys, tmp_path):
    arguments("--profile", "partner")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setattr(command.host, "obstacle", lambda: None)
    assert command.main() == 1
    assert capsys.readouterr().err == "lab.fabric: The config profile (partner) could not be found\n"
