# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A region as its describe calls tell of it, in the shapes of botocore's models, and a client that they answer."""

from __future__ import annotations

import base64
import copy

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
