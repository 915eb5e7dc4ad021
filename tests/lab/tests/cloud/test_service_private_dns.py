# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The proof that an endpoint service's private DNS name is its owner's: a TXT record in public DNS."""

from __future__ import annotations

import re

import pytest

from .service_owner import ServiceOwner

DNS_ACCOUNT = "444455556666"


@pytest.fixture
def provider(ec2, client):
    return ServiceOwner(ec2, client("elbv2"))


@pytest.fixture
def service(provider):
    return provider.service(PrivateDnsName="api.example.com")


@pytest.fixture
def verify(ec2, provider, service):
    """verify(): start it, and the state it ends in."""

    def start() -> str:
        reply = ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service["ServiceId"])
        assert reply["ReturnValue"] is True
        return provider.described(service["ServiceId"])["PrivateDnsNameConfiguration"]["State"]

    return start


@pytest.fixture
def publish(client):
    """publish(zone, record, value, **zone's parameters): in another account than the service's."""

    def create(zone: str, record: str, *values: str, **parameters) -> None:
        route53 = client("route53", DNS_ACCOUNT)
        made = route53.create_hosted_zone(Name=zone, CallerReference=record + values[0], **parameters)
        change = {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": record,
                "Type": "TXT",
                "TTL": 300,
                "ResourceRecords": [{"Value": f'"{value}"'} for value in values],
            },
        }
        route53.change_resource_record_sets(HostedZoneId=made["HostedZone"]["Id"], ChangeBatch={"Changes": [change]})

    return create


def proof(service: dict) -> tuple[str, str]:
    configuration = service["PrivateDnsNameConfiguration"]
    return configuration["Name"], configuration["Value"]


def test_what_is_to_be_published(provider, service):
    configuration = service["PrivateDnsNameConfiguration"]
    assert (configuration["State"], configuration["Type"]) == ("pendingVerification", "TXT")
    assert re.fullmatch("_[a-z0-9]{20}", configuration["Name"])
    assert re.fullmatch("vpce:[A-Za-z0-9]{20}", configuration["Value"])
    assert provider.described(service["ServiceId"])["PrivateDnsNameConfiguration"] == configuration


def test_pending_then_failed_then_verified(provider, service, verify, publish, transitions):
    transitions(60)
    assert verify() == "pendingVerification"
    transitions(0)
    state = provider.described(service["ServiceId"])["PrivateDnsNameConfiguration"]["State"]
    assert state == "failed"
    name, value = proof(service)
    publish("example.com", f"{name}.example.com", "another", value)
    assert verify() == "verified"
    assert proof(provider.described(service["ServiceId"])) == (name, value)


@pytest.mark.parametrize("record", ["{name}.api.example.com", "{name}.example.com", "api.example.com"])
def test_where_the_record_may_be(service, verify, publish, record):
    name, value = proof(service)
    publish("example.com", record.format(name=name), value)
    assert verify() == "verified"


@pytest.mark.parametrize(
    ("zone", "record", "change"),
    [
        ("example.com", "{name}.www.example.com", str),
        ("example.com", "{name}.example.com", str.lower),
        ("api.example.com", "www.api.example.com", str),
        ("example.org", "{name}.example.org", str),
    ],
)
def test_records_that_prove_nothing(service, verify, publish, zone, record, change):
    name, value = proof(service)
    publish(zone, record.format(name=name), change(value))
    assert verify() == "failed"


def test_a_private_zone_proves_nothing(client, service, verify, publish):
    ec2 = client("ec2", DNS_ACCOUNT)
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    name, value = proof(service)
    private = {"HostedZoneConfig": {"PrivateZone": True}, "VPC": {"VPCRegion": "us-east-1", "VPCId": vpc_id}}
    publish("example.com", f"{name}.example.com", value, **private)
    assert verify() == "failed"


def test_dns_outside_of_the_lab(service, verify, control):
    assert control("PUT", "/_lab/settings", {"verified_domains": ["example.org"]})[0] == 200
    assert verify() == "failed"
    control("PUT", "/_lab/settings", {"verified_domains": ["example.com"]})
    assert verify() == "verified"
    status, reply = control("PUT", "/_lab/settings", {"verified_domains": "example.com"})
    assert status == 400 and "verified_domains" in reply["message"]


def test_another_name_is_to_be_proven_anew(ec2, provider, service, verify, control):
    control("PUT", "/_lab/settings", {"verified_domains": ["example.com"]})
    assert verify() == "verified"
    named = {"ServiceId": service["ServiceId"]}
    ec2.modify_vpc_endpoint_service_configuration(**named, PrivateDnsName="api.example.com")
    assert provider.described(service["ServiceId"])["PrivateDnsNameConfiguration"]["State"] == "verified"
    ec2.modify_vpc_endpoint_service_configuration(**named, PrivateDnsName="*.example.com")
    changed = provider.described(service["ServiceId"])
    assert changed["PrivateDnsNameConfiguration"]["State"] == "pendingVerification"
    assert proof(changed) != proof(service)
    assert verify() == "verified"


def test_a_service_without_a_name(ec2, provider, refused):
    service_id = provider.service()["ServiceId"]
    with refused("InvalidParameter", service_id, "private DNS name"):
        ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service_id)
    unknown = "vpce-svc-0123456789abcdef0"
    with refused("InvalidVpcEndpointServiceId.NotFound", unknown):
        ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=unknown)
