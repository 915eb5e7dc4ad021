# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Calls that fail to order, and calls that take their time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError


@pytest.fixture
def fail(control):
    """fail(*faults): the faults from now on."""

    def put(*faults):
        status, answer = control("PUT", "/_lab/settings", {"faults": list(faults)})
        assert status == 200, answer

    return put


@pytest.fixture
def logged(control):
    """logged() -> (operation, status, error) of each call since the test's first."""
    control("DELETE", "/_lab/calls")
    return lambda: [(each["operation"], each["status"], each["error"]) for each in control("GET", "/_lab/calls")[1]]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalError", 500),
        ("InsufficientInstanceCapacity", 500),
        ("RequestLimitExceeded", 503),
        ("Unavailable", 503),
        ("UnauthorizedOperation", 400),
        ("InvalidNetworkInterfaceID.NotFound", 400),
    ],
)
def test_an_error_code_comes_with_its_status_and_nothing_is_carried_out(ec2, fail, logged, code, status):
    fail({"operation": "CreateVpc", "nth": 1, "kind": code})
    with pytest.raises(ClientError) as caught:
        ec2.create_vpc(CidrBlock="10.7.0.0/16")
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert logged() == [("CreateVpc", status, code)]
    assert vpcs(ec2) == 0


def vpcs(ec2) -> int:
    return len(ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.7.0.0/16"]}])["Vpcs"])


def test_a_bare_500(ec2, fail, logged, refused):
    fail({"operation": "CreateVpc", "nth": 1, "kind": "http_500"})
    with refused("500"):
        ec2.create_vpc(CidrBlock="10.7.0.0/16")
    assert logged() == [("CreateVpc", 500, "500")]
    assert vpcs(ec2) == 0


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_a_cut_connection(ec2, fail, logged, kind, made):
    fail({"operation": "CreateVpc", "nth": 1, "kind": kind})
    with pytest.raises(ConnectionClosedError):
        ec2.create_vpc(CidrBlock="10.7.0.0/16")
    assert logged() == [("CreateVpc", None, kind)]
    assert vpcs(ec2) == made


def test_the_sdk_repeats_a_call_whose_answer_was_lost_and_nothing_is_made_twice(url, ec2, fail, network, subnet_id):
    patient = boto3.client(
        "ec2",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="not-checked-by-the-lab",
    )
    fail({"operation": "CreateNetworkInterface", "nth": 1, "kind": "drop_after"})
    made = patient.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
    assert [each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]] == [made]


def test_nth_and_every_count_the_calls_of_the_operation(ec2, fail, logged):
    ec2.describe_vpcs()
    fail(
        {"operation": "DescribeVpcs", "nth": 3, "kind": "Unavailable"},
        {"operation": "DescribeVpcs", "every": 2, "kind": "InternalError"},
    )
    for _each in range(6):
        ec2.describe_subnets()
        try:
            ec2.describe_vpcs()
        except ClientError:
            pass
    errors = [error for operation, _status, error in logged() if operation == "DescribeVpcs"][1:]
    assert errors == [None, "InternalError", "Unavailable", "InternalError", None, "InternalError"]


def test_faults_set_again_count_again(ec2, fail, refused):
    for _each in range(2):
        fail({"operation": "DescribeVpcs", "nth": 2, "kind": "InternalError"})
        ec2.describe_vpcs()
        with refused("InternalError"):
            ec2.describe_vpcs()
    fail()
    ec2.describe_vpcs()


def test_other_services_fail_in_their_own_protocol(client, fail, refused):
    fail(
        {"operation": "DescribeLoadBalancers", "nth": 1, "kind": "InternalFailure"},
        {"operation": "ListHostedZones", "nth": 1, "kind": "ServiceUnavailable"},
        {"operation": "ListCertificates", "nth": 1, "kind": "InternalError"},
    )
    with refused("InternalFailure"):
        client("elbv2").describe_load_balancers()
    with refused("ServiceUnavailable"):
        client("route53").list_hosted_zones()
    with refused("InternalError"):
        client("acm").list_certificates()


def test_each_call_takes_its_latency_and_calls_take_it_side_by_side(client, control):
    clients = [client("ec2", f"{account:012}") for account in range(16)]
    for each in clients:
        each.describe_vpcs()
    control("PUT", "/_lab/settings", {"latency_ms": 1000})

    def took(each) -> float:
        begun = time.monotonic()
        each.describe_vpcs()
        return time.monotonic() - begun

    begun = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        assert min(pool.map(took, clients)) >= 1
    # One after the other they would take 16 seconds at least.
    assert time.monotonic() - begun < 16
