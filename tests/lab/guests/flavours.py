# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a guest boots: a Debian release, and one of the network stacks that people run on it."""

from __future__ import annotations

from typing import NamedTuple

from lab.guests import GuestError

# A stack -> the service that it is. All of them are installed, one is enabled; its configuration is rootfs/STACK.
STACKS = {
    "systemd-networkd": "systemd-networkd.service",
    "NetworkManager": "NetworkManager.service",
    "ifupdown": "networking.service",
}
# A release -> the DHCP client that its ifupdown recommends.
RELEASES = {"bookworm": "isc-dhcp-client", "trixie": "dhcpcd-base"}


class FlavourError(GuestError):
    """There is no such flavour. The message names those there are."""


class Flavour(NamedTuple):
    """``str()`` of it is its name, such as ``trixie-NetworkManager``."""

    release: str
    stack: str

    def __str__(self) -> str:
        return f"{self.release}-{self.stack}"


KNOWN = {str(flavour): flavour for release in RELEASES for flavour in [Flavour(release, stack) for stack in STACKS]}
DEFAULT = Flavour("bookworm", "systemd-networkd")


def named(name: str) -> Flavour:
    """Raises `FlavourError`."""
    if name not in KNOWN:
        raise FlavourError(f"no guest flavour {name!r}: it must be one of {', '.join(KNOWN)}")
    return KNOWN[name]
