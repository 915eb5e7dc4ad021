# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric.imds import ADDRESS, TOKEN_HEADER, TTL_HEADER, Imds
from lab.tests.polling import eventually

FIRST, SECOND, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3"  # a namespace's loopback has them all
INSTANCE_ID = "/latest/meta-data/instance-id"


@pytest.fixture
def imds(namespace) -> Iterator[Imds]:
    imds = Imds(namespace)
    imds.start()
    imds.update({FIRST: {"meta-data": {"instance-id": "i-1"}}, SECOND: {"meta-data": {"instance-id": "i-2"}}})
    yield imds
    imds.stop()


@pytest.fixture
def ask(namespace, imds):
    """Makes a request and returns status and body."""

    def request(method: str, path: str, headers: dict[str, str] | None = None, source: str = FIRST) -> tuple[int, str]:
        connection = http.client.HTTPConnection(ADDRESS, timeout=5, source_address=(source, 0))
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


def test_an_update_is_seen_at_once(ask, token, imds):
    headers = token()
    imds.update({FIRST: {"meta-data": {"instance-id": "i-1", "local-ipv4": FIRST}}})
    assert ask("GET", "/latest/meta-data/local-ipv4", headers) == (200, FIRST)


def test_stop_takes_the_address_away(namespace, imds):
    assert ADDRESS in netns.ip("-n", namespace, "address")
    imds.stop()
    assert ADDRESS not in netns.ip("-n", namespace, "address")
    imds.stop()
