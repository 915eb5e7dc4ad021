# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface in the guest: two at once would undo each other's work.

One process tells which network managers run. Which interfaces they have is in files that they keep for the programs of
their own projects: networkd's are what networkctl(1) prints as "Network File", under the same key in every systemd
since version 219; NetworkManager's are what it takes its interfaces up from when it starts again, and are written
whenever an interface is activated, disconnected or let go. Asking the programs costs a process each in every run, and
networkctl has had an answer for programs only since systemd 250. What a manager that does not run any more has left
does not count.
"""

from __future__ import annotations

import socket
from typing import NamedTuple

from .process import CommandFailed, run

NETWORKD, NETPLAN, NETWORK_MANAGER, IFUPDOWN = "systemd-networkd", "netplan", "NetworkManager", "ifupdown"
UNITS = {
    "systemd-networkd.service": NETWORKD, "NetworkManager.service": NETWORK_MANAGER, "networking.service": IFUPDOWN,
}
NETWORKD_LINKS = "/run/systemd/netif/links"
NETWORK_MANAGER_DEVICES = "/run/NetworkManager/devices"
IFSTATE = "/run/network/ifstate"  # interfaces(5)
# What netplan-generate(8) makes for networkd. What it makes for NetworkManager are connections like others, which
# those of ours outrank.
NETPLAN_FILE = "/run/systemd/network/10-netplan-"


class Owner(NamedTuple):
    """handles: {manager: networkd's file, or the UUID of NetworkManager's connection}, none when nobody manages it.

    Empty texts for ifupdown, and for NetworkManager while no connection is active.
    """

    handles: dict = {}

    @property
    def managers(self) -> tuple:
        return tuple(self.handles)


class Owners(NamedTuple):
    """of: {device: Owner}; running: names of the managers that would take an interface that nobody has."""

    of: dict = {}
    running: tuple = ()


def read(devices) -> Owners:
    """Without root too."""
    running, brought_up = _running(), _ifstate()
    return Owners({device: _owner(device, running, brought_up) for device in devices}, running)


def _owner(device: str, running, brought_up) -> Owner:
    index = socket.if_nametoindex(device)
    file = _networkd_file(index) if NETWORKD in running else ""
    has_it, connection = _connection(index) if NETWORK_MANAGER in running else (False, "")
    return Owner({
        **({NETPLAN if file.startswith(NETPLAN_FILE) else NETWORKD: file} if file else {}),
        **({NETWORK_MANAGER: connection} if has_it else {}),
        **({IFUPDOWN: ""} if device in brought_up else {}),
    })


def _running() -> tuple:
    """Those that crash again and again count: they take their interfaces each time."""
    states = "--state=active,activating,reloading"
    try:
        units = run(["systemctl", "list-units", "--plain", "--no-legend", "--full", states, *UNITS])
    except CommandFailed:  # no systemd
        return ()
    listed = {line.split()[0] for line in units.splitlines() if line.strip()}
    return tuple(name for unit, name in UNITS.items() if unit in listed)


def _networkd_file(index: int) -> str:
    """The file by which networkd manages the interface, empty if it does not."""
    link = _settings(f"{NETWORKD_LINKS}/{index}")
    return "" if link.get("ADMIN_STATE") == "unmanaged" else link.get("NETWORK_FILE", "")


def _connection(index: int) -> tuple:
    """(whether NetworkManager manages the interface, UUID of the connection that is active on it)."""
    device = _settings(f"{NETWORK_MANAGER_DEVICES}/{index}")
    return device.get("managed") == "true", device.get("connection-uuid", "")


def _ifstate() -> set:
    return set(_settings(IFSTATE)) - {"lo"}


def _settings(path: str) -> dict:
    """{key: value} of a file's lines KEY=VALUE; none for a file that is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    except FileNotFoundError:
        return {}
