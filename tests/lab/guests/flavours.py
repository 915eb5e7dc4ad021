# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a guest is: a Debian release, one of the network stacks that people run on it, in a container or a machine."""

from __future__ import annotations

from typing import NamedTuple

from lab.guests import GuestError

# A stack -> the service that it is. All of them are installed, one is enabled; its configuration is rootfs/STACK.
STACKS = {
    "systemd-networkd": "systemd-networkd.service",
    "NetworkManager": "NetworkManager.service",
    "ifupdown": "networking.service",
}
# What netplan writes has effect through udev, which containers lack.
MACHINE_STACKS = {**STACKS, "netplan": STACKS["systemd-networkd"]}
# A release -> the DHCP client that its ifupdown recommends.
RELEASES = {"bookworm": "isc-dhcp-client", "trixie": "dhcpcd-base"}


class FlavourError(GuestError):
    """There is no such flavour. The message names those there are."""


class Flavour(NamedTuple):
    """``str()`` of it is its name: ``trixie-NetworkManager``, and ``vm-trixie-NetworkManager`` in a machine."""

    release: str
    stack: str
    machine: bool = False

    def __str__(self) -> str:
        return f"{'vm-' if self.machine else ''}{self.release}-{self.stack}"


CONTAINERS = [Flavour(release, stack) for release in RELEASES for stack in STACKS]
MACHINES = [Flavour(release, stack, machine=True) for release in RELEASES for stack in MACHINE_STACKS]
KNOWN = {str(flavour): flavour for flavour in (*CONTAINERS, *MACHINES)}
DEFAULT = Flavour("bookworm", "systemd-networkd")


def named(name: str) -> Flavour:
    """Raises `FlavourError`."""
    if name not in KNOWN:
        raise FlavourError(f"no guest flavour {name!r}: it must be one of {', '.join(KNOWN)}")
    return KNOWN[name]
