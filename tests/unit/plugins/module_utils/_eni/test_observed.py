# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which interface is meant, and what it is shown as."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Known, describe, from_reply, show
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

REPLY = {
    "NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Status": "in-use", "MacAddress": "02:00:00:00:00:01",
    "OwnerId": "123456789012", "PrivateIpAddress": "10.0.1.10", "SourceDestCheck": True, "Description": "",
    "Groups": [{"GroupId": "sg-1", "GroupName": "management"}], "TagSet": [{"Key": "Name", "Value": "web1"}, {"Key": "MixedCase", "Value": "x"}],
    "Attachment": {"AttachmentId": "eni-attach-1", "InstanceId": "i-1", "DeviceIndex": 1, "DeleteOnTermination": True, "Status": "attached"},
    "PrivateIpAddresses": [
        {"PrivateIpAddress": "10.0.1.10", "Primary": True, "Association": {"PublicIp": "203.0.113.9"}},
        {"PrivateIpAddress": "10.0.1.11", "Primary": False},
    ],
}
ONE = from_reply(REPLY)
TWIN = from_reply({
    **REPLY, "NetworkInterfaceId": "eni-2", "PrivateIpAddress": "10.0.2.10", "SubnetId": "subnet-2", "VpcId": "vpc-2",
    "Attachment": {**REPLY["Attachment"], "InstanceId": "i-2", "DeviceIndex": 0},
})


@pytest.mark.parametrize("parameters, found", [
    ({"eni_id": "eni-2"}, "eni-2"),
    ({"name": "web1", "subnet_id": "subnet-2"}, "eni-2"),
    ({"name": "web1", "vpc_id": "vpc-2"}, "eni-2"),
    ({"instance_id": "i-2", "device_index": 0}, "eni-2"),
    ({"private_ip_address": "10.0.1.10"}, "eni-1"),
    ({"name": "web1", "private_ip_address": "10.0.1.10", "subnet_id": "subnet-1"}, "eni-1"),
])
def test_found(parameters, found):
    assert Known([ONE, TWIN]).meant_by(from_parameters(parameters)).id == found


@pytest.mark.parametrize("parameters", [
    {"name": "web2"}, {"name": "web1", "subnet_id": "subnet-3"}, {"instance_id": "i-1", "device_index": 0}, {"eni_id": "eni-9", "state": "absent"},
])
def test_not_found(parameters):
    assert Known([ONE, TWIN]).meant_by(from_parameters(parameters)) is None


def test_found_by_its_slot():
    assert Known([ONE]).meant_by(from_parameters({"instance_id": "i-1", "device_index": 1})).id == "eni-1"


@pytest.mark.parametrize("parameters, words", [
    ({"name": "web1"}, "2 network interfaces are meant by this: eni-1 .*, eni-2 .*; give eni_id"),
    ({"eni_id": "eni-9"}, "eni_id: 'eni-9' does not exist"),
    ({"eni_id": "eni-1", "subnet_id": "subnet-2"}, "subnet_id: eni-1 is in subnet-1 and cannot move to 'subnet-2'"),
    ({"eni_id": "eni-1", "vpc_id": "vpc-2"}, "vpc_id: eni-1 is of vpc-1, not of 'vpc-2'"),
    ({"eni_id": "eni-3", "fleet": "web"}, "fleet: eni-3 is of the fleet 'db', not of 'web'"),
    ({"eni_id": "eni-1", "interface_type": "efa"}, "interface_type: eni-1 is of type interface and cannot become 'efa'"),
    ({"eni_id": "eni-1", "private_ip_address": "10.0.1.99"}, "the primary address of eni-1 is 10.0.1.10 and cannot become '10.0.1.99'"),
])
def test_refused(parameters, words):
    of_fleet = from_reply({**REPLY, "NetworkInterfaceId": "eni-3", "TagSet": [{"Key": "xeni.aws/fleet", "Value": "db"}]})
    with pytest.raises(BadInput, match=words):
        Known([ONE, TWIN, of_fleet]).meant_by(from_parameters(parameters))


def test_one_describe_for_each_way_of_naming():
    asked = []

    class Cloud:
        def describe_by(self, operation, result, name, values):
            asked.append((name, sorted(values)))
            return [REPLY]

    enis = [from_parameters(item) for item in ({"name": "a"}, {"name": "b"}, {"eni_id": "eni-1"})]
    assert [interface.id for interface in describe(Cloud(), enis)] == ["eni-1"]
    assert asked == [("tag:Name", ["a", "b"]), ("network-interface-id", ["eni-1"])]


def test_a_thousand_names_are_described_by_their_subnets():
    asked = []

    class Cloud:
        def describe_by(self, operation, result, name, values):
            asked.append((name, len(set(values))))
            return []

    describe(Cloud(), [from_parameters({"name": f"web{number}", "subnet_id": "subnet-1"}) for number in range(1000)])
    describe(Cloud(), [from_parameters({"name": f"web{number}"}) for number in range(1000)])
    assert asked == [("subnet-id", 1), ("tag:Name", 1000)]


def test_shown_with_the_names_of_amazon_aws():
    shown = show(ONE)
    assert shown["id"] == shown["network_interface_id"] == "eni-1"
    assert shown["groups"] == {"sg-1": "management"}
    assert shown["tags"] == {"Name": "web1", "MixedCase": "x"}
    assert shown["attachment"]["delete_on_termination"] is True
    assert [(item["private_ip_address"], item["primary_address"]) for item in shown["private_ip_addresses"]] == [
        ("10.0.1.10", True), ("10.0.1.11", False)]
    assert shown["private_ip_addresses"][0]["association"] == {"public_ip": "203.0.113.9"}
