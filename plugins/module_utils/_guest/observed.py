# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is there in the guest: the kernel's state, our files, and who manages which interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address

from .._reconcile.run import BadInput
from . import kernel, owners
from .backends import systemd_networkd
from .desired import FIRST_TABLE, LAST_TABLE


@dataclass(frozen=True)
class Observed:
    """devices: {wanted MAC address: interface's name}; owners: of owners.read(); files: of the backend's files()."""

    state: kernel.State = kernel.State()
    devices: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)


def read(mac_addresses=()) -> Observed:
    """Raises BadInput when the guest has no such interface, process.CommandFailed when it cannot be looked at."""
    state = kernel.read()
    devices = match(mac_addresses, state.links)
    return Observed(state, devices, owners.read(list(devices.values())) if devices else {}, systemd_networkd.files())


def match(mac_addresses, links) -> dict:
    """{MAC address: name}; BadInput for those that no interface has. Pure."""
    names = {link.mac_address: link.name for link in links}
    there = ", ".join(f"{link.mac_address} ({link.name})" for link in links) or "none"
    missing = [
        f"mac_address: no interface of this guest has '{mac_address}'; it has {there}"
        for mac_address in mac_addresses if mac_address not in names
    ]
    if missing:
        raise BadInput(missing)
    return {mac_address: names[mac_address] for mac_address in mac_addresses}


def show(observed: Observed) -> dict:
    """The state as the modules return it. Pure."""
    state = observed.state
    return {
        "interfaces": [
            {
                "name": link.name,
                "mac_address": link.mac_address,
                "private_ip_addresses": sorted(
                    (item.address for item in state.addresses if item.device == link.name), key=IPv4Address),
            }
            for link in state.links
        ],
        "rules": [str(rule) for rule in sorted(state.rules) if FIRST_TABLE <= rule.priority <= LAST_TABLE],
        "routes": [
            str(route) for route in sorted(state.routes)
            if route.table == kernel.MAIN_TABLE or FIRST_TABLE <= route.table <= LAST_TABLE
        ],
        "files": {path: content for path, content in observed.files.items() if systemd_networkd.is_ours(content)},
    }
