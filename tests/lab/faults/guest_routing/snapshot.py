# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything of a guest that a change of its network may touch, as lines that are compared one by one.

On disk: kind, mode, owner and content of each file of /etc, and of the directories that network managers read their
configuration from. Not what they note down for themselves, such as leases and profiles that they make up.
In the kernel: addresses, rules, routes of all tables, and each interface's settings (sysctl), of both families. Not
what passes, such as lifetimes, and of a link-local address that is not the MAC address's (RFC 4291, appendix A) only
that it is another one: NetworkManager's are different in each installation (RFC 7217).
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lab import netns
from lab.guests.guest import Guest

DIRECTORIES = [
    "/etc",
    "/run/NetworkManager/conf.d",
    "/run/network",
    "/run/systemd/network",
    "/run/systemd/system",
    "/usr/lib/dhcpcd",
    "/usr/lib/NetworkManager",
    "/usr/lib/systemd/network",
]
FILES = """
import hashlib, os, stat, sys
for top in sys.argv[1:]:
    for directory, below, files in os.walk(top):
        for path in (os.path.join(directory, name) for name in below + files):
            found = os.lstat(path)
            content = os.readlink(path) if stat.S_ISLNK(found.st_mode) else ""
            if stat.S_ISREG(found.st_mode):
                content = hashlib.sha256(open(path, "rb").read()).hexdigest()
            print(path, stat.filemode(found.st_mode), f"{found.st_uid}:{found.st_gid}", content)
"""
SETTINGS = pathlib.Path("/proc/sys/net")
MADE_UP = re.compile(r"\bfe80::(?![0-9a-f:]*ff:fe)[0-9a-f:]+")
PASSING = {"valid_life_time", "preferred_life_time", "expires", "tentative", "dynamic"}


@dataclass(frozen=True)
class Snapshot:
    lines: frozenset[str]

    def __sub__(self, other: Snapshot) -> Delta:
        return Delta(came=self.lines - other.lines, went=other.lines - self.lines)

    def __add__(self, delta: Delta) -> Snapshot:
        return Snapshot(self.lines - delta.went | delta.came)


@dataclass(frozen=True)
class Delta:
    """What ``came`` and what ``went`` between two snapshots."""

    came: frozenset[str]
    went: frozenset[str]

    def __str__(self) -> str:
        return "\n".join([*(f"+ {line}" for line in sorted(self.came)), *(f"- {line}" for line in sorted(self.went))])


def take(guest: Guest) -> Snapshot:
    return Snapshot(frozenset([*_disk(guest), *_kernel(guest.namespace)]))


def _disk(guest: Guest) -> list[str]:
    done = guest.run("python3", "-I", "-c", FILES, *DIRECTORIES)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _comes_with_its_device(route: dict) -> bool:
    """The link-local address of whatever interface is there appears once its duplicate detection is through."""
    return route["dst"].startswith("fe80:") and not route.get("dev", "").startswith("eth")


def _kernel(namespace: str) -> Iterator[str]:
    """To be used up at once: the thread is in the namespace meanwhile."""
    for family in ("-4", "-6"):
        for link in _ip(namespace, family, "address", "show"):
            for address in link.get("addr_info", ()) if link["ifname"] != "lo" else ():
                yield _line(f"address {link['ifname']}", address)
        for rule in _ip(namespace, family, "rule", "show"):
            yield _line(f"rule {family}", rule)
        for route in _ip(namespace, family, "route", "show", "table", "all"):
            if not _comes_with_its_device(route):
                yield _line(f"route {family}", route)
    with netns.inside(namespace):
        for path in SETTINGS.glob("ipv[46]/conf/eth*/*"):
            with contextlib.suppress(OSError):  # some have no value until one is set (stable_secret)
                yield f"setting {path.relative_to(SETTINGS)} {path.read_text().strip()}"


def _ip(namespace: str, *arguments: str) -> list[dict]:
    found = json.loads(netns.ip("-netns", namespace, "-details", "-Numeric", "-json", *arguments) or "[]")
    return [item for item in found if item]


def _line(kind: str, item: dict) -> str:
    lasting = {key: value for key, value in item.items() if key not in PASSING}
    return f"{kind} {MADE_UP.sub('fe80::made-up', json.dumps(lasting, sort_keys=True))}"
