# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Addresses, policy rules and routes of the kernel: read, and compared with what is wanted. IPv4.

This file also runs by itself in the guest (see transition.py): it imports nothing but the standard library.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple

from .process import run

MAIN_TABLE = 254  # rtnetlink(7): RT_TABLE_MAIN, RT_TABLE_LOCAL
LOCAL_TABLE = 255
# Who set a route or rule, by the numbers of rtnetlink(7) and /etc/iproute2/rt_protos: the kernel, a network manager's
# configuration, router advertisements, DHCP. They bring their own back; whoever else set one does not.
MANAGED_PROTOCOLS = {"2", "4", "9", "16"}


class Address(NamedTuple):
    """An address of ip-address(8). dynamic: with a lease; metric: of the route to its subnet."""

    device: str
    address: str
    prefix_length: int
    dynamic: bool = False
    metric: int = 0


class Rule(NamedTuple):
    """A rule of ip-rule(8). One that selects by more than its source has all of it in `source`, as JSON."""

    priority: int
    source: str
    table: int

    def __str__(self) -> str:
        return f"rule {self.priority}: from {self.source} lookup {self.table}"


class Route(NamedTuple):
    """A unicast route of ip-route(8). destination: a prefix, or "default"; gateway: empty when on the link."""

    table: int
    destination: str
    gateway: str
    device: str
    metric: int = 0

    def __str__(self) -> str:
        via = f" via {self.gateway}" if self.gateway else ""
        table = "main" if self.table == MAIN_TABLE else self.table
        return f"route {self.destination}{via} dev {self.device} table {table}"


class Link(NamedTuple):
    name: str
    mac_address: str


@dataclass(frozen=True)
class State:
    """What the kernel has. All of Link, Address, Rule and Route."""

    links: tuple = ()
    addresses: tuple = ()
    rules: tuple = ()
    routes: tuple = ()


@dataclass(frozen=True)
class Goal:
    """What the kernel should have.

    addresses: (device, address); rules, routes: Rule and Route (whose metric does not matter).
    tables: {number: device} of the tables, and rule priorities of the same number, that hold nothing else.
    default_device: by which the default route of `main` leaves; empty for "does not matter".
    without_default: devices by which no default route of `main` leaves.
    """

    addresses: tuple = ()
    rules: tuple = ()
    routes: tuple = ()
    tables: dict = field(default_factory=dict)
    default_device: str = ""
    without_default: tuple = ()

    @classmethod
    def from_json(cls, value: dict) -> Goal:
        """The Goal that dataclasses.asdict() and JSON made this of."""
        return cls(
            addresses=tuple(tuple(item) for item in value["addresses"]),
            rules=tuple(Rule(*item) for item in value["rules"]),
            routes=tuple(Route(*item) for item in value["routes"]),
            tables={int(table): device for table, device in value["tables"].items()},
            default_device=value["default_device"],
            without_default=tuple(value["without_default"]),
        )


class Difference(NamedTuple):
    """Something that the kernel lacks, or has and should not. device: the interface it is about, may be empty."""

    device: str
    text: str


def differences(goal: Goal, state: State) -> list:
    """Every Difference between what is wanted and what is there. Pure."""
    return [*_missing(goal, state), *_extra(goal, state), *_default_route(goal, state)]


def _missing(goal: Goal, state: State):
    present = {(item.device, item.address) for item in state.addresses}
    for device, address in goal.addresses:
        if (device, address) not in present:
            yield Difference(device, f"{device}: address {address} is missing")
    for rule in goal.rules:
        if rule not in state.rules:
            yield Difference(goal.tables.get(rule.table, ""), f"{rule} is missing")
    routes = {route._replace(metric=0) for route in state.routes}
    for route in goal.routes:
        if route._replace(metric=0) not in routes:
            yield Difference(route.device, f"{route} is missing")


def _extra(goal: Goal, state: State):
    for rule in state.rules:
        if rule.priority in goal.tables and rule not in goal.rules:
            yield Difference(goal.tables[rule.priority], f"{rule} should not be there")
    wanted = {route._replace(metric=0) for route in goal.routes}
    for route in state.routes:
        if route.table in goal.tables and route._replace(metric=0) not in wanted:
            yield Difference(goal.tables[route.table], f"{route} should not be there")


def _default_route(goal: Goal, state: State):
    defaults = [route for route in state.routes if (route.table, route.destination) == (MAIN_TABLE, "default")]
    for route in defaults:
        if route.device in goal.without_default:
            yield Difference(route.device, f"{route} should not be there")
    best = min(defaults, key=lambda route: route.metric).device if defaults else "no interface"
    if goal.default_device and best != goal.default_device and best not in goal.without_default:
        text = f"the default route of main leaves by {best} instead of {goal.default_device}"
        yield Difference(goal.default_device, text)


def read() -> State:
    """What the kernel has now. Raises CommandFailed."""
    return parse(
        links=json.loads(ip("-d", "-j", "link", "show")),
        addresses=json.loads(ip("-N", "-j", "-4", "address", "show")),
        rules=json.loads(ip("-N", "-j", "-4", "rule", "show")),
        routes=json.loads(ip("-N", "-j", "-4", "route", "show", "table", "all")),
    )


def parse(links, addresses, rules, routes) -> State:
    """State from what ``ip -d -j link`` and ``ip -N -j -4`` print. Pure."""
    return State(
        links=tuple(Link(item["ifname"], item["address"]) for item in links if _is_network_interface(item)),
        addresses=tuple(
            _address(item["ifname"], info) for item in addresses for info in item["addr_info"] if "local" in info
        ),
        rules=tuple(_rule(item) for item in rules),
        routes=tuple(_route(item) for item in routes if "type" not in item and "dev" in item),  # unicast has no type
    )


def _is_network_interface(item: dict) -> bool:
    """Whether this is a NIC, or a namespace's veth: bridges, VLANs and bonds on top of one repeat its MAC address."""
    kind = item.get("linkinfo", {}).get("info_kind")
    return item.get("link_type") == "ether" and kind in (None, "veth")


def _address(device: str, info: dict) -> Address:
    return Address(device, info["local"], info["prefixlen"], info.get("dynamic", False), info.get("metric", 0))


def _rule(item: dict) -> Rule:
    selectors = {key: value for key, value in item.items() if key not in ("priority", "table", "protocol")}
    source = item["src"] if set(selectors) == {"src"} else json.dumps(selectors, sort_keys=True)
    return Rule(item["priority"], source, int(item.get("table", 0)))


def _route(item: dict) -> Route:
    table = int(item.get("table", MAIN_TABLE))
    return Route(table, item["dst"], item.get("gateway", ""), item["dev"], item.get("metric", 0))


def commands(devices) -> list:
    """What is there now on these devices, and every rule, as the arguments of ip(8) that set it again.

    Raises CommandFailed.
    """
    set_again = []
    for address in read().addresses:
        if address.device in devices:
            with_length, metric = f"{address.address}/{address.prefix_length}", str(address.metric)
            set_again.append(["address", "add", with_length, "dev", address.device, "metric", metric])
    for line in ip("-N", "-d", "-o", "-4", "route", "show", "type", "unicast", "table", "all").splitlines():
        _type, *words = _without_state(line)
        if value(words, "dev") in devices and value(words, "table") != str(LOCAL_TABLE):
            set_again.append(["route", "add", *words])
    for line in ip("-N", "-d", "-4", "rule", "show").splitlines():
        priority, selector = line.split(":", 1)
        if priority != "0":  # the lookup of `local`, which stays
            set_again.append(["rule", "add", "priority", priority, *_without_state(selector)])
    return set_again


def _without_state(line: str) -> list:
    """The words of a route or rule, without those that tell of its interface's state."""
    return [word for word in line.split() if word not in ("linkdown", "dead", "[detached]")]


def is_managed(command) -> bool:
    """Whether the kernel or a network manager sets this route or rule, and will again."""
    return value(command, "proto") in MANAGED_PROTOCOLS


def value(words, key: str) -> str:
    """What follows a keyword of ip(8), empty when it is not there."""
    return words[words.index(key) + 1] if key in words else ""


def ip(*arguments) -> str:
    """What ip(8) prints. Raises CommandFailed."""
    return run(["ip", *arguments])
