# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The packet table of dual-homed servers: who reaches what, by which interface, expected beside observed.

``python -m lab.demo.packets before|after`` prints it for what the endpoint describes and the fabric has built, and exits with 1 if a
packet did not do what was expected.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import boto3

from lab.demo import presentation
from lab.fabric import names, probes
from lab.fabric.describe import Cloud
from lab.fabric.description import Description, Instance
from lab.fabric.probes import Outcome, Probe
from lab.fabric.topology import host_in

SSH, WEB, SYSLOG = 22, 80, 514
STATES = ("before", "after")


@dataclass(frozen=True)
class Expectation:
    """One row: a connection and what becomes of it, in words that an observation is put into too."""

    server: str
    what: str
    probe: Probe
    expected: str


def table(description: Description, state: str) -> list[Expectation]:
    """What packets do in a dual-homed network ``before`` the servers' routing is configured, and ``after``."""
    return [
        row for instance_id, instance in sorted(description.instances.items(), key=lambda item: name(description, item[0]))
        for row in _rows(description, instance, state == "after")
    ]


def _rows(description: Description, instance: Instance, configured: bool) -> Iterator[Expectation]:
    eth0, eth1 = description.attached(instance_id=instance.id)
    server, corporate = name(description, instance.id), names.CORP

    def row(what: str, namespace: str, destination: str, port: int, expected: str) -> Expectation:
        return Expectation(server, what, Probe(namespace, destination, port), expected)

    elastic_ip = eth0.public[eth0.addresses[0]]
    yield row(f"Internet to {elastic_ip}:80 (eth0)", names.CLIENT, elastic_ip, WEB, "answered out of eth0")
    yield row(f"Internet to {elastic_ip}:22 (eth0)", names.CLIENT, elastic_ip, SSH, "no answer")
    primary, *secondaries = eth1.addresses
    yield row(f"Internet to {primary}:22 (eth1)", names.CLIENT, primary, SSH, "no answer")
    yield row(f"corporate to {primary}:22 (eth1)", corporate, primary, SSH,
              "answered out of eth1" if configured else "no answer, the reply left by eth0")
    yield row(f"corporate to {primary}:80 (eth1)", corporate, primary, WEB, "no answer")
    for address in secondaries:
        yield row(f"corporate to {address}:22 (eth1, secondary)", corporate, address, SSH,
                  "answered out of eth1" if configured else "no answer")
    guest = names.namespace(instance.id)
    yield row("server to the Internet", guest, names.CLIENT_ADDRESS, WEB, "left by eth0")
    for destination in corporate_hosts(description):
        yield row(f"server to corporate {destination}", guest, destination, SYSLOG, f"left by {'eth1' if configured else 'eth0'}")


def name(description: Description, instance_id: str) -> str:
    """The instance's Name tag, else its id."""
    tags = description.raw[instance_id].get("Tags", ())
    return next((tag["Value"] for tag in tags if tag["Key"] == "Name"), instance_id)


def corporate_hosts(description: Description) -> list[str]:
    """The corporate network's own address in each prefix behind the VPN."""
    prefixes = {prefix for gateway in description.vpn_gateways.values() for prefix in gateway.prefixes}
    return [host_in(prefix) for prefix in sorted(prefixes)]


def observed(expectation: Expectation, outcome: Outcome) -> str:
    """The outcome in the expectation's words."""
    if expectation.expected.startswith("left by"):
        return f"left by {outcome.request_left_by}" if outcome.request_left_by else "did not leave"
    if outcome.answer == "answered":
        return f"answered out of {outcome.reply_left_by}"
    if outcome.answer == "refused":
        return "refused"
    return f"no answer, the reply left by {outcome.reply_left_by}" if outcome.reply_left_by else "no answer"


def show(description: Description, state: str) -> bool:
    """Send the packets, print the table, and tell whether all is as expected."""
    rows = table(description, state)
    outcomes = probes.run(description, [row.probe for row in rows])
    return presentation.table(
        "server",
        "packet",
        [(row.server, row.what, row.expected, observed(row, outcome)) for row, outcome in zip(rows, outcomes)],
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.demo.packets", description=__doc__)
    parser.add_argument("state", choices=STATES)
    return 0 if show(Cloud(boto3.client).describe(), parser.parse_args().state) else 1


if __name__ == "__main__":
    sys.exit(main())
