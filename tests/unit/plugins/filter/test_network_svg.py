# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The picture is a well-formed document that shows each server, interface, address and route."""

from __future__ import annotations

from xml.etree import ElementTree

from ansible_collections.xeni.aws.plugins.filter.network_svg import network_svg


def interface(index, subnet, address, public=None):
    association = {"association": {"public_ip": public}} if public else {}
    return {
        "attachment": {"device_index": index}, "subnet_id": subnet, "groups": [{"group_name": f"group{index}"}],
        "private_ip_addresses": [{"private_ip_address": address, **association}],
    }


def subnet(subnet_id, cidr):
    return {"subnet_id": subnet_id, "cidr_block": cidr, "availability_zone": "eu-west-1a", "tags": {}}


NETWORK = {
    "vpc": {"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/16", "tags": {"Name": "a <b> & c"}},
    "subnets": [subnet("subnet-1", "10.0.0.0/24"), subnet("subnet-2", "10.0.1.0/24")],
    "route_tables": [
        {"associations": [{"main": True}], "routes": [{"destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1", "state": "active"}]},
        {"associations": [{"subnet_id": "subnet-2"}], "routes": [
            {"destination_cidr_block": "10.0.0.0/16", "gateway_id": "local", "state": "active"},
            {"destination_cidr_block": "192.168.0.0/16", "gateway_id": "vgw-1", "state": "active", "origin": "EnableVgwRoutePropagation"},
        ]},
    ],
    "instances": [{
        "instance_id": "i-1", "tags": {"Name": "web1"},
        "network_interfaces": [interface(0, "subnet-1", "10.0.0.10", "203.0.113.9"), interface(1, "subnet-2", "10.0.1.10")],
    }],
    "vpn_connections": [
        {"state": "available", "routes": [{"destination_cidr_block": "192.168.0.0/16"}]},
        {"state": "deleted", "routes": [{"destination_cidr_block": "172.16.0.0/12"}]},
    ],
}


def texts(network) -> list:
    root = ElementTree.fromstring(network_svg(network))
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_all_of_the_network_is_in_it():
    shown = texts(NETWORK)
    for text in (
        "VPC a <b> & c  10.0.0.0/16", "web1", "i-1", "10.0.0.10 \u2194 203.0.113.9", "10.0.1.10", "group0", "group1",
        "routes: 0.0.0.0/0 \u2192 igw-1", "routes: 192.168.0.0/16 \u2192 vgw-1 (propagated)", "192.168.0.0/16",
    ):
        assert text in shown
    assert not any("172.16" in text for text in shown)


def test_a_network_without_servers_is_a_picture_too():
    assert "Corporate network" in texts({**NETWORK, "instances": []})
