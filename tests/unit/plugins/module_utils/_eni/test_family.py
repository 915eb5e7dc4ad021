# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Creations that are safe to repeat: the same request has the same token, and what a token of the past answers is asked for anew."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._eni import family
from ansible_collections.xeni.aws.plugins.module_utils._eni.family import Enis
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call

REQUEST = {"SubnetId": "subnet-1"}


class Cloud:
    """CreateNetworkInterface with AWS's memory of client tokens. gone: ids that are answered but not described any more."""

    def __init__(self):
        self.tokens, self.gone, self.mismatched = {}, set(), set()

    def call(self, operation, parameters):
        assert operation == "create_network_interface"
        token = parameters["ClientToken"]
        assert len(token) <= 64 and token.isascii()
        if token in self.mismatched:
            raise ClientError({"Error": {"Code": "IdempotentParameterMismatch", "Message": ""}}, operation)
        network_interface = self.tokens.setdefault(token, f"eni-{len(self.tokens)}")
        return {"NetworkInterface": {"NetworkInterfaceId": network_interface}}

    def describe_by(self, operation, result, name, values):
        return [
            {"NetworkInterfaceId": value, "SubnetId": "subnet-1", "Status": "available"}
            for value in values if name == "network-interface-id" and value not in self.gone
        ]


@pytest.fixture
def cloud():
    return Cloud()


def create(cloud, subject="a"):
    enis = Enis(cloud, [], None)
    return enis, enis.perform(Call("create", subject, "create_network_interface"), dict(REQUEST))


def created(reply):
    return reply["NetworkInterface"]["NetworkInterfaceId"]


def test_the_same_request_is_the_same_interface_also_in_another_run(cloud):
    assert created(create(cloud)[1]) == created(create(cloud)[1])


def test_another_request_is_another_interface(cloud):
    enis, reply = create(cloud)
    assert created(reply) != created(enis.perform(Call("create", "a", "create_network_interface"), {"SubnetId": "subnet-2"}))


def test_the_same_request_for_another_subject_is_another_interface(cloud):
    assert created(create(cloud, "i-1:1")[1]) != created(create(cloud, "i-2:1")[1])


def test_a_token_that_was_used_for_another_request_is_replaced(cloud):
    create(cloud)
    cloud.mismatched = set(cloud.tokens)
    assert created(create(cloud)[1]) == "eni-1"


def test_an_interface_that_stays_absent_is_made_anew(cloud, monkeypatch):
    cloud.gone = {"eni-0"}
    enis, reply = create(cloud)
    pending = [(Call("a", "a", "create_network_interface", REQUEST, wait="available"), reply)]
    assert enis.reached(pending) == set() and created(reply) == "eni-0"
    monkeypatch.setattr(family, "ECHO_AFTER", -1)
    assert enis.reached(pending) == set() and created(reply) == "eni-1"
    assert enis.reached(pending) == {"a"}
