# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Take the guest from one network state to another, and back when nobody confirms it.

Runs by itself in the guest, from units of systemd, when SSH or the controller may be gone: with kernel.py, state.py and
process.py it is packed into one file (see commit.py) and imports nothing but the standard library.
Going there and coming back are the same thing, a job:

    files      {path: content, or null for "no such file"}
    commands   argument lists that make the network manager take them up
    goal       what the kernel then has, as state.Goal
    restore    arguments of ip(8) that set again what the network manager drops and does not bring back
    by_hand    devices for which the rest, too, is corrected with ip(8)

A change that waits for its confirmation is a directory, `pending`: with it gone, there is nothing to come back from.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import sys
import tempfile
import time

from . import kernel
from .process import CommandFailed, run
from .state import Goal, family
from .state import differences as all_differences

STATE = "/var/lib/xeni-aws"
UNITS = "/etc/systemd/system"
ROLLBACK, CHANGE = "xeni-aws-rollback", "xeni-aws-change"
ROLLBACK_FILE = f"{UNITS}/{ROLLBACK}.service"
BOOT_LINK = f"{UNITS}/sysinit.target.wants/{ROLLBACK}.service"
CHANGE_FILE = f"/run/systemd/system/{CHANGE}.service"
# Held while a change waits for its confirmation, and given up to go back: also when the disk has become full meanwhile.
ROOM, ROOM_SIZE = f"{UNITS}/.xeni-aws-room", 2**18
BOOT_ID = "/proc/sys/kernel/random/boot_id"
# Seconds: for the network manager to bring back what it had.
ROLLBACK_TIMEOUT = 15
# Seconds: for a gateway to say that it is there.
ANSWER_TIMEOUT = 1
DISCARD = 9  # a port of RFC 863


class NotReached(Exception):
    """The kernel did not get to where a job leads. The message says what is not as it should be."""

    def __init__(self, left):
        super().__init__("; ".join(left))


ERRORS = (OSError, NotReached, CommandFailed)


def carry_out(job: dict, timeout: float) -> None:
    """Do a job, and return when the kernel is there. Raises ERRORS, NotReached after `timeout` seconds."""
    _hand_over(job)
    _settle(job, timeout)


def _hand_over(job: dict) -> None:
    for path, content in job["files"].items():
        write(path, content)
    for command in job["commands"]:
        run(command)


def _settle(job: dict, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not _differences(job):
            break
        restore(job["restore"])
        _correct(difference for difference in _differences(job) if _is_by_hand(difference, job["by_hand"]))
        time.sleep(0.1)
    restore(job["restore"])
    left = differences(job)
    if left:
        raise NotReached(left)


def _is_by_hand(difference, by_hand) -> bool:
    """A rule that leads to no table any more is of no device: if one is corrected by hand, it may have been that's."""
    return difference.device in by_hand if difference.device else bool(by_hand)


def differences(job: dict) -> list:
    """In words, what is not as the job wants it."""
    return [difference.text for difference in _differences(job)]


def _differences(job: dict) -> list:
    return all_differences(Goal.from_json(job["goal"]), kernel.read())


def _correct(found) -> None:
    restore(difference.correction for difference in found if difference.correction)


def restore(commands) -> None:
    """Run ip(8) for each. Twice: a route needs the one to its gateway, which may be listed after it."""
    for arguments in 2 * list(commands):
        with contextlib.suppress(CommandFailed):  # nearly always "File exists"
            kernel.ip(*arguments)


def write(path: str, content) -> None:
    """Replace a file at once and for good; None removes it, and the directory of drop-ins that it leaves empty."""
    directory = os.path.dirname(path)
    if content is None:
        if not os.path.lexists(path):
            return
        os.unlink(path)
        if directory.startswith(f"{UNITS}/") and directory.endswith(".d"):
            with contextlib.suppress(OSError):  # others' drop-ins are there
                os.rmdir(directory)
                directory = UNITS
    else:
        os.makedirs(directory, exist_ok=True)
        _replace(path, content)
    _sync(directory)


def _replace(path: str, content: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".xeni-aws-")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            os.fchmod(file.fileno(), _mode(path))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise


def _mode(path: str) -> int:
    """What who reads the file insists on: NetworkManager that a keyfile is root's only, run-parts(8) on a program."""
    if path.endswith(".nmconnection"):
        return 0o600
    return 0o755 if "/if-up.d/" in path else 0o644


def reserve_room() -> None:
    with open(ROOM, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM_SIZE)


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(wait: bool):
    """Nobody else changes, confirms or goes back meanwhile. BlockingIOError when somebody does and wait is False."""
    with open(os.path.join(STATE, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def pending():
    """The change that waits for its confirmation, None if there is none."""
    return _read(os.path.join(STATE, "pending", "commit.json"))


def outcome():
    """What the last change came to: {id, state, ...}, None if there never was one.

    state: "changed", with the nonce that confirms it while it is pending, or "rolled_back".
    """
    return _read(os.path.join(STATE, "outcome.json"))


def _read(path: str):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def report(commit: dict, state: str, **details) -> None:
    write(os.path.join(STATE, "outcome.json"), json.dumps({"id": commit["id"], "state": state, **details}))


def change() -> None:
    """Do the change that is pending. Its nonce, which confirms it, is told only once it is done."""
    with locked(wait=True):
        commit = pending()
        if not commit:
            return
        try:
            carry_out(commit["change"], commit["timeout"] / 2)
        except ERRORS as error:
            _roll_back(commit, str(error), [])
        else:
            report(commit, "changed", nonce=os.urandom(16).hex())


def roll_back() -> None:
    """Bring back what was there before the change that is pending, if one is."""
    with locked(wait=True):
        commit = pending()
        if commit and commit["boot_id"] == boot_id():
            _roll_back(commit, f"it was not confirmed within {commit['timeout']} s", _lacked(commit["change"]))
        elif commit:  # the network manager is yet to start, and reads the files as they were
            errors = _put_back(commit["rollback"]["files"])
            _finish(commit, errors, "the guest was rebooted before it was confirmed", [], [])


def _roll_back(commit: dict, reason: str, lacked: list) -> None:
    """Whatever fails on the way back, the rest is tried: the files alone help at the next boot."""
    job, remaining = commit["rollback"], []
    errors = _put_back(job["files"])
    for command in job["commands"]:
        with contextlib.suppress(CommandFailed):  # a network manager that has crashed reads its files when it starts
            run(command)
    try:
        _settle(job, ROLLBACK_TIMEOUT)
    except (CommandFailed, NotReached):
        restore(commit["before"])  # also what the network manager should have brought back
        _correct(_differences(job))
        remaining = differences(job)
    _finish(commit, errors, reason, lacked, remaining)


def _put_back(files: dict) -> list:
    """Every file as it was. The OSErrors of those that cannot be written."""
    errors = []
    for path, content in ((ROOM, None), *files.items()):
        try:
            write(path, content)
        except OSError as error:
            errors.append(error)
    return errors


def _finish(commit: dict, errors: list, reason: str, lacked, remaining) -> None:
    """Forget the change, unless a file is still to be put back: at the next boot, or when the unit is started again."""
    if errors:
        raise errors[0]
    report(commit, "rolled_back", reason=reason, restored=sorted(commit["rollback"]["files"]),
           lacked=lacked, remaining=remaining)
    disarm()


def _lacked(job: dict) -> list:
    """What the guest itself can tell of the new state's faults: what is not there, and gateways that do not answer."""
    try:
        return [*differences(job), *_silent_gateways(Goal.from_json(job["goal"]).routes)]
    except CommandFailed as error:
        return [str(error)]


def _silent_gateways(routes) -> list:
    """Each is asked now: of those that did not answer before the kernel does not always remember it, arp(7)."""
    silent = sorted({(route.device, route.gateway) for route in routes if route.gateway})
    for device, gateway in silent:
        _ask(device, gateway)
    deadline = time.monotonic() + ANSWER_TIMEOUT
    while silent and time.monotonic() < deadline:
        time.sleep(0.1)
        silent = [neighbour for neighbour in silent if _is_silent(*neighbour)]
    return [f"{device}: the gateway {gateway} does not answer on the link" for device, gateway in silent]


def _ask(device: str, gateway: str) -> None:
    """By a datagram that nobody reads: the kernel looks for the gateway's link-layer address to send it to."""
    kind = socket.AF_INET6 if family(gateway) == 6 else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(kind, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        asking.sendto(b"", (gateway, DISCARD))


def _is_silent(device: str, gateway: str) -> bool:
    neighbour = kernel.ip("neighbour", "show", "to", gateway, "dev", device)
    return bool({"FAILED", "INCOMPLETE"} & set(neighbour.split()))


def disarm() -> None:
    """Forget the change that was pending, and what would have brought it back."""
    done = os.path.join(STATE, "done")
    shutil.rmtree(done, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.rename(os.path.join(STATE, "pending"), done)  # from here on nothing comes back
    for path in (BOOT_LINK, ROLLBACK_FILE, CHANGE_FILE, ROOM):
        write(path, None)
    shutil.rmtree(done, ignore_errors=True)
    with contextlib.suppress(CommandFailed):  # not there after a reboot, nor when it has just elapsed
        run(["systemctl", "--no-block", "stop", f"{ROLLBACK}.timer", f"{CHANGE}.timer"])


def boot_id() -> str:
    with open(BOOT_ID, encoding="ascii") as file:
        return file.read().strip()


def main() -> None:
    {"change": change, "roll-back": roll_back}[sys.argv[1]]()
