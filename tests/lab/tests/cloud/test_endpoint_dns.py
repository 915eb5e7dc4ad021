# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of endpoints: their own, and the service's private ones with all that these need."""

from __future__ import annotations

import re

import pytest

from .conftest import REGION, Network
from .privatelink import PROVIDER, Consumer, Provider

HOSTED_ZONE = "Z7HUB22UULQXV"
S3_NAMES = ["s3", "*.s3", "*.s3-accesspoint", "*.s3-control"]


@pytest.fixture
def consumer(ec2):
    return Consumer(ec2)


@pytest.fixture
def provider(client, control):
    """One whose service has a private DNS name, verified, and takes everyone after acceptance."""
    control("PUT", "/_lab/settings", {"verified_domains": ["example.com"]})
    made = Provider(client, PrivateDnsName="api.example.com")
    made.admit("*")
    made.ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=made.service_id)
    return made


def names(endpoint: dict) -> list[str]:
    return [entry["DnsName"] for entry in endpoint["DnsEntries"]]


def test_regional_zonal_then_private(consumer):
    made = consumer.endpoint(zones="ba")
    start, domain = names(made)[0].split(".", 1)
    assert re.fullmatch(rf"{made['VpcEndpointId']}-[a-z0-9]{{8}}", start)
    assert domain == f"ssm.{REGION}.vpce.amazonaws.com"
    private = f"ssm.{REGION}.amazonaws.com"
    assert names(made) == [f"{start}.{domain}", f"{start}-{REGION}a.{domain}", f"{start}-{REGION}b.{domain}", private]
    zones = [entry["HostedZoneId"] for entry in made["DnsEntries"]]
    assert zones[:3] == [HOSTED_ZONE] * 3 and zones[3] != HOSTED_ZONE
    assert consumer.described(made["VpcEndpointId"])["DnsEntries"] == made["DnsEntries"], "they do not change"


def test_names_of_a_customer_s_service(consumer, provider):
    made = consumer.endpoint(provider.service_name)
    domain = f"{provider.service_id}.{REGION}.vpce.amazonaws.com"
    assert [name.split(".", 1)[1] for name in names(made)] == [domain, domain]


def test_s3_s_names_have_a_bucket_before_them(ec2, consumer):
    made = consumer.endpoint("s3")
    assert made["PrivateDnsEnabled"] is False
    assert all(name.startswith(f"*.{made['VpcEndpointId']}-") for name in names(made))


def test_private_dns_only_for_inbound_resolvers(ec2, consumer, refused):
    inbound_only = "PrivateDnsOnlyForInboundResolverEndpoint"
    with refused("InvalidParameter", inbound_only, consumer.vpc_id, "Gateway endpoint"):
        consumer.endpoint("s3", PrivateDnsEnabled=True)
    made = consumer.endpoint("s3", PrivateDnsEnabled=True, DnsOptions={inbound_only: False})
    assert names(made)[2:] == [f"{name}.{REGION}.amazonaws.com" for name in S3_NAMES]
    assert made["DnsOptions"] == {"DnsRecordIpType": "ipv4", inbound_only: False}
    with refused("InvalidParameter", inbound_only):
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], DnsOptions={inbound_only: True})
    consumer.endpoint("s3", "", VpcEndpointType="Gateway")
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], DnsOptions={inbound_only: True})
    assert consumer.described(made["VpcEndpointId"])["DnsOptions"][inbound_only] is True


@pytest.mark.parametrize("attribute", ["EnableDnsSupport", "EnableDnsHostnames"])
def test_the_vpc_s_dns_attributes(ec2, consumer, refused, attribute):
    ec2.modify_vpc_attribute(VpcId=consumer.vpc_id, **{attribute: {"Value": False}})
    for asked in ({}, {"PrivateDnsEnabled": True}):
        with refused("InvalidParameter", "enableDnsSupport and enableDnsHostnames", consumer.vpc_id):
            consumer.endpoint(**asked)
    endpoint_id = consumer.endpoint(PrivateDnsEnabled=False)["VpcEndpointId"]
    with refused("InvalidParameter", "enableDnsSupport"):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PrivateDnsEnabled=True)
    ec2.modify_vpc_attribute(VpcId=consumer.vpc_id, **{attribute: {"Value": True}})
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PrivateDnsEnabled=True)
    assert consumer.described(endpoint_id)["PrivateDnsEnabled"] is True


def test_two_endpoints_of_a_vpc_cannot_have_one_private_name(ec2, consumer, refused):
    first = consumer.endpoint()["VpcEndpointId"]
    domain = f"ssm.{REGION}.amazonaws.com"
    with refused("InvalidParameter", "already a conflicting DNS domain", domain, consumer.vpc_id):
        consumer.endpoint(PrivateDnsEnabled=True)
    second = consumer.endpoint(PrivateDnsEnabled=False)["VpcEndpointId"]
    with refused("InvalidParameter", "conflicting DNS domain"):
        ec2.modify_vpc_endpoint(VpcEndpointId=second, PrivateDnsEnabled=True)
    assert consumer.described(second)["PrivateDnsEnabled"] is False
    assert Consumer(ec2).endpoint()["PrivateDnsEnabled"] is True, "another VPC's"
    ec2.modify_vpc_endpoint(VpcEndpointId=first, PrivateDnsEnabled=False)
    ec2.modify_vpc_endpoint(VpcEndpointId=second, PrivateDnsEnabled=True)


def test_nor_a_private_hosted_zone_of_the_vpc(client, consumer, refused):
    domain = f"ssm.{REGION}.amazonaws.com"
    client("route53").create_hosted_zone(
        Name=domain,
        CallerReference="one",
        VPC={"VPCRegion": REGION, "VPCId": consumer.vpc_id},
        HostedZoneConfig={"PrivateZone": True},
    )
    with refused("InvalidParameter", "conflicting DNS domain", domain):
        consumer.endpoint()


def test_services_without_a_private_name(client, consumer, refused):
    provider = Provider(client)
    provider.admit("*")
    for service in ("dynamodb", provider.service_name):
        with refused("InvalidParameter", service, "does not provide a private DNS name"):
            consumer.endpoint(service, PrivateDnsEnabled=True)
        assert consumer.endpoint(service)["PrivateDnsEnabled"] is False


def test_a_private_name_once_it_is_verified_and_accepted(ec2, consumer, provider, refused):
    with refused("InvalidParameter", "after the endpoint connection is accepted", provider.service_name):
        consumer.endpoint(provider.service_name, PrivateDnsEnabled=True)
    endpoint_id = consumer.endpoint(provider.service_name)["VpcEndpointId"]
    with refused("InvalidParameter", "after the endpoint connection is accepted"):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PrivateDnsEnabled=True)
    provider.accept(endpoint_id)
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, PrivateDnsEnabled=True)
    endpoint = consumer.described(endpoint_id)
    assert endpoint["PrivateDnsEnabled"] is True and names(endpoint)[-1] == "api.example.com"
    assert endpoint["DnsEntries"][-1]["HostedZoneId"] != HOSTED_ZONE
    with refused("InvalidParameter", "conflicting DNS domain for api.example.com"):
        other = consumer.endpoint(provider.service_name)["VpcEndpointId"]
        provider.accept(other)
        ec2.modify_vpc_endpoint(VpcEndpointId=other, PrivateDnsEnabled=True)


def test_a_private_name_that_is_not_verified(client, ec2, consumer, refused):
    provider = Provider(client, PrivateDnsName="api.example.org", AcceptanceRequired=False)
    provider.admit("*")
    with refused("InvalidParameter", provider.service_name, "has not verified the private DNS name"):
        consumer.endpoint(provider.service_name, PrivateDnsEnabled=True)


def test_the_provider_s_own_vpc_is_no_exception(client, provider, refused):
    own = Network(client("ec2", PROVIDER), "10.1.0.0/16")
    with refused("InvalidParameter", "after the endpoint connection is accepted"):
        own.ec2.create_vpc_endpoint(
            VpcId=own.vpc_id,
            VpcEndpointType="Interface",
            ServiceName=provider.service_name,
            PrivateDnsEnabled=True,
        )
