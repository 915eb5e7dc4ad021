# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Addresses, policy rules and routes as data: what the kernel has, what it should have, and how the two differ. Pure.

This file also runs by itself in the guest (see transition.py): it imports nothing but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MAIN_TABLE = 254  # rtnetlink(7): RT_TABLE_MAIN, RT_TABLE_LOCAL
LOCAL_TABLE = 255
# Who has set a route, among the numbers that rtnetlink(7) leaves to users: this module, with ip(8).
PROTOCOL = 120


def family(text: str) -> int:
    """4 or 6: of an address, prefix or gateway."""
    return 6 if ":" in text else 4


class Address(NamedTuple):
    """An address of ip-address(8). dynamic: with a lease; options: further words that set it again as it is."""

    device: str
    address: str
    prefix_length: int
    dynamic: bool = False
    options: tuple = ()


class Rule(NamedTuple):
    """A rule of ip-rule(8). One that selects by more than its source has all of it in `source`, as JSON.

    suppress: of the routes it finds, those with a prefix of at most this length do not count; -1 for "all count".
    """

    priority: int
    source: str
    table: int
    suppress: int = -1
    family: int = 4

    def __str__(self) -> str:
        table = "main" if self.table == MAIN_TABLE else self.table
        suppress = f" suppress_prefixlength {self.suppress}" if self.suppress >= 0 else ""
        return f"{_ipv6(self, self.source)}rule {self.priority}: from {self.source} lookup {table}{suppress}"


class Route(NamedTuple):
    """A unicast route of ip-route(8).

    destination: a prefix, a single host without its length, or "default"; gateway: empty when on the link.
    advertised: by a router, and gone when it says so: RFC 4861. ours: set with ip(8) by this module.
    """

    table: int
    destination: str
    gateway: str
    device: str
    metric: int = 0
    family: int = 4
    advertised: bool = False
    ours: bool = False

    def __str__(self) -> str:
        via = f" via {self.gateway}" if self.gateway else ""
        table = "main" if self.table == MAIN_TABLE else self.table
        return f"{_ipv6(self, self.destination)}route {self.destination}{via} dev {self.device} table {table}"

    def reaches(self, wanted: Route) -> bool:
        """Whether this is what is wanted, whoever set it and with whatever metric."""
        return (self.table, self.destination, self.gateway, self.device, self.family) == (
            wanted.table, wanted.destination, wanted.gateway, wanted.device, wanted.family)


def _ipv6(item, text: str) -> str:
    return "IPv6 " if item.family == 6 and ":" not in text else ""


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

    addresses: (device, address, prefix length, 0 for "a lease brings it"); rules, routes: Rule and Route (whose metric
    does not matter).
    tables, priorities: first and last number of those that hold nothing else; empty for "does not matter".
    default_device: by which the default route of `main` leaves, in these families; empty for "does not matter".
    without_default: devices by which no default route of `main` leaves.
    without_addresses: (device, address, prefix length) that should not be there.
    """

    addresses: tuple = ()
    rules: tuple = ()
    routes: tuple = ()
    tables: tuple = ()
    priorities: tuple = ()
    default_device: str = ""
    families: tuple = (4,)
    without_default: tuple = ()
    without_addresses: tuple = ()

    @classmethod
    def from_json(cls, value: dict) -> Goal:
        """The Goal that dataclasses.asdict() and JSON made this of."""
        return cls(
            addresses=tuple(tuple(item) for item in value["addresses"]),
            rules=tuple(Rule(*item) for item in value["rules"]),
            routes=tuple(Route(*item) for item in value["routes"]),
            tables=tuple(value["tables"]),
            priorities=tuple(value["priorities"]),
            default_device=value["default_device"],
            families=tuple(value["families"]),
            without_default=tuple(value["without_default"]),
            without_addresses=tuple(tuple(item) for item in value["without_addresses"]),
        )

    def owns_rule(self, rule: Rule) -> bool:
        return _within(rule.priority, self.priorities)

    def owns_route(self, route: Route) -> bool:
        """Advertised ones come and go with their router, also in a table of ours."""
        return route.ours or _within(route.table, self.tables) and not route.advertised


def _within(number: int, first_and_last: tuple) -> bool:
    return bool(first_and_last) and first_and_last[0] <= number <= first_and_last[1]


class Difference(NamedTuple):
    """Something that the kernel lacks, or has and should not.

    device: the interface it is about, may be empty; correction: arguments of ip(8), empty when only a lease brings it.
    """

    device: str
    text: str
    correction: tuple = ()


def differences(goal: Goal, state: State) -> list:
    """Every Difference between what is wanted and what is there."""
    return [*_missing(goal, state), *_extra(goal, state), *_default_route(goal, state)]


def _missing(goal: Goal, state: State):
    present = {(item.device, item.address) for item in state.addresses}
    for device, address, length in goal.addresses:
        if (device, address) not in present:
            text = f"{device}: address {address} is missing"
            yield Difference(device, text, address_command("add", device, address, length))
    for rule in goal.rules:
        if rule not in state.rules:
            yield Difference(_device(goal, rule), f"{rule} is missing", rule_command("add", rule))
    for route in goal.routes:
        if not any(there.reaches(route) for there in state.routes):
            yield Difference(route.device, f"{route} is missing", route_command("replace", route))


def _extra(goal: Goal, state: State):
    present = {(item.device, item.address, item.prefix_length) for item in state.addresses}
    for device, address, length in goal.without_addresses:
        if (device, address, length) in present:
            text = f"{device}: address {address} should not be there"
            yield Difference(device, text, address_command("del", device, address, length))
    for rule in state.rules:
        if goal.owns_rule(rule) and rule not in goal.rules:
            yield Difference(_device(goal, rule), f"{rule} should not be there", rule_command("del", rule))
    for route in state.routes:
        if goal.owns_route(route) and not any(route.reaches(wanted) for wanted in goal.routes):
            yield Difference(route.device, f"{route} should not be there", route_command("del", route))


def _device(goal: Goal, rule: Rule) -> str:
    """The interface whose table a rule leads to; that of `main` is the public one."""
    devices = {route.table: route.device for route in goal.routes if route.table != MAIN_TABLE}
    return devices.get(rule.table, goal.default_device)


def _default_route(goal: Goal, state: State):
    for number in goal.families:
        defaults = [
            route for route in state.routes
            if (route.table, route.destination, route.family) == (MAIN_TABLE, "default", number)
        ]
        for route in defaults:
            if route.device in goal.without_default:
                yield Difference(route.device, f"{route} should not be there", route_command("del", route))
        best = min(defaults, key=lambda route: route.metric).device if defaults else "no interface"
        if goal.default_device and best != goal.default_device and best not in goal.without_default:
            text = f"the default route of main leaves by {best} instead of {goal.default_device}"
            yield Difference(goal.default_device, f"IPv6: {text}" if number == 6 else text)


def address_command(action: str, device: str, address: str, length: int) -> tuple:
    """Arguments of ip(8); empty for an address that a lease brings."""
    return (f"-{family(address)}", "address", action, f"{address}/{length}", "dev", device) if length else ()


def rule_command(action: str, rule: Rule) -> tuple:
    """Arguments of ip(8); empty for a rule that selects by more than its source."""
    if rule.source.startswith("{"):
        return ()
    suppress = ("suppress_prefixlength", str(rule.suppress)) if rule.suppress >= 0 else ()
    return (
        f"-{rule.family}", "rule", action, "priority", str(rule.priority), "from", rule.source,
        "lookup", str(rule.table), *suppress,
    )


def route_command(action: str, route: Route) -> tuple:
    """Arguments of ip(8); empty for a route that only a router can bring."""
    if route.advertised and action != "del":
        return ()
    # onlink: static routes may be set before the address that the gateway is reached from.
    via = ("via", route.gateway) if route.gateway else ()
    onlink = ("onlink",) if route.gateway and action != "del" else ()
    metric = ("metric", str(route.metric)) if route.metric else ()
    protocol = ("proto", str(PROTOCOL)) if action != "del" else ()
    where = ("dev", route.device, "table", str(route.table))
    return (f"-{route.family}", "route", action, route.destination, *via, *where, *metric, *protocol, *onlink)
