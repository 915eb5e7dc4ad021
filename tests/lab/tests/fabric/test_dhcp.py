# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.dhcp import Dhcp
from lab.fabric.dnsmasq import DnsmasqError

MAGIC = b"\x63\x82\x53\x63"  # RFC 2131
MASK, ROUTER, DNS, MTU, ADDRESS, LEASE, TYPE, SERVER, CLIENT_ID = 1, 3, 6, 26, 50, 51, 53, 54, 61
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
MACS = {"eth0": "02:00:00:00:00:05", "eth1": "02:00:00:00:01:05"}
SUBNETS = [("10.0.0.0/24", "10.0.0.1", "10.0.0.2"), ("10.0.1.0/24", "10.0.1.1", "10.0.0.2")]
LEASES = [(MACS["eth0"], "10.0.0.5", "i-1"), (MACS["eth1"], "10.0.1.5", "i-1")]


class Wire:
    """A router's namespace and a guest's: each interface of the guest ends at a port of its own."""

    def __init__(self, router: str, guest: str):
        self.router = router
        self.guest = guest

    def plug(self, device: str, gateway: str) -> None:
        netns.ip("-n", self.guest, "link", "add", device, "address", MACS[device], "type", "veth",
                 "peer", "name", f"port-{device}", "netns", self.router)
        netns.ip("-n", self.router, "address", "add", gateway, "dev", f"port-{device}", "noprefixroute")
        netns.ip("-n", self.router, "link", "set", f"port-{device}", "up")
        netns.ip("-n", self.guest, "link", "set", device, "up")


@pytest.fixture
def wire(new_namespace) -> Wire:
    wire = Wire(new_namespace(), new_namespace())
    wire.plug("eth0", "10.0.0.1/24")
    return wire


@pytest.fixture
def dhcp(wire, tmp_path) -> Iterator[Dhcp]:
    dhcp = Dhcp(wire.router, tmp_path)
    yield dhcp
    dhcp.stop()


def exchange(wire: Wire, device: str, kind: int, options: dict[int, bytes]) -> tuple[str, dict[int, bytes]] | None:
    """Broadcast a DHCP message: the answer's ``yiaddr`` and options (RFC 2131, 2132), None without an answer."""
    transaction, mac = secrets.token_bytes(4), bytes.fromhex(MACS[device].replace(":", ""))
    body = b"".join(bytes([code, len(value)]) + value for code, value in {TYPE: bytes([kind]), **options}.items())
    broadcast = struct.pack("!BBBB4sHH", 1, 1, 6, 0, transaction, 0, 0x8000)
    message = broadcast + bytes(16) + mac.ljust(16 + 64 + 128, b"\0") + MAGIC + body + b"\xff"
    with netns.socket_in(wire.guest, socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        client.settimeout(3)
        client.bind(("", 68))
        client.sendto(message, ("255.255.255.255", 67))
        try:
            while True:
                answer = client.recv(1500)
                if answer[4:8] == transaction:
                    return socket.inet_ntoa(answer[16:20]), parse(answer[240:])
        except TimeoutError:
            return None


def parse(options: bytes) -> dict[int, bytes]:
    values = {}
    while options[0] != 0xFF:
        if options[0] == 0:
            options = options[1:]
            continue
        values[options[0]] = options[2:2 + options[1]]
        options = options[2 + options[1]:]
    return values


def lease(wire: Wire, device: str, client_id: bytes = b"\1") -> tuple[str, dict[int, bytes]] | None:
    offer = exchange(wire, device, DISCOVER, {CLIENT_ID: client_id})
    if not offer:
        return None
    address, options = offer
    wanted = {ADDRESS: socket.inet_aton(address), SERVER: options[SERVER], CLIENT_ID: client_id}
    answer = exchange(wire, device, REQUEST, wanted)
    assert answer and answer[1][TYPE] == bytes([ACK])
    return answer


def test_an_eni_gets_its_address_and_its_subnets_options(wire, dhcp):
    dhcp.update(SUBNETS, LEASES)
    address, options = lease(wire, "eth0")
    assert address == "10.0.0.5"
    assert socket.inet_ntoa(options[MASK]) == "255.255.255.0"
    assert socket.inet_ntoa(options[ROUTER]) == "10.0.0.1"
    assert socket.inet_ntoa(options[DNS]) == "10.0.0.2"
    assert int.from_bytes(options[LEASE], "big") == 3600
    assert int.from_bytes(options[MTU], "big") == 9001


def test_a_port_that_appears_later_is_served_its_own_subnet(wire, dhcp):
    dhcp.update(SUBNETS, LEASES)
    wire.plug("eth1", "10.0.1.1/24")
    address, options = lease(wire, "eth1")
    assert address == "10.0.1.5"
    assert socket.inet_ntoa(options[ROUTER]) == "10.0.1.1"


def test_an_unknown_mac_gets_nothing_until_an_update_names_it(wire, dhcp):
    dhcp.update(SUBNETS, LEASES[1:])
    assert lease(wire, "eth0") is None
    dhcp.update(SUBNETS, LEASES)
    assert lease(wire, "eth0")[0] == "10.0.0.5"


def test_an_eni_keeps_its_address_on_another_instance(wire, dhcp):
    dhcp.update(SUBNETS, LEASES)
    assert lease(wire, "eth0", b"first instance")[0] == lease(wire, "eth0", b"second instance")[0] == "10.0.0.5"


def test_an_update_that_changes_nothing_disturbs_nothing(wire, dhcp):
    dhcp.update(SUBNETS, LEASES)
    server = netns.pids(wire.router)
    dhcp.update(SUBNETS[::-1], LEASES[::-1])
    assert netns.pids(wire.router) == server != []


def test_stop_leaves_no_process(wire, dhcp):
    dhcp.update(SUBNETS, LEASES)
    dhcp.stop()
    assert netns.pids(wire.router) == []


def test_a_server_that_does_not_start_says_why(wire, dhcp):
    with netns.socket_in(wire.router, socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 67))
        with pytest.raises(DnsmasqError, match=f"no DHCP in {wire.router}: .*Address already in use"):
            dhcp.update(SUBNETS, LEASES)
