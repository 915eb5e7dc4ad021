# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server with two ways in, first as it comes up, then with source routing made by hand."""

from __future__ import annotations

import pytest

from lab.fabric import names
from lab.fabric.probes import Outcome

CORPORATE_HOST = "192.168.0.10"


@pytest.fixture
def source_routing(server):
    """What guest_routing is there to do."""
    rule = ("from", server.address(1), "lookup", "100")
    server.ip("route", "add", "default", "via", "10.0.1.1", "dev", "eth1", "table", "100")
    server.ip("rule", "add", *rule)
    yield
    server.ip("rule", "delete", *rule)
    server.ip("route", "flush", "table", "100")


def test_the_elastic_address_answers_by_eth0(server, probe):
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("answered", reply_left_by="eth0")


def test_the_security_group_drops_ssh_from_the_internet(server, probe):
    assert probe(names.CLIENT, server.public_address, 22) == Outcome("timeout")


def test_the_internet_does_not_reach_eth1(server, probe):
    assert probe(names.CLIENT, server.address(1), 22) == Outcome("timeout")


def test_ssh_to_eth1_hangs_because_the_reply_leaves_by_eth0(server, probe):
    assert probe(names.CORP, server.address(1), 22) == Outcome("timeout", reply_left_by="eth0")


def test_ssh_to_eth1_is_answered_by_eth1_with_source_routing(server, probe, source_routing):
    assert probe(names.CORP, server.address(1), 22) == Outcome("answered", reply_left_by="eth1")
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("answered", reply_left_by="eth0")


def test_eth1_does_not_serve_the_web_to_the_corporate_network(server, probe, source_routing):
    assert probe(names.CORP, server.address(1), 80) == Outcome("timeout")


def test_the_guest_reaches_the_internet_by_eth0(server, probe, internet_server):
    outcome = probe(server.namespace, names.CLIENT_ADDRESS, internet_server)
    assert outcome == Outcome("answered", request_left_by="eth0")


def test_the_guest_reaches_the_corporate_network_from_eth1_only(server, probe, source_routing):
    assert probe(server.namespace, CORPORATE_HOST, 9) == Outcome("timeout", request_left_by="eth0")
    from_eth1 = probe(server.namespace, CORPORATE_HOST, 9, source=server.address(1))
    assert from_eth1 == Outcome("refused", request_left_by="eth1")


def test_a_neighbour_reaches_the_public_address_through_the_gateway(server, neighbour, world, probe):
    world.elastic_address(neighbour.eni(0).id)
    outcome = probe(neighbour.namespace, server.public_address, 80)
    assert outcome == Outcome("answered", request_left_by="eth0", reply_left_by="eth0")
