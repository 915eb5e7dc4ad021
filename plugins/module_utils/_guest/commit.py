# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Commit-confirmed, the guest's side: arm the way back, start the change, and let only who has its nonce keep it.

A change is confirmed over a connection that was made after it, so that whoever confirms has proven that the guest can
be reached. Without that the guest goes back by itself: by a timer, and by a unit before the network after a reboot.
"""

from __future__ import annotations

import json
import os
import pkgutil
import shutil
import sys
import time
import zipfile

from . import transition
from .process import CommandFailed, run
from .transition import CHANGE, ROLLBACK, STATE, UNITS

PROGRAM = os.path.join(STATE, "pending", "program.pyz")
# Seconds for the answer to leave the guest before the change may cut the connection that it takes.
HEAD_START = 1

# Started early in each boot too, by a link in sysinit.target.wants.
ROLLBACK_UNIT = f"""\
# managed by xeni.aws: there while a network change is not confirmed
[Unit]
Description=Go back from a network change that was not confirmed (xeni.aws)
DefaultDependencies=no
ConditionPathExists={PROGRAM}
RequiresMountsFor={STATE} {UNITS} {sys.executable}
After=local-fs.target {CHANGE}.service
Conflicts={CHANGE}.service shutdown.target
Wants=network-pre.target
Before=network-pre.target shutdown.target

[Service]
Type=oneshot
ExecStart={sys.executable} {PROGRAM} roll-back
"""

CHANGE_UNIT = f"""\
# managed by xeni.aws: there while a network change is not confirmed
[Unit]
Description=Change the network (xeni.aws)

[Service]
Type=oneshot
ExecStart={sys.executable} {PROGRAM} change
TimeoutStopSec=2
"""


class NotArmed(Exception):
    """The way back cannot be prepared, so nothing was changed. The message says why."""


class Unconfirmed(Exception):
    """An earlier change waits for its confirmation. The message says until when."""


def refuse_while_pending() -> None:
    """Raise Unconfirmed while a change is neither confirmed nor taken back."""
    try:
        commit = transition.pending()
    except PermissionError:  # an unprivileged check mode cannot know
        return
    if not commit:
        return
    remaining = round(commit["deadline"] - time.time())
    if remaining > -transition.ROLLBACK_TIMEOUT:
        raise Unconfirmed(
            "an earlier change of this guest's network is not confirmed yet; "
            f"the guest goes back in {max(remaining, 0)} s unless its controller confirms: run this again after that"
        )
    raise Unconfirmed(
        "an earlier change of this guest's network was not confirmed, and going back did not finish; "
        f"run 'systemctl start {ROLLBACK}.service' on the guest, and see 'journalctl -u {ROLLBACK}' when it fails"
    )


def start(change: dict, rollback: dict, before: list, timeout: int) -> str:
    """Arm, start the change, and return its id at once. Raises NotArmed or Unconfirmed with nothing changed.

    change, rollback: jobs of transition.py. timeout: seconds until the guest goes back.
    before: all that the kernel has, as arguments of ip(8), should the network manager not bring it back.
    """
    try:
        os.makedirs(transition.STATE, mode=0o700, exist_ok=True)
        with transition.locked(wait=False):
            refuse_while_pending()
            commit = {
                "id": os.urandom(8).hex(), "boot_id": transition.boot_id(), "timeout": timeout,
                "deadline": time.time() + timeout, "change": change, "rollback": rollback, "before": before,
            }
            try:
                _save(commit)
                _arm(timeout)
            except BaseException:
                transition.disarm()
                raise
    except BlockingIOError:
        raise Unconfirmed("another run is changing this guest's network at this moment; run this again later") from None
    except (OSError, CommandFailed) as error:
        raise NotArmed(f"nothing was changed, because the way back cannot be prepared: {error}") from error
    return commit["id"]


def _save(commit: dict) -> None:
    """`pending` appears with all that it needs or not at all."""
    new = os.path.join(transition.STATE, "new")
    shutil.rmtree(new, ignore_errors=True)
    os.mkdir(new, mode=0o700)
    transition.write(os.path.join(new, "commit.json"), json.dumps(commit))
    _pack(os.path.join(new, os.path.basename(PROGRAM)))
    os.rename(new, os.path.join(transition.STATE, "pending"))


def _pack(path: str) -> None:
    """transition.py and what it imports, as one file that Python runs when the archive of this module is gone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("kernel.py", "process.py", "state.py", "transition.py"):
            archive.writestr(f"xeni_aws/{name}", pkgutil.get_data(__package__, name))
        archive.writestr("xeni_aws/__init__.py", "")
        archive.writestr("__main__.py", "from xeni_aws.transition import main\nmain()\n")


def _arm(timeout: int) -> None:
    transition.write(transition.ROLLBACK_FILE, ROLLBACK_UNIT)
    transition.write(transition.CHANGE_FILE, CHANGE_UNIT)
    os.makedirs(os.path.dirname(transition.BOOT_LINK), exist_ok=True)
    transition.write(transition.BOOT_LINK, None)  # of a run that was killed here
    os.symlink(transition.ROLLBACK_FILE, transition.BOOT_LINK)
    transition.reserve_room()
    os.sync()  # also a power failure has to find all of it
    run(["systemctl", "daemon-reload"], timeout)  # of a server that is short of CPU it takes long
    for unit, delay in ((ROLLBACK, timeout), (CHANGE, HEAD_START)):
        timer = [f"--on-active={delay}", "--timer-property=AccuracySec=100ms"]
        run(["systemd-run", f"--unit={unit}.service", *timer], timeout)


def status() -> dict:
    """How far the last change got: {id, state, ...}.

    state: "none", "changing", "changed" (with the nonce that confirms it), "confirmed", or "rolled_back" with reason,
    restored (files), lacked (by the new state, as the guest saw it) and remaining (what is still not as it was).
    """
    commit, outcome = transition.pending(), transition.outcome() or {"id": "", "state": "none"}
    if commit and outcome["id"] != commit["id"]:
        return {"id": commit["id"], "state": "changing"}
    if outcome["state"] == "changed" and not commit:
        return {"id": outcome["id"], "state": "confirmed"}
    return outcome


def confirm(nonce: str) -> dict:
    """Keep the change that has this nonce, and return status(): it says "confirmed", or why it cannot be."""
    with transition.locked(wait=True):  # a rollback that has begun is waited for
        found = status()
        if found["state"] == "changed" and found["nonce"] == nonce:
            transition.disarm()
        return status()
