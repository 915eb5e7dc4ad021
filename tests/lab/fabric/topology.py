# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a description to the namespaces, links and ip(8) settings that behave like it. Pure.

A VPC has no broadcast domain: each ENI has a link of its own to the VPC's router, which answers ARP for everything the
ENI's route table leads to. A route table is a Linux table, chosen by the incoming link. Its ``local`` routes become one
route per private address, so that a longer prefix of the same table still wins, as it does on AWS. What has no route is
dropped in silence. Gateways are namespaces of their own; links between routers use link-local addresses, which AWS
reserves and no VPC can contain. IPv6 is on in the routers of a VPC that has a block of it, and only there. An ENI of an
endpoint or of a load balancer has a namespace of its own, which translates between the VPC and a link to the one at the
other end: addresses of two VPCs, which may be the same, never meet.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lab.fabric import imds, names, privatelink
from lab.fabric.description import Description, NetworkInterface, Subnet, Vpc, of_version
from lab.guests.first_boot import RESOLVER

MTU = 9001  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
WAN_MTU = 1500
PORT_RULE_PRIORITY = 1000

DEFAULT = {4: "default", 6: "::/0"}
# Of the VPC router in each subnet with IPv6: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
IPV6_ROUTER = "fe80:ec2::1"
LINK_LOCAL = ("fe80::1", "fe80::2")
# The addresses at both ends of a link, by IP version.
INTERNET_LINK = {4: ("169.254.1.1", "169.254.1.2"), 6: LINK_LOCAL}  # the Internet's end first
VPC_LINK = {4: ("169.254.2.1", "169.254.2.2"), 6: LINK_LOCAL}  # the VPC's end first, the gateway's second
# The corporate end first, the VPN gateway's second. A virtual private gateway carries no IPv6:
# https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html
TUNNEL = {4: ("169.254.3.1", "169.254.3.2")}


@dataclass(frozen=True, order=True)
class Link:
    """A veth pair. ``near`` is the router's end and up; ``far`` is up too unless it is a guest's (it has ``mac``)."""

    near: tuple[str, str]
    far: tuple[str, str]
    mtu: int = WAN_MTU
    mac: str = ""


@dataclass(frozen=True, order=True)
class Setting:
    """What ``ip -n NAMESPACE OBJECT`` deletes by ``key``, and adds with the rest of its arguments.

    ``object`` starts with ``-6`` for IPv6.
    """

    namespace: str
    object: str
    key: str


@dataclass
class Topology:
    """``namespaces`` maps a name to whether it forwards; ``ipv6`` names those of them that forward IPv6 too.

    ``settings`` maps a key to the rest of its ip(8) arguments.
    """

    namespaces: dict[str, bool] = field(default_factory=dict)
    ipv6: set[str] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)
    settings: dict[Setting, str] = field(default_factory=dict)

    def address(self, namespace: str, device: str, address: str, flags: str = "") -> None:
        """On a link with nobody else, so that IPv6 need not look for duplicates."""
        key = Setting(namespace, _of_family("address", address), f"{address} dev {device}")
        self.settings[key] = f"{flags} nodad" if key.object.startswith("-6") else flags

    def route(self, namespace: str, destination: str, way: str, table: int | str = "main") -> None:
        """The first route to a destination stays."""
        key = Setting(namespace, _of_family("route", destination), f"{destination} table {table}")
        self.settings.setdefault(key, way)

    def rule(self, namespace: str, device: str, table: int) -> None:
        key = f"iif {device} lookup {table} priority {PORT_RULE_PRIORITY}"
        for version in self.versions(namespace):
            self.settings[Setting(namespace, _of_family("rule", DEFAULT[version]), key)] = ""

    def neighbor(self, namespace: str, device: str, address: str, mac: str) -> None:
        key = Setting(namespace, _of_family("neighbor", address), f"{address} dev {device}")
        self.settings[key] = f"lladdr {mac} nud permanent"

    def connect(
        self, near: tuple[str, str], far: tuple[str, str], addresses: dict[int, tuple[str, str]], mtu: int = WAN_MTU
    ) -> None:
        """A link between two routers, with the addresses of both ends by IP version."""
        self.links.add(Link(near, far, mtu))
        for version, ends in addresses.items():
            for (namespace, device), local, peer in ((near, *ends), (far, *reversed(ends))):
                if version == 4:
                    self.address(namespace, device, f"{local} peer {peer}/32", "scope link")
                else:
                    self.address(namespace, device, f"{local}/64")

    def versions(self, namespace: str) -> tuple[int, ...]:
        """The IP versions that a router forwards."""
        return (4, 6) if namespace in self.ipv6 else (4,)

    def router(self, namespace: str, versions: Iterable[int]) -> None:
        """A namespace that forwards, and drops what it has no route for: a default route of its own comes first."""
        self.namespaces[namespace] = True
        if 6 in versions:
            self.ipv6.add(namespace)
        for version in versions:
            self.route(namespace, DEFAULT[version], "blackhole")


def _of_family(kind: str, address: str) -> str:
    return f"-6 {kind}" if ":" in address else kind


def build(description: Description, corporate_address: str = names.CORPORATE_ADDRESS) -> Topology:
    """The whole network. A target that the fabric does not model (NAT, transit gateway, peering) drops packets."""
    topology = Topology()
    topology.router(names.INTERNET, _versions(*description.vpcs.values()))
    _on_the_internet(topology, names.CLIENT, "client", [names.CLIENT_ADDRESS], names.CLIENT_IPV6_ADDRESS)
    _corporate(topology, description, corporate_address)
    for instance_id in description.instances:
        topology.namespaces[names.namespace(instance_id)] = False
    for vpc in description.vpcs.values():
        _router(topology, description, vpc)
        if vpc.internet_gateway:
            _internet_gateway(topology, description, vpc)
        if vpc.egress_only_gateway:
            _egress_only_gateway(topology, description, vpc)
        if vpc.vpn_gateway:
            _vpn_gateway(topology, description, vpc)
    for passage in privatelink.passages(description):
        _passage(topology, passage)
    return topology


def _versions(*vpcs: Vpc) -> tuple[int, ...]:
    """The IP versions of VPCs."""
    return (4, 6) if any(vpc.ipv6_cidrs for vpc in vpcs) else (4,)


def _on_the_internet(topology: Topology, namespace: str, port: str, addresses: list[str], ipv6_address: str) -> None:
    """A host on the Internet, its first address the one it starts connections from."""
    versions = topology.versions(names.INTERNET)
    topology.namespaces[namespace] = False
    topology.connect((names.INTERNET, port), (namespace, "internet"), _of(INTERNET_LINK, versions))
    own = {4: addresses, 6: [ipv6_address]}
    for version in versions:
        ours, theirs = INTERNET_LINK[version]
        for address in own[version]:
            topology.address(namespace, "internet", str(ipaddress.ip_network(address)))
            topology.route(names.INTERNET, address, f"via {theirs} dev {port} onlink")
        topology.route(namespace, DEFAULT[version], f"via {ours} dev internet onlink src {own[version][0]}")


def _of(link: dict[int, tuple[str, str]], versions: Iterable[int]) -> dict[int, tuple[str, str]]:
    return {version: ends for version, ends in link.items() if version in versions}


def _corporate(topology: Topology, description: Description, corporate_address: str) -> None:
    customer_gateways = [address for address in description.customer_gateway_addresses if address != corporate_address]
    addresses = [corporate_address, *customer_gateways]
    _on_the_internet(topology, names.CORP, "corp", addresses, names.CORPORATE_IPV6_ADDRESS)
    prefixes = {prefix for gateway in description.vpn_gateways.values() for prefix in gateway.prefixes}
    for prefix in prefixes:
        topology.address(names.CORP, "lo", f"{host_in(prefix)}/32")


def host_in(prefix: str) -> str:
    """The corporate network's host in a prefix of a VPN connection: number ten, or the last one of a smaller prefix."""
    network = ipaddress.ip_network(prefix)
    return str(network[min(10, max(network.num_addresses - 2, 0))])


def _router(topology: Topology, description: Description, vpc: Vpc) -> None:
    router = names.namespace(vpc.id)
    topology.router(router, _versions(vpc))
    for address in (*resolvers(vpc), imds.ADDRESS):
        topology.address(router, "lo", f"{address}/32")
    if vpc.ipv6_cidrs:
        topology.address(router, "lo", f"{imds.IPV6_ADDRESS}/128")
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
    for cidr in filter(None, (subnet.cidr, subnet.ipv6_cidr)):
        topology.address(router, port, f"{gateway_in(cidr)}/{cidr.partition('/')[2]}", "noprefixroute")
    if subnet.ipv6_cidr:
        # Deprecated, RFC 4862, so that advertisements have one source: two would be two routers to who hears them.
        topology.address(router, port, f"{IPV6_ROUTER}/64", "preferred_lft 0")
    if eni.instance_id:
        guest = (names.namespace(eni.instance_id), names.device(eni.device_index))
        topology.links.add(Link((router, port), guest, MTU, eni.mac))
        for address in eni.addresses:
            topology.neighbor(router, port, address, eni.mac)
        if subnet.ipv6_cidr:
            topology.neighbor(router, port, link_local(eni.mac), eni.mac)
    else:
        _translator(topology, (router, port), eni, subnet)
    # The router's own replies (DHCP, metadata) and what comes from a gateway without a route table of its own.
    for network, way in _deliveries(eni):
        topology.route(router, network, way)


def gateway_in(cidr: str) -> str:
    """The VPC router's address in a subnet's block.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    return str(ipaddress.ip_network(cidr)[1])


def _deliveries(eni: NetworkInterface) -> Iterator[tuple[str, str]]:
    """Each network that is an ENI's own, and the way to it. Of IPv6, an endpoint's or a load balancer's has none."""
    port = names.interface(eni.id)
    for address in eni.addresses:
        yield address, f"dev {port}"
    for prefix in of_version(4, eni.prefixes):
        yield prefix, f"via {eni.addresses[0]} dev {port} onlink"
    if eni.instance_id:
        for network in of_version(6, eni.own):
            yield network, f"via {link_local(eni.mac)} dev {port} onlink"


def link_local(mac: str) -> str:
    """A next hop that leads to a MAC: its modified EUI-64 (RFC 4291, appendix A), whatever the guest calls itself."""
    octets = bytearray.fromhex(mac.replace(":", ""))
    octets[0] ^= 0x02
    interface_id = bytes(octets[:3]) + b"\xff\xfe" + bytes(octets[3:])
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + interface_id))


def _translator(topology: Topology, near: tuple[str, str], eni: NetworkInterface, subnet: Subnet) -> None:
    """Where an endpoint's or a load balancer's ENI ends. Its other links are those of the passages."""
    namespace = names.namespace(eni.id)
    topology.namespaces[namespace] = True
    topology.links.add(Link(near, (namespace, "vpc"), MTU))
    for address in eni.addresses:
        topology.address(namespace, "vpc", f"{address}/32")
    if subnet.cidr:
        topology.route(namespace, "default", f"via {gateway_in(subnet.cidr)} dev vpc onlink")


def _passage(topology: Topology, passage: privatelink.Passage) -> None:
    entrance, node = passage.entrance, passage.node
    topology.connect(
        (names.namespace(node.id), names.interface(entrance.id)),
        (names.namespace(entrance.id), "service"),
        {4: (privatelink.transit_address(node), privatelink.transit_address(entrance))},
        MTU,
    )


def _route_table(topology: Topology, description: Description, vpc: Vpc, table_id: str) -> None:
    router, number = names.namespace(vpc.id), table_number(table_id)
    versions = topology.versions(router)
    routes = {
        ipaddress.ip_network(route.destination): route.target for route in description.route_tables[table_id].routes
    }
    for network, target in routes.items():
        if target != "local" and network.version in versions:
            topology.route(router, _destination(network), _way(description, vpc, target, network.version), number)
    for eni in description.plugged(vpc.id):
        for network, way in _deliveries(eni):
            if _longest_match(routes, network) == "local":
                topology.route(router, network, way, number)
    for cidr in (*vpc.cidrs, *vpc.ipv6_cidrs):
        topology.route(router, cidr, "blackhole", number)
    for version in versions:
        topology.route(router, DEFAULT[version], "blackhole", number)


def _longest_match(routes: dict, destination: str) -> str | None:
    wanted = ipaddress.ip_network(destination)
    matching = [network for network in routes if network.version == wanted.version and wanted.subnet_of(network)]
    return routes[max(matching, key=lambda network: network.prefixlen)] if matching else None


def _way(description: Description, vpc: Vpc, target: str, version: int) -> str:
    gateways = {4: (vpc.internet_gateway, vpc.vpn_gateway), 6: (vpc.internet_gateway, vpc.egress_only_gateway)}
    if target in gateways[version]:
        return f"via {VPC_LINK[version][1]} dev {names.interface(target)} onlink"
    eni = description.network_interfaces.get(target)
    hops = {4: eni.addresses[:1], 6: (link_local(eni.mac),)}[version] if eni else ()
    if hops and eni.instance_id and eni.vpc_id == vpc.id:
        return f"via {hops[0]} dev {names.interface(eni.id)} onlink"
    return "blackhole"


def _destination(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """As ip(8) prints it, so that a route has one key."""
    if network.prefixlen == 0:
        return DEFAULT[network.version]
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def _internet_gateway(topology: Topology, description: Description, vpc: Vpc) -> None:
    _to_the_internet(topology, vpc, vpc.internet_gateway, _versions(vpc))
    port = names.interface(vpc.internet_gateway)
    publics = (
        public
        for eni in description.network_interfaces.values()
        if eni.vpc_id == vpc.id
        for public in eni.public.values()
    )
    for public in publics:
        topology.route(names.INTERNET, public, f"via {INTERNET_LINK[4][1]} dev {port} onlink")
    for cidr in vpc.ipv6_cidrs:
        topology.route(names.INTERNET, cidr, f"via {INTERNET_LINK[6][1]} dev {port} onlink")


def _egress_only_gateway(topology: Topology, description: Description, vpc: Vpc) -> None:
    """The way back, too, of the subnets whose route table names it."""
    _to_the_internet(topology, vpc, vpc.egress_only_gateway, [6])
    port = names.interface(vpc.egress_only_gateway)
    for subnet in description.subnets.values():
        table = description.route_tables.get(subnet.route_table)
        if subnet.ipv6_cidr and table and vpc.egress_only_gateway in {route.target for route in table.routes}:
            topology.route(names.INTERNET, subnet.ipv6_cidr, f"via {INTERNET_LINK[6][1]} dev {port} onlink")


def _to_the_internet(topology: Topology, vpc: Vpc, gateway_id: str, versions: Iterable[int]) -> None:
    gateway, port = names.namespace(gateway_id), names.interface(gateway_id)
    topology.connect((names.INTERNET, port), (gateway, "internet"), _of(INTERNET_LINK, versions))
    topology.connect((names.namespace(vpc.id), port), (gateway, "vpc"), _of(VPC_LINK, versions))
    for version in versions:
        topology.route(gateway, DEFAULT[version], f"via {INTERNET_LINK[version][0]} dev internet onlink")
    _to_the_vpc(topology, vpc, gateway, versions)
    topology.router(gateway, versions)


def _to_the_vpc(topology: Topology, vpc: Vpc, gateway: str, versions: Iterable[int]) -> None:
    blocks = {4: vpc.cidrs, 6: vpc.ipv6_cidrs}
    for version in versions:
        for cidr in blocks[version]:
            topology.route(gateway, cidr, f"via {VPC_LINK[version][0]} dev vpc onlink")


def _vpn_gateway(topology: Topology, description: Description, vpc: Vpc) -> None:
    gateway, port = names.namespace(vpc.vpn_gateway), names.interface(vpc.vpn_gateway)
    prefixes = description.vpn_gateways[vpc.vpn_gateway].prefixes
    topology.router(gateway, TUNNEL)
    topology.connect((names.namespace(vpc.id), port), (gateway, "vpc"), _of(VPC_LINK, TUNNEL))
    _to_the_vpc(topology, vpc, gateway, TUNNEL)
    if not prefixes:
        return
    ours, theirs = TUNNEL[4]
    topology.connect((names.CORP, port), (gateway, "corp"), TUNNEL)
    for prefix in prefixes:
        topology.route(gateway, prefix, f"via {ours} dev corp onlink")
    for cidr in vpc.cidrs:
        topology.route(names.CORP, cidr, f"via {theirs} dev {port} onlink src {host_in(prefixes[0])}")


def resolvers(vpc: Vpc) -> tuple[str, str]:
    """The DNS addresses of a VPC, its own first.

    https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    return str(ipaddress.ip_network(vpc.cidrs[0])[2]), RESOLVER


def table_number(route_table_id: str) -> int:
    """A Linux table for ``rtb-…``, the same on every pass, clear of the reserved ones (below 256)."""
    return 256 + int(route_table_id[-7:], 16)
