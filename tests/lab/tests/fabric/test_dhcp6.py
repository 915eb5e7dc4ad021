# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Router advertisements (RFC 4861) and DHCPv6 (RFC 8415), as a guest of an ENI's subnet asks for them."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.dhcp import Dhcp
from lab.tests.polling import eventually

CIDR = "2001:db8:0:1::/64"
MACS = {"eth0": "02:00:00:00:00:05", "eth1": "02:00:00:00:00:06"}
LEASES = [(MACS["eth0"], "2001:db8:0:1::5", "i-1"), (MACS["eth1"], "2001:db8:0:1::6", "i-1")]
ROUTER_SOLICITATION, ROUTER_ADVERTISEMENT, PREFIX_INFORMATION = 133, 134, 3
MANAGED, ON_LINK, AUTONOMOUS = 0x80, 0x80, 0x40
SOLICIT, ADVERTISE, REQUEST, REPLY = 1, 2, 3, 7
CLIENT_ID, SERVER_ID, IA_NA, IA_ADDRESS = 1, 2, 3, 5


class Wire:
    """A router's namespace and a guest's: each interface of the guest ends at a port of its own, all of one subnet."""

    def __init__(self, router: str, guest: str):
        self.router = router
        self.guest = guest

    def plug(self, device: str) -> None:
        port = f"port-{device}"
        netns.ip("-n", self.guest, "link", "add", device, "address", MACS[device], "type", "veth",
                 "peer", "name", port, "netns", self.router)
        gateway = ("2001:db8:0:1::1/64", "dev", port, "noprefixroute", "nodad")
        netns.ip("-n", self.router, "address", "add", *gateway)
        netns.ip("-n", self.router, "link", "set", port, "up")
        netns.ip("-n", self.guest, "link", "set", device, "up")
        for end in (("-n", self.guest, "address", "show", device), ("-n", self.router, "address", "show", port)):
            wait_for_link_local(end)

    def socket(self, device: str, kind: int, protocol: int) -> socket.socket:
        opened = netns.socket_in(self.guest, socket.AF_INET6, kind, protocol)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        opened.settimeout(3)
        return opened


def wait_for_link_local(end: tuple[str, ...]) -> None:
    eventually(lambda: "fe80" in netns.ip(*end, "-tentative"))


@pytest.fixture
def wire(new_ipv6_namespace) -> Wire:
    wire = Wire(new_ipv6_namespace(), new_ipv6_namespace())
    wire.plug("eth0")
    return wire


@pytest.fixture
def dhcp(wire, tmp_path) -> Iterator[Dhcp]:
    dhcp = Dhcp(wire.router, tmp_path)
    dhcp.update([], LEASES, [CIDR])
    yield dhcp
    dhcp.stop()


def options(data: bytes) -> dict[int, bytes]:
    """DHCPv6's, the last of each kind."""
    values = {}
    while data:
        code, length = struct.unpack_from("!HH", data)
        values[code] = data[4:4 + length]
        data = data[4 + length:]
    return values


def option(code: int, value: bytes) -> bytes:
    return struct.pack("!HH", code, len(value)) + value


def exchange(wire: Wire, device: str, kind: int, content: bytes) -> tuple[int, dict[int, bytes]] | None:
    """Multicast a DHCPv6 message: the answer's kind and options, None without an answer."""
    transaction = secrets.token_bytes(3)
    with wire.socket(device, socket.SOCK_DGRAM, 0) as client:
        client.bind(("::", 546))
        client.sendto(bytes([kind]) + transaction + content, ("ff02::1:2", 547))
        try:
            answer = client.recv(1500)
        except TimeoutError:
            return None
    assert answer[1:4] == transaction
    return answer[0], options(answer[4:])


def lease(wire: Wire, device: str, client: bytes) -> str | None:
    """The address that a client of this DUID gets."""
    wanted = option(CLIENT_ID, client) + option(IA_NA, b"IAID" + bytes(8))
    answer = exchange(wire, device, SOLICIT, wanted)
    if not answer or IA_NA not in answer[1]:
        return None
    assert answer[0] == ADVERTISE
    chosen = option(CLIENT_ID, client) + option(SERVER_ID, answer[1][SERVER_ID]) + option(IA_NA, answer[1][IA_NA])
    kind, given = exchange(wire, device, REQUEST, chosen)
    assert kind == REPLY
    return str(ipaddress.IPv6Address(options(given[IA_NA][12:])[IA_ADDRESS][:16]))


FIRST, SECOND = (b"\0\4" + bytes([number]) * 16 for number in (1, 2))  # DUID-UUID (RFC 6355)


def test_each_eni_of_a_subnet_gets_its_own_address_by_its_mac_also_one_that_appears_later(wire, dhcp):
    assert lease(wire, "eth0", FIRST) == "2001:db8:0:1::5"
    wire.plug("eth1")
    assert lease(wire, "eth1", FIRST) == "2001:db8:0:1::6"


def test_an_unknown_mac_gets_nothing(wire, dhcp):
    dhcp.update([], LEASES[1:], [CIDR])
    assert lease(wire, "eth0", FIRST) is None


def test_an_eni_keeps_its_address_on_another_instance(wire, dhcp):
    assert lease(wire, "eth0", FIRST) == "2001:db8:0:1::5"
    dhcp.update([], [(MACS["eth0"], "2001:db8:0:1::5", "i-2")], [CIDR])
    assert lease(wire, "eth0", SECOND) == "2001:db8:0:1::5"


def test_the_router_advertises_itself_and_the_subnet_as_on_link_with_addresses_by_dhcp(wire, dhcp):
    with wire.socket("eth0", socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as asking:
        asking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        asking.sendto(bytes([ROUTER_SOLICITATION]) + bytes(7), ("ff02::2", 0))
        deadline = time.monotonic() + 5
        while (answer := asking.recvfrom(1500))[0][0] != ROUTER_ADVERTISEMENT:
            assert time.monotonic() < deadline
    advertisement, (source, *_rest) = answer
    assert ipaddress.ip_address(source.partition("%")[0]).is_link_local
    assert advertisement[5] & MANAGED
    assert int.from_bytes(advertisement[6:8], "big") == 1800  # seconds that it is a default router
    rest, prefixes = advertisement[16:], {}
    while rest:
        if rest[0] == PREFIX_INFORMATION:
            prefixes[f"{ipaddress.IPv6Address(rest[16:32])}/{rest[2]}"] = rest[3] & (ON_LINK | AUTONOMOUS)
        rest = rest[8 * rest[1]:]
    assert prefixes == {CIDR: ON_LINK}
