# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from lab import netns
from lab.guests.guest import Guest


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
