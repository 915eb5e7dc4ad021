# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is different between two descriptions, a line each for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lab.fabric import names
from lab.fabric.description import AclEntry, Description, Match, NetworkInterface, Permission


def lines(old: Description, new: Description) -> list[str]:
    """``+`` appeared, ``-`` went, ``~`` changed."""
    before, after = dict(_facts(old)), dict(_facts(new))
    return [
        *(f"- {key} {before[key]}" for key in before if key not in after),
        *(f"+ {key} {after[key]}" for key in after if key not in before),
        *(f"~ {key} {after[key]}" for key in after if key in before and before[key] != after[key]),
    ]


def _facts(description: Description) -> Iterator[tuple[str, str]]:
    for vpc in description.vpcs.values():
        gateways = (vpc.internet_gateway, vpc.egress_only_gateway, vpc.vpn_gateway)
        yield vpc.id, _words(*vpc.cidrs, *vpc.ipv6_cidrs, *gateways)
    for gateway in description.vpn_gateways.values():
        yield gateway.id, f"to {_listed(gateway.prefixes)}"
    for table in description.route_tables.values():
        yield table.id, _listed(f"{route.destination} to {route.target}" for route in table.routes)
    for subnet in description.subnets.values():
        yield subnet.id, _words(subnet.cidr, subnet.ipv6_cidr, subnet.route_table, subnet.network_acl)
    for acl in description.network_acls.values():
        for direction, entries in (("in", acl.ingress), ("out", acl.egress)):
            yield f"{acl.id} {direction}", _listed(_acl_entry(entry) for entry in entries)
    for group in description.security_groups.values():
        for direction, permissions in (("in", group.ingress), ("out", group.egress)):
            yield f"{group.id} {direction}", _listed(_permission(permission) for permission in permissions)
    for instance in description.instances.values():
        yield instance.id, instance.hostname
    for eni in description.attached():
        yield eni.id, _network_interface(eni)
    for endpoint in description.vpc_endpoints.values():
        yield endpoint.id, _words(endpoint.state, *endpoint.network_interfaces, "to", endpoint.service_name)
    for service in description.endpoint_services.values():
        yield service.name, f"by {_listed(service.load_balancers)}"
    for balancer in description.load_balancers.values():
        for port, targets in balancer.listeners.items():
            yield f"{balancer.arn}:{port}", _words(
                "across zones" if balancer.cross_zone else None,
                "to", _listed(f"{target.id}:{target.port}" for target in targets),
            )
    for zone in description.hosted_zones.values():
        yield f"{zone.id} {zone.name}", f"for {_listed(zone.vpcs)}"
        for record in zone.records:
            yield f"{zone.id} {record.name} {record.type}", _listed(record.values)


def _network_interface(eni: NetworkInterface) -> str:
    addresses = (
        f"{address} ({eni.public[address]})" if address in eni.public else address for address in eni.addresses
    )
    check = None if eni.source_dest_check else "without source/destination check"
    own = (*addresses, *eni.ipv6_addresses, *eni.prefixes)
    return _words(names.device(eni.device_index), "of", eni.instance_id, eni.mac, *own, *eni.groups, check)


def _acl_entry(entry: AclEntry) -> str:
    return _words(str(entry.number), "allow" if entry.allow else "deny", _match(entry.match), entry.cidr)


def _permission(permission: Permission) -> str:
    return _words(_match(permission.match), *permission.cidrs, *permission.groups)


def _match(match: Match) -> str:
    ports = "" if match.ports is None else ":" + "-".join(str(port) for port in dict.fromkeys(match.ports))
    return "all" if match.protocol == "-1" else match.protocol + ports


def _listed(items) -> str:
    return ", ".join(items) or "nothing"


def _words(*words: str | None) -> str:
    return " ".join(word for word in words if word)
