# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Interfaces come up as they are plugged in, and down as they go.

A container has no udev. On a machine its rules do this: that of Debian's cloud images writes a fragment of
interfaces(5) for an interface that has none, that of ifupdown calls ifup(8) and ifdown(8).
"""

from __future__ import annotations

import pathlib
import socket
import subprocess

RTMGRP_LINK = 1  # rtnetlink(7)
FRAGMENTS = pathlib.Path("/run/network/interfaces.d")
FRAGMENT = """\
auto {0}
allow-hotplug {0}

iface {0} inet dhcp
    metric 200
    up sh /usr/local/lib/dhclient6
    down sh /usr/local/lib/dhclient6
"""


def main() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as changes:
        changes.bind((0, RTMGRP_LINK))
        known: set[tuple[int, str]] = set()
        while True:
            present = {(index, name) for index, name in socket.if_nameindex() if name.startswith("eth")}
            for _index, name in known - present:
                unplugged(name)
            for _index, name in sorted(present - known):
                plugged(name)
            known = present
            changes.recv(65536)


def plugged(name: str) -> None:
    if subprocess.run(["ifquery", name], capture_output=True, check=False).returncode != 0:
        FRAGMENTS.mkdir(parents=True, exist_ok=True)
        (FRAGMENTS / name).write_text(FRAGMENT.format(name))
    subprocess.run(["ifup", name], check=False)


def unplugged(name: str) -> None:
    subprocess.run(["ifdown", "--force", name], check=False)
    (FRAGMENTS / name).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
