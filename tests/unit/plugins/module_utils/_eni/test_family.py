# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Creations that are safe to repeat: the same request has the same token, and what a token of the past answers is asked for anew."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._cloud import creations
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.family import Enis
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Attachment, Interface
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
    pending = [(Call("create", "a", "create_network_interface", REQUEST, wait="available"), reply)]
    absent = [(from_parameters({"name": "a"}), None)]
    assert enis.reached(pending, absent) == set() and created(reply) == "eni-0"
    monkeypatch.setattr(creations, "ECHO_AFTER", -1)
    assert enis.reached(pending, absent) == set() and created(reply) == "eni-1"
    assert enis.reached(pending, [(from_parameters({"name": "a"}), Interface("eni-1", "subnet-1"))]) == {"create"}


def test_what_nobody_named_is_new_in_each_run_and_one_in_each(cloud):
    nameless = from_parameters({"subnet_id": "subnet-1"}, may_be_anonymous=True)
    call = Call("create", nameless.key, "create_network_interface")
    runs = [Enis(cloud, [nameless], None) for _each in range(2)]
    assert [created(enis.perform(call, dict(REQUEST))) for enis in (*runs, *runs)] == ["eni-0", "eni-1", "eni-0", "eni-1"]


def test_what_is_not_let_go_is_detached_by_force_once():
    asked = []

    class Hanging:
        def call(self, operation, parameters):
            asked.append(parameters)
            return {}

    eni = from_parameters({"name": "a", "attached": False, "force_detach_after": 0})
    attached = [(eni, Interface("eni-1", "subnet-1", attachment=Attachment("eni-attach-1", "i-1", 1, False, "detaching")))]
    enis = Enis(Hanging(), [eni], None)
    detach = Call("detach", "a", "detach_network_interface", {"AttachmentId": "eni-attach-1", "Force": False}, wait="detached")
    pending = [(detach, enis.perform(detach, detach.parameters))]
    assert enis.reached(pending, attached) == enis.reached(pending, attached) == set()
    assert [parameters["Force"] for parameters in asked] == [False, True]
    assert enis.reached(pending, [(eni, Interface("eni-1", "subnet-1"))]) == {"detach"}


def test_what_a_device_names_is_not_what_an_earlier_run_left(cloud):
    by_device = from_parameters({"subnet_id": "subnet-1", "instance_id": "i-1", "device_index": 1, "attached": True})
    call = Call("create", by_device.key, "create_network_interface")
    assert created(Enis(cloud, [by_device], None).perform(call, dict(REQUEST))) != created(Enis(cloud, [by_device], None).perform(call, dict(REQUEST)))


def test_an_echo_is_asked_for_anew_once(cloud, monkeypatch):
    monkeypatch.setattr(creations, "ECHO_AFTER", -1)
    enis, reply = create(cloud)
    pending = [(Call("create", "a", "create_network_interface", REQUEST, wait="available"), reply)]
    for _look in range(3):
        enis.reached(pending, [(from_parameters({"name": "a"}), None)])
    assert len(cloud.tokens) == 2


def test_purge_deletes_what_the_fleet_no_longer_lists():
    def reply(network_interface, **tags):
        return {
            "NetworkInterfaceId": network_interface, "SubnetId": "subnet-1", "Status": "available",
            "TagSet": [{"Key": key, "Value": value} for key, value in tags.items()],
        }

    fleet = {"xeni.aws/fleet": "web"}

    class Described:
        def describe_by(self, operation, result, name, values):
            return {"tag:Name": [reply("eni-1", Name="a", **fleet)],
                    "tag:xeni.aws/fleet": [reply("eni-1", Name="a", **fleet), reply("eni-2", Name="b", **fleet)]}[name]

    enis = Enis(Described(), [from_parameters({"name": "a", "fleet": "web"})], None, "web", purge=True)
    assert [(call.subject, call.operation) for call in enis.plan(enis.observe())] == [("eni-2", "delete_network_interface")]
    enis.purged_fleet = None
    assert enis.plan(enis.observe()) == []


@pytest.mark.parametrize("status, waits", [("attaching", True), ("attached", False), ("detaching", False)])
def test_an_attachment_that_an_earlier_run_asked_for_is_on_its_way(status, waits):
    eni = from_parameters({"name": "a", "instance_id": "i-1", "attached": True, "state": "present"})
    there = Interface("eni-1", "subnet-1", attachment=Attachment("eni-attach-1", "i-1", 1, True, status))
    told = Enis(None, [eni], None).on_its_way([(eni, there)])
    assert told == (["a: eni-1 is attaching to i-1"] if waits else [])
