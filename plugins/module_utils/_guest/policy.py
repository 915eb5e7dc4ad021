# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The policy: (wanted interfaces, names of their devices) -> what the kernel should have. Pure data.

What is answered from an address leaves by that address's interface (ip-rule(8), "policy routing"). In this order:

1. Own table of the interface that has the source address, without its default route: its subnet, and by its own
   gateway whatever `main` would send out of another of these interfaces.
2. `main` without its default route: bridges of containers, tunnels, and what else others have set up there.
3. Own table of the interface again, now for its default route.

What the guest itself starts is decided by `main`: by the public interface, to the management prefixes by the
management one.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network

from .desired import MANAGEMENT, PUBLIC, Interface
from .parameters import PRIORITIES, TABLES
from .state import MAIN_TABLE, Goal, Route, Rule, family

# From the first priority: of the rules 1., 2. and 3. The first and last ones are followed by those of other interfaces.
SPECIFIC, MAIN, DEFAULT = 0, 100, 101


@dataclass(frozen=True)
class Policy:
    """interfaces: all that are wanted; devices: {MAC address: name in the guest}; first: of the rules' priorities."""

    interfaces: tuple
    devices: dict
    first: int

    def device(self, interface: Interface) -> str:
        return self.devices[interface.mac_address]

    def rules(self, interface: Interface) -> list:
        """Of an interface; those of `main` with the public one."""
        position = self.interfaces.index(interface)
        specific, default = self.first + SPECIFIC + position, self.first + DEFAULT + position
        found = []
        for source in interface.sources:
            found += [
                Rule(specific, _as_printed(source), interface.table, 0, family(source)),
                Rule(default, _as_printed(source), interface.table, family=family(source)),
            ]
        if interface.role == PUBLIC:
            found += [Rule(self.first + MAIN, "all", MAIN_TABLE, 0, number) for number in self.families]
        return found

    def routes(self, interface: Interface) -> list:
        """Of an interface: in its own table, and in `main`."""
        device, table = self.device(interface), interface.table
        own = [Route(table, interface.subnet, "", device), Route(table, "default", interface.gateway, device)]
        if interface.ipv6_subnet:
            own += [
                Route(table, interface.ipv6_subnet, "", device, family=6),
                Route(table, "default", interface.ipv6_gateway, device, family=6),
            ]
        behind = [
            *((prefix, "") for prefix in interface.prefixes), *interface.routes,
        ]
        return [
            *own,
            *(self._route(table, destination, "", interface) for destination in self._elsewhere(interface)),
            *(self._route(number, *there, interface) for there in behind for number in (table, MAIN_TABLE)),
        ]

    @property
    def families(self) -> tuple:
        return (4, 6) if any(interface.ipv6_subnet for interface in self.interfaces) else (4,)

    def _elsewhere(self, interface: Interface) -> list:
        """Where `main` leads out of other interfaces, and a reply from this one must not follow."""
        own = [ip_network(destination) for destination in interface.destinations]
        versions = (4, 6) if interface.ipv6_subnet else (4,)
        others = [ip_network(text) for item in self.interfaces if item != interface for text in item.destinations]
        return list(dict.fromkeys(str(other) for other in others if other.version in versions and other not in own))

    def _route(self, table: int, destination: str, gateway: str, interface: Interface) -> Route:
        device, number = self.device(interface), family(destination)
        router = interface.gateway if number == 4 else interface.ipv6_gateway
        return Route(table, _as_printed(destination), gateway or router, device, family=number)


def goal(policy: Policy, first_table: int) -> Goal:
    named = [(interface, policy.device(interface)) for interface in policy.interfaces]
    public = next(interface for interface in policy.interfaces if interface.role == PUBLIC)
    return Goal(
        addresses=tuple(address for interface, device in named for address in _addresses(interface, device)),
        rules=tuple(rule for interface in policy.interfaces for rule in policy.rules(interface)),
        routes=tuple(route for interface in policy.interfaces for route in policy.routes(interface)),
        tables=(first_table, first_table + TABLES - 1),
        priorities=(policy.first, policy.first + PRIORITIES - 1),
        default_device=policy.device(public),
        families=(4, 6) if public.ipv6_subnet else (4,),
        without_default=tuple(device for interface, device in named if interface.role == MANAGEMENT),
    )


def _addresses(interface: Interface, device: str):
    """DHCP brings the first one of a family."""
    for addresses, length in ((interface.addresses, 32), (interface.ipv6_addresses, 128)):
        yield from ((device, address, length if position else 0) for position, address in enumerate(addresses))


def _as_printed(prefix: str) -> str:
    """As ip(8) prints it: a single host has no prefix length."""
    address, _slash, length = prefix.partition("/")
    return address if length == ("32" if family(prefix) == 4 else "128") else prefix
