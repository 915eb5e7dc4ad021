# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a guest under test is connected to."""

from __future__ import annotations

import pathlib
import socket

from lab import netns
from lab.fabric.dhcp import Dhcp

MACS = {"eth0": "02:00:00:00:00:05", "eth1": "02:00:00:00:01:05"}
ADDRESSES = {"eth0": ("10.0.0.5", "2001:db8::5"), "eth1": ("10.0.1.5", "2001:db8:0:1::5")}
GATEWAYS = {"eth0": ("10.0.0.1", "2001:db8::1"), "eth1": ("10.0.1.1", "2001:db8:0:1::1")}
CIDRS = {"eth0": ("10.0.0.0/24", "2001:db8::/64"), "eth1": ("10.0.1.0/24", "2001:db8:0:1::/64")}
METRICS = {"eth0": 100, "eth1": 200}


class Router:
    """A VPC's router with DHCP of both families for two interfaces, in a namespace that the caller made and ends."""

    def __init__(self, namespace: str, run_dir: pathlib.Path):
        self._namespace = namespace
        with netns.inside(namespace):  # whoever does not forward is no router to its neighbours (RFC 4861, 7.2.5)
            pathlib.Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
        self._dhcp = Dhcp(namespace, run_dir)
        self._dhcp.update(
            [(CIDRS[device][0], GATEWAYS[device][0], "10.0.0.2") for device in MACS],
            [(MACS[device], address, "guest") for device in MACS for address in ADDRESSES[device]],
            [CIDRS[device][1] for device in MACS],
        )

    def plug(self, device: str, guest_namespace: str) -> None:
        port, (gateway, ipv6_gateway) = f"port-{device}", GATEWAYS[device]
        netns.ip("-n", guest_namespace, "link", "add", device, "address", MACS[device], "type", "veth",
                 "peer", "name", port, "netns", self._namespace)
        netns.ip("-n", self._namespace, "address", "add", f"{gateway}/24", "dev", port)
        netns.ip("-n", self._namespace, "address", "add", f"{ipv6_gateway}/64", "dev", port, "nodad")
        netns.ip("-n", self._namespace, "link", "set", port, "up")

    def unplug(self, device: str) -> None:
        netns.ip("-n", self._namespace, "link", "delete", f"port-{device}")

    def stop(self) -> None:
        self._dhcp.stop()


def leased(guest_namespace: str, device: str) -> bool:
    """Whether the interface has its addresses and, by its default route, its place among the interfaces."""

    def shown(*arguments: str) -> str:
        return netns.ip("-n", guest_namespace, *arguments, "dev", device) if _is_there(guest_namespace, device) else ""

    address, ipv6_address = ADDRESSES[device]
    addresses = shown("address", "show")
    return (
        f" inet {address}/24 " in addresses
        and f" inet6 {ipv6_address}/128 " in addresses
        and f"default via {GATEWAYS[device][0]} " in (route := shown("route", "show", "default"))
        and f" metric {METRICS[device]} " in route
        and " via fe80:" in shown("-6", "route", "show", "default")
    )


def _is_there(namespace: str, device: str) -> bool:
    with netns.inside(namespace):
        return device in (name for _index, name in socket.if_nameindex())
