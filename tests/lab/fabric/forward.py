# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A TCP door out of a namespace: what connects to it inside is connected to a server of the host."""

from __future__ import annotations

import contextlib
import socket
import threading

from lab import netns

CHUNK = 65536


class Forward:
    """Listens on ``host``:``port`` inside ``namespace``, and connects to ``target_host``:``target_port`` outside of it.

    A connection whose target refuses is closed at once.
    """

    def __init__(self, namespace: str, host: str, port: int, target_host: str, target_port: int):
        self._namespace = namespace
        self._address = (host, port)
        self._target = (target_host, target_port)
        self._listening: socket.socket | None = None
        self._accepted: set[socket.socket] = set()

    def start(self) -> None:
        """Connections are accepted when this returns. Raises OSError if the address cannot be bound."""
        with netns.inside(self._namespace):
            self._listening = socket.create_server(self._address, backlog=128)
        self._acceptor = _thread(self._accept, self._listening)

    def stop(self) -> None:
        """Stop listening and cut the connections. May be called again."""
        if self._listening:
            _shut(self._listening)
            self._acceptor.join()
            self._listening = None
            for connection in list(self._accepted):
                _shut(connection)

    def _accept(self, listening: socket.socket) -> None:
        with listening, contextlib.suppress(OSError):  # raised when the socket is shut
            while True:
                connection, _address = listening.accept()
                self._accepted.add(connection)
                _thread(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            with contextlib.suppress(OSError), socket.create_connection(self._target) as target:
                answering = _thread(_pump, target, connection)
                _pump(connection, target)
                answering.join()
            self._accepted.discard(connection)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Each direction ends on its own, as a client may have sent all and wait for the answer; a broken one ends both."""
    try:
        while chunk := source.recv(CHUNK):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        _shut(source)
        _shut(sink)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _thread(target, *arguments) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread
