# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Docker makes of a server, with ip(8): a bridge, a container behind it; and a rule of the administrator's own."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator

from lab import netns
from lab.fabric import names
from lab.faults.guest_routing.server import Server
from lab.tests.polling import eventually

BRIDGE, CONTAINER, PORT = "172.17.0.1", "172.17.0.2", 8080
IN_THE_SERVER = [
    "link add docker0 type bridge",
    f"address add {BRIDGE}/16 dev docker0",
    "link set docker0 up",
    "link set veth-container master docker0 up",
    "route add default via 10.0.0.1 table 77",
    "rule add from 203.0.113.77 lookup 77 priority 1000",
]
IN_THE_CONTAINER = ["link set eth0 up", f"address add {CONTAINER}/16 dev eth0", f"route add default via {BRIDGE}"]
LINKS_GONE = ["link delete docker0", "link delete veth-container"]
RULE_GONE = ["rule delete from 203.0.113.77 lookup 77 priority 1000", "route flush table 77"]


class _Service(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"ready\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextlib.contextmanager
def container(server: Server) -> Iterator[None]:
    """It answers to the server at CONTAINER and PORT."""
    inside, outside = f"{names.PREFIX}container-{server.instance_id}", server.guest.namespace
    netns.create(inside)
    _batch(outside, [f"link add veth-container type veth peer name eth0 netns {inside}", *IN_THE_SERVER])
    _batch(inside, IN_THE_CONTAINER)
    try:
        with netns.inside(inside):
            service = _Server((CONTAINER, PORT), _Service)
        with service:
            threading.Thread(target=service.serve_forever, args=[0.05], daemon=True).start()
            eventually(lambda: server.reaches(CONTAINER, PORT))
            yield
            service.shutdown()
    finally:
        _batch(outside, LINKS_GONE)
        netns.delete(inside)
    _batch(outside, RULE_GONE)


def _batch(namespace: str, lines: list[str]) -> None:
    netns.ip("-netns", namespace, "-batch", "-", lines="\n".join(lines) + "\n")
