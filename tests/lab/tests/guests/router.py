# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a guest under test is connected to."""

from __future__ import annotations

import pathlib

from lab import netns
from lab.fabric.dhcp import Dhcp

MACS = {"eth0": "02:00:00:00:00:05", "eth1": "02:00:00:00:01:05"}
ADDRESSES = {"eth0": "10.0.0.5", "eth1": "10.0.1.5"}
GATEWAYS = {"eth0": "10.0.0.1", "eth1": "10.0.1.1"}
CIDRS = {"eth0": "10.0.0.0/24", "eth1": "10.0.1.0/24"}
METRICS = {"eth0": 100, "eth1": 200}


class Router:
    """A VPC's router with DHCP for two interfaces, in a namespace that the caller made and ends."""

    def __init__(self, namespace: str, run_dir: pathlib.Path):
        self._namespace = namespace
        self._dhcp = Dhcp(namespace, run_dir)
        self._dhcp.update(
            [(CIDRS[device], GATEWAYS[device], "10.0.0.2") for device in MACS],
            [(MACS[device], ADDRESSES[device], CIDRS[device]) for device in MACS],
        )

    def plug(self, device: str, guest_namespace: str) -> None:
        netns.ip("-n", guest_namespace, "link", "add", device, "address", MACS[device], "type", "veth",
                 "peer", "name", f"port-{device}", "netns", self._namespace)
        netns.ip("-n", self._namespace, "address", "add", f"{GATEWAYS[device]}/24", "dev", f"port-{device}")
        netns.ip("-n", self._namespace, "link", "set", f"port-{device}", "up")

    def unplug(self, device: str) -> None:
        netns.ip("-n", self._namespace, "link", "delete", f"port-{device}")

    def stop(self) -> None:
        self._dhcp.stop()


def leased(guest_namespace: str, device: str) -> bool:
    """Whether the interface has its address and, by its default route, its place among the interfaces."""
    routes = netns.ip("-n", guest_namespace, "route", "show", "default").splitlines()
    addresses = netns.ip("-n", guest_namespace, "-brief", "-4", "address").splitlines()
    return any(
        route.startswith(f"default via {GATEWAYS[device]} dev {device} ") and f" metric {METRICS[device]}" in route
        for route in routes
    ) and any(f" {ADDRESSES[device]}/24" in line for line in addresses if line.startswith(f"{device}@"))
