# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The instance metadata service: who asks is told by the address that it asks from.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import http.server
import ipaddress
import re
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from lab import netns
from lab.fabric.metadata import find

ADDRESS = "169.254.169.254"
IPV6_ADDRESS = "fd00:ec2::254"
IP_FREEBIND = 15  # ip(7), of IPv6 too
TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "X-aws-ec2-metadata-token"
POLL_SECONDS = 0.1  # how soon `stop` is noticed
TTL_SECONDS = range(1, 21601)
VERSION = re.compile(r"latest|\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Instance:
    """``tree`` is that of `metadata.tree`, ``options`` are the MetadataOptions of DescribeInstances."""

    tree: dict
    options: Mapping[str, str | int]

    @property
    def id(self) -> str:
        return self.tree["meta-data"]["instance-id"]


class Imds:
    """Answers at http://169.254.169.254 inside ``namespace``, and at http://[fd00:ec2::254] where IPv6 is on.

    The addresses are the namespace's already, or come later.
    """

    def __init__(self, namespace: str):
        self._namespace = namespace
        self._servers: dict[str, _Server] = {}
        self._instances: list[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, Instance]] = []
        self.tokens: dict[str, tuple[str, float]] = {}  # token -> instance it was given to, end of its life

    def start(self) -> None:
        """Requests are accepted when this returns. Raises OSError."""
        self._listen(ADDRESS)

    def update(self, instances_by_network: Mapping[str, Instance], ipv6: bool = False) -> None:
        """Answer requests from each of these addresses and prefixes."""
        self._instances = [(ipaddress.ip_network(network), each) for network, each in instances_by_network.items()]
        if ipv6 and IPV6_ADDRESS not in self._servers:
            self._listen(IPV6_ADDRESS)

    def instance_at(self, address: str) -> Instance | None:
        host = ipaddress.ip_address(address)
        return next((instance for network, instance in self._instances if host in network), None)

    def stop(self) -> None:
        """May be called again."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers = {}

    def _listen(self, address: str) -> None:
        with netns.inside(self._namespace):
            self._servers[address] = _Server(self, address)
        threading.Thread(target=self._servers[address].serve_forever, args=(POLL_SECONDS,), daemon=True).start()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, imds: Imds, address: str):
        self.imds = imds
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, 80), _Request)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        super().server_bind()


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_PUT(self):
        version, *path = self._path() or [""]
        if path != ["api", "token"]:
            return self._answer(404)
        instance = self._instance()
        if not instance or version != "latest" or "X-Forwarded-For" in self.headers:
            return self._answer(403)
        ttl = self.headers.get(TTL_HEADER, "")
        if not ttl.isdecimal() or int(ttl) not in TTL_SECONDS:
            return self._answer(400)
        token = secrets.token_urlsafe(40)
        self.server.imds.tokens[token] = (instance.id, time.monotonic() + int(ttl))
        return self._answer(200, token, {TTL_HEADER: ttl})

    def do_GET(self):
        instance = self._instance()
        if not instance:
            return self._answer(403)
        if not self._is_allowed(instance):
            return self._answer(401)
        version, *path = self._path() or [None]
        if version and not VERSION.fullmatch(version):
            return self._answer(404)
        content = find(instance.tree, path) if version else "latest"
        return self._answer(404) if content is None else self._answer(200, content)

    def _is_allowed(self, instance: Instance) -> bool:
        """By a token, which counts whenever there is one; without, version 1 of the service where it is not off."""
        if TOKEN_HEADER not in self.headers:
            return instance.options.get("HttpTokens") == "optional"
        instance_id, end = self.server.imds.tokens.get(self.headers[TOKEN_HEADER], ("", 0.0))
        return instance_id == instance.id and time.monotonic() <= end

    def _instance(self) -> Instance | None:
        """Who asks, if it may ask here at all."""
        instance = self.server.imds.instance_at(self.client_address[0])
        if not instance:
            return None
        needed = ["HttpEndpoint", *(["HttpProtocolIpv6"] if self.server.address_family == socket.AF_INET6 else [])]
        return instance if all(instance.options.get(option) == "enabled" for option in needed) else None

    def _path(self) -> list[str]:
        return [part for part in self.path.partition("?")[0].split("/") if part]

    def _answer(self, status: int, content: str = "", headers: Mapping[str, str] | None = None) -> None:
        body = content.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/plain", "Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Silent: the fabric's own lines are what its user reads."""
