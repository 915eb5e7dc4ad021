# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A VPC with IPv6, and in it a server with two interfaces in one subnet, a third in another."""

from __future__ import annotations

import ipaddress
import json
import subprocess

import pytest

from lab import netns
from lab.fabric import names
from lab.fabric.probes import Outcome, Probe, run
from lab.tests.fabric.packets.world import Server, World, metadata
from lab.tests.polling import eventually

WEB, SSH = 80, 22
IMDS_IPV6 = "[fd00:ec2::254]"


@pytest.fixture(scope="module")
def world(url) -> World:
    world = World(url)
    world.add_ipv6()
    return world


@pytest.fixture(scope="module")
def twin(world, fabric, server) -> str:
    """The IPv4 address of the server's eth2, in eth0's subnet."""
    eni = world.network_interface(world.public_subnet, world.web)
    world.ec2.attach_network_interface(InstanceId=server.id, NetworkInterfaceId=eni, DeviceIndex=2)
    eventually(lambda: server.eni(2))
    fabric.wait_guests()
    return server.address(2)


@pytest.fixture(scope="module")
def dual_stack(world, fabric, server, neighbour, twin) -> None:
    """Each interface has the address that came by DHCPv6, and no other."""
    world.ec2.assign_ipv6_addresses(NetworkInterfaceId=server.eni(0).id, Ipv6AddressCount=1)
    world.ec2.assign_ipv6_addresses(NetworkInterfaceId=server.eni(1).id, Ipv6PrefixCount=1)
    fabric.sync()
    for guest, index in ((server, 0), (server, 1), (server, 2), (neighbour, 0)):
        wait_for_first_address(guest, index)


def wait_for_first_address(server: Server, index: int) -> None:
    def has_no_other() -> bool:
        [link] = json.loads(server.ip("-6", "-json", "address", "show", "dev", names.device(index)))
        addresses = [entry["local"] for entry in link["addr_info"] if entry["scope"] == "global"]
        return addresses == [server.eni(index).ipv6_addresses[0]]

    eventually(has_no_other)


def route_by_source(server: Server, index: int, *sources: str) -> None:
    """What guest_routing is there to do."""
    version = "-6" if ":" in sources[0] else "-4"
    via = ipv6_gateway(server, index) if version == "-6" else "10.0.0.1"
    table = str(100 + index)
    server.ip(version, "route", "add", "default", "via", via, "dev", names.device(index), "table", table)
    for source in sources:
        server.ip(version, "rule", "add", "from", source, "lookup", table)


def ipv6_gateway(server: Server, index: int) -> str:
    """The router's link-local address at its end of an ENI's link."""
    router, port = names.namespace(server.eni(index).vpc_id), names.interface(server.eni(index).id)
    [link] = json.loads(netns.ip("-n", router, "-6", "-json", "address", "show", "dev", port))
    return next(entry["local"] for entry in link["addr_info"] if entry["scope"] == "link")


def test_two_interfaces_in_one_subnet_answer_each_for_itself_only(server, neighbour, probe, twin):
    """Not as on Ethernet, where the reply would find its way by either."""
    assert probe(neighbour.namespace, twin, WEB) == Outcome("timeout", "eth0", "eth0")
    route_by_source(server, 2, twin)
    assert probe(neighbour.namespace, twin, WEB) == Outcome("answered", "eth0", "eth2")


@pytest.mark.usefixtures("dual_stack")
def test_packets_over_ipv6(fabric, server, neighbour, internet_server):
    (first, second), (management,) = server.eni(0).ipv6_addresses, server.eni(1).ipv6_addresses
    delegated = str(ipaddress.ip_network(server.eni(1).prefixes[0])[7])
    stranger = f"{first.rpartition(':')[0]}:99"
    [twin] = server.eni(2).ipv6_addresses
    for address, device in ((second, "eth0"), (delegated, "eth1"), (stranger, "eth0")):
        server.ip("address", "add", f"{address}/128", "dev", device, "nodad")
    for index, sources in ((0, (first, second, stranger)), (1, (management, delegated)), (2, (twin,))):
        route_by_source(server, index, *sources)
    expected = {
        Probe(names.CLIENT, first, WEB): Outcome("answered", reply_left_by="eth0"),
        Probe(names.CLIENT, second, WEB): Outcome("answered", reply_left_by="eth0"),
        Probe(names.CLIENT, twin, WEB): Outcome("answered", reply_left_by="eth2"),
        Probe(names.CLIENT, first, SSH): Outcome("timeout"),
        # Nothing comes in by an egress-only gateway, and a virtual private gateway carries no IPv6.
        Probe(names.CLIENT, management, SSH): Outcome("timeout"),
        Probe(names.CORP, management, SSH): Outcome("timeout"),
        Probe(neighbour.namespace, first, WEB): Outcome("answered", "eth0", "eth0"),
        Probe(neighbour.namespace, twin, WEB): Outcome("answered", "eth0", "eth2"),
        Probe(neighbour.namespace, management, SSH): Outcome("answered", "eth0", "eth1"),
        Probe(neighbour.namespace, delegated, SSH): Outcome("answered", "eth0", "eth1"),
        Probe(server.namespace, names.CLIENT_IPV6_ADDRESS, internet_server, first): Outcome("answered", "eth0"),
        Probe(server.namespace, names.CLIENT_IPV6_ADDRESS, internet_server, management): Outcome("answered", "eth1"),
        Probe(server.namespace, names.CLIENT_IPV6_ADDRESS, internet_server, stranger): Outcome("timeout", "eth0"),
    }
    assert dict(zip(expected, run(fabric.description, list(expected)))) == expected


@pytest.mark.usefixtures("dual_stack")
def test_metadata_over_ipv6_once_it_is_enabled(world, fabric, neighbour):
    with pytest.raises(subprocess.CalledProcessError):
        metadata(neighbour, "meta-data/ipv6", IMDS_IPV6)
    world.ec2.modify_instance_metadata_options(InstanceId=neighbour.id, HttpProtocolIpv6="enabled")
    fabric.sync()
    eni = neighbour.eni(0)
    assert metadata(neighbour, "meta-data/ipv6", IMDS_IPV6) == eni.ipv6_addresses[0]
    block = metadata(neighbour, f"meta-data/network/interfaces/macs/{eni.mac}/subnet-ipv6-cidr-blocks", IMDS_IPV6)
    assert block == fabric.description.subnets[eni.subnet_id].ipv6_cidr
