# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What ip(8) said on a Debian 12 guest with the policy in place, a rule and a route of somebody else, and a bridge."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import kernel
from ansible_collections.xeni.aws.plugins.module_utils._guest.kernel import Address, Goal, Link, Route, Rule, State

RECORDED = Path(__file__).with_name("recorded")


def recorded() -> State:
    return kernel.parse(
        *(json.loads((RECORDED / f"{name}.json").read_text()) for name in ("link", "address", "rule", "route")))


@pytest.fixture(name="ip")
def recorded_ip(monkeypatch):
    """ip(8) that answers what was recorded."""
    def ip(*arguments):
        what = next(word for word in arguments if not word.startswith("-"))
        return (RECORDED / f"{what}.{'json' if '-j' in arguments else 'txt'}").read_text()
    monkeypatch.setattr(kernel, "ip", ip)


def test_parse():
    state = recorded()
    assert state.links == (Link("eth0", "02:42:0a:00:00:0a"), Link("eth1", "02:42:0a:00:01:0a"))  # not the bridge
    assert Address("eth1", "10.0.1.10", 24, dynamic=True, metric=4001) in state.addresses
    assert Address("eth1", "10.0.1.21", 32) in state.addresses
    assert Rule(4001, "10.0.1.10", 4001) in state.rules
    assert Rule(500, '{"fwmark": "0x1", "src": "9.9.9.9"}', 99) in state.rules
    assert Route(4001, "default", "10.0.1.1", "eth1") in state.routes
    assert Route(254, "default", "10.0.0.1", "eth0", 100) in state.routes
    assert all(route.table != kernel.LOCAL_TABLE for route in state.routes)


def test_read_reads_all_four(ip):
    assert kernel.read() == recorded()


def test_commands_set_again_what_is_there(ip):
    commands = kernel.commands({"eth1"})
    assert "address add 10.0.1.21/32 dev eth1 metric 0".split() in commands
    assert "route add 7.7.7.0/24 dev eth1 table 254 proto 3 scope 253".split() in commands
    assert "rule add priority 500 from 9.9.9.9 fwmark 0x1 lookup 99 proto 0".split() in commands
    assert not any("eth0" in command for command in commands)
    assert not any("255" in command for command in commands)


def test_managed_are_those_that_come_back_by_themselves():
    assert kernel.is_managed("rule add priority 32766 from all lookup 254 proto 2".split())
    assert kernel.is_managed("route add default via 10.0.0.1 dev eth0 table 254 proto 16".split())
    assert not kernel.is_managed("route add 7.7.7.0/24 dev eth1 table 254 proto 3".split())
    assert not kernel.is_managed("rule add priority 500 from 9.9.9.9 lookup 99 proto 0".split())


GOAL = Goal(
    addresses=(("eth1", "10.0.1.10"),),
    rules=(Rule(4001, "10.0.1.10", 4001),),
    routes=(Route(4001, "default", "10.0.1.1", "eth1"),),
    tables={4000: "eth0", 4001: "eth1"},
    default_device="eth0",
    without_default=("eth1",),
)
REACHED = State(
    addresses=(Address("eth1", "10.0.1.10", 24, True),),
    rules=(Rule(0, "all", 255), Rule(4001, "10.0.1.10", 4001)),
    routes=(Route(4001, "default", "10.0.1.1", "eth1"), Route(254, "default", "10.0.0.1", "eth0", 100)),
)


def texts(**changed):
    state = State(**{**{key: getattr(REACHED, key) for key in ("addresses", "rules", "routes")}, **changed})
    return [tuple(difference) for difference in kernel.differences(GOAL, state)]


def test_no_differences():
    assert texts() == []
    assert texts(rules=(*REACHED.rules, Rule(500, "9.9.9.9", 99))) == []


@pytest.mark.parametrize(("changed", "difference"), [
    ({"addresses": ()}, ("eth1", "eth1: address 10.0.1.10 is missing")),
    ({"rules": ()}, ("eth1", "rule 4001: from 10.0.1.10 lookup 4001 is missing")),
    ({"rules": (*REACHED.rules, Rule(4001, "10.0.1.99", 4001))},
     ("eth1", "rule 4001: from 10.0.1.99 lookup 4001 should not be there")),
    ({"routes": REACHED.routes[1:]}, ("eth1", "route default via 10.0.1.1 dev eth1 table 4001 is missing")),
    ({"routes": (*REACHED.routes, Route(4000, "8.8.8.0/24", "10.0.1.1", "eth1"))},
     ("eth0", "route 8.8.8.0/24 via 10.0.1.1 dev eth1 table 4000 should not be there")),
    ({"routes": (*REACHED.routes, Route(254, "default", "10.0.1.1", "eth1", 200))},
     ("eth1", "route default via 10.0.1.1 dev eth1 table main should not be there")),
    ({"routes": REACHED.routes[:1]}, ("eth0", "the default route of main leaves by no interface instead of eth0")),
    ({"routes": (*REACHED.routes, Route(254, "default", "", "tun0", 50))},
     ("eth0", "the default route of main leaves by tun0 instead of eth0")),
])
def test_differences(changed, difference):
    assert texts(**changed) == [difference]


def test_goal_survives_json():
    assert Goal.from_json(json.loads(json.dumps(asdict(GOAL)))) == GOAL
