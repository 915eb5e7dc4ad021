# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Neighbour discovery (RFC 4861) as a VPC answers it: for each address that is another ENI's, whoever has it.

What proxy_arp of the kernel does for IPv4 its proxy_ndp does for single addresses only, not for delegated prefixes.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import ipaddress
import os
import select
import socket
import struct
import threading
from collections.abc import Iterable, Mapping

from lab import netns

ETH_P_IPV6 = 0x86DD
SIOCGIFHWADDR = 0x8927  # netdevice(7)
SO_ATTACH_FILTER = 26  # socket(7)
SOLICITATION, ADVERTISEMENT = 135, 136
SOLICITED, OVERRIDE = 0x40, 0x20
TARGET_LINK_LAYER_ADDRESS = 2
LOAD, IS, RETURN = 0x30, 0x15, 0x06  # bpf(4): the octet at k, skip jt or jf instructions, so much of the packet
FILTER = (
    (LOAD, 0, 0, 6),  # the next header
    (IS, 0, 3, socket.IPPROTO_ICMPV6),
    (LOAD, 0, 0, 40),  # the type
    (IS, 0, 1, SOLICITATION),
    (RETURN, 0, 0, 0xFFFF),
    (RETURN, 0, 0, 0),
)


class Neighbours:
    """Answers in a VPC router's ``namespace`` from the moment it is made."""

    def __init__(self, namespace: str):
        self._owners: list[tuple[ipaddress.IPv6Network, str]] = []
        self._socket = netns.socket_in(namespace, socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
        _attach_filter(self._socket)
        self._stopping = os.eventfd(0)
        self._thread = threading.Thread(target=self._serve, name=f"neighbours in {namespace}", daemon=True)
        self._thread.start()

    def update(self, networks_by_port: Mapping[str, Iterable[str]]) -> None:
        """From now on, an address in one of these networks is known at every other port."""
        self._owners = [
            (ipaddress.IPv6Network(network), port)
            for port, networks in networks_by_port.items()
            for network in networks
        ]

    def stop(self) -> None:
        os.eventfd_write(self._stopping, 1)
        self._thread.join()
        self._socket.close()
        os.close(self._stopping)

    def _serve(self) -> None:
        while True:
            ready, _writable, _failed = select.select([self._socket, self._stopping], [], [])
            if self._stopping in ready:
                return
            packet, (port, _protocol, kind, _hardware, asker) = self._socket.recvfrom(1500)
            if kind != socket.PACKET_OUTGOING and len(packet) >= 64:
                with contextlib.suppress(OSError):  # the port went meanwhile
                    self._answer(packet, port, asker)

    def _answer(self, packet: bytes, port: str, asker: bytes) -> None:
        source, target = packet[8:24], ipaddress.IPv6Address(packet[48:64])
        # One without a source looks for duplicates (RFC 4862), and there are none: a VPC gives an address once.
        if any(source) and any(target in network and owner != port for network, owner in self._owners):
            request = struct.pack("256s", port.encode())
            mac = fcntl.ioctl(self._socket, SIOCGIFHWADDR, request)[18:24]
            self._socket.sendto(_advertisement(target.packed, source, mac), (port, ETH_P_IPV6, 0, 0, asker))


def _advertisement(target: bytes, asker: bytes, mac: bytes) -> bytes:
    """An IPv6 packet from ``target`` itself."""
    content = struct.pack("!B3x", SOLICITED | OVERRIDE) + target + bytes([TARGET_LINK_LAYER_ADDRESS, 1]) + mac
    message = bytes([ADVERTISEMENT, 0, 0, 0]) + content
    summed = target + asker + struct.pack("!I3xB", len(message), socket.IPPROTO_ICMPV6) + message
    header = struct.pack("!IHBB", 6 << 28, len(message), socket.IPPROTO_ICMPV6, 255) + target + asker
    return header + bytes([ADVERTISEMENT, 0]) + _checksum(summed) + content


def _checksum(data: bytes) -> bytes:
    """RFC 1071, of an even number of octets."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def _attach_filter(opened: socket.socket) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in FILTER))
    opened.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(FILTER), ctypes.addressof(program)))
