# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse is said beforehand, with parameter, value and remedy."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._endpoint.check import Change, defers_private_dns, problems
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.observed import Endpoint
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.plan import plan
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.surroundings import Surroundings
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.zones import Choice

SERVICE = {
    "ServiceName": "svc", "ServiceType": [{"ServiceType": "Interface"}], "ServiceRegion": "eu-west-1", "AvailabilityZoneIds": ["az1", "az2"],
    "VpcEndpointPolicySupported": False, "AcceptanceRequired": False, "SupportedIpAddressTypes": ["ipv4"], "PrivateDnsName": "api.example.com",
    "PrivateDnsNameVerificationState": "verified",
}
SUBNETS = {
    name: {"SubnetId": name, "VpcId": vpc, "AvailabilityZoneId": f"az{zone}", "AvailabilityZone": f"eu-west-1{'abc'[zone - 1]}",
           "CidrBlock": f"10.0.{number}.0/24", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8::/64"}] if number == 1 else []}
    for number, (name, vpc, zone) in enumerate((
        ("subnet-1", "vpc-1", 1), ("subnet-2", "vpc-1", 2), ("subnet-3", "vpc-1", 3), ("subnet-4", "vpc-1", 1), ("subnet-5", "vpc-2", 2)), 1)
}
GROUPS = {
    "sg-1": {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1"},
    "sg-2": {"GroupId": "sg-2", "GroupName": "db", "VpcId": "vpc-2"},
}
TABLES = {"rtb-1": {"VpcId": "vpc-1"}, "rtb-2": {"VpcId": "vpc-2"}}
AROUND = {"services": (SERVICE,), "subnets": SUBNETS, "groups": GROUPS, "route_tables": TABLES, "dns": {
    "enableDnsSupport": True, "enableDnsHostnames": True}}
WANTED = {"name": "api", "vpc_id": "vpc-1", "type": "Interface", "target": ("service", "svc")}
GATEWAY = {"ServiceName": "svc", "ServiceType": [{"ServiceType": "Gateway"}]}


def change(wanted, endpoint=None, around=None, choice=None):
    wanted = Wanted(**{**WANTED, **wanted})
    return Change(wanted, endpoint, plan(wanted, endpoint)[0].parameters, Surroundings(**{**AROUND, **(around or {})}), choice, "eu-west-1")


@pytest.mark.parametrize("wanted, endpoint, around", [
    ({"subnets": ("subnet-1", "subnet-2"), "groups": ("web", "sg-1"), "private_dns_enabled": True, "ip_address_type": "ipv4"}, None, {}),
    ({"subnets": ("subnet-1",), "addresses": {"subnet-1": {"Ipv4": "10.0.1.4"}}}, None, {}),
    ({"subnets": ("subnet-3",)}, None, {"services": ({**SERVICE, "ServiceRegion": "us-east-1", "AvailabilityZoneIds": []},)}),
    ({"type": "Gateway", "route_tables": ("rtb-1",), "policy": {"Statement": []}}, None, {"services": (GATEWAY, SERVICE)}),
    ({"type": "Resource", "target": ("resource_configuration_arn", "arn"), "subnets": ("subnet-3",)}, None, {"services": None}),
    # What has nothing to do with the change is not asked for, and not complained of.
    ({"groups": ("sg-1",)}, Endpoint("vpce-1", "vpc-1", target=("service", "svc"), subnets=("subnet-9",)), {"services": None, "subnets": {}}),
])
def test_accepted(wanted, endpoint, around):
    assert problems(change(wanted, endpoint, around)) == []


@pytest.mark.parametrize("wanted, around, words", [
    ({"vpc_id": None, "target": None}, {}, ["vpc_id: ", "making it needs the VPC", "service: ", "what it leads to"]),
    ({}, {"services": ()}, ["'svc' does not exist in eu-west-1", "does not admit this account", "allowed principals"]),
    ({"service_region": "us-east-1"}, {"services": ()}, ["'svc' does not exist in us-east-1"]),
    ({"type": None}, {}, ["vpc_endpoint_type", "is of type Interface, not Gateway", "set vpc_endpoint_type: Interface"]),
    ({"policy": {"Statement": []}}, {}, ["policy: 'svc' does not support endpoint policies"]),
    ({"ip_address_type": "dualstack"}, {}, ["ip_address_type: dualstack", "supports, which is ipv4"]),
    ({"route_tables": ("rtb-1",)}, {}, ["route_table_ids", "type Interface", "Gateway"]),
    ({"type": "Gateway", "subnets": ("subnet-1",)}, {"services": (GATEWAY,)}, ["vpc_endpoint_subnets", "type Gateway do not take it"]),
    ({"type": "ServiceNetwork"}, {"services": None}, ["service: endpoints of type ServiceNetwork do not take it"]),
    ({"subnets": ("subnet-3", "subnet-1")}, {}, ["subnet-3 is in az3 (eu-west-1c)", "offered in az1, az2", "auto"]),
    ({"subnets": ("subnet-1", "subnet-4")}, {}, ["subnet-1, subnet-4 are all in the zone az1"]),
    ({"subnets": ("subnet-5",)}, {}, ["'subnet-5' is of vpc-2, not of vpc-1"]),
    ({"subnets": ("subnet-9",)}, {}, ["'subnet-9' does not exist"]),
    ({"subnets": ("subnet-1",), "addresses": {"subnet-1": {"Ipv4": "10.0.2.4"}}}, {}, ["ipv4: '10.0.2.4' is not in subnet-1 (10.0.1.0/24)"]),
    ({"subnets": ("subnet-1",), "addresses": {"subnet-1": {"Ipv4": "10.0.1.3"}}}, {}, ["'10.0.1.3' is one of the five that AWS keeps"]),
    ({"subnets": ("subnet-1",), "addresses": {"subnet-1": {"Ipv4": "10.0.1.255"}}}, {}, ["'10.0.1.255' is one of the five"]),
    ({"subnets": ("subnet-2",), "addresses": {"subnet-2": {"Ipv6": "2001:db8::9"}}}, {}, ["has ipv6", "takes ipv4", "which has no IPv6"]),
    ({"subnets": ("subnet-1", "subnet-2"), "ip_address_type": "dualstack"}, {"services": ({**SERVICE, "SupportedIpAddressTypes": ["ipv4", "ipv6"]},)}, [
        "'subnet-2' has no IPv6, which ip_address_type dualstack needs"]),
    ({"groups": ("db",)}, {}, ["'db' is no security group of vpc-1"]),
    ({"groups": ("sg-2",)}, {}, ["'sg-2' is of vpc-2, not of vpc-1"]),
    ({"type": "Gateway", "route_tables": ("rtb-2", "rtb-9")}, {"services": (GATEWAY,)}, ["'rtb-2' is of vpc-2", "'rtb-9' does not exist"]),
    ({"private_dns_enabled": True}, {"dns": {"enableDnsSupport": True, "enableDnsHostnames": False}}, ["vpc-1 has enableDnsHostnames off"]),
    ({"private_dns_enabled": True}, {"services": ({**SERVICE, "PrivateDnsName": None},)}, ["private_dns_enabled: 'svc' has no private DNS name"]),
])
def test_refused(wanted, around, words):
    found = "\n".join(problems(change(wanted, around=around)))
    assert [word for word in words if word not in found] == []


def test_no_zone_for_auto():
    found = problems(change({"subnets": ()}, choice=Choice((), ("az1", "az2"), ("az1", "az2"))))
    assert len(found) == 1
    assert "vpc-1 has no subnet in a zone of 'svc', which is offered in az1, az2" in found[0]


def test_subnets_in_the_way():
    around = Surroundings(**AROUND)
    assert around.in_the_way({"AddSubnetIds": ["subnet-4"], "RemoveSubnetIds": ["subnet-1", "subnet-2"]}) == ("subnet-1",)
    assert around.in_the_way({"RemoveSubnetIds": ["subnet-1"]}) == ()


@pytest.mark.parametrize("service, exists, deferred", [
    ({}, False, False),
    ({"AcceptanceRequired": True}, False, True),
    ({"AcceptanceRequired": True}, True, False),
    ({"PrivateDnsNameVerificationState": "pendingVerification"}, False, True),
    ({"PrivateDnsNameVerificationState": "failed"}, True, True),
])
def test_private_dns_that_comes_later(service, exists, deferred):
    endpoint = Endpoint("vpce-1", "vpc-1", target=("service", "svc")) if exists else None
    assert defers_private_dns(change({"private_dns_enabled": True}, endpoint, {"services": ({**SERVICE, **service},)})) == deferred
