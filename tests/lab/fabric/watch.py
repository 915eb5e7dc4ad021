# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sees the IP packets on every link of a namespace, also those that its filters drop (packet(7))."""

from __future__ import annotations

import ipaddress
import socket
import struct
from dataclasses import dataclass

from lab import netns

ETH_P_ALL = 0x0003
ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
RECEIVE_BUFFER = 8 << 20
FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG")  # RFC 9293, from the lowest bit


@dataclass(frozen=True)
class Packet:
    """``incoming`` is as the namespace sees it: on the link to an ENI, what the ENI sent. ``flags`` are TCP's."""

    interface: str
    incoming: bool
    protocol: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    flags: frozenset[str]


class Watch:
    """Records from the moment it is made. Selectable: ``packets()`` has something once ``fileno()`` is readable."""

    def __init__(self, namespace: str):
        with netns.inside(namespace):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def packets(self) -> list[Packet]:
        """What was seen since the last call, in order; never waits."""
        seen = []
        while True:
            try:
                data, (interface, protocol, direction, *_rest) = self._socket.recvfrom(128)
            except BlockingIOError:
                return seen
            if parsed := _header(protocol, data):
                seen.append(_packet(interface, direction != socket.PACKET_OUTGOING, *parsed))

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_error) -> None:
        self.close()


def _header(ethertype: int, data: bytes) -> tuple[int, str, str, bytes] | None:
    """The protocol, source, destination and content of an IP packet; extension headers of IPv6 are not looked into."""
    if ethertype == ETH_P_IP and len(data) >= 20:
        length, layout = (data[0] & 0x0F) * 4, "!9xB2x4s4s"
    elif ethertype == ETH_P_IPV6 and len(data) >= 40:
        length, layout = 40, "!6xBx16s16s"
    else:
        return None
    protocol, *addresses = struct.unpack_from(layout, data)
    source, destination = (str(ipaddress.ip_address(address)) for address in addresses)
    return protocol, source, destination, data[length:]


def _packet(interface: str, incoming: bool, protocol: int, source: str, destination: str, content: bytes) -> Packet:
    source_port = destination_port = bits = 0
    if protocol in (socket.IPPROTO_TCP, socket.IPPROTO_UDP) and len(content) >= 4:
        source_port, destination_port = struct.unpack_from("!HH", content)
    if protocol == socket.IPPROTO_TCP and len(content) >= 14:
        bits = content[13]
    return Packet(
        interface=interface,
        incoming=incoming,
        protocol=protocol,
        source=source,
        source_port=source_port,
        destination=destination,
        destination_port=destination_port,
        flags=frozenset(name for bit, name in enumerate(FLAGS) if bits >> bit & 1),
    )
