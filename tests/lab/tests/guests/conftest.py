# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import netns
from lab.fabric import host
from lab.guests import image, requirements
from lab.guests.flavours import RELEASES
from lab.guests.nspawn import Guest


@pytest.fixture(scope="session")
def images() -> None:
    """Every release's is there."""
    if reason := host.obstacle():
        pytest.fail(reason, pytrace=False)
    requirements.ensure()
    with ThreadPoolExecutor() as builds:
        list(builds.map(image.ensure, RELEASES))


@pytest.fixture(scope="session")
def key(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("ssh") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@pytest.fixture(scope="session")
def ssh(key):
    """Runs a command line in a guest as ``admin`` over SSH: what it printed. Raises if it failed."""

    def run(guest: Guest, line: str, stdin: str = "") -> str:
        argv = [
            "ssh", "-i", str(key), "-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "admin@127.0.0.1", line,
        ]
        done = netns.run(guest.namespace, argv, input=stdin, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
