# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of ``guest_routing`` -> the interfaces that are wanted. Pure; nothing of the guest is known here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from .._reconcile.run import BadInput

PUBLIC, MANAGEMENT = "public", "management"
# Table numbers and rule priorities that no cloud agent and no network manager uses by itself.
FIRST_TABLE, LAST_TABLE = 4000, 4999
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
LARGEST_SUBNET, SMALLEST_SUBNET = 16, 28
# Seconds. Below, the guest could go back before a slow DHCP server has answered and a controller has come.
SHORTEST_CONFIRM_TIMEOUT, LONGEST_CONFIRM_TIMEOUT = 20, 3600


@dataclass(frozen=True)
class Interface:
    """An interface as its user wants it.

    mac_address: in lower case. addresses: IPv4 as text, the primary one first. subnet: as CIDR text.
    prefixes: destinations, CIDR text, that leave by it also when the guest starts the conversation.
    table: number of its route table, and priority of the rules that lead there.
    """

    mac_address: str
    role: str
    addresses: tuple
    subnet: str
    table: int
    prefixes: tuple = ()

    @property
    def gateway(self) -> str:
        """The VPC router: the first host address of each subnet (same page as LARGEST_SUBNET)."""
        return str(IPv4Network(self.subnet)[1])


def from_parameters(parameters: dict) -> tuple:
    """The parameters of ``guest_routing`` as a tuple of Interface; BadInput, with all problems, if they cannot be."""
    items, first = parameters["interfaces"], parameters["table"]
    problems = [*_range_problems(parameters)]
    interfaces = []
    for position, item in enumerate(items):
        found = list(_item_problems(item))
        problems += [f"interfaces[{position}].{problem}" for problem in found]
        if not found:
            interfaces.append(_interface(item, first + position))
    problems += [*_role_problems(items), *_clashes(interfaces)]
    if problems:
        raise BadInput(problems)
    return tuple(interfaces)


def confirm_host(interfaces) -> str:
    """Where a controller proves that the guest can be reached: the first management address, empty if there is none."""
    return next((interface.addresses[0] for interface in interfaces if interface.role == MANAGEMENT), "")


def _interface(item: dict, table: int) -> Interface:
    return Interface(
        mac_address=item["mac_address"].lower(),
        role=item["role"],
        addresses=tuple(_addresses(item)),
        subnet=item["subnet_cidr"],
        table=table,
        prefixes=tuple(item.get("management_prefixes") or ()),
    )


def _addresses(item: dict) -> list:
    """The addresses as text, the one that is marked primary first."""
    given = item["private_ip_addresses"]
    ordered = sorted(given, key=lambda address: not (isinstance(address, dict) and address.get("primary")))
    return [address.get("private_ip_address", "") if isinstance(address, dict) else str(address) for address in ordered]


def _range_problems(parameters: dict):
    first, last = parameters["table"], parameters["table"] + len(parameters["interfaces"]) - 1
    if not FIRST_TABLE <= first <= last <= LAST_TABLE:
        yield (
            f"table: {first} with {len(parameters['interfaces'])} interfaces takes the tables {first} to {last}; "
            f"all must be from {FIRST_TABLE} to {LAST_TABLE}"
        )
    timeout = parameters["confirm_timeout"]
    if not SHORTEST_CONFIRM_TIMEOUT <= timeout <= LONGEST_CONFIRM_TIMEOUT:
        yield f"confirm_timeout: {timeout} s; use {SHORTEST_CONFIRM_TIMEOUT} to {LONGEST_CONFIRM_TIMEOUT} s"
    host = parameters.get("confirm_host")
    if host is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", host):
        yield f"confirm_host: '{host}' is neither an address nor a host name, such as 10.0.1.10"


def _item_problems(item: dict):
    if not re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", item["mac_address"].lower()):
        yield f"mac_address: '{item['mac_address']}' is not a MAC address, such as 02:42:0a:00:01:0a"
    subnet, problem = _network(item["subnet_cidr"])
    if problem:
        yield f"subnet_cidr: {problem}"
    elif not LARGEST_SUBNET <= subnet.prefixlen <= SMALLEST_SUBNET:
        yield f"subnet_cidr: '{subnet}' is no subnet of a VPC, which are from /{LARGEST_SUBNET} to /{SMALLEST_SUBNET}"
    yield from _address_problems(_addresses(item), None if problem else subnet)
    yield from _prefix_problems(item)


def _address_problems(addresses: list, subnet):
    if not addresses:
        yield "private_ip_addresses: it is empty; list the interface's addresses, the primary one first"
    for text in addresses:
        try:
            address = IPv4Address(text)
        except AddressValueError:
            yield f"private_ip_addresses: '{text}' is not an IPv4 address, such as 10.0.1.10"
            continue
        if subnet and address not in subnet:
            yield f"private_ip_addresses: '{text}' is not in subnet_cidr {subnet}; correct one of the two"


def _prefix_problems(item: dict):
    prefixes = item.get("management_prefixes") or ()
    if prefixes and item["role"] != MANAGEMENT:
        yield (
            f"management_prefixes: {', '.join(prefixes)} on an interface with role {item['role']}; "
            f"list them on one with role {MANAGEMENT}"
        )
    for text in prefixes:
        prefix, problem = _network(text)
        if problem:
            yield f"management_prefixes: {problem}"
        elif prefix.prefixlen == 0:
            yield (
                f"management_prefixes: '{text}' is everything, and the default route belongs to the {PUBLIC} "
                "interface; list the networks behind the management one, such as 192.168.0.0/16"
            )


def _network(text: str) -> tuple:
    """(IPv4Network, "") or (None, what is wrong with the text)."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        return None, f"'{text}' is not an IPv4 network, such as 10.0.1.0/24"
    if str(network) != text:
        return None, f"'{text}' is not written as a network; did you mean {network}?"
    return network, ""


def _role_problems(items):
    public = [item["mac_address"] for item in items if item["role"] == PUBLIC]
    if len(public) != 1:
        yield (
            f"interfaces: {len(public)} have role {PUBLIC}{': ' if public else ''}{', '.join(public)}; "
            "exactly one must, the one whose subnet has the way to the Internet"
        )


def _clashes(interfaces):
    yield from _repeated("mac_address", [interface.mac_address for interface in interfaces])
    yield from _repeated("private_ip_addresses", [address for item in interfaces for address in item.addresses])
    prefixes = [(IPv4Network(prefix), interface) for interface in interfaces for prefix in interface.prefixes]
    for position, (prefix, interface) in enumerate(prefixes):
        for other, owner in prefixes[:position]:
            if prefix.overlaps(other) and (owner != interface or prefix == other):
                yield (
                    f"management_prefixes: '{prefix}' of {interface.mac_address} overlaps '{other}' of "
                    f"{owner.mac_address}; each destination leaves by one interface: list it on one"
                )
        for public in interfaces:
            if public.role == PUBLIC and prefix.subnet_of(IPv4Network(public.subnet)):
                yield (
                    f"management_prefixes: '{prefix}' of {interface.mac_address} is in {public.subnet}, the subnet of "
                    f"the {PUBLIC} interface {public.mac_address}; leave it out"
                )


def _repeated(parameter: str, values: list):
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield f"{parameter}: '{value}' is listed twice; list it once"
