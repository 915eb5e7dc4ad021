# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Named network namespaces, as ip-netns(8) keeps them under /run/netns."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence

NAMESPACES = pathlib.Path("/run/netns")
CLONE_NEWNET = 0x40000000  # sched.h; os.setns came with Python 3.12

_libc = ctypes.CDLL(None, use_errno=True)


class NamespaceError(RuntimeError):
    """A namespace could not be made, entered or deleted. The message names it."""


def names(prefix: str = "") -> list[str]:
    """The namespaces whose names start with ``prefix``, sorted."""
    if not NAMESPACES.is_dir():
        return []
    return sorted(entry.name for entry in NAMESPACES.iterdir() if entry.name.startswith(prefix))


def create(namespace: str) -> None:
    """Make ``namespace`` and set its loopback interface up."""
    ip("netns", "add", namespace)
    ip("-netns", namespace, "link", "set", "lo", "up")


def delete(namespace: str, timeout: float = 10) -> None:
    """Kill what runs in ``namespace``, then delete it. One that does not exist is left so."""
    if namespace not in names():
        return
    deadline = time.monotonic() + timeout
    while remaining := pids(namespace):
        if time.monotonic() > deadline:
            raise NamespaceError(f"network namespace {namespace}: processes {remaining} survive SIGKILL")
        for pid in remaining:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    ip("netns", "delete", namespace)


def pids(namespace: str) -> list[int]:
    """The processes in ``namespace``, never the calling one."""
    return [pid for pid in map(int, ip("netns", "pids", namespace).split()) if pid != os.getpid()]


@contextlib.contextmanager
def inside(namespace: str) -> Iterator[None]:
    """The calling thread, and no other, is in ``namespace`` for the length of the block (setns(2))."""
    with contextlib.ExitStack() as files:
        home = files.enter_context(open("/proc/thread-self/ns/net", "rb"))
        try:
            target = files.enter_context(open(NAMESPACES / namespace, "rb"))
        except FileNotFoundError:
            raise NamespaceError(f"network namespace {namespace} does not exist") from None
        _setns(target.fileno(), namespace)
        try:
            yield
        finally:
            _setns(home.fileno(), "of the thread before")


def socket_in(namespace: str, family: int, type: int, proto: int = 0) -> socket.socket:
    """A socket of ``namespace``: it stays there for life, whichever thread uses it."""
    with inside(namespace):
        return socket.socket(family, type, proto)


def command(namespace: str, argv: Sequence[str]) -> list[str]:
    """``argv`` as a command line that runs in ``namespace``."""
    return ["ip", "netns", "exec", namespace, *argv]


def run(namespace: str, argv: Sequence[str], check: bool = False, **options) -> subprocess.CompletedProcess:
    """``subprocess.run(argv, check=check, **options)`` in ``namespace``."""
    return subprocess.run(command(namespace, argv), check=check, **options)


def _setns(descriptor: int, namespace: str) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise NamespaceError(f"network namespace {namespace}: cannot enter: {reason}")


def ip(*arguments: str, lines: str | None = None) -> str:
    """What ip(8) prints; ``lines`` is its standard input. Raises `NamespaceError` with its message."""
    done = subprocess.run(["ip", *arguments], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NamespaceError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
