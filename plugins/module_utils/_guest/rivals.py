# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Rivals: network managers that have an interface beside the one that it stays with, and how they are kept from it.

That is done by a file of ours, for this interface and no other: systemd.network(5), "Unmanaged=";
NetworkManager.conf(5), "unmanaged-devices". ifupdown knows only the stanzas of interfaces(5), in files of the user's.
"""

from __future__ import annotations

from .backends import network_manager, systemd_networkd
from .backends.change import Change
from .backends.files import matching, name_of, sections
from .owners import NETWORK_MANAGER

# Its name sorts before those of systemd_networkd.py's files, and of everybody else's.
NETWORKD_FILE = f"{systemd_networkd.DIRECTORY}/04-xeni-{{}}.network"
NETWORK_MANAGER_FILE = "/etc/NetworkManager/conf.d/xeni-{}.conf"
PATTERNS = (NETWORKD_FILE.format("*"), NETWORK_MANAGER_FILE.format("*"))
RELOAD_NETWORKD = ["networkctl", "reload"]
RELOAD_NETWORK_MANAGER = ["nmcli", "general", "reload", "conf"]


def kept_off(backend: str, mac_address: str) -> dict:
    """{path: content} of what keeps the manager of this backend from an interface; none for ifupdown. Pure."""
    if backend == systemd_networkd.NAME:
        match = {"MACAddress": mac_address, "Type": "ether"}
        return {NETWORKD_FILE.format(name_of(mac_address)): sections([
            ("Match", match), ("Link", {"Unmanaged": "yes"})])}
    if backend == network_manager.NAME:
        return {NETWORK_MANAGER_FILE.format(name_of(mac_address)): sections([
            ("keyfile", {"unmanaged-devices+": f"mac:{mac_address}"})])}
    return {}


def commands(change: Change) -> list:
    """What makes the managers let go of the interfaces whose files came, and take up those whose files went.

    change.mac_addresses: of all interfaces.
    """
    return [*_reloads(change), *_managed(change, {True: "no", False: "yes"})]


def commands_back(change: Change) -> list:
    """What gives the interfaces, those of change.lost, back to the managers that had them.

    networkd comes first, also where it is the one that stays: from an interface that it takes up it drops what others
    have set there.
    """
    reloads = _reloads(change)
    if any(set(owner.managers) & set(systemd_networkd.MANAGERS) for owner in change.lost.values()):
        reloads = [RELOAD_NETWORKD, *(reload for reload in reloads if reload != RELOAD_NETWORKD)]
    if RELOAD_NETWORK_MANAGER not in reloads:
        return reloads
    active = sorted((device, owner.handles.get(NETWORK_MANAGER)) for device, owner in change.lost.items())
    return [
        *reloads, *_managed(change, {True: "yes", False: "no"}),
        *(network_manager.up("uuid", uuid, "ifname", device) for device, uuid in active if uuid),
    ]


def _reloads(change: Change) -> list:
    reloads = (RELOAD_NETWORKD, RELOAD_NETWORK_MANAGER)
    return [reload for pattern, reload in zip(PATTERNS, reloads) if matching(change.files, [pattern])]


def _managed(change: Change, words: dict):
    """NetworkManager goes by its file only when it meets an interface. words: {whether there is a file: what then}."""
    for device, mac_address in sorted(change.mac_addresses.items()):
        path = NETWORK_MANAGER_FILE.format(name_of(mac_address))
        if path in change.files:
            yield ["nmcli", "device", "set", device, "managed", words[change.files[path] is not None]]
