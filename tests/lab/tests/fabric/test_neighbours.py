# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who is asked for is found by the kernel of a guest, which shows in its neighbour table (ip-neighbour(8))."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.neighbours import Neighbours
from lab.tests.polling import eventually

OWN, OTHERS, PREFIX = "2001:db8::5", "2001:db8::6", "2001:db8::1:0:0:0/80"
ROUTER_MAC = "02:00:00:00:00:01"


@pytest.fixture
def guest(new_ipv6_namespace) -> str:
    guest, router = new_ipv6_namespace(), new_ipv6_namespace()
    netns.ip("-n", guest, "link", "add", "eth0", "type", "veth",
             "peer", "name", "eni0", "address", ROUTER_MAC, "netns", router)
    netns.ip("-n", router, "link", "set", "eni0", "up")
    netns.ip("-n", guest, "link", "set", "eth0", "up")
    netns.ip("-n", guest, "ntable", "change", "name", "ndisc_cache", "dev", "eth0", "retrans", "100")
    netns.ip("-n", guest, "address", "add", f"{OWN}/64", "dev", "eth0", "nodad")
    eventually(lambda: "fe80" in netns.ip("-n", guest, "address", "show", "dev", "eth0", "-tentative"))
    return guest


@pytest.fixture
def neighbours(guest) -> Iterator[Neighbours]:
    router = f"{guest.rpartition('-')[0]}-1"
    neighbours = Neighbours(router)
    neighbours.update({"eni0": [OWN], "eni1": [OTHERS, PREFIX]})
    yield neighbours
    neighbours.stop()


def found(guest: str, address: str) -> str | None:
    """The MAC that the guest's kernel finds for an address on its link; None when it gives up."""
    with netns.socket_in(guest, socket.AF_INET6, socket.SOCK_DGRAM) as asking:
        asking.sendto(b"", (address, 9))

    def result() -> dict | None:
        entries = json.loads(netns.ip("-n", guest, "-json", "neighbour", "show", address, "nud", "all"))
        return next((entry for entry in entries if entry["state"] != ["INCOMPLETE"]), None)

    return eventually(result).get("lladdr")


@pytest.mark.parametrize("address", [OTHERS, "2001:db8::1:0:0:7"])
def test_what_is_another_enis_is_at_the_router(guest, neighbours, address):
    assert found(guest, address) == ROUTER_MAC


def test_what_is_nobodys_is_not_found(guest, neighbours):
    assert found(guest, "2001:db8::99") is None


def test_what_goes_is_not_found_any_more(guest, neighbours):
    neighbours.update({"eni0": [OWN]})
    assert found(guest, OTHERS) is None


def test_looking_for_duplicates_finds_none(guest, neighbours):
    """As when an address is on a guest before it has moved to its ENI."""
    netns.run(guest, ["sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=1"], check=True)
    netns.ip("-n", guest, "address", "add", f"{OTHERS}/64", "dev", "eth0")
    eventually(lambda: "tentative" not in netns.ip("-n", guest, "address", "show", "dev", "eth0"))
    assert "dadfailed" not in netns.ip("-n", guest, "address", "show", "dev", "eth0")
