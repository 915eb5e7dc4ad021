# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The slots of a machine for network interfaces: what is plugged into a namespace is plugged into the machine.

An ENI's link ends in the instance's namespace with the ENI's MAC. Each of its frames goes on to a tap of the machine
and back (tc-mirred(8)), ahead of the namespace's own stack, which must not answer in the machine's place.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import socket
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from lab import netns
from lab.guests import GuestError
from lab.vm.channel import Channel, ChannelError

FIRST_SLOT = 5  # eth0 of the fabric is ens5 in the machine
RTMGRP_LINK = 1  # rtnetlink(7)
WITHOUT_IPV6 = [pathlib.Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6") for scope in ("all", "default")]
REDIRECT = "protocol all u32 match u32 0 0 action mirred egress redirect"


@dataclass(frozen=True)
class Link:
    """The namespace's end of the link to an ENI. ``number`` is the kernel's: one that was made again has another."""

    number: int
    device_index: int
    mac: str
    mtu: int

    @property
    def device(self) -> str:
        return f"eth{self.device_index}"

    @property
    def tap(self) -> str:
        return f"tap{self.device_index}"


class Slots:
    """``monitor`` opens a conversation with QEMU, which runs in ``namespace``."""

    def __init__(self, namespace: str, monitor: Callable[[], AbstractContextManager[Channel]]):
        self._namespace = namespace
        self._monitor = monitor
        self._plugged: dict[int, Link] = {}
        with netns.inside(namespace):
            for switch in filter(pathlib.Path.exists, WITHOUT_IPV6):
                switch.write_text("1")

    def update(self) -> bool:
        """Plug and unplug. False while the machine still has what it was asked to let go of: call again a second later.

        Raises `GuestError`.
        """
        present = _links(self._namespace)
        for index, link in list(self._plugged.items()):
            if present.get(index) != link and self._unplugged(link):
                del self._plugged[index]
        for index, link in present.items():
            if index not in self._plugged:
                self._plug(link)
                self._plugged[index] = link
        return self._plugged == present

    def _plug(self, link: Link) -> None:
        card = {"driver": "virtio-net-pci", "mac": link.mac, "addr": hex(FIRST_SLOT + link.device_index), "romfile": ""}
        with self._monitor() as monitor:
            monitor.call("netdev_add", type="tap", id=link.tap, ifname=link.tap, script="no", downscript="no")
            try:
                self._tie(link)
                monitor.call("device_add", id=link.device, netdev=link.tap, **card)
            except GuestError:
                monitor.call("netdev_del", id=link.tap)
                with contextlib.suppress(GuestError):  # it may not have come that far
                    _batch(["tc"], self._namespace, [f"qdisc delete dev {link.device} clsact"])
                raise

    def _tie(self, link: Link) -> None:
        _batch(["ip"], self._namespace, [f"link set {link.tap} mtu {link.mtu} up", f"link set {link.device} up"])
        lines = []
        for one, other in ((link.device, link.tap), (link.tap, link.device)):
            lines += [f"qdisc add dev {one} clsact", f"filter add dev {one} ingress {REDIRECT} dev {other}"]
        _batch(["tc"], self._namespace, lines)

    def _unplugged(self, link: Link) -> bool:
        """Ask the machine, whose kernel lets go of a device when it is up and has the time."""
        with self._monitor() as monitor:
            with contextlib.suppress(ChannelError):  # it was asked already, or has let go
                monitor.call("device_del", id=link.device)
            if link.device in [item["name"] for item in monitor.call("qom-list", path="/machine/peripheral")]:
                return False
            monitor.call("netdev_del", id=link.tap)
        return True


def changes(namespace: str) -> socket.socket:
    """Readable when links of ``namespace`` have changed since it was read (rtnetlink(7)); reading does not wait."""
    with netns.inside(namespace):
        listening = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    listening.bind((0, RTMGRP_LINK))
    listening.setblocking(False)
    return listening


def _links(namespace: str) -> dict[int, Link]:
    """By device index."""
    shown = json.loads(netns.ip("-netns", namespace, "-json", "link", "show", "type", "veth"))
    found = {}
    for item in shown:
        if match := re.fullmatch(r"eth(\d+)", item.get("ifname", "")):
            index = int(match[1])
            found[index] = Link(item["ifindex"], index, item["address"], item["mtu"])
    return found


def _batch(program: list[str], namespace: str, lines: list[str]) -> None:
    argv = [*program, "-netns", namespace, "-batch", "-"]
    done = subprocess.run(argv, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GuestError(f"{' '.join(argv)}: {done.stderr.strip()}")
