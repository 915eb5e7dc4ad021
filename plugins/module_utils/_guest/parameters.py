# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is wrong with the parameters of ``guest_routing``, each for itself. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

PUBLIC, MANAGEMENT = "public", "management"
# Table numbers and rule priorities that no cloud agent and no network manager uses by itself.
FIRST_NUMBER, LAST_NUMBER = 4000, 4999
# How many of them from the first one on belong to this module.
TABLES, PRIORITIES = 100, 201
# Seconds. Below, the guest could go back before a slow DHCP server has answered and a controller has come.
SHORTEST_CONFIRM_TIMEOUT, LONGEST_CONFIRM_TIMEOUT = 20, 3600
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
SUBNET_LENGTHS = {4: (16, 28), 6: (44, 64)}
EXAMPLES = {4: ("10.0.1.10", "10.0.1.0/24"), 6: ("2001:db8::10", "2001:db8::/64")}
# {list: (family, the key of its elements as ec2_eni returns them)}
LISTS = {
    "private_ip_addresses": (4, "private_ip_address"),
    "ipv6_addresses": (6, "ipv6_address"),
    "ipv4_prefixes": (4, "ipv4_prefix"),
    "ipv6_prefixes": (6, "ipv6_prefix"),
}


def texts(item: dict, key: str) -> tuple:
    """The addresses or prefixes of a list as text, first the one that is marked primary."""
    given = item.get(key) or ()
    ordered = sorted(given, key=lambda element: not (isinstance(element, dict) and element.get("primary")))
    name = LISTS[key][1]
    return tuple(element.get(name, "") if isinstance(element, dict) else str(element) for element in ordered)


def range_problems(parameters: dict):
    for name, size in (("table", TABLES), ("priority", PRIORITIES)):
        last = parameters[name] + size - 1
        if not FIRST_NUMBER <= parameters[name] <= last <= LAST_NUMBER:
            yield (
                f"{name}: {parameters[name]} takes the numbers up to {last}; "
                f"all must be from {FIRST_NUMBER} to {LAST_NUMBER}"
            )
    if len(parameters["interfaces"]) > TABLES:
        yield f"interfaces: {len(parameters['interfaces'])} are listed; at most {TABLES} can be"
    timeout = parameters["confirm_timeout"]
    if not SHORTEST_CONFIRM_TIMEOUT <= timeout <= LONGEST_CONFIRM_TIMEOUT:
        yield f"confirm_timeout: {timeout} s; use {SHORTEST_CONFIRM_TIMEOUT} to {LONGEST_CONFIRM_TIMEOUT} s"
    host = parameters.get("confirm_host")
    if host is not None and not re.fullmatch(r"[A-Za-z0-9:][A-Za-z0-9._:-]*", host):
        yield f"confirm_host: '{host}' is neither an address nor a host name, such as 10.0.1.10"


def item_problems(item: dict):
    """Of one of `interfaces`; each begins with the name of the suboption."""
    if not re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", item["mac_address"].lower()):
        yield f"mac_address: '{item['mac_address']}' is not a MAC address, such as 02:42:0a:00:01:0a"
    if not texts(item, "private_ip_addresses"):
        yield "private_ip_addresses: it is empty; list the interface's addresses, the primary one first"
    if texts(item, "ipv6_addresses") and not item.get("subnet_ipv6_cidr"):
        yield "subnet_ipv6_cidr: it is missing; with ipv6_addresses, give the IPv6 CIDR block of the subnet"
    yield from _subnet_problems(item, "subnet_cidr", "private_ip_addresses", 4)
    if item.get("subnet_ipv6_cidr"):
        yield from _subnet_problems(item, "subnet_ipv6_cidr", "ipv6_addresses", 6)
    for key in ("ipv4_prefixes", "ipv6_prefixes"):
        for text in texts(item, key):
            _network, problem = network(text, LISTS[key][0])
            if problem:
                yield f"{key}: {problem}"
    yield from _prefix_problems(item)
    yield from _route_problems(item)


def network(text: str, version: int = 0) -> tuple:
    """(the network, "") or (None, what is wrong with the text); version: 4, 6, or 0 for either."""
    name = f"an IPv{version}" if version else "a"
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        return None, f"'{text}' is not {name} network, such as {EXAMPLES[version or 4][1]}"
    if version not in (0, found.version):
        return None, f"'{text}' is not {name} network, such as {EXAMPLES[version][1]}"
    if str(found) != text:
        return None, f"'{text}' is not written as a network; did you mean {found}?"
    return found, ""


def _subnet_problems(item: dict, key: str, addresses: str, version: int):
    subnet, problem = network(item[key], version)
    shortest, longest = SUBNET_LENGTHS[version]
    if problem:
        yield f"{key}: {problem}"
    elif not shortest <= subnet.prefixlen <= longest:
        yield f"{key}: '{subnet}' is no subnet of a VPC, which are from /{shortest} to /{longest}"
    for text in texts(item, addresses):
        address = _address(text)
        if not address or address.version != version:
            yield f"{addresses}: '{text}' is not an IPv{version} address, such as {EXAMPLES[version][0]}"
        elif str(address) != text:
            yield f"{addresses}: '{text}' is not written as the kernel does; write {address}"
        elif subnet and address not in subnet:
            yield f"{addresses}: '{text}' is not in {key} {subnet}; correct one of the two"


def _address(text: str):
    try:
        return ip_address(text)
    except ValueError:
        return None


def _prefix_problems(item: dict):
    prefixes = item.get("management_prefixes") or ()
    if prefixes and item["role"] != MANAGEMENT:
        yield (
            f"management_prefixes: {', '.join(prefixes)} on an interface with role {item['role']}; "
            f"list them on one with role {MANAGEMENT}"
        )
    for text in prefixes:
        yield from _destination_problems("management_prefixes", text, item)


def _route_problems(item: dict):
    for route in item.get("routes") or ():
        yield from _destination_problems("routes.destination", route["destination"], item)
        gateway, found = route.get("gateway"), network(route["destination"])[0]
        address = _address(gateway) if gateway else None
        if gateway and not (address and found and address.version == found.version):
            yield (
                f"routes.gateway: '{gateway}' is no address of the family of {route['destination']}; "
                "give a host of the subnet, or leave it out for the subnet's router"
            )


def _destination_problems(key: str, text: str, item: dict):
    prefix, problem = network(text)
    if problem:
        yield f"{key}: {problem}"
    elif prefix.prefixlen == 0:
        yield (
            f"{key}: '{text}' is everything, and the default route belongs to the {PUBLIC} "
            "interface; list the networks behind this one, such as 192.168.0.0/16"
        )
    elif prefix.version == 6 and not item.get("subnet_ipv6_cidr"):
        yield f"{key}: '{text}' is IPv6, which this interface has not; give ipv6_addresses and subnet_ipv6_cidr"
