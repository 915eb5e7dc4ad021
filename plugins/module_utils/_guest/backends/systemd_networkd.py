# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""systemd-networkd: a file systemd.network(5) for each interface, and what makes networkd read it.

networkd deletes rules, and on the interfaces it manages routes, that are in none of its files: they have to be its own.

Where netplan writes networkd's files, ours has the interface all the same: netplan's YAML has no
suppress_prefixlength (netplan-yaml(5), "routing-policy").
"""

from __future__ import annotations

from ..desired import MANAGEMENT, Interface
from ..owners import NETPLAN, NETWORKD
from ..state import MAIN_TABLE, Route, Rule
from . import files
from .change import Change

NAME = "systemd_networkd"
MANAGERS = (NETWORKD, NETPLAN)
BY_HAND = False
DIRECTORY = "/etc/systemd/network"
PATTERNS = (f"{DIRECTORY}/05-xeni-*.network",)
# A metric for the public interface that wins over those that network managers choose by themselves.
PUBLIC_METRIC = 100


def path(mac_address: str) -> str:
    """The file of an interface. Its name sorts before what distributions, netplan and cloud agents write."""
    return f"{DIRECTORY}/05-xeni-{files.name_of(mac_address)}.network"


def render(interface: Interface, device: str, rules, routes, present) -> dict:
    """{path: content}, systemd.network(5). DHCP brings the first address of a family, as EC2 leaves it to."""
    return {path(interface.mac_address): files.sections([
        # A bridge or VLAN on top has the same MAC address, and another type.
        ("Match", {"MACAddress": interface.mac_address, "Type": "ether"}),
        ("Network", {"DHCP": "ipv4"}),
        ("DHCPv4", {"UseMTU": "yes", **_default_route(interface)}),
        *_router_advertisements(interface),
        *(("Address", {"Address": f"{address}/32"}) for address in interface.addresses[1:]),
        *(("Address", {"Address": f"{address}/128"}) for address in interface.ipv6_addresses[1:]),
        *(("Route", _route(route)) for route in routes),
        *(("RoutingPolicyRule", _rule(rule)) for rule in rules),
    ])}


def _default_route(interface: Interface) -> dict:
    if interface.role == MANAGEMENT:
        return {"RouteMetric": interface.table, "UseRoutes": "no", "RoutesToDNS": "no"}
    return {"RouteMetric": PUBLIC_METRIC}


def _router_advertisements(interface: Interface):
    """What a router advertises on a management interface goes to its own table, never to `main`."""
    if interface.role == MANAGEMENT:
        yield "IPv6AcceptRA", {"RouteTable": interface.table}


def _route(route: Route) -> dict:
    everything = "0.0.0.0/0" if route.family == 4 else "::/0"
    # GatewayOnLink: static routes are set before DHCP has brought the address that the gateway is reached from.
    where = {"Gateway": route.gateway, "GatewayOnLink": "yes"} if route.gateway else {}
    # Another metric than that of what the router advertises, so that neither replaces the other.
    metric = {"Metric": PUBLIC_METRIC} if route.family == 6 else {}
    table = {} if route.table == MAIN_TABLE else {"Table": route.table}
    destination = everything if route.destination == "default" else route.destination
    return {"Destination": destination, **where, **metric, **table}


def _rule(rule: Rule) -> dict:
    source = {"Family": f"ipv{rule.family}"} if rule.source == "all" else {"From": rule.source}
    suppress = {"SuppressPrefixLength": rule.suppress} if rule.suppress >= 0 else {}
    return {**source, "Table": rule.table, "Priority": rule.priority, **suppress}


def commands(change: Change) -> list:
    """What makes networkd take up changed files, and set again what devices, whose files are right, have lost."""
    reload = [["networkctl", "reload"]] if change.files else []  # it reconfigures the devices whose file changed
    return reload + ([["networkctl", "reconfigure", *sorted(change.lost)]] if change.lost else [])


def commands_back(change: Change) -> list:
    """The same: networkd goes by its files."""
    return commands(change)
