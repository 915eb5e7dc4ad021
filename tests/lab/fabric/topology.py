# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a description to the namespaces, links and ip(8) settings that behave like it. Pure.

A VPC has no broadcast domain: each ENI has a link of its own to the VPC's router, which answers ARP for everything the
ENI's route table leads to. A route table is a Linux table, chosen by the incoming link. Its ``local`` routes become one
route per private address, so that a longer prefix of the same table still wins, as it does on AWS. What has no route is
dropped in silence. Gateways are namespaces of their own; links between routers use link-local addresses, which AWS
reserves and no VPC can contain. An ENI of an endpoint or of a load balancer has a namespace of its own, which
translates between the VPC and a link to the one at the other end: addresses of two VPCs, which may be the same, never
meet.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from lab.fabric import names, privatelink
from lab.fabric.description import Description, NetworkInterface, Subnet, Vpc
from lab.guests.first_boot import RESOLVER

MTU = 9001  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
WAN_MTU = 1500
PORT_RULE_PRIORITY = 1000

INTERNET_LINK = ("169.254.1.1", "169.254.1.2")  # the Internet's end first
VPC_LINK = ("169.254.2.1", "169.254.2.2")  # the VPC's end first, the gateway's second
TUNNEL = ("169.254.3.1", "169.254.3.2")  # the corporate end first, the VPN gateway's second


@dataclass(frozen=True, order=True)
class Link:
    """A veth pair. ``near`` is the router's end and up; ``far`` is up too unless it is a guest's (it has ``mac``)."""

    near: tuple[str, str]
    far: tuple[str, str]
    mtu: int = WAN_MTU
    mac: str = ""


@dataclass(frozen=True, order=True)
class Setting:
    """What ``ip -n NAMESPACE OBJECT`` deletes by ``key``, and adds with the rest of its arguments."""

    namespace: str
    object: str
    key: str


@dataclass
class Topology:
    """``namespaces`` maps a name to whether it forwards. ``settings`` maps a key to the rest of its ip(8) arguments."""

    namespaces: dict[str, bool] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    settings: dict[Setting, str] = field(default_factory=dict)

    def address(self, namespace: str, device: str, address: str, flags: str = "") -> None:
        self.settings[Setting(namespace, "address", f"{address} dev {device}")] = flags

    def route(self, namespace: str, destination: str, way: str, table: int | str = "main") -> None:
        """The first route to a destination stays."""
        self.settings.setdefault(Setting(namespace, "route", f"{destination} table {table}"), way)

    def rule(self, namespace: str, device: str, table: int) -> None:
        key = f"iif {device} lookup {table} priority {PORT_RULE_PRIORITY}"
        self.settings[Setting(namespace, "rule", key)] = ""

    def neighbor(self, namespace: str, device: str, address: str, mac: str) -> None:
        self.settings[Setting(namespace, "neighbor", f"{address} dev {device}")] = f"lladdr {mac} nud permanent"

    def connect(
        self, near: tuple[str, str], far: tuple[str, str], addresses: tuple[str, str], mtu: int = WAN_MTU
    ) -> None:
        """A link between two routers."""
        self.links.add(Link(near, far, mtu))
        for (namespace, device), local, peer in ((near, *addresses), (far, *reversed(addresses))):
            self.address(namespace, device, f"{local} peer {peer}/32", "scope link")


def build(description: Description, corporate_address: str = names.CORPORATE_ADDRESS) -> Topology:
    """The whole network. A target that the fabric does not model (NAT, transit gateway, peering) drops packets."""
    topology = Topology()
    _internet(topology)
    _corporate(topology, description, corporate_address)
    for instance_id in description.instances:
        topology.namespaces[names.namespace(instance_id)] = False
    for vpc in description.vpcs.values():
        _router(topology, description, vpc)
        if vpc.internet_gateway:
            _internet_gateway(topology, description, vpc)
        if vpc.vpn_gateway:
            _vpn_gateway(topology, description, vpc)
    for passage in privatelink.passages(description):
        _passage(topology, passage)
    return topology


def _internet(topology: Topology) -> None:
    topology.namespaces[names.INTERNET] = True
    topology.route(names.INTERNET, "default", "blackhole")
    _on_the_internet(topology, names.CLIENT, "client", [names.CLIENT_ADDRESS])


def _on_the_internet(topology: Topology, namespace: str, port: str, addresses: list[str]) -> None:
    """A host on the Internet, its first address the one it starts connections from."""
    ours, theirs = INTERNET_LINK
    topology.namespaces[namespace] = False
    topology.connect((names.INTERNET, port), (namespace, "internet"), INTERNET_LINK)
    for address in addresses:
        topology.address(namespace, "internet", f"{address}/32")
        topology.route(names.INTERNET, address, f"via {theirs} dev {port} onlink")
    topology.route(namespace, "default", f"via {ours} dev internet onlink src {addresses[0]}")


def _corporate(topology: Topology, description: Description, corporate_address: str) -> None:
    customer_gateways = [address for address in description.customer_gateway_addresses if address != corporate_address]
    _on_the_internet(topology, names.CORP, "corp", [corporate_address, *customer_gateways])
    prefixes = {prefix for gateway in description.vpn_gateways.values() for prefix in gateway.prefixes}
    for prefix in prefixes:
        topology.address(names.CORP, "lo", f"{host_in(prefix)}/32")


def host_in(prefix: str) -> str:
    """The corporate network's host in a prefix of a VPN connection: number ten, or the last one of a smaller prefix."""
    network = ipaddress.ip_network(prefix)
    return str(network[min(10, max(network.num_addresses - 2, 0))])


def _router(topology: Topology, description: Description, vpc: Vpc) -> None:
    router = names.namespace(vpc.id)
    topology.namespaces[router] = True
    topology.route(router, "default", "blackhole")
    for address in resolvers(vpc):
        topology.address(router, "lo", f"{address}/32")
    used_tables = set()
    for eni in description.plugged(vpc.id):
        subnet = description.subnets[eni.subnet_id]
        _port(topology, router, eni, subnet)
        if subnet.route_table:
            used_tables.add(subnet.route_table)
            topology.rule(router, names.interface(eni.id), table_number(subnet.route_table))
    for gateway, table in vpc.edges.items():
        if gateway in (vpc.internet_gateway, vpc.vpn_gateway):
            used_tables.add(table)
            topology.rule(router, names.interface(gateway), table_number(table))
    for table in used_tables:
        _route_table(topology, description, vpc, table)


def _port(topology: Topology, router: str, eni: NetworkInterface, subnet: Subnet) -> None:
    port = names.interface(eni.id)
    network = ipaddress.ip_network(subnet.cidr)
    topology.address(router, port, f"{network[1]}/{network.prefixlen}", "noprefixroute")
    if eni.instance_id:
        guest = (names.namespace(eni.instance_id), names.device(eni.device_index))
        topology.links.add(Link((router, port), guest, MTU, eni.mac))
    else:
        _translator(topology, (router, port), eni, str(network[1]))
    # The router's own replies (DHCP, metadata) and what comes from a gateway without a route table of its own.
    for address in eni.addresses:
        if eni.instance_id:
            topology.neighbor(router, port, address, eni.mac)
        topology.route(router, address, f"dev {port}")


def _translator(topology: Topology, near: tuple[str, str], eni: NetworkInterface, gateway: str) -> None:
    """Where an endpoint's or a load balancer's ENI ends. Its other links are those of the passages."""
    namespace = names.namespace(eni.id)
    topology.namespaces[namespace] = True
    topology.links.add(Link(near, (namespace, "vpc"), MTU))
    for address in eni.addresses:
        topology.address(namespace, "vpc", f"{address}/32")
    topology.route(namespace, "default", f"via {gateway} dev vpc onlink")


def _passage(topology: Topology, passage: privatelink.Passage) -> None:
    entrance, node = passage.entrance, passage.node
    topology.connect(
        (names.namespace(node.id), names.interface(entrance.id)),
        (names.namespace(entrance.id), "service"),
        (privatelink.transit_address(node), privatelink.transit_address(entrance)),
        MTU,
    )


def _route_table(topology: Topology, description: Description, vpc: Vpc, table_id: str) -> None:
    router, number = names.namespace(vpc.id), table_number(table_id)
    routes = {
        ipaddress.ip_network(route.destination): route.target for route in description.route_tables[table_id].routes
    }
    for network, target in routes.items():
        if target != "local":
            topology.route(router, _destination(network), _way(description, vpc, target), number)
    for eni in description.plugged(vpc.id):
        for address in eni.addresses:
            if _longest_match(routes, address) == "local":
                topology.route(router, address, f"dev {names.interface(eni.id)}", number)
    for cidr in vpc.cidrs:
        topology.route(router, cidr, "blackhole", number)
    topology.route(router, "default", "blackhole", number)


def _longest_match(routes: dict, address: str) -> str | None:
    host = ipaddress.ip_address(address)
    matching = [network for network in routes if host in network]
    return routes[max(matching, key=lambda network: network.prefixlen)] if matching else None


def _way(description: Description, vpc: Vpc, target: str) -> str:
    if target in (vpc.internet_gateway, vpc.vpn_gateway):
        return f"via {VPC_LINK[1]} dev {names.interface(target)} onlink"
    eni = description.network_interfaces.get(target)
    if eni and eni.instance_id and eni.vpc_id == vpc.id:
        return f"via {eni.addresses[0]} dev {names.interface(eni.id)} onlink"
    return "blackhole"


def _destination(network: ipaddress.IPv4Network) -> str:
    """As ip(8) prints it, so that a route has one key."""
    if network.prefixlen == 0:
        return "default"
    return str(network.network_address) if network.prefixlen == 32 else str(network)


def _internet_gateway(topology: Topology, description: Description, vpc: Vpc) -> None:
    gateway, port = names.namespace(vpc.internet_gateway), names.interface(vpc.internet_gateway)
    topology.namespaces[gateway] = True
    topology.connect((names.INTERNET, port), (gateway, "internet"), INTERNET_LINK)
    topology.connect((names.namespace(vpc.id), port), (gateway, "vpc"), VPC_LINK)
    topology.route(gateway, "default", f"via {INTERNET_LINK[0]} dev internet onlink")
    for cidr in vpc.cidrs:
        topology.route(gateway, cidr, f"via {VPC_LINK[0]} dev vpc onlink")
    for eni in description.network_interfaces.values():
        if eni.vpc_id == vpc.id:
            for public in eni.public.values():
                topology.route(names.INTERNET, public, f"via {INTERNET_LINK[1]} dev {port} onlink")


def _vpn_gateway(topology: Topology, description: Description, vpc: Vpc) -> None:
    gateway, port = names.namespace(vpc.vpn_gateway), names.interface(vpc.vpn_gateway)
    prefixes = description.vpn_gateways[vpc.vpn_gateway].prefixes
    topology.namespaces[gateway] = True
    topology.connect((names.namespace(vpc.id), port), (gateway, "vpc"), VPC_LINK)
    topology.route(gateway, "default", "blackhole")
    for cidr in vpc.cidrs:
        topology.route(gateway, cidr, f"via {VPC_LINK[0]} dev vpc onlink")
    if not prefixes:
        return
    topology.connect((names.CORP, port), (gateway, "corp"), TUNNEL)
    for prefix in prefixes:
        topology.route(gateway, prefix, f"via {TUNNEL[0]} dev corp onlink")
    for cidr in vpc.cidrs:
        topology.route(names.CORP, cidr, f"via {TUNNEL[1]} dev {port} onlink src {host_in(prefixes[0])}")


def resolvers(vpc: Vpc) -> tuple[str, str]:
    """The DNS addresses of a VPC, its own first.

    https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    return str(ipaddress.ip_network(vpc.cidrs[0])[2]), RESOLVER


def table_number(route_table_id: str) -> int:
    """A Linux table for ``rtb-…``, the same on every pass, clear of the reserved ones (below 256)."""
    return 256 + int(route_table_id[-7:], 16)
