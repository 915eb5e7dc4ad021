# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface in the guest: two at once would undo each other's work."""

from __future__ import annotations

import re
from typing import NamedTuple

from .process import CommandFailed, run

NETWORKD, NETPLAN, NETWORK_MANAGER, IFUPDOWN = "systemd-networkd", "netplan", "NetworkManager", "ifupdown"
IFSTATE = "/run/network/ifstate"  # interfaces(5)


class Owner(NamedTuple):
    """managers: names, none when nobody does; handle: networkd's file, or the UUID of NetworkManager's connection."""

    managers: tuple = ()
    handle: str = ""


class Owners(NamedTuple):
    """of: {device: Owner}; running: names of the managers that would take an interface that nobody has."""

    of: dict = {}
    running: tuple = ()


def read(devices) -> Owners:
    networkd = _networkd(devices)
    network_manager, ifupdown = _network_manager(), _ifupdown()
    found = {}
    for device in devices:
        file = (networkd or {}).get(device, "")
        by_networkd = (NETPLAN if "/10-netplan-" in file else NETWORKD,) if file else ()
        others = [name for name, of in ((NETWORK_MANAGER, network_manager), (IFUPDOWN, ifupdown)) if device in of]
        found[device] = Owner((*by_networkd, *others), file)
    return Owners(found, (NETWORKD,) if networkd is not None else ())


def _networkd(devices):
    try:
        run(["systemctl", "is-active", NETWORKD])
        return parse_status(run(["networkctl", "status", "--no-pager", "--full", "--lines=0", *devices]))
    except CommandFailed:
        return None


def parse_status(text: str) -> dict:
    """{device: its file of systemd-networkd, empty if it has none} from what ``networkctl status`` prints. Pure."""
    found, device = {}, ""
    for line in text.splitlines():
        header = re.match(r"\W*\d+: (\S+)", line)
        if header:
            device = header.group(1)
            found[device] = ""
        setting = re.match(r"\s+Network File: (\S+)", line)
        if setting and device and setting.group(1) != "n/a":
            found[device] = setting.group(1)
    return found


def _network_manager() -> set:
    try:
        listed = run(["nmcli", "-t", "-f", "DEVICE,STATE", "device"])
    except CommandFailed:  # it is not there, or does not run
        return set()
    return {line.split(":")[0] for line in listed.splitlines() if line.split(":")[1:] != ["unmanaged"]}


def _ifupdown() -> set:
    try:
        with open(IFSTATE, encoding="utf-8") as file:
            return {line.split("=")[0] for line in file.read().split()} - {"lo"}
    except OSError:
        return set()
