# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoint services as their owner sees them."""

from __future__ import annotations

import re

import pytest

from lab.cloud.ec2.endpoint_services import live_endpoints, services_named

from .conftest import ACCOUNT, REGION
from .privatelink import Consumer
from .service_owner import ServiceOwner

STRANGER = "777788889999"
UNKNOWN = "vpce-svc-0123456789abcdef0"


@pytest.fixture
def elbv2(client):
    return client("elbv2")


@pytest.fixture
def provider(ec2, elbv2):
    return ServiceOwner(ec2, elbv2)


def listed(ec2, **parameters) -> list[str]:
    found = ec2.describe_vpc_endpoint_service_configurations(**parameters)["ServiceConfigurations"]
    return [each["ServiceId"] for each in found]


@pytest.fixture
def endpoint(ec2):
    """endpoint(service): of the owner's own, whose zones have the same names, and its id."""

    def create(service: dict) -> str:
        return Consumer(ec2).endpoint(service["ServiceName"])["VpcEndpointId"]

    return create


def test_all_that_is_said_of_a_service(ec2, provider, transitions):
    arn = provider.network_arn()
    tags = [{"Key": "Name", "Value": "api"}]
    transitions(60)
    created = provider.service(
        NetworkLoadBalancerArns=[arn], TagSpecifications=[{"ResourceType": "vpc-endpoint-service", "Tags": tags}]
    )
    service_id = created["ServiceId"]
    assert re.fullmatch("vpce-svc-[0-9a-f]{17}", service_id)
    zone_ids = {each["ZoneId"] for each in ec2.describe_availability_zones()["AvailabilityZones"]}
    assert len(created["AvailabilityZoneIds"]) == 2 and set(created["AvailabilityZoneIds"]) < zone_ids
    expected = {
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceId": service_id,
        "ServiceName": f"com.amazonaws.vpce.{REGION}.{service_id}",
        "ServiceState": "Pending",
        "AvailabilityZoneIds": created["AvailabilityZoneIds"],
        "AvailabilityZones": ["us-east-1a", "us-east-1b"],
        "AcceptanceRequired": True,
        "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": [arn],
        "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{service_id}.{REGION}.vpce.amazonaws.com"],
        "Tags": tags,
        "SupportedRegions": [{"Region": REGION, "ServiceState": "Pending"}],
        "RemoteAccessEnabled": False,
    }
    assert created == expected
    transitions(0)
    assert provider.described(service_id) == expected | {
        "ServiceState": "Available",
        "SupportedRegions": [{"Region": REGION, "ServiceState": "Available"}],
    }


def test_the_zones_are_those_of_the_load_balancers(elbv2, provider):
    first, second = provider.subnet_ids
    arns = [provider.network_arn(Subnets=[each]) for each in (first, second)]
    service = provider.service(NetworkLoadBalancerArns=arns[:1])
    assert service["AvailabilityZones"] == ["us-east-1a"]
    provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=service["ServiceId"], AddNetworkLoadBalancerArns=arns[1:]
    )
    changed = provider.described(service["ServiceId"])
    assert changed["NetworkLoadBalancerArns"] == arns
    assert changed["AvailabilityZones"] == ["us-east-1a", "us-east-1b"]
    elbv2.set_subnets(LoadBalancerArn=arns[0], Subnets=[second])
    assert provider.described(service["ServiceId"])["AvailabilityZones"] == ["us-east-1b"]


def test_a_gateway_load_balancer_makes_another_type(provider, refused):
    arn = provider.gateway_arn()
    service = provider.service(GatewayLoadBalancerArns=[arn], AcceptanceRequired=False)
    assert service["ServiceType"] == [{"ServiceType": "GatewayLoadBalancer"}]
    assert service["GatewayLoadBalancerArns"] == [arn] and "NetworkLoadBalancerArns" not in service
    assert service["AcceptanceRequired"] is False
    provider.service(GatewayLoadBalancerArns=[arn])
    with refused("InvalidParameter", "Private DNS"):
        provider.service(GatewayLoadBalancerArns=[arn], PrivateDnsName="api.example.com")
    with refused("InvalidParameter", "Region"):
        provider.service(GatewayLoadBalancerArns=[arn], SupportedRegions=["eu-west-1"])
    with refused("InvalidParameter", "NetworkLoadBalancerArns"):
        provider.ec2.modify_vpc_endpoint_service_configuration(
            ServiceId=service["ServiceId"], AddNetworkLoadBalancerArns=[provider.network_arn()]
        )


ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/nlb/0123456789abcdef"


@pytest.mark.parametrize(
    ("arns", "code"),
    [
        ({"NetworkLoadBalancerArns": []}, "InvalidParameter"),
        ({"NetworkLoadBalancerArns": ["arn"], "GatewayLoadBalancerArns": ["arn"]}, "InvalidParameter"),
        ({"NetworkLoadBalancerArns": ["nlb"]}, "InvalidNetworkLoadBalancerArn.Malformed"),
        ({"NetworkLoadBalancerArns": [ARN.replace("/net/", "/gwy/")]}, "InvalidNetworkLoadBalancerArn.Malformed"),
        ({"NetworkLoadBalancerArns": [ARN]}, "InvalidNetworkLoadBalancerArn.NotFound"),
        ({"GatewayLoadBalancerArns": [ARN]}, "InvalidGatewayLoadBalancerArn.Malformed"),
    ],
)
def test_load_balancers_that_cannot_be_behind_a_service(ec2, refused, arns, code):
    with refused(code):
        ec2.create_vpc_endpoint_service_configuration(**arns)
    assert listed(ec2) == []


def test_a_load_balancer_of_another_account(client, provider, refused):
    arn = provider.network_arn()
    with refused("InvalidNetworkLoadBalancerArn.NotFound", arn):
        client("ec2", STRANGER).create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])


def test_a_load_balancer_that_is_not_active_yet(provider, transitions, refused):
    transitions(60)
    arn = provider.network_arn()
    with refused("InvalidParameter", arn, "provisioning"):
        provider.service(NetworkLoadBalancerArns=[arn])
    transitions(0)
    provider.service(NetworkLoadBalancerArns=[arn])


def test_a_network_load_balancer_has_one_service(provider, refused):
    service = provider.service()
    with refused("InvalidParameter", "already associated"):
        provider.service(NetworkLoadBalancerArns=service["NetworkLoadBalancerArns"])
    other = provider.service()
    with refused("InvalidParameter", "already associated"):
        provider.ec2.modify_vpc_endpoint_service_configuration(
            ServiceId=other["ServiceId"], AddNetworkLoadBalancerArns=service["NetworkLoadBalancerArns"]
        )


def test_modification(ec2, provider, refused):
    service = provider.service()
    named, first, second = (
        {"ServiceId": service["ServiceId"]},
        *service["NetworkLoadBalancerArns"],
        provider.network_arn(),
    )
    reply = ec2.modify_vpc_endpoint_service_configuration(
        **named,
        AcceptanceRequired=False,
        AddNetworkLoadBalancerArns=[second],
        RemoveNetworkLoadBalancerArns=[first],
        AddSupportedRegions=["eu-west-1"],
        PrivateDnsName="api.example.com",
    )
    assert reply["Return"] is True
    changed = provider.described(service["ServiceId"])
    assert changed["AcceptanceRequired"] is False and changed["RemoteAccessEnabled"] is True
    assert changed["NetworkLoadBalancerArns"] == [second]
    assert [each["Region"] for each in changed["SupportedRegions"]] == [REGION, "eu-west-1"]
    assert changed["PrivateDnsName"] == "api.example.com"
    for wrong, code in (
        ({"RemoveNetworkLoadBalancerArns": [second]}, "InvalidParameter"),
        ({"RemoveNetworkLoadBalancerArns": [first]}, "InvalidParameter"),
        ({"AddSupportedRegions": ["mars-north-1"]}, "InvalidParameter"),
        ({"RemoveSupportedRegions": [REGION]}, "InvalidParameter"),
        ({"AddSupportedIpAddressTypes": ["ipv6"]}, "InvalidParameter"),
        ({"AddSupportedIpAddressTypes": ["ipv5"]}, "InvalidParameterValue"),
        ({"RemoveSupportedIpAddressTypes": ["ipv4"]}, "InvalidParameter"),
        ({"RemovePrivateDnsName": True, "PrivateDnsName": "www.example.com"}, "InvalidParameterCombination"),
        ({"DryRun": True}, "DryRunOperation"),
    ):
        with refused(code):
            ec2.modify_vpc_endpoint_service_configuration(**named, AcceptanceRequired=True, **wrong)
    assert provider.described(service["ServiceId"]) == changed
    ec2.modify_vpc_endpoint_service_configuration(
        **named, RemovePrivateDnsName=True, RemoveSupportedRegions=["eu-west-1"]
    )
    changed = provider.described(service["ServiceId"])
    assert "PrivateDnsName" not in changed and "PrivateDnsNameConfiguration" not in changed
    assert changed["RemoteAccessEnabled"] is False


def test_ipv6_needs_dualstack_load_balancers(ec2, elbv2, provider, refused):
    arn = provider.network_arn(Subnets=provider.subnet_ids[:1])
    with refused("InvalidParameter", "dualstack"):
        provider.service(NetworkLoadBalancerArns=[arn], SupportedIpAddressTypes=["ipv4", "ipv6"])
    ec2.associate_vpc_cidr_block(VpcId=provider.network.vpc_id, AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[provider.network.vpc_id])["Vpcs"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    ec2.associate_subnet_cidr_block(SubnetId=provider.subnet_ids[0], Ipv6CidrBlock=block)
    elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")
    service = provider.service(NetworkLoadBalancerArns=[arn], SupportedIpAddressTypes=["ipv4", "ipv6"])
    assert service["SupportedIpAddressTypes"] == ["ipv4", "ipv6"]


def test_a_client_token(ec2, provider, refused):
    arn = provider.network_arn()
    asked = {"NetworkLoadBalancerArns": [arn], "ClientToken": "once"}
    first = ec2.create_vpc_endpoint_service_configuration(**asked)
    assert first["ClientToken"] == "once"
    again = ec2.create_vpc_endpoint_service_configuration(**asked)
    assert again["ServiceConfiguration"]["ServiceId"] == first["ServiceConfiguration"]["ServiceId"]
    with refused("IdempotentParameterMismatch"):
        ec2.create_vpc_endpoint_service_configuration(**asked, AcceptanceRequired=False)
    assert len(listed(ec2)) == 1


def test_deleting_then_gone(ec2, provider, transitions):
    service_id = provider.service()["ServiceId"]
    ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=["*"])
    ec2.create_tags(Resources=[service_id], Tags=[{"Key": "Name", "Value": "api"}])
    transitions(60)
    reply = ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id, UNKNOWN])
    assert reply["Unsuccessful"] == [
        {
            "ResourceId": UNKNOWN,
            "Error": {
                "Code": "InvalidVpcEndpointService.NotFound",
                "Message": f"The VpcEndpointService Id '{UNKNOWN}' does not exist",
            },
        }
    ]
    assert provider.described(service_id)["ServiceState"] == "Deleting"
    assert ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id])["Unsuccessful"] == []
    transitions(0)
    assert listed(ec2) == []
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [service_id]}])["Tags"] == []


@pytest.mark.parametrize(
    ("acceptance", "seconds", "state"),
    [(True, 0, "pendingAcceptance"), (False, 60, "pending"), (False, 0, "available")],
)
def test_under_live_endpoints(ec2, provider, endpoint, transitions, refused, acceptance, seconds, state):
    service, other = provider.service(AcceptanceRequired=acceptance), provider.network_arn()
    transitions(seconds)
    endpoint(service)
    [found] = services_named(service["ServiceName"])
    assert [each.state for each in live_endpoints(found)] == [state]
    [unsuccessful] = ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])["Unsuccessful"]
    assert unsuccessful["ResourceId"] == service["ServiceId"]
    assert unsuccessful["Error"]["Code"] == "ExistingVpcEndpointConnections"
    assert provider.described(service["ServiceId"])["ServiceState"] != "Deleting"
    transitions(0)
    change = {"ServiceId": service["ServiceId"], "AddNetworkLoadBalancerArns": [other]}
    with refused("ExistingVpcEndpointConnections"):
        ec2.modify_vpc_endpoint_service_configuration(
            **change, RemoveNetworkLoadBalancerArns=service["NetworkLoadBalancerArns"]
        )
    ec2.modify_vpc_endpoint_service_configuration(**change)


@pytest.mark.parametrize("ended_by", ["the owner", "the consumer"])
def test_under_endpoints_that_use_it_no_more(ec2, provider, endpoint, transitions, ended_by):
    service = provider.service()
    endpoint_id = endpoint(service)
    transitions(60)
    if ended_by == "the owner":
        ec2.reject_vpc_endpoint_connections(ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint_id])
    else:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])["Unsuccessful"] == []


def test_ids_filters_and_pages(ec2, client, provider, refused):
    ids = sorted(provider.service()["ServiceId"] for _each in range(6))
    provider.service(PrivateDnsName="api.example.com")
    assert listed(ec2, ServiceIds=ids[:2]) == ids[:2]
    with refused("InvalidVpcEndpointServiceId.NotFound", UNKNOWN):
        listed(ec2, ServiceIds=[UNKNOWN])
    with refused("InvalidVpcEndpointServiceIdId.Malformed", "svc-1"):
        listed(ec2, ServiceIds=["svc-1"])
    ec2.create_tags(Resources=ids[:1], Tags=[{"Key": "Name", "Value": "api"}])
    for name, value, expected in (
        ("service-id", ids[3], ids[3:4]),
        ("service-name", f"com.amazonaws.vpce.{REGION}.{ids[1]}", ids[1:2]),
        ("service-state", "Pending", []),
        ("supported-ip-address-types", "ipv6", []),
        ("tag:Name", "a*", ids[:1]),
        ("tag-key", "Name", ids[:1]),
    ):
        assert listed(ec2, Filters=[{"Name": name, "Values": [value]}]) == expected, name
    pages = ec2.get_paginator("describe_vpc_endpoint_service_configurations").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["ServiceConfigurations"]) for page in pages] == [5, 2]
    assert listed(client("ec2", STRANGER)) == []


def test_tags(ec2, provider, refused):
    service_id = provider.service()["ServiceId"]
    ec2.create_tags(Resources=[service_id], Tags=[{"Key": "Name", "Value": "api"}])
    [tag] = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [service_id]}])["Tags"]
    assert (tag["ResourceType"], tag["Value"]) == ("vpc-endpoint-service", "api")
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        ec2.create_tags(Resources=[UNKNOWN], Tags=[{"Key": "Name", "Value": "api"}])


def test_the_payer_has_no_way_back(ec2, provider, refused):
    service_id = provider.service()["ServiceId"]
    change = {"ServiceId": service_id, "PayerResponsibility": "ServiceOwner"}
    for _twice in range(2):
        assert ec2.modify_vpc_endpoint_service_payer_responsibility(**change)["ReturnValue"] is True
    assert provider.described(service_id)["PayerResponsibility"] == "ServiceOwner"
    with refused("InvalidParameterValue", "EndpointOwner"):
        ec2.modify_vpc_endpoint_service_payer_responsibility(**change | {"PayerResponsibility": "EndpointOwner"})
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        ec2.modify_vpc_endpoint_service_payer_responsibility(**change | {"ServiceId": UNKNOWN})


def test_a_new_service_is_not_seen_at_once(ec2, provider, control, refused):
    arn = provider.network_arn()
    control("PUT", "/_lab/settings", {"visibility_seconds": 60})
    service_id = provider.service(NetworkLoadBalancerArns=[arn])["ServiceId"]
    assert listed(ec2) == []
    with refused("InvalidVpcEndpointServiceId.NotFound", service_id):
        ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=["*"])
    control("PUT", "/_lab/settings", {"visibility_seconds": 0})
    assert listed(ec2) == [service_id]


def test_services_are_found_by_name_across_accounts(client, provider):
    service = provider.service()
    other = ServiceOwner(client("ec2", STRANGER), client("elbv2", STRANGER)).service()
    for each, owner in ((service, ACCOUNT), (other, STRANGER)):
        [found] = services_named(each["ServiceName"])
        assert (found.id, found.owner, found.region) == (each["ServiceId"], owner, REGION)
        assert found.zone_ids == each["AvailabilityZoneIds"]
    assert services_named(service["ServiceName"] + "0") == []
