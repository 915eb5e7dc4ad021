# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPCs and what is in them: nothing goes before what depends on it; routes show when their target is gone."""

from __future__ import annotations


def routes(ec2, table_id: str) -> dict[str, str]:
    [table] = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    return {route["DestinationCidrBlock"]: route["State"] for route in table["Routes"]}


def test_vpc_attributes(ec2, network):
    def attribute(name):
        answer = ec2.describe_vpc_attribute(VpcId=network.vpc_id, Attribute=name)
        return answer[name[0].upper() + name[1:]]["Value"]

    assert attribute("enableDnsSupport") is True and attribute("enableDnsHostnames") is False
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": True})
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsSupport={"Value": False})
    assert attribute("enableDnsSupport") is False and attribute("enableDnsHostnames") is True


def test_dependencies_are_kept(ec2, network, subnet_id, refused):
    gateway_id = network.internet_gateway()
    group_id, used = network.group("free"), network.group("used")
    eni_id = network.eni(subnet_id, Groups=[used])["NetworkInterfaceId"]
    allocation_id = ec2.allocate_address()["AllocationId"]
    association_id = ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=eni_id)["AssociationId"]

    with refused("DependencyViolation", subnet_id):
        ec2.delete_subnet(SubnetId=subnet_id)
    with refused("DependencyViolation", used):
        ec2.delete_security_group(GroupId=used)
    with refused("DependencyViolation", gateway_id):
        ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    with refused("DependencyViolation", network.vpc_id, "mapped public address"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=network.vpc_id)
    with refused("DependencyViolation", network.vpc_id):
        ec2.delete_vpc(VpcId=network.vpc_id)

    ec2.disassociate_address(AssociationId=association_id)
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=network.vpc_id)
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    ec2.delete_security_group(GroupId=used)
    ec2.delete_subnet(SubnetId=subnet_id)
    with refused("DependencyViolation", network.vpc_id):
        ec2.delete_vpc(VpcId=network.vpc_id)
    ec2.delete_security_group(GroupId=group_id)
    ec2.delete_vpc(VpcId=network.vpc_id)
    with refused("InvalidVpcID.NotFound", network.vpc_id):
        ec2.describe_vpcs(VpcIds=[network.vpc_id])


def test_a_vpc_with_a_vpn_gateway_stays(ec2, network, transitions, refused):
    gateway_id = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)
    transitions(60)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)
    with refused("DependencyViolation", network.vpc_id):
        ec2.delete_vpc(VpcId=network.vpc_id)


def test_routes_to_gateways_of_another_vpc_are_refused(ec2, network, refused):
    table_id = ec2.create_route_table(VpcId=network.vpc_id)["RouteTable"]["RouteTableId"]
    loose = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    with refused("InvalidParameterValue", table_id, loose, "different networks"):
        ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=loose)


def test_a_route_whose_target_is_gone_is_a_blackhole(ec2, network, subnet_id):
    table_id = ec2.create_route_table(VpcId=network.vpc_id)["RouteTable"]["RouteTableId"]
    gateway_id = network.internet_gateway()
    instance = network.instance(subnet_id)
    eni_id = network.eni(subnet_id)["NetworkInterfaceId"]
    attachment_id = ec2.attach_network_interface(
        NetworkInterfaceId=eni_id, InstanceId=instance["InstanceId"], DeviceIndex=1
    )["AttachmentId"]
    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="10.99.0.0/16", NetworkInterfaceId=eni_id)
    assert routes(ec2, table_id) == {"10.0.0.0/16": "active", "0.0.0.0/0": "active", "10.99.0.0/16": "active"}
    ec2.detach_network_interface(AttachmentId=attachment_id)
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=network.vpc_id)
    assert routes(ec2, table_id) == {"10.0.0.0/16": "active", "0.0.0.0/0": "blackhole", "10.99.0.0/16": "blackhole"}


def test_unknown_ids_are_named(ec2, network, subnet_id, refused):
    group_id = network.group("known")
    with refused("InvalidSubnetID.NotFound", "subnet-0123456789abcdef0"):
        ec2.describe_subnets(SubnetIds=[subnet_id, "subnet-0123456789abcdef0"])
    with refused("InvalidGroup.NotFound", "sg-0123456789abcdef0"):
        ec2.describe_security_groups(GroupIds=[group_id, "sg-0123456789abcdef0"])
    with refused("InvalidVpcID.NotFound", "vpc-0123456789abcdef0"):
        ec2.describe_vpcs(VpcIds=[network.vpc_id, "vpc-0123456789abcdef0"])
    with refused("InvalidAssociationID.NotFound", "aclassoc-0123456789abcdef0"):
        ec2.replace_network_acl_association(AssociationId="aclassoc-0123456789abcdef0", NetworkAclId="acl-1")
    with refused("NatGatewayNotFound", "nat-0123456789abcdef0"):
        ec2.delete_nat_gateway(NatGatewayId="nat-0123456789abcdef0")
    with refused("InvalidNetworkInterfaceID.NotFound", "eni-0123456789abcdef0"):
        ec2.create_tags(Resources=["eni-0123456789abcdef0"], Tags=[{"Key": "Name", "Value": "x"}])


def test_a_subnet_is_in_a_zone_of_its_region_and_no_default(ec2, network, refused):
    with refused("InvalidParameterValue", "eu-west-1a", "us-east-1a"):
        network.subnet("10.0.3.0/24", "eu-west-1a")
    zone = ec2.describe_availability_zones(ZoneNames=["us-east-1a"])["AvailabilityZones"][0]
    by_id = ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.0.3.0/24", AvailabilityZoneId=zone["ZoneId"])["Subnet"]
    assert by_id["AvailabilityZone"] == "us-east-1a"
    assert by_id["DefaultForAz"] is False and by_id["MapPublicIpOnLaunch"] is False


def test_the_block_of_a_subnet(ec2, network, refused):
    kept = ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.0.3.77/24")["Subnet"]
    assert kept["CidrBlock"] == "10.0.3.0/24" and kept["AvailableIpAddressCount"] == 251
    with refused("InvalidSubnet.Conflict", "10.0.3.128/25"):
        network.subnet("10.0.3.128/25")
    for cidr_block in ("10.0.4.0/29", "10.1.0.0/24"):
        with refused("InvalidSubnet.Range", cidr_block):
            network.subnet(cidr_block)
    with refused("InvalidParameterValue", "ten"):
        network.subnet("ten")


def test_a_second_block_of_a_vpc_stays_while_a_subnet_is_in_it(ec2, network, refused):
    added = ec2.associate_vpc_cidr_block(VpcId=network.vpc_id, CidrBlock="10.7.0.0/16")["CidrBlockAssociation"]
    subnet_id = network.subnet("10.7.1.0/24")
    with refused("InvalidCidrBlock.InUse", "10.7.0.0/16"):
        ec2.disassociate_vpc_cidr_block(AssociationId=added["AssociationId"])
    ec2.delete_subnet(SubnetId=subnet_id)
    ec2.disassociate_vpc_cidr_block(AssociationId=added["AssociationId"])


def test_a_vpc_has_one_internet_gateway(ec2, network, refused):
    network.internet_gateway()
    with refused("InvalidParameterValue", network.vpc_id, "already has an internet gateway"):
        network.internet_gateway()


def test_what_services_make_for_themselves_goes_with_it(ec2, network, subnet_id):
    network.internet_gateway()
    free = network.free_addresses(subnet_id)
    allocation_id = ec2.allocate_address()["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=allocation_id)["NatGateway"]["NatGatewayId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc_id,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[subnet_id],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    enis = ec2.describe_network_interfaces(Filters=[{"Name": "requester-managed", "Values": ["true"]}])
    assert {each["SubnetId"] for each in enis["NetworkInterfaces"]} == {subnet_id}
    assert network.free_addresses(subnet_id) == free - 2
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert network.free_addresses(subnet_id) == free
    ec2.delete_subnet(SubnetId=subnet_id)


def test_groups_of_an_instance_are_those_of_its_interface(ec2, network, subnet_id, refused):
    instance = network.instance(subnet_id)
    group_id = network.group("other")
    ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], Groups=[group_id])
    eni = network.describe(instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
    assert [each["GroupId"] for each in eni["Groups"]] == [group_id]
    with refused("InvalidGroup.NotFound", "sg-0123456789abcdef0"):
        ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], Groups=["sg-0123456789abcdef0"])
