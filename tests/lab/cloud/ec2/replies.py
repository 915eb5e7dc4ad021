# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The describes that can be searched: what lists their items, what names one, and where the filters look.

The filters of an operation are those that botocore's model documents. Where a filter's name does not spell the path to
its value in the reply, the path is given here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Describe:
    """How one operation's reply is searched.

    :param items: the reply's member that lists the items.
    :param key: the members that tell an item from all others.
    :param paths: filter name -> dotted path in an item, for names that do not spell it.
    :param nested: the member of an item that holds what is really filtered (Instances of a Reservation); a path that
        starts with "^" is then looked up in the item itself.
    :param names: a member of the reply beside the items, and the member of each item that it lists.
    :param page_size: how many items a reply has when MaxResults does not say; None: all.
    """

    items: str
    key: str | tuple[str, ...]
    paths: dict[str, str] = field(default_factory=dict)
    nested: str | None = None
    names: tuple[str, str] | None = None
    page_size: int | None = None


_ASSOCIATION = {
    f"association.{each}": f"Associations.{path}"
    for each, path in {
        "main": "Main",
        "subnet-id": "SubnetId",
        "gateway-id": "GatewayId",
        "route-table-id": "RouteTableId",
        "route-table-association-id": "RouteTableAssociationId",
    }.items()
}

_RULE = {
    "cidr": "IpRanges.CidrIp",
    "from-port": "FromPort",
    "group-id": "UserIdGroupPairs.GroupId",
    "group-name": "UserIdGroupPairs.GroupName",
    "ipv6-cidr": "Ipv6Ranges.CidrIpv6",
    "prefix-list-id": "PrefixListIds.PrefixListId",
    "protocol": "IpProtocol",
    "to-port": "ToPort",
    "user-id": "UserIdGroupPairs.UserId",
}

_NETWORK_INTERFACE = {
    "addresses.association.owner-id": "PrivateIpAddresses.Association.IpOwnerId",
    "group-id": "Groups.GroupId",
    "group-name": "Groups.GroupName",
}

_INSTANCE = {
    "availability-zone": "Placement.AvailabilityZone",
    "availability-zone-id": "Placement.AvailabilityZoneId",
    "affinity": "Placement.Affinity",
    "host-id": "Placement.HostId",
    "placement-group-name": "Placement.GroupName",
    "placement-partition-number": "Placement.PartitionNumber",
    "tenancy": "Placement.Tenancy",
    "block-device-mapping.attach-time": "BlockDeviceMappings.Ebs.AttachTime",
    "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
    "block-device-mapping.status": "BlockDeviceMappings.Ebs.Status",
    "block-device-mapping.volume-id": "BlockDeviceMappings.Ebs.VolumeId",
    "dns-name": "PublicDnsName",
    "instance-state-code": "State.Code",
    "instance-state-name": "State.Name",
    "instance.group-id": "SecurityGroups.GroupId",
    "instance.group-name": "SecurityGroups.GroupName",
    "group-id": "SecurityGroups.GroupId",
    "ip-address": "PublicIpAddress",
    "ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
    "launch-index": "AmiLaunchIndex",
    "monitoring-state": "Monitoring.State",
    "network-interface.ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
    "owner-id": "^OwnerId",
    "product-code": "ProductCodes.ProductCodeId",
    "product-code.type": "ProductCodes.ProductCodeType",
    "reason": "StateTransitionReason",
    "requester-id": "^RequesterId",
    "reservation-id": "^ReservationId",
    "state-reason-code": "StateReason.Code",
    "state-reason-message": "StateReason.Message",
} | {f"network-interface.{name}": f"NetworkInterfaces.{path}" for name, path in _NETWORK_INTERFACE.items()}

DESCRIBES = {
    "DescribeNetworkInterfaces": Describe("NetworkInterfaces", "NetworkInterfaceId", _NETWORK_INTERFACE),
    "DescribeVpcs": Describe(
        "Vpcs",
        "VpcId",
        {
            "cidr": "CidrBlock",
            "cidr-block": "CidrBlock",
            "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
            "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
            "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
            "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        },
    ),
    "DescribeSubnets": Describe(
        "Subnets",
        "SubnetId",
        {
            "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        },
    ),
    "DescribeInternetGateways": Describe("InternetGateways", "InternetGatewayId"),
    "DescribeVpnGateways": Describe(
        "VpnGateways",
        "VpnGatewayId",
        {
            "attachment.state": "VpcAttachments.State",
            "attachment.vpc-id": "VpcAttachments.VpcId",
        },
    ),
    "DescribeCustomerGateways": Describe("CustomerGateways", "CustomerGatewayId"),
    "DescribeVpnConnections": Describe("VpnConnections", "VpnConnectionId"),
    "DescribeRouteTables": Describe("RouteTables", "RouteTableId", _ASSOCIATION),
    "DescribeSecurityGroups": Describe(
        "SecurityGroups",
        "GroupId",
        {f"ip-permission.{name}": f"IpPermissions.{path}" for name, path in _RULE.items()}
        | {f"egress.ip-permission.{name}": f"IpPermissionsEgress.{path}" for name, path in _RULE.items()},
    ),
    "DescribeNetworkAcls": Describe(
        "NetworkAcls",
        "NetworkAclId",
        {
            "association.association-id": "Associations.NetworkAclAssociationId",
            "default": "IsDefault",
            "entry.cidr": "Entries.CidrBlock",
            "entry.icmp.code": "Entries.IcmpTypeCode.Code",
            "entry.icmp.type": "Entries.IcmpTypeCode.Type",
            "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
            "entry.port-range.from": "Entries.PortRange.From",
            "entry.port-range.to": "Entries.PortRange.To",
        },
    ),
    "DescribeInstances": Describe("Reservations", "ReservationId", _INSTANCE, nested="Instances"),
    "DescribeAddresses": Describe("Addresses", "AllocationId", {"domain": "Domain"}),
    "DescribeKeyPairs": Describe("KeyPairs", "KeyPairId", {"fingerprint": "KeyFingerprint"}),
    "DescribeTags": Describe("Tags", ("ResourceId", "Key")),
    "DescribeNetworkInterfacePermissions": Describe(
        "NetworkInterfacePermissions",
        "NetworkInterfacePermissionId",
        {
            f"network-interface-permission.{name}": path
            for name, path in {
                "network-interface-permission-id": "NetworkInterfacePermissionId",
                "network-interface-id": "NetworkInterfaceId",
                "aws-account-id": "AwsAccountId",
                "aws-service": "AwsService",
                "permission": "Permission",
            }.items()
        },
        page_size=50,
    ),
    "DescribeVpcEndpoints": Describe("VpcEndpoints", "VpcEndpointId", {"vpc-endpoint-state": "State"}),
    "DescribeVpcEndpointServices": Describe(
        "ServiceDetails",
        "ServiceId",
        {"service-type": "ServiceType.ServiceType"},
        names=("ServiceNames", "ServiceName"),
    ),
    "DescribeVpcEndpointConnections": Describe("VpcEndpointConnections", "VpcEndpointConnectionId"),
    "DescribeVpcEndpointAssociations": Describe("VpcEndpointAssociations", "Id", {"association-id": "Id"}),
    "DescribePrefixLists": Describe("PrefixLists", "PrefixListId"),
    "DescribeManagedPrefixLists": Describe("PrefixLists", "PrefixListId"),
    "DescribeVpcEndpointServiceConfigurations": Describe("ServiceConfigurations", "ServiceId"),
    "DescribeVpcEndpointServicePermissions": Describe("AllowedPrincipals", "ServicePermissionId"),
    "DescribeVpcEndpointConnectionNotifications": Describe("ConnectionNotificationSet", "ConnectionNotificationId"),
    "DescribeSecurityGroupRules": Describe("SecurityGroupRules", "SecurityGroupRuleId"),
    "DescribeAddressesAttribute": Describe("Addresses", "AllocationId"),
    "DescribeInstanceTypes": Describe(
        "InstanceTypes",
        "InstanceType",
        {"supported-usage-class": "SupportedUsageClasses"},
        # As seen from AWS; not in its reference.
        page_size=100,
    ),
    "DescribeAvailabilityZones": Describe("AvailabilityZones", "ZoneId", {"message": "Messages.Message"}),
    "DescribeRegions": Describe("Regions", "RegionName"),
    "DescribeInstanceStatus": Describe(
        "InstanceStatuses",
        "InstanceId",
        {
            "instance-state-code": "InstanceState.Code",
            "instance-state-name": "InstanceState.Name",
            "instance-status.reachability": "InstanceStatus.Details.Status",
            "system-status.reachability": "SystemStatus.Details.Status",
        },
    ),
    "DescribeEgressOnlyInternetGateways": Describe("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    "DescribeDhcpOptions": Describe(
        "DhcpOptions",
        "DhcpOptionsId",
        {"key": "DhcpConfigurations.Key", "value": "DhcpConfigurations.Values.Value"},
    ),
}
