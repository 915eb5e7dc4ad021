# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which ENI of a load balancer is behind an ENI of an endpoint, and which targets are behind that one. Pure.

A load balancer serves PrivateLink alone: who is in its own VPC gets no answer from it. One whose targets are all
unhealthy fails, where AWS would try them all.

Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from lab.fabric.description import Description, LoadBalancer, NetworkInterface, Target

TRANSIT = int(ipaddress.ip_address("240.0.0.0"))  # reserved (RFC 1112, section 4): no host of a VPC has such an address


@dataclass(frozen=True)
class Passage:
    """From an endpoint's ENI (``entrance``) to the load balancer's ENI in the same zone (``node``)."""

    entrance: NetworkInterface
    node: NetworkInterface
    load_balancer: LoadBalancer


def passages(description: Description) -> Iterator[Passage]:
    """At most one per ENI of an available endpoint. Without a load balancer in its zone it leads nowhere."""
    for endpoint in description.vpc_endpoints.values():
        service = description.endpoint_services.get(endpoint.service_name)
        if endpoint.state != "available" or not service:
            continue
        nodes = {
            _zone_id(description, node): (node, description.load_balancers[arn])
            for arn in service.load_balancers
            if arn in description.load_balancers
            for node in _interfaces(description, description.load_balancers[arn].network_interfaces)
        }
        for entrance in _interfaces(description, endpoint.network_interfaces):
            if found := nodes.get(_zone_id(description, entrance)):
                yield Passage(entrance, *found)


def backends(description: Description, load_balancer: LoadBalancer, node: NetworkInterface) -> dict[int, list[tuple]]:
    """By listener port, the (address, port) that a node forwards to: those in its own zone, unless cross-zone is on."""
    zone_id = _zone_id(description, node)
    return {
        port: [
            (address, target.port)
            for target in targets
            if (address := _address(description, target))
            and (load_balancer.cross_zone or zone_id in _zone_ids_of(description, load_balancer.vpc_id, address))
        ]
        for port, targets in load_balancer.listeners.items()
    }


def transit_address(eni: NetworkInterface) -> str:
    """An address of its own between two VPCs whose addresses may be the same: the id's last 28 bits in 240.0.0.0/4."""
    return str(ipaddress.ip_address(TRANSIT + int(eni.id[-7:], 16)))


def _interfaces(description: Description, ids: tuple[str, ...]) -> list[NetworkInterface]:
    return [description.network_interfaces[eni_id] for eni_id in ids if eni_id in description.network_interfaces]


def _zone_id(description: Description, eni: NetworkInterface) -> str:
    return description.subnets[eni.subnet_id].zone_id


def _address(description: Description, target: Target) -> str | None:
    """An instance is reached by the primary address of its eth0."""
    if not target.id.startswith("i-"):
        return target.id
    return next((address for eni in description.attached(instance_id=target.id) for address in eni.addresses), None)


def _zone_ids_of(description: Description, vpc_id: str, address: str) -> set[str]:
    host = ipaddress.ip_address(address)
    subnets = (subnet for subnet in description.subnets.values() if subnet.vpc_id == vpc_id and subnet.cidr)
    return {subnet.zone_id for subnet in subnets if host in ipaddress.ip_network(subnet.cidr)}
