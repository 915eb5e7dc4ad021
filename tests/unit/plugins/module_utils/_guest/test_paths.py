# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The kernel's answers about ways, as ip(8) of iproute2 6.1 printed them."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import paths
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Address, Link, State

STATE = State(
    links=(Link("eth0", "02:42:0a:00:00:0a"), Link("eth1", "02:42:0a:00:01:0a")),
    addresses=(
        Address("lo", "127.0.0.1", 8), Address("eth0", "10.0.0.10", 24), Address("eth1", "10.0.1.10", 24),
        Address("eth1", "2001:db8:0:1::10", 64), Address("docker0", "172.17.0.1", 16),
    ),
)
BY_ETH1 = ('[{"dst":"192.168.5.5","gateway":"10.0.1.1","dev":"eth1","prefsrc":"10.0.1.10","flags":[],"uid":0,'
           '"cache":[]}]')
ANSWERS = {
    "192.168.5.5": BY_ETH1,
    "192.168.5.5 from 10.0.1.10": BY_ETH1.replace("prefsrc", "from"),
}


@pytest.mark.parametrize(("reply", "asked", "interface", "source", "gateway"), [
    (BY_ETH1, "", "eth1", "10.0.1.10", "10.0.1.1"),
    ('[{"dst":"192.168.5.5","from":"10.0.0.10","gateway":"10.0.1.1","dev":"eth1","flags":[],"uid":0,"cache":[]}]',
     "10.0.0.10", "eth1", "10.0.0.10", "10.0.1.1"),
    ('[{"dst":"2001:db8:5::1","from":"2001:db8:0:1::10","gateway":"2001:db8::1","dev":"eth0","prefsrc":"2001:db8::10",'
     '"metric":1024,"flags":[],"pref":"medium"}]',
     "2001:db8:0:1::10", "eth0", "2001:db8:0:1::10", "2001:db8::1"),
    ('[{"dst":"10.0.1.99","dev":"eth1","prefsrc":"10.0.1.10","flags":[],"uid":0,"cache":[]}]',
     "", "eth1", "10.0.1.10", ""),
    ('[{"type":"2","dst":"10.0.1.21","dev":"lo","table":"255","prefsrc":"10.0.1.21","flags":[],"uid":0,'
     '"cache":["local"]}]', "", "lo", "10.0.1.21", ""),
    ('[{"dst":"fe80::1","from":"::","dev":"eth0","protocol":"2","metric":256,"flags":[],"pref":"medium"}]',
     "", "eth0", "", ""),
])
def test_a_way(reply, asked, interface, source, gateway):
    assert paths.parse(reply, asked) == {
        "interface": interface, "source": source, "gateway": gateway, "problem": ""}


def test_replies_come_from_the_addresses_of_the_peers_family_on_network_interfaces(monkeypatch):
    def ip(*arguments):
        asked = " ".join(arguments[4:])
        if asked not in ANSWERS:
            raise CommandFailed(f"ip {' '.join(arguments)}: RTNETLINK answers: Network is unreachable")
        return ANSWERS[asked]

    monkeypatch.setattr(paths, "ip", ip)
    by_eth1 = {"interface": "eth1", "source": "10.0.1.10", "gateway": "10.0.1.1", "problem": ""}
    assert paths.read("192.168.5.5", STATE) == {
        "peer": "192.168.5.5", **by_eth1, "replies": [
            {"interface": "", "source": "10.0.0.10", "gateway": "", "problem": "Network is unreachable"}, by_eth1]}
    way = paths.read("2001:db8:5::1", STATE)
    assert (way["problem"], [reply["source"] for reply in way["replies"]]) == (
        "Network is unreachable", ["2001:db8:0:1::10"])
