# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whose call it is."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize(
    ("access_key_id", "account"),
    [
        ("111122223333", "111122223333"),
        ("444455556666", "444455556666"),
        ("AKIAIOSFODNN7EXAMPLE", "123456789012"),
        ("anything", "123456789012"),
        ("1111222233334", "123456789012"),
    ],
)
def test_identity(client, access_key_id, account):
    identity = client("sts", access_key_id).get_caller_identity()
    assert identity["Account"] == account
    assert f"::{account}:" in identity["Arn"]


def test_accounts_are_separate_and_objects_name_their_owner(client):
    one, other = client("ec2", "111122223333"), client("ec2", "444455556666")
    vpc = one.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]
    assert vpc["OwnerId"] == "111122223333"
    search = [{"Name": "cidr", "Values": ["10.8.0.0/16"]}]
    assert len(one.describe_vpcs(Filters=search)["Vpcs"]) == 1
    assert other.describe_vpcs(Filters=search)["Vpcs"] == []


@pytest.fixture
def assume(url):
    """assume(sts client, account): a session of that account's role ``network``."""

    def session(sts, account: str):
        assumed = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/network", RoleSessionName="session")
        credentials = assumed["Credentials"]
        found = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name="us-east-1",
        )
        return lambda service: found.client(service, endpoint_url=url)

    return session


def test_an_assumed_role_is_of_the_role_s_account(client, control, assume):
    role = assume(client("sts", "111122223333"), "444455556666")
    control("DELETE", "/_lab/calls")
    identity = role("sts").get_caller_identity()
    assert identity["Account"] == "444455556666"
    assert identity["Arn"] == "arn:aws:sts::444455556666:assumed-role/network/session"
    assert control("GET", "/_lab/calls")[1][0]["account"] == "444455556666"


def test_what_an_assumed_role_makes_is_the_role_s_account_s(client, assume):
    role = assume(client("sts", "111122223333"), "444455556666")
    vpc = role("ec2").create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]
    assert vpc["OwnerId"] == "444455556666"
    assert client("ec2", "444455556666").describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"]
    with pytest.raises(ClientError, match="InvalidVpcID.NotFound"):
        client("ec2", "111122223333").describe_vpcs(VpcIds=[vpc["VpcId"]])


def test_a_role_assumes_a_role_of_a_third_account(client, assume):
    second = assume(client("sts", "111122223333"), "444455556666")
    third = assume(second("sts"), "777788889999")
    assert third("sts").get_caller_identity()["Account"] == "777788889999"
    assert second("sts").get_caller_identity()["Account"] == "444455556666"


def test_regions_are_separate(client):
    one, other = client("ec2", region="us-east-1"), client("ec2", region="eu-west-1")
    vpc_id = one.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    with pytest.raises(ClientError, match="InvalidVpcID.NotFound"):
        other.describe_vpcs(VpcIds=[vpc_id])
    assert other.describe_subnets()["Subnets"][0]["AvailabilityZone"].startswith("eu-west-1")


def test_every_service_is_separated_by_account(client):
    """What one account makes, the other does not list."""
    one, other = "111122223333", "444455556666"
    topic = client("sns", one).create_topic(Name="connections")["TopicArn"]
    assert topic == f"arn:aws:sns:us-east-1:{one}:connections"
    role = client("iam", one).create_role(RoleName="network", AssumeRolePolicyDocument="{}")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{one}:role/network"
    client("route53", one).create_hosted_zone(Name="example.com", CallerReference="zone")
    client("acm", one).request_certificate(DomainName="example.com", ValidationMethod="DNS")
    client("elbv2", one).create_target_group(Name="targets", Protocol="TCP", Port=80, VpcId=default_vpc(client, one))
    for service, method, items in (
        ("sns", "list_topics", "Topics"),
        ("iam", "list_roles", "Roles"),
        ("route53", "list_hosted_zones", "HostedZones"),
        ("acm", "list_certificates", "CertificateSummaryList"),
        ("elbv2", "describe_target_groups", "TargetGroups"),
    ):
        counts = [len(getattr(client(service, account), method)()[items]) for account in (one, other)]
        assert counts == [1, 0], service


def default_vpc(client, account: str) -> str:
    [vpc] = client("ec2", account).describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return vpc["VpcId"]


def test_a_topic_has_attributes_and_goes(client):
    sns = client("sns")
    arn = sns.create_topic(Name="connections", Tags=[{"Key": "Name", "Value": "connections"}])["TopicArn"]
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Owner"] == "111122223333"
    sns.delete_topic(TopicArn=arn)
    assert sns.list_topics()["Topics"] == []
