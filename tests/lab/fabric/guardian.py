# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One fabric per machine, and nothing left of it, however it ends.

A process in a session of its own holds the reading end of a pipe. When the fabric's process is gone, be it by kill -9,
the pipe ends and the guardian takes the network down. It keeps the lock until that is done.
"""

from __future__ import annotations

import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import lab
from lab import netns
from lab.fabric import names
from lab.guests import guest

RUN = pathlib.Path("/run/xeni-lab")
LOCK = pathlib.Path("/run/xeni-lab.lock")
TAKING_DOWN_TIMEOUT = 60  # seconds


class FabricRunningError(RuntimeError):
    """Another fabric has this machine. The message names its process."""


def take_down() -> None:
    """Every guest, namespace, service and file of any fabric of this machine."""
    guest.reap(RUN)
    for name in netns.names(names.PREFIX):
        netns.delete(name)
    shutil.rmtree(RUN, ignore_errors=True)


class Guardian:
    """Takes the lock, clears what an earlier run may have left, and stands by until ``release()``."""

    def __init__(self):
        self._lock = _acquire()
        take_down()
        RUN.mkdir()
        reading, self._writing = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"import {__name__}; {__name__}.stand_by()"],
            env={**os.environ, "PYTHONPATH": str(pathlib.Path(lab.__file__).parents[1])},
            stdin=reading,
            pass_fds=[self._lock],
            start_new_session=True,
        )
        os.close(reading)

    def release(self) -> None:
        """Return when all is taken down."""
        os.close(self._writing)
        self._process.wait()
        os.close(self._lock)


def _acquire() -> int:
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + TAKING_DOWN_TIMEOUT
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            owner = os.pread(lock, 20, 0).decode().strip()
            # Without its owner the lock is a guardian's, which lets go as soon as it is done.
            if time.monotonic() > deadline or pathlib.Path("/proc", owner or "none").exists():
                os.close(lock)
                message = f"a fabric runs on this machine already (process {owner}): stop that one"
                raise FabricRunningError(message) from None
            time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def stand_by() -> None:
    """The guardian's own process."""
    for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(interrupt, signal.SIG_IGN)
    sys.stdin.buffer.read()
    take_down()
