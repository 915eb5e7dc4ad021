# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoints for another account's service: who sees it, acceptance, and the owner's view of the connections."""

from __future__ import annotations

import re

import boto3
import pytest

from .conftest import REGION
from .privatelink import CONSUMER, PROVIDER, STRANGER, Consumer, Provider


@pytest.fixture
def consumer(ec2):
    return Consumer(ec2)


@pytest.fixture
def provider(client):
    """One whose service demands acceptance and admits the consumer's account."""
    made = Provider(client)
    made.admit(f"arn:aws:iam::{CONSUMER}:root")
    return made


def test_pending_acceptance_then_accepted_pending_available(consumer, provider, transitions):
    transitions(60)
    made = consumer.endpoint(provider.service_name, "ab")
    endpoint_id = made["VpcEndpointId"]
    assert made["State"] == "pendingAcceptance" and made["PrivateDnsEnabled"] is False
    assert len(made["NetworkInterfaceIds"]) == 2, "they are there before the acceptance"
    transitions(0)
    assert consumer.state(endpoint_id) == "pendingAcceptance", "time alone changes nothing"

    transitions(60)
    assert provider.accept(endpoint_id) == []
    assert consumer.state(endpoint_id) == "pending"
    transitions(0)
    assert consumer.described(endpoint_id) == made | {"State": "available"}


def test_rejected_before_or_after_and_accepted_after_all(consumer, provider):
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    assert provider.reject(endpoint_id) == []
    assert consumer.state(endpoint_id) == "rejected"
    assert provider.accept(endpoint_id) == []
    assert consumer.state(endpoint_id) == "available"
    assert provider.reject(endpoint_id) == []
    assert consumer.state(endpoint_id) == "rejected"


def test_without_acceptance_it_becomes_available_by_itself(client, consumer, transitions):
    provider = Provider(client, AcceptanceRequired=False)
    provider.admit("*")
    transitions(60)
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    assert consumer.state(endpoint_id) == "pending"
    transitions(0)
    assert consumer.state(endpoint_id) == "available"
    assert [each["VpcEndpointState"] for each in provider.connections()] == ["available"]


def test_what_cannot_be_accepted_or_rejected(client, consumer, provider, transitions, refused):
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    unknown, foreign = "vpce-0123456789abcdef0", consumer.endpoint()["VpcEndpointId"]
    for answer in (provider.accept, provider.reject):
        items = answer(unknown, foreign)
        assert [each["ResourceId"] for each in items] == [unknown, foreign]
        assert {each["Error"]["Code"] for each in items} == {"InvalidVpcEndpointId.NotFound"}
    provider.accept(endpoint_id)
    [item] = provider.accept(endpoint_id)
    assert item["Error"]["Code"] == "InvalidState" and "available" in item["Error"]["Message"]
    provider.reject(endpoint_id)
    [item] = provider.reject(endpoint_id)
    assert item["Error"]["Code"] == "InvalidState" and "rejected" in item["Error"]["Message"]
    transitions(60)
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert provider.accept(endpoint_id)[0]["Error"]["Code"] == "InvalidState"

    for account in (CONSUMER, STRANGER):
        for call in ("accept_vpc_endpoint_connections", "reject_vpc_endpoint_connections"):
            with refused("InvalidVpcEndpointServiceId.NotFound", provider.service_id):
                getattr(client("ec2", account), call)(ServiceId=provider.service_id, VpcEndpointIds=[endpoint_id])
    with refused("InvalidParameterCombination", "TransitGatewayAttachmentIds"):
        provider.accept()
    attachments = {"TransitGatewayAttachmentIds": ["tgw-attach-0123456789abcdef0"]}
    [item] = provider.ec2.accept_vpc_endpoint_connections(
        ServiceId=provider.service_id, VpcEndpointIds=[], **attachments
    )["Unsuccessful"]
    assert item["Error"]["Code"] == "InvalidTransitGatewayAttachmentID.NotFound"


def test_the_owner_s_view_of_a_connection(consumer, provider, transitions):
    made = consumer.endpoint(provider.service_name, "ab")
    [connection] = provider.connections()
    assert re.fullmatch("vpce-con-[0-9a-f]{17}", connection["VpcEndpointConnectionId"])
    assert connection == {
        "ServiceId": provider.service_id,
        "VpcEndpointId": made["VpcEndpointId"],
        "VpcEndpointOwner": CONSUMER,
        "VpcEndpointRegion": REGION,
        "VpcEndpointState": "pendingAcceptance",
        "CreationTimestamp": made["CreationTimestamp"],
        "DnsEntries": made["DnsEntries"],
        "NetworkLoadBalancerArns": [provider.load_balancer_arn],
        "IpAddressType": "ipv4",
        "VpcEndpointConnectionId": connection["VpcEndpointConnectionId"],
        "Tags": [],
    }
    assert consumer.ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"] == []
    transitions(60)
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert provider.connections()[0]["VpcEndpointState"] == "deleting"
    transitions(0)
    assert provider.connections() == []


def test_connections_have_the_owner_s_tags(consumer, provider):
    consumer.endpoint(provider.service_name)
    [connection] = provider.connections()
    tags = [{"Key": "customer", "Value": "one"}]
    provider.ec2.create_tags(Resources=[connection["VpcEndpointConnectionId"]], Tags=tags)
    assert provider.connections() == [connection | {"Tags": tags}]
    [tag] = provider.ec2.describe_tags()["Tags"]
    assert tag["ResourceType"] == "vpc-endpoint-connection"
    assert consumer.described(connection["VpcEndpointId"])["Tags"] == []
    provider.ec2.delete_tags(Resources=[connection["VpcEndpointConnectionId"]], Tags=tags)
    assert provider.connections() == [connection]


def test_tags_of_what_is_not_there(ec2, consumer, provider, refused):
    tags = [{"Key": "a", "Value": "b"}]
    consumer.endpoint(provider.service_name)
    [connection] = provider.connections()
    with refused("InvalidVpcEndpointId.NotFound", "vpce-0123456789abcdef0"):
        ec2.create_tags(Resources=["vpce-0123456789abcdef0"], Tags=tags)
    with refused("InvalidID", connection["VpcEndpointConnectionId"]):
        ec2.create_tags(Resources=[connection["VpcEndpointConnectionId"]], Tags=tags)


def test_connections_are_found_by_filter_in_pages(consumer, provider):
    made = [consumer.endpoint(provider.service_name)["VpcEndpointId"] for _each in range(6)]
    provider.accept(made[0])
    for name, value in {"vpc-endpoint-id": made[0], "vpc-endpoint-state": "available"}.items():
        found = provider.connections(Filters=[{"Name": name, "Values": [value]}])
        assert [each["VpcEndpointId"] for each in found] == [made[0]], name
    for name, value in {
        "ip-address-type": "ipv4",
        "service-id": provider.service_id,
        "vpc-endpoint-owner": CONSUMER,
        "vpc-endpoint-region": REGION,
    }.items():
        assert len(provider.connections(Filters=[{"Name": name, "Values": [value]}])) == 6, name
        assert provider.connections(Filters=[{"Name": name, "Values": ["other"]}]) == [], name
    pages = provider.ec2.get_paginator("describe_vpc_endpoint_connections").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["VpcEndpointConnections"]) for page in pages] == [5, 1]


def test_a_service_that_does_not_admit_is_as_one_that_is_not_there(client, provider, refused):
    stranger = Consumer(client("ec2", STRANGER))
    for create in (
        lambda: stranger.endpoint(provider.service_name),
        lambda: stranger.ec2.describe_vpc_endpoint_services(ServiceNames=[provider.service_name]),
    ):
        with refused("InvalidServiceName", f"'{provider.service_name}' does not exist"):
            create()
    provider.admit("*")
    assert stranger.endpoint(provider.service_name)["State"] == "pendingAcceptance"


def test_the_owner_and_an_admitted_role_may_use_it(client, url, provider, refused):
    own = Consumer(client("ec2", PROVIDER))
    assert own.endpoint(provider.service_name)["State"] == "pendingAcceptance"

    def role(name: str):
        assumed = client("sts", CONSUMER).assume_role(
            RoleArn=f"arn:aws:iam::{STRANGER}:role/{name}", RoleSessionName="session"
        )["Credentials"]
        return boto3.client(
            "ec2",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

    provider.admit(f"arn:aws:iam::{STRANGER}:role/network")
    assert Consumer(role("network")).endpoint(provider.service_name)["VpcEndpointId"]
    for other in (role("other"), client("ec2", STRANGER)):
        with refused("InvalidServiceName"):
            Consumer(other).endpoint(provider.service_name)


def test_zones_are_those_of_the_load_balancer(consumer, provider, refused):
    assert consumer.endpoint(provider.service_name, "ab")["SubnetIds"]
    with refused("InvalidParameter", "does not support the availability zone", consumer.subnets["c"]):
        consumer.endpoint(provider.service_name, "abc")


def test_there_is_no_policy(consumer, provider, refused):
    with refused("InvalidParameter", provider.service_name, "policies"):
        consumer.endpoint(provider.service_name, PolicyDocument='{"Statement": []}')
    made = consumer.endpoint(provider.service_name)
    assert "PolicyDocument" not in made
    with refused("InvalidParameter", "policies"):
        consumer.ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], ResetPolicy=True)


def test_a_service_with_connections_stays(consumer, provider):
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]

    def delete() -> list[str]:
        answer = provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[provider.service_id])
        return [each["Error"]["Code"] for each in answer["Unsuccessful"]]

    assert delete() == ["ExistingVpcEndpointConnections"]
    provider.accept(endpoint_id)
    assert delete() == ["ExistingVpcEndpointConnections"]
    provider.reject(endpoint_id)
    assert delete() == []
    before = consumer.described(endpoint_id)
    provider.delete_load_balancer()
    assert consumer.described(endpoint_id) == before, "the endpoint outlives its service"
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert consumer.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_a_gateway_load_balancer_endpoint(client, consumer, refused):
    provider = Provider(client, kind="gateway")
    provider.admit("*")
    with refused("InvalidParameter", "(Interface)", "GatewayLoadBalancer"):
        consumer.endpoint(provider.service_name)
    kind = {"VpcEndpointType": "GatewayLoadBalancer"}
    for wrong, part in (
        ({"zones": "ab"}, "only one subnet"),
        ({"SecurityGroupIds": [consumer.group("endpoints")]}, "SecurityGroupIds"),
        ({"PrivateDnsEnabled": True}, "PrivateDnsEnabled"),
    ):
        with refused("InvalidParameter", part):
            consumer.endpoint(provider.service_name, **kind, **wrong)
    with refused("MissingParameter", "subnetIds"):
        consumer.endpoint(provider.service_name, "", **kind)
    made = consumer.endpoint(provider.service_name, **kind, PrivateDnsEnabled=False)
    assert made["State"] == "pendingAcceptance" and made["Groups"] == [] and made["DnsEntries"] == []
    assert "PolicyDocument" not in made
    [eni_id] = made["NetworkInterfaceIds"]
    assert consumer.describe(eni_id)["InterfaceType"] == "gateway_load_balancer_endpoint"
    [connection] = provider.connections()
    assert connection["GatewayLoadBalancerArns"] == [provider.load_balancer_arn]

    provider.accept(made["VpcEndpointId"])
    route = {"RouteTableId": consumer.main_route_table()["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    consumer.ec2.create_route(VpcEndpointId=made["VpcEndpointId"], **route)
    [item] = consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["Unsuccessful"]
    assert item["Error"]["Code"] == "DependencyViolation"
    consumer.ec2.delete_route(**route)
    assert consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["Unsuccessful"] == []
