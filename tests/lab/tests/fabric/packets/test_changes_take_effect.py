# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is changed through the API filters and routes packets from the next pass on."""

from __future__ import annotations

import socket

import pytest

from lab import netns
from lab.fabric import names
from lab.fabric.probes import Outcome
from lab.tests.polling import eventually

ANYWHERE = "0.0.0.0/0"
FROM_ETH0 = Outcome("answered", reply_left_by="eth0")


def test_a_security_group_rule_takes_effect_and_goes(world, server, probe):
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": f"{names.CLIENT_ADDRESS}/32"}]}
    with world.allowed(world.web, ssh):
        assert probe(names.CLIENT, server.public_address, 22) == FROM_ETH0
        assert probe(names.CORP, server.public_address, 22) == Outcome("timeout")
    assert probe(names.CLIENT, server.public_address, 22) == Outcome("timeout")


def test_a_tracked_connection_survives_its_rule(world, server, probe):
    web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": ANYWHERE}]}
    with netns.socket_in(names.CLIENT, socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect((server.public_address, 80))
        world.ec2.revoke_security_group_ingress(GroupId=world.web, IpPermissions=[web])
        assert probe(names.CLIENT, server.public_address, 80) == Outcome("timeout")
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(12).startswith(b"HTTP/1.")
    world.ec2.authorize_security_group_ingress(GroupId=world.web, IpPermissions=[web])


def test_a_group_as_a_source_admits_its_members_only(world, server, neighbour, probe):
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": world.web}]}
    with world.allowed(world.management, ssh):
        # Admitted, but the unconfigured guest's reply leaves by the wrong interface.
        assert probe(neighbour.namespace, server.address(1), 22).reply_left_by == "eth0"
        assert probe(names.CLIENT, server.public_address, 22) == Outcome("timeout")
    assert probe(neighbour.namespace, server.address(1), 22) == Outcome("timeout", request_left_by="eth0")


def test_an_egress_rule_is_needed_to_leave(world, neighbour, probe, internet_server):
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
    world.elastic_address(neighbour.eni(0).id)
    assert probe(neighbour.namespace, names.CLIENT_ADDRESS, internet_server).answer == "answered"
    world.ec2.revoke_security_group_egress(GroupId=world.web, IpPermissions=[everything])
    assert probe(neighbour.namespace, names.CLIENT_ADDRESS, internet_server).answer == "timeout"
    world.ec2.authorize_security_group_egress(GroupId=world.web, IpPermissions=[everything])
    assert probe(neighbour.namespace, names.CLIENT_ADDRESS, internet_server).answer == "answered"


@pytest.mark.parametrize(
    ("egress", "protocol", "cidr"),
    [
        (False, "6", f"{names.CLIENT_ADDRESS}/32"),
        (True, "-1", f"{names.CLIENT_ADDRESS}/32"),  # without state: the answer is what it stops
    ],
)
def test_a_network_acl_denies_before_it_allows(world, server, neighbour, probe, egress, protocol, cidr):
    acl = world.network_acl(world.public_subnet)
    entry = {"NetworkAclId": acl, "RuleNumber": 50, "Egress": egress}
    world.ec2.create_network_acl_entry(
        **entry, Protocol=protocol, PortRange={"From": 80, "To": 80}, CidrBlock=cidr, RuleAction="deny"
    )
    denied = probe(names.CLIENT, server.public_address, 80)
    assert denied == Outcome("timeout", reply_left_by="eth0" if egress else None)
    assert probe(names.CORP, server.public_address, 80) == FROM_ETH0
    world.ec2.delete_network_acl_entry(**entry)
    assert probe(names.CLIENT, server.public_address, 80) == FROM_ETH0


def test_a_network_acl_does_not_meet_traffic_within_its_subnet(world, server, neighbour, probe):
    acl = world.network_acl(world.public_subnet)
    entry = {"NetworkAclId": acl, "RuleNumber": 50, "Egress": False}
    world.ec2.create_network_acl_entry(**entry, Protocol="-1", CidrBlock=ANYWHERE, RuleAction="deny")
    assert probe(neighbour.namespace, server.address(0), 80).answer == "answered"
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("timeout")
    world.ec2.delete_network_acl_entry(**entry)


def test_without_a_default_route_nothing_returns_to_the_internet(world, server, probe):
    default = {"RouteTableId": world.public_table, "DestinationCidrBlock": ANYWHERE}
    gateway = world.ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    world.ec2.delete_route(**default)
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("timeout", reply_left_by="eth0")
    world.ec2.create_route(**default, GatewayId=gateway)
    assert probe(names.CLIENT, server.public_address, 80) == FROM_ETH0


def test_an_elastic_address_serves_any_private_address_and_moves(world, server, neighbour, probe):
    eni = server.eni(0).id
    world.ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=["10.0.0.200"])
    allocated = world.ec2.allocate_address(Domain="vpc")
    world.ec2.associate_address(
        AllocationId=allocated["AllocationId"], NetworkInterfaceId=eni, PrivateIpAddress="10.0.0.200"
    )
    assert probe(names.CLIENT, allocated["PublicIp"], 80) == Outcome("timeout")
    server.ip("address", "add", "10.0.0.200/32", "dev", "eth0")
    assert probe(names.CLIENT, allocated["PublicIp"], 80) == FROM_ETH0
    world.ec2.associate_address(
        AllocationId=allocated["AllocationId"], NetworkInterfaceId=neighbour.eni(0).id, AllowReassociation=True
    )
    assert probe(names.CLIENT, allocated["PublicIp"], 80) == FROM_ETH0


def test_a_secondary_address_moves_at_once_and_its_elastic_address_after_it(world, server, neighbour, probe):
    world.ec2.assign_private_ip_addresses(NetworkInterfaceId=server.eni(0).id, PrivateIpAddresses=["10.0.0.210"])
    allocated = world.ec2.allocate_address(Domain="vpc")
    world.ec2.associate_address(
        AllocationId=allocated["AllocationId"], NetworkInterfaceId=server.eni(0).id, PrivateIpAddress="10.0.0.210"
    )
    neighbour.ip("address", "add", "10.0.0.210/32", "dev", "eth0")  # which is the only one to have it
    assert probe(names.CLIENT, allocated["PublicIp"], 80) == Outcome("timeout")
    with world.transition(5):
        world.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=neighbour.eni(0).id, PrivateIpAddresses=["10.0.0.210"], AllowReassignment=True
        )
        assert probe(server.namespace, "10.0.0.210", 80).answer == "answered"
        assert probe(names.CLIENT, allocated["PublicIp"], 80) == Outcome("timeout")
    eventually(lambda: probe(names.CLIENT, allocated["PublicIp"], 80) == FROM_ETH0)


def test_a_route_to_an_eni_wants_its_source_destination_check_off(world, server, neighbour, probe):
    """The neighbour forwards for a prefix that only it knows."""
    prefix = "172.20.0.0/24"
    world.ec2.create_route(
        RouteTableId=world.public_table, DestinationCidrBlock=prefix, NetworkInterfaceId=neighbour.eni(0).id
    )
    neighbour.ip("address", "add", "172.20.0.1/32", "dev", "lo")
    everywhere = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    with world.allowed(world.web, everywhere):
        assert probe(server.namespace, "172.20.0.1", 22) == Outcome("timeout", request_left_by="eth0")
        world.ec2.modify_network_interface_attribute(
            NetworkInterfaceId=neighbour.eni(0).id, SourceDestCheck={"Value": False}
        )
        assert probe(server.namespace, "172.20.0.1", 22).answer == "answered"


def test_a_source_that_is_not_the_enis_is_dropped(server, probe, internet_server):
    server.ip("address", "add", "10.0.0.99/32", "dev", "eth0")
    spoofed = probe(server.namespace, names.CORPORATE_ADDRESS, 9, source="10.0.0.99")
    assert spoofed == Outcome("timeout", request_left_by="eth0")
    assert probe(server.namespace, names.CORPORATE_ADDRESS, 9).answer == "refused"
