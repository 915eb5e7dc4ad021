# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A lab cloud over HTTP, empty at the start of each test, and botocore clients of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cache
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.cloud import serve

REGION = "us-east-1"
ACCOUNT = "111122223333"


@pytest.fixture(scope="session")
def url():
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def client(url):
    """client(service, account): one that never retries, so that a test sees each answer."""

    @cache
    def make(service: str, access_key_id: str = ACCOUNT, region: str = REGION):
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key="not-checked-by-the-lab",
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


@pytest.fixture
def control(url):
    """control(method, path, body) -> (status, JSON) of the lab's own API."""

    def call(method: str, path: str, body=None):
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(url + path, data, method=method)) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)

    return call


@pytest.fixture(autouse=True)
def fresh(control):
    """Each test starts with an empty cloud in which nothing takes time, unless it says otherwise."""
    control("POST", "/_lab/reset")
    control("PUT", "/_lab/settings", {"transition_seconds": 0})


@pytest.fixture
def transitions(control):
    """transitions(seconds): how long what begins from now on takes; 0 also ends what is on its way."""
    return lambda seconds: control("PUT", "/_lab/settings", {"transition_seconds": seconds})


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def refused():
    """with refused(code, *parts of the text): the call inside fails so."""

    @contextmanager
    def check(code: str, *parts: str):
        with pytest.raises(ClientError) as caught:
            yield
        error = caught.value.response["Error"]
        assert error["Code"] == code, error
        for part in parts:
            assert part in error["Message"], error

    return check


@pytest.fixture
def network(ec2):
    return Network(ec2)


@pytest.fixture
def subnet_id(network):
    return network.subnet()
