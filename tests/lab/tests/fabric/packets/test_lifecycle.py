# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.fabric`` leaves nothing behind, however it ends."""

from __future__ import annotations

import itertools
import pathlib
import signal
import socket
import subprocess
import sys

import pytest

from lab import netns
from lab.fabric import names
from lab.fabric.guardian import RUN
from lab.tests.polling import eventually

STANDING = "the fabric stands; interrupt it to take it down\n"


def command(url: str) -> list[str]:
    return [sys.executable, "-m", "lab.fabric", "--endpoint-url", url, "--region", "us-east-1"]


@pytest.fixture
def running(url, world, credentials):
    """A fabric of one instance, up."""
    instance = world.launch()
    process = subprocess.Popen(command(url), stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said = list(itertools.takewhile(lambda line: line != STANDING, process.stdout))
        assert any(line.startswith(f"shell in xeni-{instance}: ") for line in said)
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
        eventually(nothing_is_left)
        world.ec2.terminate_instances(InstanceIds=[instance])


def nothing_is_left() -> bool:
    mounts = pathlib.Path("/proc/self/mountinfo").read_text()
    return not netns.names(names.PREFIX) and not RUN.exists() and str(RUN) not in mounts and not processes()


def processes() -> list[str]:
    """Command lines that name something of the fabric's."""
    lines = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(RUN) in line or "lab.fabric.guardian" in line:
            lines.append(line)
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_takes_everything_down(running, number):
    assert not nothing_is_left()
    running.send_signal(number)
    assert running.wait(timeout=30) == 0
    assert nothing_is_left()


def test_kill_9_takes_everything_down(running):
    running.kill()
    eventually(nothing_is_left)


def test_only_one_fabric_runs_on_a_machine(running, url):
    second = subprocess.run(command(url), capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert f"a fabric runs on this machine already (process {running.pid}): stop that one" in second.stderr


def test_the_endpoint_has_the_same_url_in_the_corporate_network(running, url):
    call = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status)"
    done = netns.run(names.CORP, [sys.executable, "-c", call, f"{url}/_lab/settings"], capture_output=True, text=True)
    assert done.stdout == "200\n", done.stderr


def test_an_endpoint_that_does_not_answer_is_named(credentials):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: refused
        port = unused.getsockname()[1]
        failed = subprocess.run(command(f"http://127.0.0.1:{port}"), capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 1
    assert f"http://127.0.0.1:{port}/" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert nothing_is_left()
