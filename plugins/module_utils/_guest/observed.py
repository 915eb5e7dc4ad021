# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is there in the guest: the kernel's state, our files, and who manages which interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

from .._reconcile.run import BadInput
from . import agents, backends, kernel, owners, rivals
from .backends.files import is_ours, present
from .parameters import FIRST_NUMBER, LAST_NUMBER
from .state import MAIN_TABLE, State


@dataclass(frozen=True)
class Observed:
    """devices: {wanted MAC address: interface's name}; owners: of owners.read(); agents: of agents.read().

    files: {path: content} of what could be ours by its name.
    """

    state: State = State()
    devices: dict = field(default_factory=dict)
    owners: owners.Owners = owners.Owners()
    agents: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)


def read(mac_addresses=()) -> Observed:
    """Raises process.CommandFailed when the guest cannot be looked at.

    Raises BadInput when it has no such interface, or files that only root can read, as NetworkManager's are.
    """
    state = kernel.read()
    devices = match(mac_addresses, state.links)
    owned = owners.read(list(devices.values())) if devices else owners.Owners()
    return Observed(state, devices, owned, agents.read(owned.of), _files())


def _files() -> dict:
    try:
        return present((*backends.patterns(), *agents.PATTERNS, *rivals.PATTERNS))
    except PermissionError as error:
        raise BadInput([f"become: {error.filename} can only be read by root; set become: true"]) from error


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
                "private_ip_addresses": _addresses(state, link.name, 4),
                "ipv6_addresses": _addresses(state, link.name, 6),
            }
            for link in state.links
        ],
        "rules": [str(rule) for rule in sorted(state.rules) if FIRST_NUMBER <= rule.priority <= LAST_NUMBER],
        "routes": [
            str(route) for route in sorted(state.routes)
            if route.table == MAIN_TABLE or FIRST_NUMBER <= route.table <= LAST_NUMBER
        ],
        "files": {path: content for path, content in observed.files.items() if is_ours(content)},
    }


def _addresses(state: State, device: str, version: int) -> list:
    addresses = [ip_address(item.address) for item in state.addresses if item.device == device]
    return [str(address) for address in sorted(address for address in addresses if address.version == version)]
