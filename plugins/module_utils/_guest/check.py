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
from .plan import agents_of, rivals_kept_off, wanted_files
from .rivals import kept_off


def problems(desired: Desired, observed: Observed, is_root: bool) -> list:
    """Every problem, so that one run tells all of them."""
    found = [] if is_root else ["become: changing the network needs root; set become: true"]
    chosen = choice.backends(desired, observed)
    for interface in desired.interfaces:
        device = observed.devices[interface.mac_address]
        found += [
            *_owner(interface, device, chosen.get(interface.mac_address), desired, observed),
            *_addresses(interface, device, observed),
        ]
    acting = [] if desired.take_over else agents.problems(agents_of(desired, observed), observed.files)
    return [*found, *acting, *_files(desired, observed)]


def _owner(interface: Interface, device: str, backend, desired: Desired, observed: Observed):
    managers = choice.owner(interface.mac_address, observed).managers
    if len(managers) > 1:
        yield from _rivals(interface.mac_address, device, managers, backend, desired.take_over)
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


def _rivals(mac_address: str, device: str, managers, backend, take_over: bool):
    found = f"interfaces: {device} is managed by {' and by '.join(managers)}, which undo each other's work; "
    if not take_over:
        yield f"{found}let one of them manage it, or set take_over: true to keep the others from it"
    elif not backend or not set(backend.MANAGERS) & set(managers):
        yield f"{found}name the one that stays in backend: {' or '.join(choice.READS[name] for name in managers)}"
    elif any(name not in backend.MANAGERS and not kept_off(choice.READS[name], mac_address) for name in managers):
        yield (
            f"{found}only your own files keep ifupdown from it: remove its stanza from /etc/network/interfaces, "
            "or the file of interfaces.d that has it, and reboot"
        )


def _files(desired: Desired, observed: Observed):
    wanted = wanted_files(desired, observed)
    for path in (*(path for name in BACKENDS for path in wanted[name]), *rivals_kept_off(desired, observed)):
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
