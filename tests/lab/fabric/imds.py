# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The instance metadata service, version 2 only: who asks is told by the address that it asks from.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import http.server
import re
import secrets
import socketserver
import threading
import time
from collections.abc import Mapping

from lab import netns
from lab.fabric.metadata import find

ADDRESS = "169.254.169.254"
TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "X-aws-ec2-metadata-token"
POLL_SECONDS = 0.1  # how soon `stop` is noticed
TTL_SECONDS = range(1, 21601)
VERSION = re.compile(r"latest|\d{4}-\d{2}-\d{2}")


class Imds:
    """Answers at http://169.254.169.254 inside ``namespace``."""

    def __init__(self, namespace: str):
        self._namespace = namespace
        self._server: _Server | None = None

    def start(self) -> None:
        """Requests are accepted when this returns. Raises OSError."""
        self._address("replace")
        with netns.inside(self._namespace):
            self._server = _Server((ADDRESS, 80), _Request)
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def update(self, instances_by_address: Mapping[str, dict]) -> None:
        """Answer requests from each of these addresses out of its instance's `metadata.tree`."""
        self._server.trees = dict(instances_by_address)

    def stop(self) -> None:
        """May be called again."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            self._address("delete")

    def _address(self, verb: str) -> None:
        netns.ip("-netns", self._namespace, "address", verb, f"{ADDRESS}/32", "dev", "lo")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *arguments):
        self.trees: dict[str, dict] = {}
        self.tokens: dict[str, tuple[str, float]] = {}  # token -> instance it was given to, end of its life
        super().__init__(*arguments)


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_PUT(self):
        if self._path() != ["latest", "api", "token"]:
            return self._answer(404)
        metadata = self._metadata()
        if not metadata or "X-Forwarded-For" in self.headers:
            return self._answer(403)
        ttl = self.headers.get(TTL_HEADER, "")
        if not ttl.isdecimal() or int(ttl) not in TTL_SECONDS:
            return self._answer(400)
        token = secrets.token_urlsafe(40)
        self.server.tokens[token] = (metadata["meta-data"]["instance-id"], time.monotonic() + int(ttl))
        return self._answer(200, token, {TTL_HEADER: ttl})

    def do_GET(self):
        instance_id, end = self.server.tokens.get(self.headers.get(TOKEN_HEADER), ("", 0.0))
        metadata = self._metadata()
        if not metadata or instance_id != metadata["meta-data"]["instance-id"] or time.monotonic() > end:
            return self._answer(401)
        version, *path = self._path() or [None]
        if version and not VERSION.fullmatch(version):
            return self._answer(404)
        content = find(metadata, path) if version else "latest"
        return self._answer(404) if content is None else self._answer(200, content)

    def _path(self) -> list[str]:
        return [part for part in self.path.partition("?")[0].split("/") if part]

    def _metadata(self) -> dict | None:
        return self.server.trees.get(self.client_address[0])

    def _answer(self, status: int, content: str = "", headers: Mapping[str, str] | None = None) -> None:
        body = content.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/plain", "Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Silent: the fabric's own lines are what its user reads."""
