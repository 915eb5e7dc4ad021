# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Scenes that stay."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.lab import Lab, LabError, StayingScene

FACTS = {"client": {"prefix": ["ip", "netns", "exec", "corp"], "environment": {"ANSIBLE_INVENTORY": "servers.json"}}}


def staying(program: str) -> subprocess.Popen:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True)


def test_a_scene_that_stays_tells_its_calls_and_how_to_be_its_client():
    answer = """import sys\nfor _ in sys.stdin: print('[{"operation": "SSH exec", "error": null}]', flush=True)"""
    with staying(answer) as process:
        scene = StayingScene(Lab("http://127.0.0.1:1"), FACTS, process)
        assert scene.calls() == [{"operation": "SSH exec", "error": None}]
        assert scene.prefix == ("ip", "netns", "exec", "corp")
        assert scene.environment["ANSIBLE_INVENTORY"] == "servers.json"
        assert scene.environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert process.returncode == 0


def test_a_scene_that_has_ended_is_an_error_and_not_a_wait():
    with staying("") as process:
        scene = StayingScene(Lab("http://127.0.0.1:1"), FACTS, process)
        process.wait()
        with pytest.raises(LabError, match="is not there"):
            scene.calls()
