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
ACCOUNT, OTHER = "111122223333", "444455556666"


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


class Network:
    """A VPC with an Internet gateway and makers of what tests put into it."""

    def __init__(self, ec2, cidr_block: str = "10.0.0.0/16"):
        self.ec2 = ec2
        self.vpc_id = ec2.create_vpc(CidrBlock=cidr_block)["Vpc"]["VpcId"]

    def subnet(self, cidr_block: str = "10.0.1.0/24", zone: str = f"{REGION}a") -> str:
        made = self.ec2.create_subnet(VpcId=self.vpc_id, CidrBlock=cidr_block, AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]

    def eni(self, subnet_id: str, **parameters) -> dict:
        return self.ec2.create_network_interface(SubnetId=subnet_id, **parameters)["NetworkInterface"]

    def group(self, name: str) -> str:
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc_id)["GroupId"]

    def instance(self, subnet_id: str, **parameters) -> dict:
        asked = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
        if "NetworkInterfaces" not in parameters:
            asked["SubnetId"] = subnet_id
        return self.ec2.run_instances(**(asked | parameters))["Instances"][0]

    def internet_gateway(self) -> str:
        gateway_id = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=self.vpc_id)
        return gateway_id

    def describe(self, eni_id: str) -> dict:
        return self.ec2.describe_network_interfaces(NetworkInterfaceIds=[eni_id])["NetworkInterfaces"][0]

    def free_addresses(self, subnet_id: str) -> int:
        return self.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["AvailableIpAddressCount"]


@pytest.fixture
def network(ec2):
    return Network(ec2)


@pytest.fixture
def subnet_id(network):
    return network.subnet()
