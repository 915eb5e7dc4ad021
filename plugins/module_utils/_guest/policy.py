# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The policy: (wanted interfaces, names of their devices) -> what the kernel should have. Pure data.

Each interface has a route table of its own with its subnet and a default route, and a rule for each of its addresses
that leads there: what is answered from an address leaves by that address's interface (ip-rule(8), "policy routing").
`main` decides for what the guest itself starts: by the public interface, to the management prefixes by the
management one.
"""

from __future__ import annotations

from .desired import MANAGEMENT, PUBLIC, Interface
from .kernel import MAIN_TABLE, Goal, Route, Rule


def goal(interfaces, devices: dict) -> Goal:
    """devices: {MAC address: name in the guest} of each interface."""
    named = [(interface, devices[interface.mac_address]) for interface in interfaces]
    return Goal(
        addresses=tuple((device, address) for interface, device in named for address in interface.addresses),
        rules=tuple(rule for interface, _device in named for rule in rules(interface)),
        routes=tuple(route for interface, device in named for route in routes(interface, device)),
        tables={interface.table: device for interface, device in named},
        default_device=next(device for interface, device in named if interface.role == PUBLIC),
        without_default=tuple(device for interface, device in named if interface.role == MANAGEMENT),
    )


def rules(interface: Interface) -> list:
    return [Rule(interface.table, address, interface.table) for address in interface.addresses]


def routes(interface: Interface, device: str) -> list:
    return [
        Route(interface.table, interface.subnet, "", device),
        Route(interface.table, "default", interface.gateway, device),
        *(Route(MAIN_TABLE, _destination(prefix), interface.gateway, device) for prefix in interface.prefixes),
    ]


def _destination(prefix: str) -> str:
    """As ip(8) prints it: a single host has no prefix length."""
    return prefix[:-len("/32")] if prefix.endswith("/32") else prefix
