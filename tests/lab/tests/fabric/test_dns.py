# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a VPC's resolver answers, as data and by dnsmasq."""

from __future__ import annotations

import dataclasses
import socket
import struct
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric import dns
from lab.fabric.description import Description, HostedZone, Record, VpcEndpoint

REGIONAL = "vpce-1-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com"
ZONAL = "vpce-1-abc-us-east-1a.vpce-svc-1.us-east-1.vpce.amazonaws.com"
NOERROR, NXDOMAIN = 0, 3  # RFC 1035


@pytest.fixture
def described(dual_homed) -> Description:
    """An endpoint with an ENI in each of two zones."""
    other_zone = dataclasses.replace(dual_homed.subnets["subnet-2"], zone_id="use1-az2", zone_name="us-east-1b")
    names = (REGIONAL, ZONAL, "api.partner.example")
    service = "com.amazonaws.vpce.us-east-1.vpce-svc-1"
    endpoint = VpcEndpoint("vpce-1", "vpc-1", service, "available", ("eni-0", "eni-1"), names)
    elsewhere = dataclasses.replace(dual_homed.vpcs["vpc-1"], id="vpc-2")
    return dataclasses.replace(
        dual_homed,
        vpcs={**dual_homed.vpcs, "vpc-2": elsewhere},
        subnets={**dual_homed.subnets, "subnet-2": other_zone},
        vpc_endpoints={"vpce-1": endpoint},
    )


def with_zones(description: Description, *zones: tuple[str, str, list[Record]]) -> Description:
    """Private ones: name, associated VPC, records."""
    hosted = {name: HostedZone(name, name, (vpc,), tuple(records)) for name, vpc, records in zones}
    return dataclasses.replace(description, hosted_zones=hosted)


def answers(description: Description, vpc_id: str = "vpc-1") -> dict:
    return dns.answers(description, description.vpcs[vpc_id])


@pytest.mark.parametrize("vpc_id", ["vpc-1", "vpc-2"])
def test_an_endpoints_public_names_resolve_from_anywhere(described, vpc_id):
    resolved = answers(described, vpc_id)
    assert resolved[REGIONAL] == ("10.0.0.5", "10.0.1.5")
    assert resolved[ZONAL] == ("10.0.0.5",)


def test_an_endpoints_private_name_resolves_in_its_vpc_only(described):
    assert answers(described)["api.partner.example"] == ("10.0.0.5", "10.0.1.5")
    assert "api.partner.example" not in answers(described, "vpc-2")


def test_a_zone_answers_where_it_is_associated_only(described):
    zoned = with_zones(described, ("example.internal", "vpc-2", [Record("a.example.internal", "A", ("10.9.0.1",))]))
    assert answers(zoned, "vpc-2")["a.example.internal"] == ("10.9.0.1",)
    assert "a.example.internal" not in answers(zoned)


@pytest.mark.parametrize("kind", ["CNAME", "ALIAS"])
def test_a_chain_is_followed_to_the_endpoint(described, kind):
    records = [
        Record("www.example.internal", "CNAME", ("example.internal",)),
        Record("example.internal", kind, (REGIONAL,)),
    ]
    assert answers(with_zones(described, ("example.internal", "vpc-1", records)))["www.example.internal"] == (
        "10.0.0.5",
        "10.0.1.5",
    )


def test_a_chain_that_ends_nowhere_or_in_itself_has_no_answer(described):
    records = [
        Record("gone.example.internal", "CNAME", ("nowhere.example.internal",)),
        Record("a.example.internal", "CNAME", ("b.example.internal",)),
        Record("b.example.internal", "CNAME", ("a.example.internal",)),
    ]
    zoned = answers(with_zones(described, ("example.internal", "vpc-1", records)))
    assert not [name for name in zoned if name.endswith("example.internal")]


def test_the_most_specific_zone_alone_answers(described):
    zoned = with_zones(
        described,
        ("example.internal", "vpc-1", [Record("a.b.example.internal", "A", ("10.9.0.1",))]),
        ("b.example.internal", "vpc-1", [Record("c.b.example.internal", "A", ("10.9.0.2",))]),
        ("vpce.amazonaws.com", "vpc-1", []),
    )
    resolved = answers(zoned)
    assert resolved["c.b.example.internal"] == ("10.9.0.2",)
    assert "a.b.example.internal" not in resolved
    assert REGIONAL not in resolved


def test_private_names_want_dns_hostnames(described):
    zoned = with_zones(described, ("example.internal", "vpc-1", [Record("a.example.internal", "A", ("10.9.0.1",))]))
    without = {**zoned.vpcs, "vpc-1": dataclasses.replace(zoned.vpcs["vpc-1"], dns_hostnames=False)}
    assert set(answers(dataclasses.replace(zoned, vpcs=without))) == {REGIONAL, ZONAL}


@pytest.fixture
def server(namespace, tmp_path) -> Iterator[dns.Dns]:
    server = dns.Dns(namespace, ["127.0.0.1"], tmp_path)
    yield server
    server.stop()


def ask(namespace: str, name: str) -> tuple[int, set[str]]:
    """The code and the addresses of an answer to a question for A (RFC 1035)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + b"\0" + struct.pack("!HH", 1, 1)
    with netns.socket_in(namespace, socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(struct.pack("!6H", 1, 0x0100, 1, 0, 0, 0) + question, ("127.0.0.1", 53))
        answer = client.recv(512)
    count = struct.unpack_from("!H", answer, 6)[0]
    records = [answer[12 + len(question) + 16 * number:][:16] for number in range(count)]  # each name is a pointer back
    return answer[3] & 0x0F, {socket.inet_ntoa(record[12:]) for record in records}


def test_the_server_answers_names_and_wildcards_and_nothing_else(namespace, server):
    server.update({"a.example": ("10.0.0.1", "10.0.0.2"), "*.b.example": ("10.0.0.3",), "c.b.example": ("10.0.0.4",)})
    assert ask(namespace, "a.example") == (NOERROR, {"10.0.0.1", "10.0.0.2"})
    assert ask(namespace, "any.b.example") == (NOERROR, {"10.0.0.3"})
    assert ask(namespace, "c.b.example") == (NOERROR, {"10.0.0.4"})
    assert ask(namespace, "b.example") == (NOERROR, set())  # there are names below it
    assert ask(namespace, "debian.org") == (NXDOMAIN, set())


def test_an_update_is_answered_at_once(namespace, server):
    server.update({})
    assert ask(namespace, "a.example") == (NXDOMAIN, set())
    server.update({"a.example": ("10.0.0.1",)})
    assert ask(namespace, "a.example") == (NOERROR, {"10.0.0.1"})
