# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The resolver of a VPC: private zones associated with it, private names of its endpoints, public ones of all.

The most specific of the zones alone answers for a name. CNAME and alias records are followed here: what a client gets
is the addresses at their end. All other names do not exist; the fabric's Internet has none.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html and
https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence

from lab.fabric.description import Description, Record, Vpc, VpcEndpoint
from lab.fabric.dnsmasq import Dnsmasq

PUBLIC = ".vpce.amazonaws.com"  # in the names of an endpoint that all the world resolves
OPTIONS = ["no-resolv", "no-hosts", "bind-interfaces", "cache-size=0", "address=/#/"]

Zone = tuple[str, Sequence[Record]]  # its name, empty for the Internet's


class Dns:
    """Answers at ``addresses`` inside ``namespace``, once there is something to answer.

    :param run_dir: where configuration and log are kept
    """

    def __init__(self, namespace: str, addresses: Sequence[str], run_dir: pathlib.Path):
        self._addresses = addresses
        self._server = Dnsmasq("DNS", namespace, run_dir)

    def update(self, answers: Mapping[str, Sequence[str]]) -> None:
        """Answer this from now on. Raises `DnsmasqError`."""
        self._server.serve(configuration(self._addresses, answers))

    def stop(self) -> None:
        """Return when the server is gone. May be called again."""
        self._server.stop()


def configuration(listen: Sequence[str], answers: Mapping[str, Sequence[str]]) -> str:
    """dnsmasq.conf for these answers, as `Dns.update` takes them."""
    lines = [*OPTIONS, f"listen-address={','.join(listen)}"]
    for name, addresses in sorted(answers.items()):
        record = f"address=/{name}/" if name.startswith("*.") else f"host-record={name},"
        lines += [record + address for address in addresses]
    return "\n".join(lines) + "\n"


def answers(description: Description, vpc: Vpc) -> dict[str, tuple[str, ...]]:
    """Addresses by name, or by ``*.`` and the rest of it."""
    zones = [("", list(_public_records(description)))]
    if vpc.dns_hostnames:
        zones += _private_zones(description, vpc)
    records: dict[str, list[Record]] = {}
    for zone, contents in zones:
        for record in contents:
            if zone == max((name for name, _records in zones if _within(record.name, name)), key=len):
                records.setdefault(record.name, []).append(record)
    found = {name: _follow(name, records) for name in records}
    return {name: tuple(sorted(set(addresses))) for name, addresses in found.items() if addresses}


def _private_zones(description: Description, vpc: Vpc) -> Iterator[Zone]:
    for zone in description.hosted_zones.values():
        if vpc.id in zone.vpcs:
            yield zone.name, zone.records
    for endpoint in description.vpc_endpoints.values():
        for name in endpoint.dns_names:
            if endpoint.vpc_id == vpc.id and PUBLIC not in name:
                yield name.removeprefix("*."), [_record(description, endpoint, name)]


def _public_records(description: Description) -> Iterator[Record]:
    for endpoint in description.vpc_endpoints.values():
        for name in endpoint.dns_names:
            if PUBLIC in name:
                yield _record(description, endpoint, name)


def _record(description: Description, endpoint: VpcEndpoint, name: str) -> Record:
    """A zonal name, one with a label that ends in a zone's name, is that of the ENI there; others are of all ENIs."""
    interfaces = [
        description.network_interfaces[eni_id]
        for eni_id in endpoint.network_interfaces
        if eni_id in description.network_interfaces
    ]
    zones = {eni.id: description.subnets[eni.subnet_id].zone_name for eni in interfaces}
    zonal = [eni for eni in interfaces if any(label.endswith(f"-{zones[eni.id]}") for label in name.split("."))]
    return Record(name, "A", tuple(address for eni in zonal or interfaces for address in eni.addresses[:1]))


def _within(name: str, zone: str) -> bool:
    return not zone or name == zone or name.endswith(f".{zone}")


def _follow(name: str, records: Mapping[str, Sequence[Record]], seen: frozenset[str] = frozenset()) -> list[str]:
    """The addresses at the end of the chain that starts with ``name``; a chain that bites its tail has none."""
    if name in seen:
        return []
    addresses = []
    for record in records.get(name) or records.get(f"*.{name.partition('.')[2]}", ()):
        for value in record.values:
            addresses += [value] if record.type == "A" else _follow(value, records, seen | {name})
    return addresses
