# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Credentials beside a module's own: what can be meant, and what a client is made of."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._cloud.credentials import connection, given
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ROLE = "arn:aws:iam::111122223333:role/dns"
KEYS = {"access_key": "AKIA1", "secret_key": "s3cret"}


class Module:
    """Makes clients of STS that let anybody be anyone, and notes with what."""

    def __init__(self):
        self.made = []
        self.asked = []

    def client(self, service, config, **connection):
        assert service == "sts"
        self.made.append(connection)
        return self

    def assume_role(self, **parameters):
        self.asked.append(parameters)
        return {"Credentials": {"AccessKeyId": "ASIA1", "SecretAccessKey": "temporary", "SessionToken": "token"}}


def as_boto3(access_key=None, secret_key=None, session_token=None, profile=None):
    return {
        "aws_access_key_id": access_key, "aws_secret_access_key": secret_key, "aws_session_token": session_token, "profile_name": profile,
    }


def test_nothing_is_the_modules_own():
    assert given("vpc_credentials", None) == {}
    assert connection(Module(), {}) == {}


@pytest.mark.parametrize("credentials, boto3", [
    ({"profile": "partner"}, as_boto3(profile="partner")),
    (KEYS, as_boto3("AKIA1", "s3cret")),
    ({**KEYS, "session_token": "t"}, as_boto3("AKIA1", "s3cret", "t")),
])
def test_each_replaces_all_of_the_modules_own(credentials, boto3):
    module = Module()
    options = dict.fromkeys(["profile", "access_key", "secret_key", "session_token", "role_arn", "external_id"])
    assert connection(module, given("vpc_credentials", {**options, **credentials})) == boto3
    assert module.made == []


@pytest.mark.parametrize("base, boto3", [({}, {}), ({"profile": "partner"}, as_boto3(profile="partner")), (KEYS, as_boto3("AKIA1", "s3cret"))])
def test_a_role_is_assumed_with_the_others(base, boto3):
    module = Module()
    credentials = given("vpc_credentials", {**base, "role_arn": ROLE, "external_id": "42"})
    assert connection(module, credentials) == as_boto3("ASIA1", "temporary", "token")
    assert module.made == [boto3]
    assert module.asked == [{"RoleArn": ROLE, "RoleSessionName": "xeni.aws", "ExternalId": "42"}]


@pytest.mark.parametrize("credentials, words", [
    ({}, "vpc_credentials: nothing says whose they are"),
    ({"session_token": "t"}, "nothing says whose they are"),
    ({"profile": "partner", **KEYS}, "profile 'partner' and keys exclude each other"),
    ({"access_key": "AKIA1"}, "access_key and secret_key belong together"),
    ({"profile": "partner", "external_id": "42"}, "external_id is for a role to assume"),
    ({"role_arn": "dns"}, "role_arn: 'dns' is no ARN of a role"),
])
def test_refused(credentials, words):
    with pytest.raises(BadInput, match=words) as refusal:
        given("vpc_credentials", credentials)
    assert "s3cret" not in str(refusal.value)
