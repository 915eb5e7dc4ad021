# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What ip(8) said on a Debian 12 guest with the policy in place, a rule and a route of somebody else, and a bridge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import kernel
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import LOCAL_TABLE, Address, Link, Route, Rule, State

RECORDED = Path(__file__).with_name("recorded")


def loaded(name):
    return json.loads((RECORDED / name).read_text())


def recorded() -> State:
    rules, routes = ({4: loaded(f"{name}.json"), 6: loaded(f"{name}6.json")} for name in ("rule", "route"))
    return kernel.parse(loaded("address.json"), rules, routes)


@pytest.fixture(name="ip")
def recorded_ip(monkeypatch):
    """ip(8) that answers what was recorded."""
    def ip(*arguments):
        what = next(word for word in arguments if not word.startswith("-"))
        family = "6" if "-6" in arguments else ""
        return (RECORDED / f"{what}{family}.{'json' if '-j' in arguments else 'txt'}").read_text()
    monkeypatch.setattr(kernel, "ip", ip)


def test_parse():
    state = recorded()
    assert state.links == (Link("eth0", "02:42:0a:00:00:0a"), Link("eth1", "02:42:0a:00:01:0a"))  # not the bridge
    assert Address("eth1", "10.0.1.10", 24, True, ("broadcast", "10.0.1.255", "metric", "4001")) in state.addresses
    assert Address("eth1", "10.0.1.21", 32) in state.addresses
    assert Rule(4001, "10.0.1.10", 4001) in state.rules
    assert Rule(500, '{"fwmark": "0x1", "src": "9.9.9.9"}', 99) in state.rules
    assert Route(4001, "default", "10.0.1.1", "eth1") in state.routes
    assert Route(254, "default", "10.0.0.1", "eth0", 100) in state.routes
    assert all(route.table != LOCAL_TABLE for route in state.routes)


def test_parse_of_ipv6():
    state = recorded()
    assert Address("eth1", "2001:db8:0:1::10", 128, True, ("noprefixroute",)) in state.addresses
    assert not any(item.address.startswith("fe80:") for item in state.addresses)
    assert Rule(4100, "all", 254, suppress=0, family=6) in state.rules
    assert Rule(4001, "2001:db8:0:1:8000::/80", 4001, suppress=0, family=6) in state.rules
    assert Route(254, "default", "fe80::1", "eth0", 1024, 6, advertised=True) in state.routes
    assert Route(4001, "default", "fe80::2", "eth1", 100, 6) in state.routes
    assert not any(route.destination.startswith("fe80:") for route in state.routes)


def test_a_route_by_several_interfaces_is_one_for_each():
    hops = [{"gateway": "10.0.0.1", "dev": "eth0", "weight": 1}, {"gateway": "10.0.1.1", "dev": "eth1", "weight": 1}]
    default = {"dst": "default", "protocol": "4", "metric": 50, "flags": [], "nexthops": hops}
    assert kernel.parse([], {}, {4: [default]}).routes == (
        Route(254, "default", "10.0.0.1", "eth0", 50), Route(254, "default", "10.0.1.1", "eth1", 50))


def test_routes_are_set_again_without_what_is_theirs_alone(monkeypatch):
    line = "1 default nhid 5 via 10.0.0.1 dev eth0 table 254 proto 3 expires 1780sec \\\tnexthop via 10.0.1.1 dev eth1\n"
    monkeypatch.setattr(kernel, "read", State)
    monkeypatch.setattr(kernel, "ip", lambda *words: line if "route" in words and "-4" in words else "")
    assert kernel.commands({"eth0"}) == [
        "-4 route add default via 10.0.0.1 dev eth0 table 254 proto 3 nexthop via 10.0.1.1 dev eth1".split()]


def test_read_reads_both_families(ip):
    assert kernel.read() == recorded()


def test_commands_set_again_what_is_there(ip):
    commands = kernel.commands({"eth1"})
    assert "-4 address add 10.0.1.21/32 dev eth1".split() in commands
    assert "-4 address add 10.0.1.10/24 broadcast 10.0.1.255 metric 4001 dev eth1".split() in commands
    assert "-6 address add 2001:db8:0:1::10/128 noprefixroute dev eth1".split() in commands
    assert "-4 route add 7.7.7.0/24 dev eth1 table 254 proto 3 scope 253".split() in commands
    assert "-6 route add default via fe80::2 dev eth1 table 4001 proto 9 metric 1024 pref medium".split() in commands
    assert "-4 rule add priority 500 from 9.9.9.9 fwmark 0x1 lookup 99 proto 0".split() in commands
    assert "-6 rule add priority 4100 from all lookup 254 suppress_prefixlength 0 proto 4".split() in commands
    assert not any("eth0" in command for command in commands)
    assert not any("255" in command for command in commands)


def test_managed_are_those_that_come_back_by_themselves():
    assert kernel.is_managed("-4 rule add priority 32766 from all lookup 254 proto 2".split())
    assert kernel.is_managed("-4 route add default via 10.0.0.1 dev eth0 table 254 proto 16".split())
    assert not kernel.is_managed("-4 route add 7.7.7.0/24 dev eth1 table 254 proto 3".split())
    assert not kernel.is_managed("-4 rule add priority 500 from 9.9.9.9 lookup 99 proto 0".split())
