# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of PrivateLink between two companies: who gets what by which name, expected beside observed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lab.demo import presentation
from lab.fabric import Fabric, names, privatelink, probes
from lab.fabric.description import Description, VpcEndpoint
from lab.fabric.probes import Probe

HTTPS, SERVED = 443, 8443  # the listener's port, the servers'
AUTHORITY = "/etc/ssl/authority.pem"  # where the client has the certificate of the authority that it trusts
CURL = ["curl", "--silent", "--show-error", "--max-time", "3", "--cacert", AUTHORITY]

# https://curl.se/docs/manpage.html, "EXIT CODES"
MEANINGS = {
    0: "certificate matches",
    6: "no such name",
    28: "no answer",
    60: "certificate does not match",
}


@dataclass(frozen=True)
class Handshake:
    """``client`` is the consumer's instance, ``servers`` the provider's, which have the certificate for ``name``."""

    fabric: Fabric
    client: str
    servers: Sequence[str]
    name: str

    def before(self) -> list[tuple[str, str, str, str]]:
        """Rows while nothing connects the two: where, what, expected, observed."""
        return [self._by_name("consumer", self.client, "no such name"), self._to_the_server()]

    def after(self) -> list[tuple[str, str, str, str]]:
        """The same once the handshake is done."""
        return [
            self._by_name("consumer", self.client, "certificate matches"),
            self._who_is_seen(),
            *(self._by_dns_entry(entry) for entry in self.endpoint.dns_names if entry != self.name),
            self._by_name("provider", self.servers[0], "no such name"),
            self._to_the_server(),
            *self._backwards(),
        ]

    @property
    def _description(self) -> Description:
        return self.fabric.description

    @property
    def endpoint(self) -> VpcEndpoint:
        """Of the client's VPC."""
        vpc_id = self._description.instances[self.client].vpc_id
        return next(each for each in self._description.vpc_endpoints.values() if each.vpc_id == vpc_id)

    def _curl(self, instance: str, host: str) -> tuple[int, str]:
        done = self.fabric.guests[instance].run(*CURL, f"https://{host}/")
        return done.returncode, done.stdout

    def _by_name(self, where: str, instance: str, expected: str) -> tuple[str, str, str, str]:
        return where, f"curl https://{self.name}", expected, meaning(self._curl(instance, self.name)[0])

    def _by_dns_entry(self, name: str) -> tuple[str, str, str, str]:
        observed = meaning(self._curl(self.client, name)[0])
        return "consumer", f"curl https://{name.partition('.')[0]}...", "certificate does not match", observed

    def _who_is_seen(self) -> tuple[str, str, str, str]:
        """The server's answer is whom it sees."""
        _code, seen = self._curl(self.client, self.name)
        nodes = {
            eni.addresses[0]: "the load balancer"
            for eni in self._description.translating(self._description.instances[self.servers[0]].vpc_id)
        }
        return "provider", "whom the server sees", "the load balancer", nodes.get(seen, seen or "nobody")

    def _to_the_server(self) -> tuple[str, str, str, str]:
        """The two VPCs have the same addresses, and no way between them but the endpoint."""
        address = self._description.attached(instance_id=self.servers[-1])[0].addresses[0]
        return self._probe("consumer", names.namespace(self.client), address, SERVED, "as a server has in its own VPC")

    def _backwards(self) -> Iterator[tuple[str, str, str, str]]:
        for passage in privatelink.passages(self._description):
            address, node = privatelink.transit_address(passage.entrance), names.namespace(passage.node.id)
            yield self._probe("load balancer", node, address, HTTPS, "the way its answers take")

    def _probe(self, where: str, namespace: str, address: str, port: int, whose: str) -> tuple[str, str, str, str]:
        outcome = probes.tcp(self._description, Probe(namespace, address, port), timeout=2)
        observed = "answered" if outcome.answer == "answered" else "no answer"
        return where, f"{address}:{port}, {whose}", "no answer", observed


def meaning(code: int) -> str:
    return MEANINGS.get(code, f"curl ended with {code}")


def show(rows: Callable[[], list[tuple[str, str, str, str]]]) -> None:
    """Print the table. Raises NotAsExpected."""
    if not presentation.table("from", "to", rows()):
        raise presentation.NotAsExpected("the two companies did not get what was expected")
