# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is its own in each network stack, as far as faults and the table go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stack:
    """
    :param package: Debian's
    :param program: what takes a changed configuration up
    :param daemon: its unit, if it is one
    :param renew: commands that ask the DHCP server again, now
    """

    package: str
    program: str
    daemon: str
    renew: tuple[tuple[str, ...], ...]


STACKS = {
    "systemd-networkd": Stack(
        "systemd", "/usr/lib/systemd/systemd-networkd", "systemd-networkd.service",
        (("networkctl", "renew", "eth0", "eth1"),),
    ),
    "NetworkManager": Stack(
        "network-manager", "/usr/sbin/NetworkManager", "NetworkManager.service",
        tuple(("nmcli", "--wait", "20", "device", "connect", device) for device in ("eth0", "eth1")),
    ),
    "ifupdown": Stack(
        "ifupdown", "/usr/sbin/ifup", "",
        # In a scope of its own, as the DHCP client lives on: systemd.scope(5).
        tuple(("systemd-run", "--scope", "--quiet", "ifup", "--force", device) for device in ("eth0", "eth1")),
    ),
}
