# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How what is there differs from what is wanted, and what would correct it."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.state import (
    Address,
    Goal,
    Route,
    Rule,
    State,
    differences,
)

GOAL = Goal(
    addresses=(("eth1", "10.0.1.10", 0), ("eth1", "10.0.1.21", 32)),
    rules=(Rule(4001, "10.0.1.10", 4001, suppress=0), Rule(4100, "all", 254, suppress=0, family=6)),
    routes=(Route(4001, "default", "10.0.1.1", "eth1"), Route(4001, "default", "fe80:ec2::1", "eth1", family=6)),
    tables=(4000, 4099),
    priorities=(4000, 4200),
    default_device="eth0",
    families=(4, 6),
    without_default=("eth1",),
    without_addresses=(("eth1", "10.0.1.22", 32),),
)
REACHED = State(
    addresses=(Address("eth1", "10.0.1.10", 24, True), Address("eth1", "10.0.1.21", 32)),
    rules=(
        Rule(0, "all", 255), Rule(4001, "10.0.1.10", 4001, suppress=0), Rule(4100, "all", 254, suppress=0, family=6)),
    routes=(
        Route(4001, "default", "10.0.1.1", "eth1"), Route(254, "default", "10.0.0.1", "eth0", 100),
        Route(4001, "default", "fe80:ec2::1", "eth1", 100, 6), Route(254, "default", "fe80::1", "eth0", 1024, 6, True)),
)


def found(**changed):
    state = State(**{**{key: getattr(REACHED, key) for key in ("addresses", "rules", "routes")}, **changed})
    return [(item.device, item.text, " ".join(item.correction)) for item in differences(GOAL, state)]


def without(key, position):
    items = getattr(REACHED, key)
    return {key: (*items[:position], *items[position + 1:])}


def and_also(key, item):
    return {key: (*getattr(REACHED, key), item)}


@pytest.mark.parametrize("changed", [
    {},
    and_also("rules", Rule(500, "9.9.9.9", 99)),
    and_also("rules", Rule(4500, "9.9.9.9", 99)),
    and_also("routes", Route(4500, "default", "10.0.9.1", "eth2")),
    and_also("routes", Route(254, "198.51.100.0/24", "10.0.1.1", "eth1")),
    and_also("addresses", Address("eth0", "10.0.1.22", 32)),
    and_also("routes", Route(4001, "2001:db8:0:1::/64", "", "eth1", 1024, 6, advertised=True)),
])
def test_no_differences(changed):
    assert found(**changed) == []


@pytest.mark.parametrize(("changed", "difference"), [
    (without("addresses", 0), ("eth1", "eth1: address 10.0.1.10 is missing", "")),
    (without("addresses", 1),
     ("eth1", "eth1: address 10.0.1.21 is missing", "-4 address add 10.0.1.21/32 dev eth1")),
    (and_also("addresses", Address("eth1", "10.0.1.22", 32)),
     ("eth1", "eth1: address 10.0.1.22 should not be there", "-4 address del 10.0.1.22/32 dev eth1")),
    (and_also("routes", Route(254, "198.51.100.0/24", "10.0.1.1", "eth1", ours=True)),
     ("eth1", "route 198.51.100.0/24 via 10.0.1.1 dev eth1 table main should not be there",
      "-4 route del 198.51.100.0/24 via 10.0.1.1 dev eth1 table 254")),
    (and_also("routes", Route(254, "default", "fe80::2", "eth1", 1024, 6, advertised=True)),
     ("eth1", "IPv6 route default via fe80::2 dev eth1 table main should not be there",
      "-6 route del default via fe80::2 dev eth1 table 254 metric 1024")),
    (without("rules", 1),
     ("eth1", "rule 4001: from 10.0.1.10 lookup 4001 suppress_prefixlength 0 is missing",
      "-4 rule add priority 4001 from 10.0.1.10 lookup 4001 suppress_prefixlength 0")),
    (without("rules", 2),
     ("eth0", "IPv6 rule 4100: from all lookup main suppress_prefixlength 0 is missing",
      "-6 rule add priority 4100 from all lookup 254 suppress_prefixlength 0")),
    (and_also("rules", Rule(4001, "10.0.1.99", 4001)),
     ("eth1", "rule 4001: from 10.0.1.99 lookup 4001 should not be there",
      "-4 rule del priority 4001 from 10.0.1.99 lookup 4001")),
    (and_also("rules", Rule(4150, '{"fwmark": "0x1", "src": "all"}', 99)),
     ("eth0", 'rule 4150: from {"fwmark": "0x1", "src": "all"} lookup 99 should not be there', "")),
    (without("routes", 0),
     ("eth1", "route default via 10.0.1.1 dev eth1 table 4001 is missing",
      "-4 route replace default via 10.0.1.1 dev eth1 table 4001 proto 120 onlink")),
    (without("routes", 2),
     ("eth1", "IPv6 route default via fe80:ec2::1 dev eth1 table 4001 is missing",
      "-6 route replace default via fe80:ec2::1 dev eth1 table 4001 proto 120 onlink")),
    (and_also("routes", Route(4000, "8.8.8.0/24", "10.0.1.1", "eth1")),
     ("eth1", "route 8.8.8.0/24 via 10.0.1.1 dev eth1 table 4000 should not be there",
      "-4 route del 8.8.8.0/24 via 10.0.1.1 dev eth1 table 4000")),
    (and_also("routes", Route(254, "default", "10.0.1.1", "eth1", 200)),
     ("eth1", "route default via 10.0.1.1 dev eth1 table main should not be there",
      "-4 route del default via 10.0.1.1 dev eth1 table 254 metric 200")),
    (without("routes", 1), ("eth0", "the default route of main leaves by no interface instead of eth0", "")),
    (without("routes", 3), ("eth0", "IPv6: the default route of main leaves by no interface instead of eth0", "")),
    (and_also("routes", Route(254, "default", "", "tun0", 50)),
     ("eth0", "the default route of main leaves by tun0 instead of eth0", "")),
])
def test_differences(changed, difference):
    assert found(**changed) == [difference]


def test_what_a_router_brings_nobody_else_can():
    route = Route(254, "default", "fe80::1", "eth0", 1024, 6, advertised=True)
    [missing] = differences(Goal(routes=(route,)), State())
    assert (missing.text, missing.correction) == ("IPv6 route default via fe80::1 dev eth0 table main is missing", ())


def test_goal_survives_json():
    assert Goal.from_json(json.loads(json.dumps(asdict(GOAL)))) == GOAL
