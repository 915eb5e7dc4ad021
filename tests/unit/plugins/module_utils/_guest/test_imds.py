# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the metadata says, asked of a server that speaks IMDSv2 as AWS documents it; and every way in which it may fail.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import http.server
import threading

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import imds
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ETH0, ETH1, ETH2 = "02:42:0a:00:00:0a", "02:42:0a:00:01:0a", "02:42:0a:00:02:0a"
CORPORATE = ["192.168.0.0/16"]
MACS = {
    ETH1: {
        "device-number": "1",
        "interface-id": "eni-1",
        "local-ipv4s": "10.0.1.10\n10.0.1.21",
        "subnet-ipv4-cidr-block": "10.0.1.0/24",
        "ipv4-prefix": "10.0.1.32/28\n10.0.1.48/28",
        "ipv6s": "2001:db8:0:1:0:0:0:10\n2001:db8:0:1::20",
        "ipv6-prefix": "2001:db8:0:1:aaaa::/80",
        "subnet-ipv6-cidr-blocks": "2001:db8:0:1::/64",
    },
    ETH0: {
        "device-number": "0",
        "interface-id": "eni-0",
        "local-ipv4s": "10.0.0.10",
        "public-ipv4s": "54.0.0.10",
        "subnet-ipv4-cidr-block": "10.0.0.0/24",
        "subnet-ipv6-cidr-blocks": "2001:db8::/64",
    },
}
OF_ETH0 = {
    "mac_address": ETH0, "private_ip_addresses": ["10.0.0.10"], "subnet_cidr": "10.0.0.0/24", "ipv6_addresses": [],
    "ipv4_prefixes": [], "ipv6_prefixes": [], "role": "public",
}
OF_ETH1 = {
    "mac_address": ETH1, "private_ip_addresses": ["10.0.1.10", "10.0.1.21"], "subnet_cidr": "10.0.1.0/24",
    "ipv6_addresses": ["2001:db8:0:1::10", "2001:db8:0:1::20"], "subnet_ipv6_cidr": "2001:db8:0:1::/64",
    "ipv4_prefixes": ["10.0.1.32/28", "10.0.1.48/28"], "ipv6_prefixes": ["2001:db8:0:1:aaaa::/80"],
    "role": "management", "management_prefixes": CORPORATE,
}
TTL = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "X-aws-ec2-metadata-token"


class Server(http.server.ThreadingHTTPServer):
    """macs: what it tells. failures: the statuses of the answers to come, None for one that never comes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Request)
        self.macs, self.failures, self.asked, self.connections = MACS, [], [], 0
        self.over = threading.Event()

    def get_request(self):
        self.connections += 1
        return super().get_request()


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one packet: the second of two would wait for the delayed ACK of the first

    def do_PUT(self):
        lives = 1 <= int(self.headers.get(TTL, 0)) <= 21600
        self.answer({"/latest/api/token": "a token"} if lives else {})

    def do_GET(self):
        if self.headers.get(TOKEN) != "a token":
            return self.send(401, "")
        root = "/latest/meta-data/network/interfaces/macs/"
        texts = {root: "\n".join(f"{mac}/" for mac in self.server.macs)}
        for mac, categories in self.server.macs.items():
            texts[f"{root}{mac}/"] = "\n".join(categories)
            texts.update({f"{root}{mac}/{category}": text for category, text in categories.items()})
        return self.answer(texts)

    def answer(self, texts: dict) -> None:
        self.server.asked.append(self.path.rpartition("/macs/")[2])
        status = self.server.failures.pop(0) if self.server.failures else 200
        if status is None:
            self.server.over.wait()
        elif status != 200:
            self.send(status, "")
        else:
            self.send(200 if self.path in texts else 404, texts.get(self.path, ""))

    def send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments):
        """Silent."""


@pytest.fixture
def server(monkeypatch):
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(imds, "HOSTS", (f"127.0.0.1:{server.server_port}",))
        monkeypatch.setattr(imds, "PAUSES", (0, 0))
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def test_the_interfaces_as_guest_routing_takes_them(server):
    found = imds.read(CORPORATE)
    assert found == [OF_ETH0, OF_ETH1]
    others = {"table": 4000, "priority": 4000, "backend": "auto", "take_over": False, "confirm_timeout": 60}
    assert [interface.addresses for interface in from_parameters({"interfaces": found, **others}).interfaces] == [
        ("10.0.0.10",), ("10.0.1.10", "10.0.1.21")]


def test_one_connection_asks_for_what_is_there_and_needed_and_no_more(server):
    imds.read()
    assert server.connections == 1
    needed = [f"{mac}/{category}" for mac, categories in MACS.items() for category in categories
              if category not in ("interface-id", "public-ipv4s")]
    assert sorted(server.asked) == sorted(["/latest/api/token", "", f"{ETH0}/", f"{ETH1}/", *needed])


def test_a_proxy_is_not_asked(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert imds.read()


def prefixes(interfaces) -> dict:
    return {item["mac_address"]: item.get("management_prefixes") for item in interfaces}


def test_another_interface_may_have_the_management_prefixes():
    metadata = {**MACS, ETH2: {**MACS[ETH1], "device-number": "2"}}
    assert prefixes(imds.interfaces(metadata, CORPORATE, 2)) == {ETH0: None, ETH1: None, ETH2: CORPORATE}


def test_device_one_of_another_network_card_is_not_for_management():
    metadata = {ETH2: {**MACS[ETH0], "network-card": "1", "device-number": "1"}, **MACS}
    found = imds.interfaces(metadata, CORPORATE)
    assert prefixes(found) == {ETH0: None, ETH1: CORPORATE, ETH2: None}
    assert [item["role"] for item in found] == ["public", "management", "management"]


@pytest.mark.parametrize("eth2", [
    {"device-number": "2"},
    {"device-number": "2", "ipv6s": "2001:db8::9", "subnet-ipv6-cidr-blocks": "2001:db8::/64"},
], ids=["for EFA alone", "in an IPv6-only subnet"])
def test_an_interface_without_ipv4_is_left_out(eth2):
    assert [*prefixes(imds.interfaces({**MACS, ETH2: eth2}))] == [ETH0, ETH1]


@pytest.mark.parametrize(("metadata", "message"), [
    (MACS, "management_device_index: 3, but the interfaces with IPv4 are 0, 1; attach one there, or give another"),
    ({ETH1: MACS[ETH1]}, "source: the instance's primary interface has no IPv4 address, which guest_routing needs"),
])
def test_an_interface_that_has_to_be_there(metadata, message):
    with pytest.raises(BadInput) as raised:
        imds.interfaces(metadata, CORPORATE, 3)
    assert str(raised.value) == message


@pytest.mark.parametrize("failures", [[503], [None], [200, 200, 503], [200, 200, 200, None], [401], [404]])
def test_what_passes_is_asked_again(server, monkeypatch, failures):
    monkeypatch.setattr(imds, "ANSWER_TIMEOUT", 0.2)
    server.failures = failures
    assert imds.read(CORPORATE) == [OF_ETH0, OF_ETH1]


@pytest.mark.parametrize(("failures", "message"), [
    ([503] * 3, "PUT /latest/api/token of 127.0.0.1: 503 Service Unavailable"),
    ([403] * 3, "PUT /latest/api/token of 127.0.0.1: 403 (is the service switched off? "
                "set HttpEndpoint of the instance's metadata options to enabled)"),
    ([None] * 3, "PUT /latest/api/token of 127.0.0.1: timed out"),
    ([200, 404] * 3, "GET /latest/meta-data/network/interfaces/macs/ of 127.0.0.1: 404 Not Found"),
])
def test_what_does_not_pass_is_told(server, monkeypatch, failures, message):
    monkeypatch.setattr(imds, "ANSWER_TIMEOUT", 0.2)
    server.failures = failures
    with pytest.raises(imds.Unavailable) as raised:
        imds.read()
    assert str(raised.value) == message


def test_nobody_there_to_be_asked(monkeypatch):
    monkeypatch.setattr(imds, "HOSTS", ("127.0.0.1:1", "[::1]:1"))
    monkeypatch.setattr(imds, "PAUSES", ())
    with pytest.raises(imds.Unavailable) as raised:
        imds.read()
    first, second = str(raised.value).split("; ")
    assert first == "PUT /latest/api/token of 127.0.0.1: [Errno 111] Connection refused"
    assert second.startswith("PUT /latest/api/token of ::1: [Errno ")


def test_the_second_host_is_asked_when_the_first_does_not_answer(server, monkeypatch):
    monkeypatch.setattr(imds, "HOSTS", ("127.0.0.1:1", *imds.HOSTS))
    monkeypatch.setattr(imds, "PAUSES", ())
    assert imds.read()


@pytest.mark.parametrize("change", [
    {"device-number": "eth0"}, {"local-ipv4s": "<html>"}, {"subnet-ipv4-cidr-block": "10.0.1.10/24"},
    {"subnet-ipv6-cidr-blocks": ""},
])
def test_what_is_no_metadata_is_named_by_its_interface(change):
    with pytest.raises(imds.Unavailable, match=f"macs/{ETH1}/"):
        imds.interfaces({**MACS, ETH1: {**MACS[ETH1], **change}})


@pytest.mark.parametrize("missing", ["device-number", "subnet-ipv4-cidr-block"])
def test_an_interface_that_is_told_of_by_half(missing):
    """It is being attached or detached."""
    half = {category: text for category, text in MACS[ETH1].items() if category != missing}
    with pytest.raises(imds.Unavailable, match=f"macs/{ETH1}/.*{missing}"):
        imds.interfaces({**MACS, ETH1: half})
