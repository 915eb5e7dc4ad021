# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface in the guest: two at once would undo each other's work."""

from __future__ import annotations

from .backends import systemd_networkd
from .process import CommandFailed, run

NETPLAN, AMAZON, NETWORK_MANAGER, IFUPDOWN = "netplan", "amazon-ec2-net-utils", "NetworkManager", "ifupdown"
# What writes networkd's files for it, by the beginning of their names.
NETWORKD_FILES = {
    "/run/systemd/network/10-netplan-": NETPLAN,
    "/run/systemd/network/70-": AMAZON,
    "/run/systemd/network/07-": AMAZON,
}
IFSTATE = "/run/network/ifstate"  # interfaces(5)


def read(devices) -> dict:
    """{device: name of who manages it, "" for nobody}. No entry when nobody does and systemd-networkd does not run."""
    networkd = systemd_networkd.managed_files(devices)
    return decide(devices, networkd, _network_manager(), _ifupdown())


def decide(devices, networkd: dict, network_manager, ifupdown) -> dict:
    """Pure. networkd: {device: its file} as managed_files() has it; the others: the devices that they manage."""
    owners = {}
    for device in devices:
        file = networkd.get(device, "")
        written_by = next((owner for start, owner in NETWORKD_FILES.items() if file.startswith(start)), "")
        if written_by:
            owners[device] = written_by
        elif device in network_manager:
            owners[device] = NETWORK_MANAGER
        elif file:
            owners[device] = systemd_networkd.NAME
        elif device in ifupdown:
            owners[device] = IFUPDOWN
        elif device in networkd:
            owners[device] = ""
    return owners


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
