# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A control group for each guest: what makes it end as a whole, whoever its processes' parents are (cgroups(7)).

systemd-nspawn moves its payload below the group it was started in, in the unified hierarchy and, where the host has
it, in the one named ``systemd``.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import time

from lab.guests import GuestError

ROOT = "xeni-lab"


class CgroupError(GuestError):
    """The host's control groups cannot be used. The message says why."""


def create(name: str) -> pathlib.Path:
    """Make the group and return its ``cgroup.procs``: who writes ``0`` there joins."""
    unified = _hierarchies("cgroup2")
    if not unified:
        raise CgroupError("guests need control groups version 2 (cgroup2), and this host has none mounted")
    group = unified[0] / ROOT / name
    try:
        group.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CgroupError(f"cannot make the control group {group}: {error.strerror}") from error
    return group / "cgroup.procs"


def leader(name: str) -> pathlib.Path:
    """The file whose first line is the process id of the guest's init."""
    return _hierarchies("cgroup2")[0] / ROOT / name / "payload/init.scope/cgroup.procs"


def kill(name: str, timeout: float = 10) -> None:
    """Kill all processes in the group and remove it. One that does not exist is left so."""
    deadline = time.monotonic() + timeout
    groups = [mount / ROOT / name for mount in _hierarchies("cgroup2") + _hierarchies("cgroup", "name=systemd")]
    while left := [group for group in groups if not _removed(group)]:  # a process may still be about to join
        if time.monotonic() > deadline:
            raise CgroupError(f"processes in the control group {ROOT}/{name} survive SIGKILL")
        for group in left:
            with contextlib.suppress(OSError):  # version 1 has no such file
                (group / "cgroup.kill").write_text("1")
        time.sleep(0.02)
    for group in groups:
        with contextlib.suppress(OSError):  # other guests are there, or it is gone already
            group.parent.rmdir()


def _removed(group: pathlib.Path) -> bool:
    """Remove the group if nothing is in it. The files of a group are the kernel's: only directories can be removed."""
    try:
        for directory, _children, _files in os.walk(group, topdown=False):
            os.rmdir(directory)
    except OSError:
        return False
    return True


def _hierarchies(kind: str, option: str = "") -> list[pathlib.Path]:
    """Where hierarchies of this file system type are mounted, from mountinfo in proc(5)."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        place, _separator, file_system = line.partition(" - ")
        file_system, _source, options = file_system.split(" ", 2)
        if file_system == kind and option in options:
            found.append(pathlib.Path(place.split()[4]))
    return found
