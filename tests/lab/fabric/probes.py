# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Opens TCP connections from anywhere in the fabric, many at once, and tells by which ENI the guests' packets left."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab import netns
from lab.fabric import names
from lab.fabric.description import Description
from lab.fabric.watch import Packet, Watch

UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH)


@dataclass(frozen=True)
class Probe:
    """A TCP connection from ``namespace``, by default from the address that its routes choose."""

    namespace: str
    destination: str
    port: int
    source: str | None = None


@dataclass(frozen=True)
class Outcome:
    """``answer`` is answered, refused, unreachable or timeout.

    ``request_left_by`` and ``reply_left_by`` are the devices (eth0, eth1) by which the first packet of each direction
    left a guest, also when it was dropped on its way later; None where no guest sent one.
    """

    answer: str
    request_left_by: str | None = None
    reply_left_by: str | None = None


class _Attempt:
    """A probe under way. ``request`` and ``reply`` are the interfaces by which each first came out of a guest."""

    def __init__(self, probe: Probe, public: Mapping[str, str]):
        family = socket.AF_INET6 if ":" in probe.destination else socket.AF_INET
        self.socket = netns.socket_in(probe.namespace, family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.bind((probe.source or "", 0))
        self.answer: str | None = None
        self.request: str | None = None
        self.reply: str | None = None
        self._destination_port = probe.port
        error = self.socket.connect_ex((probe.destination, probe.port))
        if error != errno.EINPROGRESS:
            self.finish(error)
        address, self._port, *_rest = self.socket.getsockname()
        self._addresses = {address, public.get(address)}

    def finish(self, error: int) -> None:
        if error in UNREACHABLE:
            self.answer = "unreachable"
        elif error == errno.ECONNREFUSED:
            self.answer = "refused"
        elif error == 0:
            self.answer = "answered"
        else:
            self.answer = "timeout"

    def see(self, packet: Packet) -> None:
        ports = (packet.source_port, packet.destination_port)
        if ports == (self._port, self._destination_port) and packet.source in self._addresses:
            self.request = self.request or packet.interface
        elif ports == (self._destination_port, self._port) and packet.destination in self._addresses:
            self.reply = self.reply or packet.interface


def from_guest(instance_id: str, destination: str, port: int, source: str | None = None) -> Probe:
    """What the guest of ``instance_id`` would start itself."""
    return Probe(names.namespace(instance_id), destination, port, source)


def tcp(description: Description, probe: Probe, timeout: float = 3) -> Outcome:
    """One probe alone."""
    return run(description, [probe], timeout)[0]


def run(description: Description, probes: Sequence[Probe], timeout: float = 3) -> list[Outcome]:
    """All probes at once, in at most ``timeout`` seconds; the outcomes in the order of ``probes``.

    Raises NamespaceError for a namespace that does not exist, OSError for a source that is not an address in it.
    """
    public = {private: address for eni in description.attached() for private, address in eni.public.items()}
    devices = {names.interface(eni.id): names.device(eni.device_index) for eni in description.attached()}
    with contextlib.ExitStack() as stack:
        watches = [stack.enter_context(Watch(names.namespace(vpc_id))) for vpc_id in description.vpcs]
        attempts = []
        for probe in probes:
            attempts.append(_Attempt(probe, public))
            stack.callback(attempts[-1].socket.close)
        for packet in _collect(attempts, watches, time.monotonic() + timeout):
            if packet.incoming and packet.interface in devices:
                for attempt in attempts:
                    attempt.see(packet)
    return [
        Outcome(attempt.answer or "timeout", devices.get(attempt.request), devices.get(attempt.reply))
        for attempt in attempts
    ]


def _collect(attempts: Iterable[_Attempt], watches: Sequence[Watch], deadline: float) -> Iterator[Packet]:
    """Finishes the attempts and yields the packets seen until all have an answer or the deadline has passed."""
    with selectors.DefaultSelector() as selector:
        for watch in watches:
            selector.register(watch, selectors.EVENT_READ)
        pending = {attempt.socket: attempt for attempt in attempts if attempt.answer is None}
        for waiting in pending:
            selector.register(waiting, selectors.EVENT_WRITE)
        while pending and (left := deadline - time.monotonic()) > 0:
            for key, _events in selector.select(left):
                if key.fileobj in pending:
                    selector.unregister(key.fileobj)
                    error = key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    pending.pop(key.fileobj).finish(error)
                else:
                    yield from key.fileobj.packets()
        for watch in watches:
            yield from watch.packets()
