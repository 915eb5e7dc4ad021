# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The kernel's addresses, policy rules and routes, by ip(8).

This file also runs by itself in the guest (see transition.py): it imports nothing but the standard library.
"""

from __future__ import annotations

import json

from .process import run
from .state import LOCAL_TABLE, MAIN_TABLE, PROTOCOL, Address, Link, Route, Rule, State

# Who set a route or rule, by the numbers of rtnetlink(7) and /etc/iproute2/rt_protos: the kernel, a network manager's
# configuration, router advertisements, DHCP, this module. They bring their own back; whoever else set one does not.
MANAGED_PROTOCOLS = {"2", "4", "9", "16", str(PROTOCOL)}
ADVERTISED_PROTOCOL = "9"
FAMILIES = (4, 6)
# Of ip-address(8), with and without a value. NetworkManager sets the route to an address's subnet by itself.
ADDRESS_OPTIONS = ("broadcast", "metric", "mngtmpaddr", "noprefixroute")


def read() -> State:
    """What the kernel has now. Raises CommandFailed."""
    return parse(
        json.loads(ip("-d", "-j", "address", "show")),
        {number: json.loads(ip("-N", "-j", f"-{number}", "rule", "show")) for number in FAMILIES},
        {number: json.loads(ip("-N", "-j", f"-{number}", "route", "show", "table", "all")) for number in FAMILIES},
    )


def parse(addresses, rules, routes) -> State:
    """State from what ``ip -d -j address`` prints, and ``ip -N -j`` of rule and route for each family. Pure."""
    return State(
        links=tuple(Link(item["ifname"], item["address"]) for item in addresses if _is_network_interface(item)),
        addresses=tuple(
            _address(item["ifname"], info) for item in addresses for info in item["addr_info"] if _is_shown(info)
        ),
        rules=tuple(_rule(item, number) for number, items in rules.items() for item in items),
        routes=tuple(
            _route({**item, **hop}, number) for number, items in routes.items() for item in items
            for hop in item.get("nexthops", [item])
            if "type" not in item and "dev" in hop and not item["dst"].startswith("fe80:")  # unicast has no type
        ),
    )


def _is_network_interface(item: dict) -> bool:
    """Whether this is a NIC, or a namespace's veth: bridges, VLANs and bonds on top of one repeat its MAC address."""
    kind = item.get("linkinfo", {}).get("info_kind")
    return item.get("link_type") == "ether" and kind in (None, "veth")


def _is_shown(info: dict) -> bool:
    """Link-local and temporary addresses are the kernel's own business."""
    local = info.get("local", "fe80:")
    return not local.startswith("fe80:") and not info.get("temporary")


def _address(device: str, info: dict) -> Address:
    given = [(key, info[key]) for key in ADDRESS_OPTIONS if key in info]
    options = tuple(str(word) for option in given for word in option if word is not True)
    return Address(device, info["local"], info["prefixlen"], info.get("dynamic", False), options)


def _rule(item: dict, number: int) -> Rule:
    selectors = {
        key: value for key, value in item.items()
        if key not in ("priority", "table", "protocol", "srclen", "suppress_prefixlen")
    }
    length = f"/{item['srclen']}" if "srclen" in item else ""
    source = f"{item['src']}{length}" if set(selectors) == {"src"} else json.dumps(selectors, sort_keys=True)
    return Rule(item["priority"], source, int(item.get("table", 0)), item.get("suppress_prefixlen", -1), number)


def _route(item: dict, number: int) -> Route:
    return Route(
        int(item.get("table", MAIN_TABLE)), item["dst"], item.get("gateway", ""), item["dev"], item.get("metric", 0),
        number, item.get("protocol") == ADVERTISED_PROTOCOL, item.get("protocol") == str(PROTOCOL),
    )


def commands(devices) -> list:
    """What is there now on these devices, and every rule, as the arguments of ip(8) that set it again.

    Raises CommandFailed.
    """
    return [
        *(_address_again(address) for address in read().addresses if address.device in devices),
        *(again for number in FAMILIES for again in _routes_again(number, devices)),
        *(again for number in FAMILIES for again in _rules_again(number)),
    ]


def _address_again(address: Address) -> list:
    with_length = f"{address.address}/{address.prefix_length}"
    number = 6 if ":" in with_length else 4
    return [f"-{number}", "address", "add", with_length, *address.options, "dev", address.device]


def _routes_again(number: int, devices):
    for line in ip("-N", "-d", "-o", f"-{number}", "route", "show", "type", "unicast", "table", "all").splitlines():
        _type, *words = _without_state(line)
        linklocal = words[0].startswith("fe80:")
        if value(words, "dev") in devices and value(words, "table") != str(LOCAL_TABLE) and not linklocal:
            yield [f"-{number}", "route", "add", *words]


def _rules_again(number: int):
    for line in ip("-N", "-d", f"-{number}", "rule", "show").splitlines():
        priority, selector = line.split(":", 1)
        if priority != "0":  # the lookup of `local`, which stays
            yield [f"-{number}", "rule", "add", "priority", priority, *_without_state(selector)]


def _without_state(line: str) -> list:
    """The words of a route or rule, without line ends and those that tell of its interface's state, of the time it has
    left, and of the nexthop object (ip-nexthop(8)) that it goes by.
    """
    words = [word for word in line.split() if word not in ("linkdown", "dead", "[detached]", "\\")]
    for key in ("expires", "nhid"):
        if key in words:
            position = words.index(key)
            del words[position:position + 2]
    return words


def is_managed(command) -> bool:
    """Whether the kernel, a network manager or this module sets this route or rule, and will again."""
    return value(command, "proto") in MANAGED_PROTOCOLS


def value(words, key: str) -> str:
    """What follows a keyword of ip(8), empty when it is not there."""
    return words[words.index(key) + 1] if key in words else ""


def ip(*arguments) -> str:
    """What ip(8) prints. Raises CommandFailed."""
    return run(["ip", *arguments])
