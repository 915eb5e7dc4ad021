# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Credentials as the options that AWS modules share."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.aws_credentials import aws_credentials

ROLE = "arn:aws:iam::111122223333:role/dns"
KEYS = {"access_key": "AKIA1", "secret_key": "s3cret"}
NONE = {"profile": "", "access_key": "", "secret_key": "", "session_token": ""}


@pytest.mark.parametrize("credentials, options", [
    ({}, {}),
    ({"role_arn": ROLE}, {}),
    ({"profile": "consumer"}, {**NONE, "profile": "consumer"}),
    (KEYS, {**NONE, **KEYS}),
    ({**KEYS, "session_token": "t", "role_arn": ROLE, "external_id": "42"}, {**NONE, **KEYS, "session_token": "t"}),
])
def test_one_kind_replaces_the_others(credentials, options):
    assert aws_credentials(credentials, "consumer") == options


@pytest.mark.parametrize("credentials, words", [
    ({"aws_profile": "consumer"}, "consumer: aws_profile: unknown; give profile, access_key"),
    ({"profile": "consumer", **KEYS}, "consumer: profile 'consumer' and keys exclude each other"),
    ({"secret_key": "s3cret"}, "consumer: "),
])
def test_refused(credentials, words):
    with pytest.raises(AnsibleFilterError, match=words) as refusal:
        aws_credentials(credentials, "consumer")
    assert "s3cret" not in str(refusal.value)
