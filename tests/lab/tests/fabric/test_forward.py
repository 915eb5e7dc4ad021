# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.forward import Forward

PORT = 5555
LONG = bytes(range(256)) * 8192  # 2 MB: more than socket buffers take


@pytest.fixture
def target() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        yield listening


@pytest.fixture
def forward(namespace, target) -> Iterator[Forward]:
    forward = Forward(namespace, "127.0.0.1", PORT, *target.getsockname())
    forward.start()
    yield forward
    forward.stop()


def connect(namespace: str) -> socket.socket:
    with netns.inside(namespace):
        return socket.create_connection(("127.0.0.1", PORT), timeout=10)


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_what_is_sent_arrives_and_half_closed_connections_still_answer(namespace, target, forward):
    def echo():
        with target.accept()[0] as served:
            served.settimeout(10)
            served.sendall(read_all(served))

    server = threading.Thread(target=echo)
    server.start()
    with connect(namespace) as client:
        client.sendall(LONG)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == LONG
    server.join(10)


def test_connections_do_not_wait_for_each_other(namespace, target, forward):
    with connect(namespace), target.accept()[0]:
        with connect(namespace) as client, target.accept()[0] as served:
            served.sendall(b"hello")
            assert client.recv(5) == b"hello"


def test_a_target_that_refuses_closes_the_connection(namespace, target, forward):
    target.close()
    with connect(namespace) as client:
        assert client.recv(1) == b""


def test_stop_cuts_connections_and_frees_the_port(namespace, target, forward):
    with connect(namespace) as client, target.accept()[0] as served:
        forward.stop()
        assert client.recv(1) == b""
        assert served.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(namespace)
    forward.stop()


def test_a_taken_port_is_an_error(namespace, forward):
    with pytest.raises(OSError, match="Address already in use"):
        Forward(namespace, "127.0.0.1", PORT, "127.0.0.1", 1).start()
