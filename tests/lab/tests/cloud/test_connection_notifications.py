# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connection notifications of services and endpoints."""

from __future__ import annotations

import re

import pytest

from .conftest import ACCOUNT, REGION
from .privatelink import Consumer
from .service_owner import ServiceOwner

TOPIC, OTHER_TOPIC = (f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}" for name in ("connections", "rejections"))
UNKNOWN = "vpce-nfn-0123456789abcdef0"


@pytest.fixture
def provider(ec2, client):
    return ServiceOwner(ec2, client("elbv2"))


@pytest.fixture
def service_id(provider):
    return provider.service()["ServiceId"]


@pytest.fixture
def create(ec2, service_id):
    """create(**parameters): for the service, unless they say otherwise."""

    def call(**parameters):
        asked = {"ServiceId": service_id, "ConnectionNotificationArn": TOPIC, "ConnectionEvents": ["Accept", "Reject"]}
        asked = {name: value for name, value in (asked | parameters).items() if value is not None}
        return ec2.create_vpc_endpoint_connection_notification(**asked)["ConnectionNotification"]

    return call


def described(ec2, **parameters) -> list[dict]:
    return ec2.describe_vpc_endpoint_connection_notifications(**parameters)["ConnectionNotificationSet"]


def test_created_described_changed_and_deleted(ec2, create, service_id, refused):
    created = create()
    notification_id = created["ConnectionNotificationId"]
    assert re.fullmatch("vpce-nfn-[0-9a-f]{17}", notification_id)
    assert created == {
        "ConnectionNotificationId": notification_id,
        "ServiceId": service_id,
        "ConnectionNotificationType": "Topic",
        "ConnectionNotificationArn": TOPIC,
        "ConnectionEvents": ["Accept", "Reject"],
        "ConnectionNotificationState": "Enabled",
        "ServiceRegion": REGION,
    }
    assert described(ec2, ConnectionNotificationId=notification_id) == [created]
    named = {"ConnectionNotificationId": notification_id}
    assert ec2.modify_vpc_endpoint_connection_notification(**named, ConnectionEvents=["Delete"])["ReturnValue"] is True
    ec2.modify_vpc_endpoint_connection_notification(**named, ConnectionNotificationArn=OTHER_TOPIC)
    assert described(ec2) == [created | {"ConnectionEvents": ["Delete"], "ConnectionNotificationArn": OTHER_TOPIC}]
    ids = [notification_id, UNKNOWN]
    [unsuccessful] = ec2.delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=ids)["Unsuccessful"]
    assert (unsuccessful["ResourceId"], unsuccessful["Error"]["Code"]) == (UNKNOWN, "InvalidConnectionNotification")
    assert described(ec2) == []
    for call in (
        lambda: described(ec2, **named),
        lambda: ec2.modify_vpc_endpoint_connection_notification(**named, ConnectionEvents=["Accept"]),
    ):
        with refused("InvalidConnectionNotification", notification_id):
            call()


@pytest.mark.parametrize(
    ("wrong", "code", "part"),
    [
        ({"ConnectionNotificationArn": "connections"}, "InvalidParameter", "'connections'"),
        ({"ConnectionNotificationArn": TOPIC.replace("sns", "sqs")}, "InvalidParameter", "SNS"),
        ({"ConnectionEvents": ["Accept", "Expire"]}, "InvalidParameterValue", "(Expire)"),
        ({"ConnectionEvents": []}, "MissingParameter", "connectionEvents"),
        ({"ServiceId": None}, "InvalidParameterCombination", "ServiceId"),
        ({"VpcEndpointId": "vpce-0123456789abcdef0"}, "InvalidParameterCombination", "VpcEndpointId"),
        ({"ServiceId": "vpce-svc-0123456789abcdef0"}, "InvalidVpcEndpointServiceId.NotFound", "vpce-svc-0123456789"),
        (
            {"ServiceId": None, "VpcEndpointId": "vpce-0123456789abcdef0"},
            "InvalidVpcEndpointId.NotFound",
            "vpce-0123456789abcdef0",
        ),
        ({"DryRun": True}, "DryRunOperation", ""),
    ],
)
def test_what_cannot_be(ec2, create, refused, wrong, code, part):
    with refused(code, part):
        create(**wrong)
    assert described(ec2) == []


def test_changes_that_cannot_be(ec2, create, refused):
    created = create()
    named = {"ConnectionNotificationId": created["ConnectionNotificationId"]}
    with refused("InvalidParameter", "topic"):
        ec2.modify_vpc_endpoint_connection_notification(**named, ConnectionNotificationArn="topic")
    with refused("InvalidParameterValue", "(Expire)"):
        ec2.modify_vpc_endpoint_connection_notification(**named, ConnectionEvents=["Expire"])
    assert described(ec2) == [created]


def test_for_interface_endpoints_only(provider, create, refused):
    service = provider.service(GatewayLoadBalancerArns=[provider.gateway_arn()])
    with refused("InvalidParameter", "interface"):
        create(ServiceId=service["ServiceId"])


def test_of_an_endpoint(ec2, provider, create, refused):
    consumer = Consumer(ec2)
    endpoint_id = consumer.endpoint(provider.service()["ServiceName"])["VpcEndpointId"]
    created = create(ServiceId=None, VpcEndpointId=endpoint_id)
    assert created["VpcEndpointId"] == endpoint_id and "ServiceId" not in created
    search = [{"Name": "vpc-endpoint-id", "Values": [endpoint_id]}]
    assert described(ec2, Filters=search) == [created]
    gateway = consumer.endpoint("s3", zones="", VpcEndpointType="Gateway")["VpcEndpointId"]
    with refused("InvalidParameter", "interface"):
        create(ServiceId=None, VpcEndpointId=gateway)


def test_a_client_token(ec2, create, refused):
    first = create(ClientToken="once")
    assert create(ClientToken="once") == first
    with refused("IdempotentParameterMismatch"):
        create(ClientToken="once", ConnectionEvents=["Delete"])
    assert described(ec2) == [first]


def test_filters_and_pages(ec2, create, service_id, client):
    first = create()["ConnectionNotificationId"]
    for number in range(6):
        create(ConnectionNotificationArn=f"{OTHER_TOPIC}-{number}")
    for name, value, expected in (
        ("connection-notification-arn", TOPIC, 1),
        ("connection-notification-arn", f"{OTHER_TOPIC}-*", 6),
        ("connection-notification-id", first, 1),
        ("connection-notification-state", "Enabled", 7),
        ("connection-notification-type", "Topic", 7),
        ("service-id", service_id, 7),
        ("vpc-endpoint-id", "*", 0),
    ):
        assert len(described(ec2, Filters=[{"Name": name, "Values": [value]}])) == expected, name
    pages = ec2.get_paginator("describe_vpc_endpoint_connection_notifications").paginate(
        PaginationConfig={"PageSize": 5}
    )
    assert [len(page["ConnectionNotificationSet"]) for page in pages] == [5, 2]
    assert described(client("ec2", "777788889999")) == []


def test_they_go_with_their_service(ec2, provider, create, service_id):
    create()
    kept = create(ServiceId=provider.service()["ServiceId"])
    ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id])
    assert described(ec2) == [kept]
