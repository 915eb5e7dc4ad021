# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whose call it is."""

from __future__ import annotations

import boto3
import pytest


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


def test_an_assumed_role_is_of_the_role_s_account(client, control, url):
    assumed = client("sts", "111122223333").assume_role(
        RoleArn="arn:aws:iam::444455556666:role/network", RoleSessionName="session"
    )["Credentials"]
    control("DELETE", "/_lab/calls")
    sts = boto3.client(
        "sts",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    identity = sts.get_caller_identity()
    assert identity["Account"] == "444455556666"
    assert "assumed-role/network/session" in identity["Arn"]
    assert control("GET", "/_lab/calls")[1][0]["account"] == "444455556666"
