# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is sent again, and what is not."""

from __future__ import annotations

import itertools

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from ansible_collections.xeni.aws.plugins.module_utils._cloud.retries import PATIENCE, READS, is_uncertain, send

THROTTLED = ClientError({"Error": {"Code": "RequestLimitExceeded"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "CreateNetworkInterface")
BUSY = ClientError({"Error": {"Code": "PriorRequestNotComplete"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "AssociateVPCWithHostedZone")
REFUSED = ClientError({"Error": {"Code": "InvalidParameterValue"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "CreateNetworkInterface")
FAILED = ClientError({"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "CreateNetworkInterface")
CUT = ConnectionClosedError(endpoint_url="https://ec2.eu-west-1.amazonaws.com")


def attempts(error, is_read, then=None):
    """How often a call that fails so is sent; then: the answer of the last one, else it always fails."""
    sent = itertools.count(1)
    made = []

    def call():
        made.append(next(sent))
        if then is not None and len(made) == then:
            return "answer"
        raise error

    clock = itertools.count(step=PATIENCE / 50)
    try:
        send(call, is_read, clock=lambda: next(clock), sleep=lambda _seconds: None)
    except (ClientError, ConnectionClosedError):
        pass
    return len(made)


@pytest.mark.parametrize("error", [THROTTLED, BUSY])
@pytest.mark.parametrize("is_read", [True, False])
def test_a_throttled_call_is_sent_until_it_is_answered(error, is_read):
    assert attempts(error, is_read, then=20) == 20
    assert 20 < attempts(error, is_read) < 100


@pytest.mark.parametrize("error", [FAILED, CUT])
def test_a_lost_answer_is_asked_for_again_only_by_what_changes_nothing(error):
    assert is_uncertain(error)
    assert attempts(error, is_read=True) == READS
    assert attempts(error, is_read=False) == 1


@pytest.mark.parametrize("is_read", [True, False])
def test_a_refusal_is_final(is_read):
    assert not is_uncertain(REFUSED) and attempts(REFUSED, is_read) == 1
