# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The ENIs of AWS's services: seen and tagged, not changed; they go with what they were made for."""

from __future__ import annotations

import pytest


@pytest.fixture
def gateway(ec2, network, subnet_id):
    network.internet_gateway()
    allocation_id = ec2.allocate_address()["AllocationId"]
    return ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=allocation_id)["NatGateway"]


@pytest.fixture
def eni(ec2, gateway):
    [eni] = ec2.describe_network_interfaces(Filters=[{"Name": "requester-managed", "Values": ["true"]}])[
        "NetworkInterfaces"
    ]
    return eni


def test_it_says_whose_it_is(gateway, eni):
    assert eni["RequesterManaged"] is True and eni["Status"] == "in-use"
    assert eni["InterfaceType"] == "nat_gateway"
    assert eni["Description"] == f"Interface for NAT Gateway {gateway['NatGatewayId']}"
    attachment = eni["Attachment"]
    assert attachment["AttachmentId"].startswith("ela-attach-")
    assert attachment["InstanceOwnerId"] == "amazon-aws" and "InstanceId" not in attachment


def test_it_is_not_the_user_s_to_change(ec2, network, subnet_id, eni, refused):
    eni_id = eni["NetworkInterfaceId"]
    with refused("AuthFailure", "do not have permission"):
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, Description={"Value": "mine"})
    instance_id = network.instance(subnet_id)["InstanceId"]
    with refused("AuthFailure"):
        ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=1)
    with refused("AuthFailure"):
        network.instance(subnet_id, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni_id}])
    with refused("OperationNotPermitted", "ela-attach"):
        ec2.detach_network_interface(AttachmentId=eni["Attachment"]["AttachmentId"], Force=True)
    with refused("InvalidParameterValue", eni_id, "currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    ec2.create_tags(Resources=[eni_id], Tags=[{"Key": "Name", "Value": "nat"}])
    assert network.describe(eni_id) == eni | {"TagSet": [{"Key": "Name", "Value": "nat"}]}
    ec2.reset_network_interface_attribute(NetworkInterfaceId=eni_id, SourceDestCheck="true")


def test_its_addresses_are_not_the_user_s_to_change(ec2, network, eni, refused):
    eni_id = eni["NetworkInterfaceId"]
    for change, addresses in (
        (ec2.assign_private_ip_addresses, {"SecondaryPrivateIpAddressCount": 1}),
        (ec2.unassign_private_ip_addresses, {"PrivateIpAddresses": ["10.0.1.99"]}),
        (ec2.assign_ipv6_addresses, {"Ipv6AddressCount": 1}),
        (ec2.unassign_ipv6_addresses, {"Ipv6Addresses": ["2001:db8::1"]}),
    ):
        with refused("AuthFailure"):
            change(NetworkInterfaceId=eni_id, **addresses)
    assert network.describe(eni_id) == eni


def test_its_elastic_ip_is_not_the_user_s_to_change(ec2, network, subnet_id, eni, refused):
    eni_id, own = eni["NetworkInterfaceId"], network.eni(subnet_id)["NetworkInterfaceId"]
    [address] = ec2.describe_addresses()["Addresses"]
    with refused("AuthFailure"):
        ec2.disassociate_address(AssociationId=address["AssociationId"])
    with refused("AuthFailure"):
        ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=own)
    with refused("AuthFailure"):
        ec2.associate_address(AllocationId=ec2.allocate_address()["AllocationId"], NetworkInterfaceId=eni_id)
    with refused("InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=address["AllocationId"])
    assert network.describe(eni_id) == eni


def test_it_goes_with_its_resource(ec2, network, subnet_id, gateway, eni, refused):
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    with refused("InvalidNetworkInterfaceID.NotFound"):
        network.describe(eni["NetworkInterfaceId"])
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc_id,
        ServiceName="com.amazonaws.us-east-1.ssm",
        VpcEndpointType="Interface",
        SubnetIds=[subnet_id],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]
    [eni_id] = endpoint["NetworkInterfaceIds"]
    assert network.describe(eni_id)["InterfaceType"] == "vpc_endpoint"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    with refused("InvalidNetworkInterfaceID.NotFound"):
        network.describe(eni_id)
