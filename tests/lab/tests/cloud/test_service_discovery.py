# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""DescribeVpcEndpointServices: AWS's services, and customers' for those whom they admit."""

from __future__ import annotations

import pytest

from .conftest import ACCOUNT, REGION
from .privatelink import CONSUMER, PROVIDER, STRANGER, Consumer, Provider


def details(ec2, **parameters) -> list[dict]:
    return ec2.describe_vpc_endpoint_services(**parameters)["ServiceDetails"]


def test_aws_s_own(ec2):
    [ssm] = details(ec2, ServiceNames=[f"com.amazonaws.{REGION}.ssm"])
    known = ec2.describe_availability_zones()["AvailabilityZones"]
    assert zones(ssm) == {each["ZoneId"]: each["ZoneName"] for each in known}
    assert ssm.pop("ServiceId").startswith("vpce-svc-")
    assert ssm == {
        "ServiceName": f"com.amazonaws.{REGION}.ssm",
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceRegion": REGION,
        "Owner": "amazon",
        "BaseEndpointDnsNames": [f"ssm.{REGION}.vpce.amazonaws.com"],
        "PrivateDnsName": f"ssm.{REGION}.amazonaws.com",
        "PrivateDnsNames": [{"PrivateDnsName": f"ssm.{REGION}.amazonaws.com"}],
        "PrivateDnsNameVerificationState": "verified",
        "VpcEndpointPolicySupported": True,
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "SupportedIpAddressTypes": ["ipv4"],
        "Tags": [],
    }


def test_two_types_of_one_name(ec2):
    answer = ec2.describe_vpc_endpoint_services(ServiceNames=[f"com.amazonaws.{REGION}.s3"])
    assert answer["ServiceNames"] == [f"com.amazonaws.{REGION}.s3"]
    gateway, interface = answer["ServiceDetails"]
    assert gateway["ServiceType"] == [{"ServiceType": "Gateway"}] and "PrivateDnsName" not in gateway
    assert interface["ServiceType"] == [{"ServiceType": "Interface"}] and len(interface["PrivateDnsNames"]) > 1
    assert gateway["ServiceId"] != interface["ServiceId"]


def zones(service: dict) -> dict[str, str]:
    """Takes the names of its zones by id out of the service, which is then the same for everybody."""
    return dict(zip(service.pop("AvailabilityZoneIds"), service.pop("AvailabilityZones")))


def test_they_are_the_same_for_everybody_by_other_zone_names(client):
    ours, theirs = details(client("ec2", ACCOUNT)), details(client("ec2", STRANGER))
    by_us, by_them = [zones(each) for each in ours], [zones(each) for each in theirs]
    assert ours == theirs
    assert [set(each) for each in by_us] == [set(each) for each in by_them] and by_us != by_them
    there = client("ec2", ACCOUNT, "eu-west-1")
    assert "com.amazonaws.eu-west-1.ssm" in there.describe_vpc_endpoint_services()["ServiceNames"]


def test_a_customer_s_for_its_owner_and_those_admitted(client, refused):
    tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "Name", "Value": "api"}]}]
    provider = Provider(client, PrivateDnsName="api.example.com", TagSpecifications=tags)
    by_owner = details(provider.ec2, ServiceNames=[provider.service_name])
    consumer, stranger = client("ec2", CONSUMER), client("ec2", STRANGER)
    provider.admit(f"arn:aws:iam::{CONSUMER}:root")
    [service] = details(consumer, ServiceNames=[provider.service_name])
    assert zones(service).keys() == zones(by_owner[0]).keys()
    assert [service] == by_owner
    assert service == service | {
        "ServiceId": provider.service_id,
        "ServiceType": [{"ServiceType": "Interface"}],
        "Owner": PROVIDER,
        "BaseEndpointDnsNames": [f"{provider.service_id}.{REGION}.vpce.amazonaws.com"],
        "PrivateDnsName": "api.example.com",
        "PrivateDnsNameVerificationState": "pendingVerification",
        "VpcEndpointPolicySupported": False,
        "AcceptanceRequired": True,
        "Tags": [{"Key": "Name", "Value": "api"}],
    }
    assert provider.service_name not in stranger.describe_vpc_endpoint_services()["ServiceNames"]
    with refused("InvalidServiceName", provider.service_name):
        details(stranger, ServiceNames=[provider.service_name])

    provider.ec2.modify_vpc_endpoint_service_payer_responsibility(
        ServiceId=provider.service_id, PayerResponsibility="ServiceOwner"
    )
    assert details(consumer, ServiceNames=[provider.service_name])[0]["PayerResponsibility"] == "ServiceOwner"
    provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[provider.service_id])
    with refused("InvalidServiceName"):
        details(consumer, ServiceNames=[provider.service_name])


def test_filters_and_pages(client, ec2):
    tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "Name", "Value": "api"}]}]
    provider = Provider(client, TagSpecifications=tags)
    provider.admit("*")
    for name, value in {
        "owner": PROVIDER,
        "service-name": provider.service_name,
        "tag:Name": "api",
        "tag-key": "Name",
    }.items():
        answer = ec2.describe_vpc_endpoint_services(Filters=[{"Name": name, "Values": [value]}])
        assert answer["ServiceNames"] == [provider.service_name], name
        assert [each["ServiceId"] for each in answer["ServiceDetails"]] == [provider.service_id], name
    gateways = details(ec2, Filters=[{"Name": "service-type", "Values": ["Gateway"]}])
    assert {each["ServiceName"].rpartition(".")[2] for each in gateways} == {"s3", "dynamodb"}
    [ec2_service] = details(ec2, Filters=[{"Name": "supported-ip-address-types", "Values": ["ipv6"]}])
    assert ec2_service["ServiceName"] == f"com.amazonaws.{REGION}.ec2"

    whole = details(ec2)
    pages, token = [], {}
    while True:
        page = ec2.describe_vpc_endpoint_services(MaxResults=5, **token)
        pages += page["ServiceDetails"]
        assert len(page["ServiceDetails"]) <= 5
        assert set(page["ServiceNames"]) == {each["ServiceName"] for each in page["ServiceDetails"]}
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    assert sorted(pages, key=str) == sorted(whole, key=str)


def test_a_service_is_not_visible_at_once(client, control, refused):
    provider = Provider(client)
    owner = Consumer(provider.ec2)
    provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[provider.service_id])
    control("PUT", "/_lab/settings", {"visibility_seconds": 60})
    made = provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[provider.load_balancer_arn])
    name = made["ServiceConfiguration"]["ServiceName"]
    with refused("InvalidServiceName", name):
        owner.endpoint(name, zones="")
    with refused("InvalidServiceName", name):
        details(provider.ec2, ServiceNames=[name])
    control("PUT", "/_lab/settings", {"visibility_seconds": 0})
    assert owner.endpoint(name, zones="")["State"] == "pendingAcceptance"


def test_another_region_s_service(client, refused):
    provider = Provider(client, SupportedRegions=["eu-west-1"])
    provider.admit("*")
    there = client("ec2", CONSUMER, "eu-west-1")
    with refused("InvalidServiceName", provider.service_name):
        details(there, ServiceNames=[provider.service_name])
    [service] = details(there, ServiceNames=[provider.service_name], ServiceRegions=[REGION])
    assert service["ServiceRegion"] == REGION and service["AvailabilityZones"] == []
    vpc_id = there.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_id = there.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    asked = {"VpcId": vpc_id, "VpcEndpointType": "Interface", "ServiceName": provider.service_name}
    with refused("InvalidServiceName"):
        there.create_vpc_endpoint(**asked, SubnetIds=[subnet_id])
    made = there.create_vpc_endpoint(**asked, SubnetIds=[subnet_id], ServiceRegion=REGION)["VpcEndpoint"]
    assert made["ServiceRegion"] == REGION and made["State"] == "pendingAcceptance"
    [connection] = provider.connections(Filters=[{"Name": "vpc-endpoint-region", "Values": ["eu-west-1"]}])
    assert connection["VpcEndpointId"] == made["VpcEndpointId"]
    elsewhere = client("ec2", CONSUMER, "us-west-2")
    with refused("InvalidServiceName"):
        details(elsewhere, ServiceNames=[provider.service_name], ServiceRegions=[REGION])


@pytest.mark.parametrize("letters", ["a", "abc"])
def test_zones_are_the_load_balancer_s_in_the_caller_s_names(client, ec2, letters):
    provider = Provider(client, letters)
    provider.admit("*")
    [service] = details(ec2, ServiceNames=[provider.service_name])
    assert service["AvailabilityZones"] == [f"{REGION}{letter}" for letter in letters]
    assert Consumer(ec2).endpoint(provider.service_name, letters)["SubnetIds"]
