# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What would go wrong with the wanted policy on this guest, found before anything is changed. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from .backends import systemd_networkd as backend
from .desired import Interface
from .observed import Observed


def problems(interfaces, observed: Observed, is_root: bool) -> list:
    """Every problem, so that one run tells all of them."""
    found = [] if is_root else ["become: changing the network needs root; set become: true"]
    for interface in interfaces:
        device = observed.devices[interface.mac_address]
        found += [*_owner(device, observed), *_file(interface, observed), *_addresses(interface, device, observed)]
    return found


def _owner(device: str, observed: Observed):
    owner = observed.owners.get(device)
    if owner is None:
        yield (
            f"interfaces: systemd-networkd does not run, and nothing that is known manages {device}; "
            "enable it with 'systemctl enable --now systemd-networkd'"
        )
    elif owner not in ("", backend.NAME):
        yield (
            f"interfaces: {device} is managed by {owner}, for which there is no backend here yet; "
            f"let {backend.NAME} manage it, or leave it out of interfaces"
        )


def _file(interface: Interface, observed: Observed):
    path = backend.path(interface.mac_address)
    if path in observed.files and not backend.is_ours(observed.files[path]):
        yield f"interfaces: {path} is there and was not written by this module; remove or rename it"


def _addresses(interface: Interface, device: str, observed: Observed):
    """DHCP brings the primary address: another one would never come up."""
    subnet, primary = IPv4Network(interface.subnet), interface.addresses[0]
    leased = [item for item in observed.state.addresses if item.device == device and item.dynamic]
    for item in leased:
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
