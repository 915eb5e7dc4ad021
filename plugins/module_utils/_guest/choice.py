# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which network manager's files an interface gets: those of who has it already, and alone. Pure."""

from __future__ import annotations

from .backends import BACKENDS
from .desired import PUBLIC, Desired
from .observed import Observed

AUTO = "auto"
# {manager: whose files it reads}
READS = {manager: name for name, module in BACKENDS.items() for manager in module.MANAGERS}


def backends(desired: Desired, observed: Observed) -> dict:
    """{MAC address: module of BACKENDS}; no entry for an interface whose manager has none here, or is one of two."""
    named = {interface.mac_address: _name(interface.mac_address, desired, observed) for interface in desired.interfaces}
    return {mac_address: BACKENDS[name] for mac_address, name in named.items() if name}


def _name(mac_address: str, desired: Desired, observed: Observed) -> str:
    if desired.backend != AUTO:
        return desired.backend
    public = next(item for item in desired.interfaces if item.role == PUBLIC)
    asked = [owner(address, observed).managers for address in (mac_address, public.mac_address)]
    others = () if any(asked) else observed.owners.running
    managers = next((managers for managers in asked if len(managers) == 1), others)
    return next((READS[manager] for manager in managers if manager in READS), "")


def owner(mac_address: str, observed: Observed):
    """The owners.Owner of an interface."""
    return observed.owners.of[observed.devices[mac_address]]
