# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What would go wrong with the wanted policy on this guest, found before anything is changed. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from . import agents, choice
from .backends import BACKENDS
from .backends.files import is_ours
from .desired import Desired, Interface
from .observed import Observed
from .plan import wanted_files


def problems(desired: Desired, observed: Observed, is_root: bool) -> list:
    """Every problem, so that one run tells all of them."""
    found = [] if is_root else ["become: changing the network needs root; set become: true"]
    chosen = choice.backends(desired, observed)
    for interface in desired.interfaces:
        device = observed.devices[interface.mac_address]
        found += [
            *_owner(interface, device, chosen, observed),
            *_addresses(interface, device, observed),
        ]
    acting = [] if desired.take_over else agents.problems(observed.agents, observed.files)
    return [*found, *acting, *_files(desired, observed)]


def _owner(interface: Interface, device: str, chosen: dict, observed: Observed):
    managers = choice.owner(interface.mac_address, observed).managers
    backend = chosen.get(interface.mac_address)
    if len(managers) > 1:
        yield (
            f"interfaces: {device} is managed by {' and by '.join(managers)}, which undo each other's work; "
            "let one of them manage it"
        )
    elif not backend:
        yield (
            f"interfaces: no network manager that is known here runs and would take {device}; "
            f"enable one of {', '.join(choice.READS)}, such as with 'systemctl enable --now systemd-networkd'"
        )
    elif managers and choice.READS[managers[0]] != backend.NAME:
        yield (
            f"backend: '{backend.NAME}', but {device} is managed by {managers[0]}; "
            f"use '{choice.READS[managers[0]]}' or 'auto', or take it from {managers[0]} first"
        )


def _files(desired: Desired, observed: Observed):
    wanted = wanted_files(desired, observed)
    for path in (path for name in BACKENDS for path in wanted[name]):
        if path in observed.files and not is_ours(observed.files[path]):
            yield f"interfaces: {path} is there and was not written by this module; remove or rename it"


def _addresses(interface: Interface, device: str, observed: Observed):
    """DHCP brings the primary address: another one would never come up."""
    subnet, primary = IPv4Network(interface.subnet), interface.addresses[0]
    for item in observed.state.addresses:
        if item.device != device or not item.dynamic or ":" in item.address:
            continue
        if item.prefix_length != subnet.prefixlen or IPv4Address(item.address) not in subnet:
            yield (
                f"subnet_cidr: '{subnet}' of {interface.mac_address}, but DHCP gave {device} "
                f"{item.address}/{item.prefix_length}; give the CIDR of the subnet it is in"
            )
        elif item.address != primary:
            yield (
                f"private_ip_addresses: the primary address of {interface.mac_address} is '{primary}', but DHCP gave "
                f"{device} {item.address}; list the primary address first"
            )
