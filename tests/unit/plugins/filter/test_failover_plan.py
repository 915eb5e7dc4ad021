# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a failover decides: where to, whether anything moves, and what stands against it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.failover_plan import failover_plan

SUBNETS = [{"id": "subnet-a", "cidr_block": "10.0.0.0/24"}, {"id": "subnet-b", "cidr_block": "10.0.1.0/24"}]


def eni(eni_id, primary, *secondary, subnet="subnet-a", at=None, status="attached", elastic_ips=()):
    """As both modules return it; at: (instance id, device index); elastic_ips: {private address: public one}."""
    addresses = [
        {"private_ip_address": address, "primary": address == primary,
         **({"association": {"public_ip": dict(elastic_ips)[address]}} if address in dict(elastic_ips) else {})}
        for address in (primary, *secondary)
    ]
    return {
        "id": eni_id, "network_interface_id": eni_id, "subnet_id": subnet, "availability_zone": "eu-west-1a",
        "private_ip_addresses": addresses,
        **({"attachment": {"instance_id": at[0], "device_index": at[1], "status": status}} if at else {}),
    }


def instance(instance_id, name, *interfaces, zone="eu-west-1a", state="running"):
    return {
        "instance_id": instance_id, "tags": {"Name": name}, "state": {"name": state}, "placement": {"availability_zone": zone},
        "network_interfaces": list(interfaces),
    }


WEB1_ETH0 = eni("eni-10", "10.0.0.10", "10.0.0.50", at=("i-1", 0), elastic_ips={"10.0.0.50": "203.0.113.5"}.items())
WEB2_ETH0 = eni("eni-20", "10.0.0.20", at=("i-2", 0))
WEB2_ETH1 = eni("eni-21", "10.0.1.20", subnet="subnet-b", at=("i-2", 1))
WEB1 = instance("i-1", "web1", WEB1_ETH0)
WEB2 = instance("i-2", "web2", WEB2_ETH0, WEB2_ETH1)


def plan(found, *instances, **asked):
    complete = {"to": "web2", "from": "", "interface": "", "addresses": [], "device_index": "", **asked}
    return failover_plan(found, instances or [WEB1, WEB2], SUBNETS, complete, {})


@pytest.mark.parametrize("at, status, asked, moves, device_index, holders", [
    (("i-1", 2), "attached", "", True, 2, ["i-1"]),
    (("i-1", 2), "attached", 5, True, 5, ["i-1"]),
    (None, "attached", "", True, 2, []),
    (("i-2", 7), "attached", "", False, 7, []),
    (("i-2", 7), "attaching", "", False, 7, []),
    (("i-2", 7), "detaching", "", True, 2, ["i-2"]),
    (("i-2", 7), "attached", 5, True, 5, ["i-2"]),
])
def test_an_interface_moves_to_the_lowest_free_index_unless_it_is_there(at, status, asked, moves, device_index, holders):
    service = eni("eni-5", "10.0.0.5", at=at, status=status)
    decided = plan([service], interface="service", device_index=asked)
    assert decided["problems"] == []
    assert (decided["moves"], decided["device_index"], decided["holders"]) == (moves, device_index, holders)


def test_the_slot_of_an_interface_that_has_to_move_within_the_standby_is_free():
    service = eni("eni-5", "10.0.0.5", at=("i-2", 2), status="detaching")
    decided = plan([service], WEB1, instance("i-2", "web2", WEB2_ETH0, WEB2_ETH1, service), interface="service")
    assert decided["device_index"] == 2


def test_addresses_go_to_the_interface_of_their_subnet_and_public_ones_are_told_first():
    decided = plan([WEB1_ETH0], addresses=["10.0.0.50"])
    assert decided["problems"] == []
    assert (decided["moves"], decided["network_interface_id"], decided["device_index"]) == (True, "eni-20", 0)
    assert (decided["addresses"], decided["holders"]) == (["203.0.113.5", "10.0.0.50"], ["i-1"])


def test_addresses_that_are_there_already_do_not_move():
    there = eni("eni-20", "10.0.0.20", "10.0.0.50", at=("i-2", 0))
    decided = plan([there], WEB1, instance("i-2", "web2", there), addresses=["10.0.0.50"])
    assert (decided["moves"], decided["holders"], decided["addresses"]) == (False, [], ["10.0.0.50"])


def test_addresses_that_some_other_vpc_has_too_are_not_theirs():
    foreign = eni("eni-99", "10.0.0.50", subnet="subnet-of-another-vpc", at=("i-9", 0))
    decided = plan([foreign], addresses=["10.0.0.50"], **{"from": "web1"})
    assert (decided["problems"], decided["holders"]) == ([], [])


def test_a_failed_server_that_is_gone_is_no_problem():
    decided = plan([eni("eni-5", "10.0.0.5")], WEB2, interface="service", **{"from": "web1"})
    assert (decided["problems"], decided["failed"]) == ([], {})


def test_a_standby_that_does_not_exist_is_an_error_that_says_so():
    with pytest.raises(AnsibleFilterError, match="web2: no instance of this account and region has the Name tag 'web2'"):
        plan([], WEB1, interface="service")


SERVICE = eni("eni-5", "10.0.0.5")
ON_ANOTHER = eni("eni-5", "10.0.0.5", at=("i-3", 1))


@pytest.mark.parametrize("found, instances, asked, said", [
    ([], (), {"interface": "service"}, "no network interface has the ID or Name tag 'service'; make it"),
    ([SERVICE, eni("eni-6", "10.0.0.6")], (), {"interface": "service"}, "eni-5, eni-6; give the ID"),
    ([WEB1_ETH0], (), {"interface": "eni-10"}, "interface of i-1, which cannot move; move secondary addresses"),
    ([SERVICE], (instance("i-2", "web2", zone="eu-west-1b"),), {"interface": "service"}, "choose a standby in eu-west-1a"),
    ([SERVICE], (instance("i-2", "web2", state="stopped"),), {"interface": "service"}, "is stopped; start it"),
    ([SERVICE], (), {"interface": "service", "from": "web2"}, "is the standby itself (i-2)"),
    ([ON_ANOTHER], (), {"interface": "service", "from": "web1"}, "i-3 has service now, and not 'web1' (i-1)"),
    ([ON_ANOTHER], (), {"interface": "service", "from": "old"}, "and not 'old', which has no instance"),
    ([], (), {"addresses": ["10.0.7.50"]}, "it has 10.0.0.0/24 (eth0), 10.0.1.0/24 (eth1), and addresses stay"),
    ([], (), {"addresses": ["10.0.0.50"], "device_index": 1}, "it has 10.0.1.0/24 (eth1)"),
    ([], (), {"addresses": ["10.0.0.50", "10.0.1.50"]}, "list the addresses of one subnet at a time"),
    ([], (), {"addresses": ["10.0.0.5x"]}, "'10.0.0.5x' is not an IPv4 address"),
    ([WEB1_ETH0], (), {"addresses": ["10.0.0.10"]}, "primary address of eni-10, which cannot move; list secondary"),
])
def test_what_stands_against_it_says_what_to_do(found, instances, asked, said):
    problems = plan(found, *instances, **asked)["problems"]
    assert len(problems) == 1
    assert said in problems[0]
