# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""EC2's token buckets, and Route 53's."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError
from lab.cloud.rate_limits import Bucket, Limit, limit_of

#: So slow that a bucket is not refilled while a test runs.
NEVER = 0.0001


@pytest.fixture
def limit(control):
    """limit(setting): the rate limit from now on."""

    def put(value):
        status, answer = control("PUT", "/_lab/settings", {"rate_limit": value})
        assert status == 200, answer

    return put


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("DescribeVpcs", (100, 20)),
        ("GetIpamPoolCidrs", (100, 20)),
        ("SearchTransitGatewayRoutes", (100, 20)),
        ("DescribeNetworkInterfaces", (100, 20)),
        ("AttachNetworkInterface", (50, 5)),
        ("AssociateAddress", (50, 5)),
        ("AuthorizeSecurityGroupIngress", (50, 5)),
        ("CreateNetworkInterface", (100, 5)),
        ("DeleteNetworkInterface", (100, 5)),
        ("ModifyNetworkInterfaceAttribute", (100, 5)),
        ("AssignPrivateIpAddresses", (100, 5)),
        ("UnassignPrivateIpAddresses", (100, 5)),
        ("AssignIpv6Addresses", (100, 5)),
        ("UnassignIpv6Addresses", (50, 5)),
        ("CreateTags", (100, 10)),
        ("RunInstances", (5, 2)),
        ("CreateVpcEndpoint", (4, 0.3)),
    ],
)
def test_the_documented_limits(operation, expected):
    assert limit_of(operation, unfiltered=False) == expected


def test_describes_with_neither_filter_nor_page_have_a_smaller_bucket():
    assert limit_of("DescribeNetworkInterfaces", unfiltered=True) == (50, 10)
    assert limit_of("DescribeVpcs", unfiltered=True) == (100, 20)


def test_a_bucket_empties_refills_steadily_and_overflows():
    bucket = Bucket(Limit(bucket=3, refill=2), now=100)
    assert [bucket.take(100) for _each in range(4)] == [True, True, True, False]
    assert [bucket.take(100.25), bucket.take(100.5), bucket.take(100.5)] == [False, True, False]
    assert [bucket.take(1000) for _each in range(4)] == [True, True, True, False]


def test_over_the_limit_nothing_is_carried_out(ec2, control, limit):
    limit({"CreateVpc": {"bucket": 2, "refill": NEVER}})
    control("DELETE", "/_lab/calls")
    made = [ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"] for _each in range(2)]
    with pytest.raises(ClientError) as caught:
        ec2.create_vpc(CidrBlock="10.7.0.0/16")
    assert caught.value.response["Error"]["Code"] == "RequestLimitExceeded"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    found = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.7.0.0/16"]}])["Vpcs"]
    assert sorted(each["VpcId"] for each in found) == sorted(made)
    calls = control("GET", "/_lab/calls")[1]
    assert [(each["status"], each["error"]) for each in calls[:3]] == [
        (200, None),
        (200, None),
        (503, "RequestLimitExceeded"),
    ]


def test_each_account_region_and_operation_has_its_own_bucket(client, limit, refused):
    one = {"bucket": 1, "refill": NEVER}
    limit({"DescribeVpcs": one, "DescribeSubnets": one})
    ec2 = client("ec2")
    for each in (ec2, client("ec2", "444455556666"), client("ec2", region="eu-west-1")):
        each.describe_vpcs()
    ec2.describe_subnets()
    with refused("RequestLimitExceeded"):
        ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])


@pytest.mark.parametrize("setting", [True, {"DescribeVpcs": {"bucket": 1, "refill": NEVER}}])
def test_what_no_setting_names_has_ec2_s_own_limit(ec2, limit, setting):
    """CreateDefaultVpc: a bucket of one, refilled with one a second."""
    limit(setting)
    begun = time.monotonic()
    answers = [error_of(ec2.create_default_vpc) for _each in range(5)]
    assert answers[0] == "DefaultVpcAlreadyExists"
    assert answers.count("DefaultVpcAlreadyExists") <= 1 + time.monotonic() - begun
    assert set(answers) <= {"DefaultVpcAlreadyExists", "RequestLimitExceeded"}


def error_of(call) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_limits_set_again_begin_with_full_buckets(ec2, limit, refused):
    for _each in range(2):
        limit({"DescribeVpcs": {"bucket": 1, "refill": NEVER}})
        ec2.describe_vpcs()
        with refused("RequestLimitExceeded"):
            ec2.describe_vpcs()
    limit(False)
    ec2.describe_vpcs()


def test_route_53_takes_five_requests_a_second_of_an_account(client, limit):
    limit(True)
    route53, other = client("route53"), client("route53", "444455556666")
    begun = time.monotonic()
    codes = [throttled_by(call) for call in [route53.list_hosted_zones, route53.get_hosted_zone_count] * 5]
    assert codes[:5] == [None] * 5
    assert codes.count(None) <= 5 + 5 * (time.monotonic() - begun)
    assert {code for code in codes if code} == {("Throttling", "Rate exceeded", 400)}
    assert throttled_by(other.list_hosted_zones) is None


def throttled_by(call):
    """What the call is refused with: code, message, status; None: it is carried out."""
    try:
        call()
    except ClientError as error:
        answer = error.response
        return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]
    return None


def test_other_services_are_not_limited(client, limit):
    limit(True)
    for _each in range(120):
        client("sts").get_caller_identity()
