# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""NetworkManager: a connection profile of its own for each interface, nm-settings-keyfile(5).

It outranks the profile that has the interface, whether that is a keyfile, an ifcfg file, netplan's, or the one that
NetworkManager makes up for a NIC without any, and leaves it as it is: with ours gone, it takes the interface again.
"""

from __future__ import annotations

from pathlib import PurePath

from ..desired import MANAGEMENT, Interface
from ..owners import NETWORK_MANAGER
from ..state import Route, Rule
from . import files
from .change import Change

NAME = "network_manager"
MANAGERS = (NETWORK_MANAGER,)
BY_HAND = False
DIRECTORY = "/etc/NetworkManager/system-connections"
PATTERNS = (f"{DIRECTORY}/xeni-*.nmconnection",)
# The UUIDs of our profiles begin so and end with the MAC address: version 8 of RFC 9562.
UUID = "78656e69-6177-8000-8000"
# nm-settings-nmcli(5), "autoconnect-priority": the highest there is.
PRIORITY = 999
# A metric for the public interface that wins over those that NetworkManager gives to others, which begin with 100.
# Equal ones would make one IPv6 default route by two interfaces.
PUBLIC_METRIC = 50
EVERYTHING = {4: "0.0.0.0/0", 6: "::/0"}
# Seconds for DHCP to answer, shorter than what process.run() allows a command.
WAIT = 15


def path(mac_address: str) -> str:
    """The keyfile of an interface."""
    return f"{DIRECTORY}/{_id(mac_address)}.nmconnection"


def uuid(mac_address: str) -> str:
    """The UUID of an interface's profile."""
    return f"{UUID}-{files.name_of(mac_address)}"


def _id(mac_address: str) -> str:
    return f"xeni-{files.name_of(mac_address)}"


def render(interface: Interface, device: str, rules, routes, present) -> dict:
    """{path: content}. DHCP brings the first address of a family, as EC2 leaves it to."""
    mac_address = interface.mac_address
    return {path(mac_address): files.sections([
        ("connection", {
            "id": _id(mac_address),
            "uuid": uuid(mac_address),
            "type": "ethernet",
            "autoconnect-priority": PRIORITY,
        }),
        ("ethernet", {"mac-address": mac_address}),
        # nm-cloud-setup(8) would set rules and routes of its own.
        ("user", {"org.freedesktop.nm-cloud-setup.skip": "yes"}),
        ("ipv4", _family(4, interface, rules, routes)),
        # The link-local address that EC2 knows; whether there are more is for the router to say.
        ("ipv6", {"addr-gen-mode": "eui64", "ip6-privacy": 0, **_family(6, interface, rules, routes)}),
    ])}


def _family(number: int, interface: Interface, rules, routes) -> dict:
    addresses, length = (interface.addresses, 32) if number == 4 else (interface.ipv6_addresses, 128)
    static = [route for route in routes if route.family == number]
    return {
        "method": "auto",
        **({"never-default": "true"} if interface.role == MANAGEMENT else {"route-metric": PUBLIC_METRIC}),
        **_numbered("address", (f"{address}/{length}" for address in addresses[1:])),
        **_numbered("route", (_route(route, length) for route in static)),
        **{f"route{position}_options": _options(route) for position, route in enumerate(static, 1)},
        **_numbered("routing-rule", (_rule(rule) for rule in rules if rule.family == number)),
    }


def _numbered(key: str, values) -> dict:
    return {f"{key}{position}": value for position, value in enumerate(values, 1)}


def _route(route: Route, length: int) -> str:
    whole = route.destination if "/" in route.destination else f"{route.destination}/{length}"
    destination = EVERYTHING[route.family] if route.destination == "default" else whole
    return f"{destination},{route.gateway}" if route.gateway else destination


def _options(route: Route) -> str:
    # onlink: the address that the gateway is reached from may come later.
    return f"table={route.table},onlink=true" if route.gateway else f"table={route.table}"


def _rule(rule: Rule) -> str:
    source = EVERYTHING[rule.family] if rule.source == "all" else rule.source
    suppress = f" suppress_prefixlength {rule.suppress}" if rule.suppress >= 0 else ""
    return f"priority {rule.priority} from {source} table {rule.table}{suppress}"


def commands(change: Change) -> list:
    """What makes NetworkManager read our files, and have each device as they say."""
    return [*_load(change), *_take_up(change)]


def commands_back(change: Change) -> list:
    """The profile that each device had before. Without one, NetworkManager knows what to do when ours is gone."""
    removed = [name for name, content in change.files.items() if content is None]
    return [
        *_load(change),
        *_take_up(change, back=True),
        *(up("id", PurePath(name).stem) for name in sorted(removed)),
    ]


def _load(change: Change) -> list:
    """It forgets files that are gone. A reload would also take up what others have written and not loaded."""
    return [["nmcli", "connection", "load", *sorted(change.files)]] if change.files else []


def _take_up(change: Change, back: bool = False):
    for device, owner in sorted({**change.reads, **change.lost}.items()):
        ours, active = uuid(change.mac_addresses[device]), owner.handles.get(NETWORK_MANAGER)
        profile = active if back else ours
        if device in change.lost and active == ours:
            # Without going down. Not for a profile that has changed: NetworkManager 1.42 then ends DHCPv6 for good.
            yield ["nmcli", "device", "reapply", device]
        elif profile:
            yield up("uuid", profile, "ifname", device)


def up(*what) -> list:
    """What activates a connection, given by nmcli(1)'s words, and waits until it is active."""
    return ["nmcli", "--wait", str(WAIT), "connection", "up", *what]
