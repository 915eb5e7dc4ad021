# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sees the IPv4 packets on every link of a namespace, also those that its filters drop (packet(7))."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from lab import netns

ETH_P_ALL = 0x0003
ETH_P_IP = 0x0800
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
            if protocol == ETH_P_IP and len(data) >= 20:
                seen.append(_parse(data, interface, incoming=direction != socket.PACKET_OUTGOING))

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_error) -> None:
        self.close()


def _parse(data: bytes, interface: str, incoming: bool) -> Packet:
    protocol, source, destination = struct.unpack_from("!9xB2x4s4s", data)
    header = (data[0] & 0x0F) * 4
    source_port = destination_port = bits = 0
    if protocol in (socket.IPPROTO_TCP, socket.IPPROTO_UDP) and len(data) >= header + 4:
        source_port, destination_port = struct.unpack_from("!HH", data, header)
    if protocol == socket.IPPROTO_TCP and len(data) >= header + 14:
        bits = data[header + 13]
    return Packet(
        interface=interface,
        incoming=incoming,
        protocol=protocol,
        source=socket.inet_ntoa(source),
        source_port=source_port,
        destination=socket.inet_ntoa(destination),
        destination_port=destination_port,
        flags=frozenset(name for bit, name in enumerate(FLAGS) if bits >> bit & 1),
    )
