# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the describe calls answer, in the shapes of botocore's EC2 model, becomes a description."""

from __future__ import annotations

import base64
import copy

import pytest

from lab.fabric.describe import Cloud
from lab.fabric.description import (
    AclEntry,
    Description,
    HostedZone,
    LoadBalancer,
    Match,
    Permission,
    Record,
    Route,
    Target,
    VpcEndpoint,
    of_version,
    union,
)
from lab.guests.flavours import DEFAULT, Flavour, FlavourError

ZONE = {"AvailabilityZoneId": "use1-az1", "AvailabilityZone": "us-east-1a"}
LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/api/50dc6c495c0c9188"
ENDPOINT_NAME = "vpce-1-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com"
REPLIES = {
    "describe_vpc_endpoints": {
        "VpcEndpoints": [
            {
                "VpcEndpointId": "vpce-1",
                "VpcEndpointType": "Interface",
                "VpcId": "vpc-1",
                "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
                "State": "available",
                "NetworkInterfaceIds": ["eni-8"],
                "DnsEntries": [{"DnsName": ENDPOINT_NAME, "HostedZoneId": "Z7HUB22UULQXV"}],
            },
            {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "State": "available"},
        ]
    },
    "describe_vpc_endpoint_service_configurations": {
        "ServiceConfigurations": [
            {
                "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
                "NetworkLoadBalancerArns": [LOAD_BALANCER],
            }
        ]
    },
    "describe_vpc_attribute": {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": False}},
    "describe_load_balancers": {
        "LoadBalancers": [
            {
                "LoadBalancerArn": LOAD_BALANCER,
                "VpcId": "vpc-1",
                "SecurityGroups": ["sg-1"],
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
            }
        ]
    },
    "describe_load_balancer_attributes": {
        "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    },
    "describe_listeners": {
        "Listeners": [
            {"Port": 443, "Protocol": "TCP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]},
            {"Port": 444, "Protocol": "TLS", "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]},
        ]
    },
    "describe_target_health": {
        "TargetHealthDescriptions": [
            {"Target": {"Id": "i-1", "Port": 8443}, "TargetHealth": {"State": "healthy"}},
            {"Target": {"Id": "10.0.0.9", "Port": 8443}, "TargetHealth": {"State": "unhealthy"}},
            {"Target": {"Id": "arn:of-another", "Port": 8443}, "TargetHealth": {"State": "healthy"}},
            {"Target": {"Id": "fd00::9", "Port": 8443}, "TargetHealth": {"State": "healthy"}},
        ]
    },
    "list_hosted_zones": {
        "HostedZones": [
            {"Id": "/hostedzone/Z1", "Name": "Example.internal.", "Config": {"PrivateZone": True}},
            {"Id": "/hostedzone/Z2", "Name": "example.com.", "Config": {"PrivateZone": False}},
        ]
    },
    "get_hosted_zone": {"VPCs": [{"VPCId": "vpc-2"}, {"VPCId": "vpc-1"}]},
    "list_resource_record_sets": {
        "ResourceRecordSets": [
            {"Name": "example.internal.", "Type": "SOA", "ResourceRecords": [{"Value": "ns. admin. 1 2 3 4 5"}]},
            {"Name": "a.example.internal.", "Type": "A", "ResourceRecords": [{"Value": "10.0.0.5"}]},
            {"Name": "\\052.example.internal.", "Type": "CNAME", "ResourceRecords": [{"Value": "A.example.internal."}]},
            {"Name": "example.internal.", "Type": "A", "AliasTarget": {"DNSName": f"{ENDPOINT_NAME}."}},
        ]
    },
    "describe_vpcs": {
        "Vpcs": [
            {
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                    {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}},
                    {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "disassociated"}},
                ],
                "Ipv6CidrBlockAssociationSet": [
                    {"Ipv6CidrBlock": "2600:1f18::/56", "Ipv6CidrBlockState": {"State": "associated"}},
                    {"Ipv6CidrBlock": "2600:1f19::/56", "Ipv6CidrBlockState": {"State": "disassociated"}},
                ],
            }
        ]
    },
    "describe_subnets": {
        "Subnets": [
            {
                "SubnetId": "subnet-1",
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/24",
                "Ipv6CidrBlockAssociationSet": [
                    {"Ipv6CidrBlock": "2600:1f18:0:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}
                ],
                **ZONE,
            },
            {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", **ZONE},
        ]
    },
    "describe_route_tables": {
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "Associations": [{"Main": True}],
                "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}],
            },
            {
                "RouteTableId": "rtb-2",
                "VpcId": "vpc-1",
                "Associations": [{"Main": False, "SubnetId": "subnet-2"}, {"Main": False, "GatewayId": "igw-1"}],
                "Routes": [
                    {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vgw-1", "State": "active"},
                    {"DestinationCidrBlock": "10.9.0.0/16", "NetworkInterfaceId": "eni-9", "State": "blackhole"},
                    {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"},
                ],
            },
        ]
    },
    "describe_network_acls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "Associations": [{"SubnetId": "subnet-1"}],
                "Entries": [
                    {
                        "RuleNumber": 32767,
                        "Protocol": "-1",
                        "RuleAction": "deny",
                        "Egress": False,
                        "CidrBlock": "0.0.0.0/0",
                    },
                    {
                        "RuleNumber": 100,
                        "Protocol": "6",
                        "RuleAction": "allow",
                        "Egress": False,
                        "CidrBlock": "10.0.0.0/8",
                        "PortRange": {"From": 22, "To": 23},
                    },
                    {
                        "RuleNumber": 101,
                        "Protocol": "1",
                        "RuleAction": "allow",
                        "Egress": True,
                        "CidrBlock": "0.0.0.0/0",
                        "IcmpTypeCode": {"Type": 8, "Code": -1},
                    },
                    {
                        "RuleNumber": 102,
                        "Protocol": "-1",
                        "RuleAction": "allow",
                        "Egress": True,
                        "Ipv6CidrBlock": "::/0",
                    },
                ],
            }
        ]
    },
    "describe_security_groups": {
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "GroupName": "web",
                "IpPermissions": [
                    {
                        "IpProtocol": "tcp",
                        "FromPort": 80,
                        "ToPort": 80,
                        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                        "UserIdGroupPairs": [{"GroupId": "sg-2"}],
                    }
                ],
                "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            }
        ]
    },
    "describe_network_interfaces": {
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": "eni-1",
                "MacAddress": "0a:00:00:00:00:01",
                "VpcId": "vpc-1",
                "SubnetId": "subnet-1",
                "SourceDestCheck": False,
                "Groups": [{"GroupId": "sg-1"}],
                "Attachment": {"InstanceId": "i-1", "DeviceIndex": 1, "Status": "attached"},
                "PrivateIpAddresses": [
                    {"PrivateIpAddress": "10.0.0.9", "Primary": False, "Association": {"PublicIp": "54.0.0.9"}},
                    {"PrivateIpAddress": "10.0.0.5", "Primary": True},
                ],
                "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}],
                "Ipv6Addresses": [{"Ipv6Address": "2600:1f18:0:1::5"}, {"Ipv6Address": "2600:1f18:0:1::6"}],
                "Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f18:0:1:1::/80"}],
            }
        ]
    },
    "describe_instances": {
        "Reservations": [
            {
                "Instances": [
                    {
                        "InstanceId": "i-1",
                        "VpcId": "vpc-1",
                        "SubnetId": "subnet-1",
                        "KeyName": "key",
                        "PrivateDnsName": "ip-10-0-0-5.ec2.internal",
                    }
                ]
            }
        ]
    },
    "describe_internet_gateways": {
        "InternetGateways": [
            {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]},
        ]
    },
    "describe_egress_only_internet_gateways": {
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1", "State": "attached"}]},
        ]
    },
    "describe_vpn_gateways": {
        "VpnGateways": [
            {"VpnGatewayId": "vgw-1", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]},
            {"VpnGatewayId": "vgw-2", "VpcAttachments": [{"VpcId": "vpc-1", "State": "detached"}]},
        ]
    },
    "describe_vpn_connections": {
        "VpnConnections": [
            {
                "VpnGatewayId": "vgw-1",
                "State": "available",
                "Routes": [
                    {"DestinationCidrBlock": "192.168.0.0/16", "State": "available"},
                    {"DestinationCidrBlock": "172.16.0.0/12", "State": "pending"},
                ],
            },
            {
                "VpnGatewayId": "vgw-1",
                "State": "deleted",
                "Routes": [
                    {"DestinationCidrBlock": "172.31.0.0/16", "State": "available"},
                ],
            },
        ]
    },
    "describe_customer_gateways": {
        "CustomerGateways": [
            {"State": "available", "IpAddress": "198.51.100.10"},
            {"State": "deleted", "IpAddress": "198.51.100.11"},
        ]
    },
    "describe_key_pairs": {"KeyPairs": [{"KeyName": "key", "PublicKey": "ssh-ed25519 AAAA key\n"}]},
    "describe_instance_attribute": {"UserData": {"Value": base64.b64encode(b"#!/bin/sh\n").decode()}},
}


class Replies:
    """A client that answers from ``REPLIES``, in one page."""

    def __init__(self):
        self.replies = copy.deepcopy(REPLIES)
        self.calls: list[str] = []

    def can_paginate(self, operation):
        return False

    def __getattr__(self, operation):
        def call(**_parameters):
            self.calls.append(operation)
            return self.replies[operation]

        return call


@pytest.fixture
def client():
    return Replies()


def test_a_vpc_has_its_associated_cidrs_and_attached_gateways(client):
    vpc = Cloud(lambda _service: client).describe().vpcs["vpc-1"]
    assert vpc.cidrs == ("10.0.0.0/16", "10.1.0.0/16")
    assert vpc.ipv6_cidrs == ("2600:1f18::/56",)
    assert (vpc.internet_gateway, vpc.egress_only_gateway, vpc.vpn_gateway) == ("igw-1", "eigw-1", "vgw-1")
    assert vpc.edges == {"igw-1": "rtb-2"}


def test_an_egress_only_gateway_is_nothing_to_a_vpc_without_ipv6(client):
    client.replies["describe_vpcs"]["Vpcs"][0]["Ipv6CidrBlockAssociationSet"].clear()
    assert Cloud(lambda _service: client).describe().vpcs["vpc-1"].egress_only_gateway is None


def test_a_subnet_without_a_route_table_of_its_own_has_the_main_one(client):
    subnets = Cloud(lambda _service: client).describe().subnets
    assert (subnets["subnet-1"].route_table, subnets["subnet-1"].network_acl) == ("rtb-1", "acl-1")
    assert (subnets["subnet-2"].route_table, subnets["subnet-2"].network_acl) == ("rtb-2", None)


def test_a_subnet_has_the_ipv6_block_that_is_associated(client):
    subnets = Cloud(lambda _service: client).describe().subnets
    assert [subnet.ipv6_cidr for subnet in subnets.values()] == ["2600:1f18:0:1::/64", None]


def test_a_subnet_may_have_ipv6_only(client):
    del client.replies["describe_subnets"]["Subnets"][0]["CidrBlock"]
    client.replies["describe_network_interfaces"]["NetworkInterfaces"][0]["PrivateIpAddresses"].clear()
    description = Cloud(lambda _service: client).describe()
    assert description.subnets["subnet-1"].cidr is None
    assert description.network_interfaces["eni-1"].own[0] == "2600:1f18:0:1::5"


def test_routes(client):
    tables = Cloud(lambda _service: client).describe().route_tables
    assert tables["rtb-2"].routes == (
        Route("0.0.0.0/0", "vgw-1"),
        Route("10.9.0.0/16", "blackhole"),
        Route("::/0", "eigw-1"),
    )


def test_acl_entries_in_order_of_evaluation(client):
    acl = Cloud(lambda _service: client).describe().network_acls["acl-1"]
    assert acl.ingress == (
        AclEntry(100, True, Match("6", (22, 23)), "10.0.0.0/8"),
        AclEntry(32767, False, Match("-1"), "0.0.0.0/0"),
    )
    assert acl.egress == (
        AclEntry(101, True, Match("1", (8, -1)), "0.0.0.0/0"),
        AclEntry(102, True, Match("-1"), "::/0"),
    )


def test_security_group_permissions(client):
    group = Cloud(lambda _service: client).describe().security_groups["sg-1"]
    assert group.ingress == (Permission(Match("tcp", (80, 80)), ("0.0.0.0/0", "::/0"), ("sg-2",)),)
    assert group.egress == (Permission(Match("-1"), ("0.0.0.0/0",), ()),)


def test_an_attached_eni(client):
    eni = Cloud(lambda _service: client).describe().network_interfaces["eni-1"]
    assert eni.addresses == ("10.0.0.5", "10.0.0.9")
    assert eni.public == {"10.0.0.9": "54.0.0.9"}
    assert of_version(4, eni.own) == ["10.0.0.5", "10.0.0.9", "10.0.0.16/28"]
    assert of_version(6, eni.own) == ["2600:1f18:0:1::5", "2600:1f18:0:1::6", "2600:1f18:0:1:1::/80"]
    assert (eni.instance_id, eni.device_index, eni.source_dest_check) == ("i-1", 1, False)


@pytest.mark.parametrize("status", ["attaching", "detaching", "detached"])
def test_an_eni_that_is_not_attached_yet_or_any_more(client, status):
    client.replies["describe_network_interfaces"]["NetworkInterfaces"][0]["Attachment"]["Status"] = status
    assert Cloud(lambda _service: client).describe().attached() == []


def test_an_eni_of_a_subnet_that_is_not_described_yet_waits(client):
    client.replies["describe_subnets"]["Subnets"].pop(0)
    assert Cloud(lambda _service: client).describe().network_interfaces == {}


def test_a_vpn_gateway_has_the_routes_of_available_connections(client):
    description = Cloud(lambda _service: client).describe()
    assert list(description.vpn_gateways) == ["vgw-1"]
    assert description.vpn_gateways["vgw-1"].prefixes == ("192.168.0.0/16",)
    assert description.customer_gateway_addresses == ("198.51.100.10",)


def test_an_instance(client):
    description = Cloud(lambda _service: client).describe()
    instance = description.instances["i-1"]
    assert (instance.hostname, instance.public_key) == ("ip-10-0-0-5", "ssh-ed25519 AAAA key")
    assert instance.user_data == "#!/bin/sh\n"


def test_a_tag_chooses_what_a_guest_boots(client):
    instance = client.replies["describe_instances"]["Reservations"][0]["Instances"][0]
    assert Cloud(lambda _service: client).describe().instances["i-1"].flavour == DEFAULT
    instance["Tags"] = [{"Key": "lab:guest", "Value": "trixie-NetworkManager"}]
    assert Cloud(lambda _service: client).describe().instances["i-1"].flavour == Flavour("trixie", "NetworkManager")
    instance["Tags"] = [{"Key": "lab:guest", "Value": "sarge"}]
    with pytest.raises(FlavourError, match="instance i-1, tag lab:guest: no guest flavour 'sarge': it must be one of"):
        Cloud(lambda _service: client).describe()


def test_only_describe_calls_are_made_and_user_data_is_asked_for_once(client):
    cloud = Cloud(lambda _service: client)
    assert cloud.describe() == cloud.describe()
    assert all(call.startswith(("describe_", "list_", "get_hosted_zone")) for call in client.calls)
    assert client.calls.count("describe_instance_attribute") == 1


def test_an_interface_endpoint_and_no_other(client):
    endpoints = Cloud(lambda _service: client).describe().vpc_endpoints
    assert list(endpoints.values()) == [
        VpcEndpoint(
            id="vpce-1",
            vpc_id="vpc-1",
            service_name="com.amazonaws.vpce.us-east-1.vpce-svc-1",
            state="available",
            network_interfaces=("eni-8",),
            dns_names=(ENDPOINT_NAME,),
        )
    ]


def test_a_load_balancer_has_its_enis_and_the_healthy_targets_of_tcp_listeners(client):
    enis = client.replies["describe_network_interfaces"]["NetworkInterfaces"]
    enis.append({**enis[0], "NetworkInterfaceId": "eni-9", "Attachment": {},
                 "Description": "ELB net/api/50dc6c495c0c9188"})
    assert Cloud(lambda _service: client).describe().load_balancers == {
        LOAD_BALANCER: LoadBalancer(
            arn=LOAD_BALANCER,
            vpc_id="vpc-1",
            cross_zone=True,
            network_interfaces=("eni-9",),
            enforced_groups=("sg-1",),
            listeners={443: (Target("i-1", 8443),)},
        )
    }


def test_a_load_balancer_that_is_told_not_to_enforces_no_group(client):
    balancer = client.replies["describe_load_balancers"]["LoadBalancers"][0]
    balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"
    assert Cloud(lambda _service: client).describe().load_balancers[LOAD_BALANCER].enforced_groups == ()


def test_without_an_endpoint_service_no_load_balancer_is_asked_for(client):
    client.replies["describe_vpc_endpoint_service_configurations"]["ServiceConfigurations"].clear()
    assert Cloud(lambda _service: client).describe().load_balancers == {}
    assert "describe_load_balancers" not in client.calls


def test_a_private_zone_has_the_vpcs_of_all_accounts_and_the_records_that_lead_to_addresses(client):
    zones = Cloud(lambda _service: client).describe().hosted_zones
    records = (
        Record("*.example.internal", "CNAME", ("a.example.internal",)),
        Record("a.example.internal", "A", ("10.0.0.5",)),
        Record("example.internal", "ALIAS", (ENDPOINT_NAME,)),
    )
    assert zones == {"Z1": HostedZone("Z1", "example.internal", ("vpc-1", "vpc-2"), records)}


def test_the_dns_attributes_of_a_vpc_with_a_running_instance(client):
    vpc = Cloud(lambda _service: client).describe().vpcs["vpc-1"]
    assert (vpc.dns_support, vpc.dns_hostnames) == (True, False)


def test_the_union_of_two_accounts_has_what_each_describes(client):
    mine = Cloud(lambda _service: client).describe()
    theirs = Description(vpcs={"vpc-2": mine.vpcs["vpc-1"]}, customer_gateway_addresses=("198.51.100.9",))
    both = union([mine, theirs])
    assert set(both.vpcs) == {"vpc-1", "vpc-2"}
    assert both.customer_gateway_addresses == ("198.51.100.10", "198.51.100.9")
    assert both.instances == mine.instances
