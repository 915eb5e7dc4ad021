# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Talks to QEMU (QMP), and to the agent that runs inside a machine: a line of JSON each way.

Sources: https://www.qemu.org/docs/master/interop/qmp-spec.html and
https://www.qemu.org/docs/master/interop/qemu-ga-ref.html
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import pathlib
import socket
import subprocess
import time
from collections.abc import Iterator

from lab.guests import GuestError

DELIMITER = b"\xff"  # makes both ends forget what was said in part
POLL_SECONDS = 0.1
LONGEST_POLL_SECONDS = 1.0  # the agent writes each question into the journal, which keeps a slow machine busy

_identities = itertools.count(1)


class ChannelError(GuestError):
    """QEMU or the agent did not answer, or refused. The message has the command."""


class Channel:
    """One conversation on the socket at ``path``. Each answer must begin within ``timeout`` seconds."""

    def __init__(self, path: pathlib.Path, timeout: float):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise ChannelError(f"{path}: {error.strerror or error}") from error
        self._received = self._socket.makefile("rb")

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_error) -> None:
        self._received.close()
        self._socket.close()

    def call(self, command: str, **arguments) -> object:
        """What the command returns. Events in between are passed over. Raises `ChannelError`."""
        self.send(command, arguments)
        while True:
            answer = self.read(command)
            if "error" in answer:
                raise ChannelError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def send(self, command: str, arguments: dict, prefix: bytes = b"") -> None:
        request = {"execute": command, "arguments": {key.replace("_", "-"): value for key, value in arguments.items()}}
        try:
            self._socket.sendall(prefix + json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise ChannelError(f"{command}: {error.strerror or error}") from error

    def read(self, command: str) -> dict:
        try:
            line = self._received.readline()
        except OSError as error:
            raise ChannelError(f"{command}: {error.strerror or error}") from error
        if not line.endswith(b"\n"):
            raise ChannelError(f"{command}: the connection ended")
        try:
            return json.loads(line.rpartition(DELIMITER)[2])
        except ValueError:  # the end of what was said to someone who has left
            return {}


@contextlib.contextmanager
def monitor(path: pathlib.Path, timeout: float = 10) -> Iterator[Channel]:
    """QEMU itself. It takes one conversation at a time."""
    with Channel(path, timeout) as channel:
        channel.read("greeting")
        channel.call("qmp_capabilities")
        yield channel


@contextlib.contextmanager
def agent(path: pathlib.Path, timeout: float = 10) -> Iterator[Channel]:
    """The agent in the machine, which may still have to answer someone who has left."""
    with Channel(path, timeout) as channel:
        identity = next(_identities)
        channel.send("guest-sync-delimited", {"id": identity}, prefix=DELIMITER)
        while channel.read("guest-sync-delimited").get("return") != identity:
            pass
        yield channel


def wait(path: pathlib.Path, process: subprocess.Popen, timeout: float) -> None:
    """Until the agent answers. Raises `ChannelError` after ``timeout`` seconds, or when ``process`` (QEMU) ends."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            with agent(path, timeout=2):
                return
        except ChannelError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(POLL_SECONDS)


def run(path: pathlib.Path, argv: tuple[str, ...], data: bytes, timeout: float) -> subprocess.CompletedProcess:
    """``argv`` as root inside the machine, its output captured as text.

    Raises `ChannelError`, also when the command has not ended after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    with agent(path) as channel:
        encoded = base64.b64encode(data).decode()
        options = {"arg": list(argv[1:]), "capture_output": True, "input_data": encoded}
        process = channel.call("guest-exec", path=argv[0], **options)
        pause = POLL_SECONDS
        while not (status := channel.call("guest-exec-status", **process))["exited"]:
            if time.monotonic() > deadline:
                raise ChannelError(f"{' '.join(argv)}: no end after {timeout:g} s")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_POLL_SECONDS)
    ended = status.get("exitcode", -status.get("signal", 0))
    return subprocess.CompletedProcess(argv, ended, _decoded(status, "out-data"), _decoded(status, "err-data"))


def _decoded(status: dict, key: str) -> str:
    return base64.b64decode(status.get(key, "")).decode(errors="replace")
