# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""systemd-networkd: a file systemd.network(5) for each interface, and what makes networkd read it.

networkd deletes rules, and on the interfaces it manages routes, that are in none of its files: they have to be its own.
"""

from __future__ import annotations

import glob
import os
import re

from ..desired import MANAGEMENT, Interface
from ..kernel import MAIN_TABLE
from ..policy import routes, rules
from ..process import CommandFailed, run

NAME = "systemd-networkd"
DIRECTORY = "/etc/systemd/network"
MANAGED = "# managed by xeni.aws: changes are lost when guest_routing runs again"
# A metric for the public interface that wins over those that network managers choose by themselves.
PUBLIC_METRIC = 100


def path(mac_address: str) -> str:
    """The file of an interface. Its name sorts before what distributions and cloud-init write."""
    return f"{DIRECTORY}/10-xeni-{mac_address.replace(':', '')}.network"


def files() -> dict:
    """{path: content} of what could be ours by its name; is_ours() tells by the content."""
    found = {}
    for name in sorted(glob.glob(os.path.join(DIRECTORY, "10-xeni-*.network"))):
        with open(name, encoding="utf-8", errors="replace") as file:
            found[name] = file.read()
    return found


def is_ours(content: str) -> bool:
    return content.startswith(MANAGED)


def sets_address(content: str, address: str) -> bool:
    """Whether a file of ours brings this secondary address."""
    return f"Address={address}/32\n" in content


def render(interface: Interface) -> str:
    """The file's content, systemd.network(5). DHCP brings the primary address, as EC2 leaves it to."""
    public = interface.role != MANAGEMENT
    sections = [
        # A bridge or VLAN on top has the same MAC address, and another type.
        ("Match", {"MACAddress": interface.mac_address, "Type": "ether"}),
        ("Network", {"DHCP": "ipv4"}),
        ("DHCPv4", {"RouteMetric": PUBLIC_METRIC} if public else {
            "RouteMetric": interface.table, "UseRoutes": "no", "RoutesToDNS": "no"}),
        *(("Address", {"Address": f"{address}/32"}) for address in interface.addresses[1:]),
        *(("Route", _route(route)) for route in routes(interface, "")),
        *(("RoutingPolicyRule", {"From": rule.source, "Table": rule.table, "Priority": rule.priority})
          for rule in rules(interface)),
    ]
    return "\n\n".join([MANAGED, *(_section(*section) for section in sections)]) + "\n"


def _route(route) -> dict:
    # GatewayOnLink: static routes are set before DHCP has brought the address that the gateway is reached from.
    where = {"Gateway": route.gateway, "GatewayOnLink": "yes"} if route.gateway else {}
    table = {} if route.table == MAIN_TABLE else {"Table": route.table}
    return {"Destination": "0.0.0.0/0" if route.destination == "default" else route.destination, **where, **table}


def _section(name: str, settings: dict) -> str:
    return "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in settings.items())])


def commands(files_change: bool, devices) -> list:
    """What makes networkd take up changed files, and set again what these devices, whose files are right, have lost."""
    reload = [["networkctl", "reload"]] if files_change else []  # it reconfigures the devices whose file changed
    return reload + ([["networkctl", "reconfigure", *sorted(devices)]] if devices else [])


def managed_files(devices) -> dict:
    """{device: the file by which networkd manages it, empty if it does not}; no entries when networkd does not run."""
    try:
        run(["systemctl", "is-active", NAME])
        return parse_status(run(["networkctl", "status", "--no-pager", "--full", "--lines=0", *devices]))
    except CommandFailed:
        return {}


def parse_status(text: str) -> dict:
    """managed_files() from what ``networkctl status`` prints. Pure."""
    found, device = {}, ""
    for line in text.splitlines():
        header = re.match(r"\W*\d+: (\S+)", line)
        if header:
            device = header.group(1)
            found[device] = ""
        setting = re.match(r"\s+Network File: (\S+)", line)
        if setting and device and setting.group(1) != "n/a":
            found[device] = setting.group(1)
    return found
