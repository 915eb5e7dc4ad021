# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.imds import ADDRESS, IPV6_ADDRESS, TOKEN_HEADER, TTL_HEADER, Imds, Instance
from lab.tests.polling import eventually

FIRST, SECOND, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3"  # a namespace's loopback has them all
INSTANCE_ID = "/latest/meta-data/instance-id"


OPTIONS = {"HttpEndpoint": "enabled", "HttpProtocolIpv6": "disabled", "HttpTokens": "required"}


def instance(instance_id: str, **options: str) -> Instance:
    return Instance({"meta-data": {"instance-id": instance_id}}, OPTIONS | options)


@pytest.fixture
def imds(namespace) -> Iterator[Imds]:
    for address in (f"{ADDRESS}/32", f"{IPV6_ADDRESS}/128"):
        netns.ip("-n", namespace, "address", "add", address, "dev", "lo")
    imds = Imds(namespace)
    imds.start()
    imds.update({FIRST: instance("i-1"), SECOND: instance("i-2")})
    yield imds
    imds.stop()


@pytest.fixture
def ask(namespace, imds):
    """Makes a request and returns status and body."""

    def request(method: str, path: str, headers: dict[str, str] | None = None, source: str = FIRST) -> tuple[int, str]:
        address = IPV6_ADDRESS if ":" in source else ADDRESS
        connection = http.client.HTTPConnection(address, 80, timeout=5, source_address=(source, 0))
        with netns.inside(namespace):
            connection.connect()
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    return request


@pytest.fixture
def token(ask):
    def new(source: str = FIRST) -> dict[str, str]:
        status, value = ask("PUT", "/latest/api/token", {TTL_HEADER: "21600"}, source)
        assert status == 200
        return {TOKEN_HEADER: value}

    return new


def test_each_instance_learns_of_itself(ask, token):
    assert ask("GET", INSTANCE_ID, token()) == (200, "i-1")
    assert ask("GET", INSTANCE_ID, token(SECOND), SECOND) == (200, "i-2")


@pytest.mark.parametrize("path", ["/latest/meta-data", "/latest/meta-data/", "/2021-03-23/meta-data/"])
def test_folders_are_listed_under_every_version(ask, token, path):
    assert ask("GET", path, token()) == (200, "instance-id")


def test_the_root_lists_versions(ask, token):
    assert ask("GET", "/", token()) == (200, "latest")


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "made-up"}])
def test_without_a_token_nothing_is_told(ask, headers):
    assert ask("GET", INSTANCE_ID, headers)[0] == 401


def test_a_token_is_worth_nothing_to_another_instance(ask, token):
    assert ask("GET", INSTANCE_ID, token(FIRST), SECOND)[0] == 401


@pytest.mark.parametrize("ttl", [{}, {TTL_HEADER: "0"}, {TTL_HEADER: "21601"}, {TTL_HEADER: "soon"}])
def test_a_token_needs_a_life_of_up_to_six_hours(ask, ttl):
    assert ask("PUT", "/latest/api/token", ttl)[0] == 400


def test_a_token_ends(ask):
    _status, value = ask("PUT", "/latest/api/token", {TTL_HEADER: "1"})
    assert ask("GET", INSTANCE_ID, {TOKEN_HEADER: value})[0] == 200
    eventually(lambda: ask("GET", INSTANCE_ID, {TOKEN_HEADER: value})[0] == 401)


def test_a_proxy_gets_no_token(ask):
    assert ask("PUT", "/latest/api/token", {TTL_HEADER: "60", "X-Forwarded-For": "1.2.3.4"})[0] == 403


def test_an_address_of_no_instance_gets_no_token(ask):
    assert ask("PUT", "/latest/api/token", {TTL_HEADER: "60"}, STRANGER)[0] == 403


@pytest.mark.parametrize("path", ["/latest/meta-data/nothing", "/1.0/meta-data/instance-id"])
def test_what_is_not_there_is_not_found(ask, token, path):
    assert ask("GET", path, token())[0] == 404


def test_who_asks_from_a_delegated_prefix_is_known(ask, imds):
    imds.update({"127.0.1.0/28": instance("i-3", HttpTokens="optional")})
    assert ask("GET", INSTANCE_ID, source="127.0.1.7") == (200, "i-3")
    assert ask("GET", INSTANCE_ID, source="127.0.1.17")[0] == 403


def test_an_update_is_seen_at_once(ask, token, imds):
    headers = token()
    imds.update({FIRST: Instance({"meta-data": {"instance-id": "i-1", "local-ipv4": FIRST}}, OPTIONS)})
    assert ask("GET", "/latest/meta-data/local-ipv4", headers) == (200, FIRST)


def test_a_token_is_asked_for_under_latest_only(ask):
    assert ask("PUT", "/2021-03-23/api/token", {TTL_HEADER: "60"})[0] == 403


def test_version_1_answers_where_tokens_are_optional(ask, imds):
    imds.update({FIRST: instance("i-1", HttpTokens="optional"), SECOND: instance("i-2", HttpTokens="required")})
    assert ask("GET", INSTANCE_ID) == (200, "i-1")
    assert ask("GET", INSTANCE_ID, {TOKEN_HEADER: "made-up"})[0] == 401
    assert ask("GET", INSTANCE_ID, source=SECOND)[0] == 401


def test_a_service_that_is_turned_off_forbids_everything(ask, token, imds):
    headers = token()
    imds.update({FIRST: instance("i-1", HttpEndpoint="disabled", HttpTokens="optional")})
    assert ask("GET", INSTANCE_ID, headers)[0] == 403
    assert ask("GET", INSTANCE_ID)[0] == 403
    assert ask("PUT", "/latest/api/token", {TTL_HEADER: "60"})[0] == 403


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"HttpProtocolIpv6": "enabled"}, 200),
        ({"HttpProtocolIpv6": "disabled"}, 403),
        ({"HttpProtocolIpv6": "enabled", "HttpEndpoint": "disabled"}, 403),
    ],
)
def test_the_ipv6_endpoint_answers_where_it_is_enabled(ask, imds, options, status):
    imds.update({"::1": instance("i-1", **options)}, ipv6=True)
    assert ask("PUT", "/latest/api/token", {TTL_HEADER: "60"}, source="::1")[0] == status


def test_stop_ends_both_endpoints_and_may_come_again(ask, imds):
    imds.update({}, ipv6=True)
    imds.stop()
    imds.stop()
    for source in (FIRST, "::1"):
        with pytest.raises(ConnectionRefusedError):
            ask("GET", "/", source=source)
