# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The attributes of an ENI: at creation, described, modified one a call, reset."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

TRACKING = {"TcpEstablishedTimeout": 300, "UdpStreamTimeout": 90, "UdpTimeout": 45}


@pytest.fixture
def eni_id(network, subnet_id):
    return network.eni(subnet_id)["NetworkInterfaceId"]


@pytest.fixture
def modify(ec2, network, eni_id):
    """modify(Member=...) -> the ENI as described then."""

    def call(**change) -> dict:
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni_id, **change)
        return network.describe(eni_id)

    return call


@pytest.fixture
def attribute(ec2, eni_id):
    """attribute(name) -> DescribeNetworkInterfaceAttribute's reply without the id."""

    def call(name: str) -> dict:
        reply = ec2.describe_network_interface_attribute(NetworkInterfaceId=eni_id, Attribute=name)
        assert reply.pop("NetworkInterfaceId") == eni_id
        del reply["ResponseMetadata"]
        return reply

    return call


def test_description_emptied_too(modify, attribute):
    for text in ("after", ""):
        assert modify(Description={"Value": text})["Description"] == text
        assert attribute("description") == {"Description": {"Value": text}}


def test_source_dest_check_and_its_reset(ec2, network, eni_id, modify, attribute, refused):
    assert modify(SourceDestCheck={"Value": False})["SourceDestCheck"] is False
    assert attribute("sourceDestCheck") == {"SourceDestCheck": {"Value": False}}
    with refused("InvalidParameterCombination", "No attributes"):
        ec2.reset_network_interface_attribute(NetworkInterfaceId=eni_id)
    ec2.reset_network_interface_attribute(NetworkInterfaceId=eni_id, SourceDestCheck="true")
    assert network.describe(eni_id)["SourceDestCheck"] is True


def test_groups(network, modify, attribute, refused):
    group_id = network.group("other")
    groups = [{"GroupId": group_id, "GroupName": "other"}]
    assert modify(Groups=[group_id])["Groups"] == groups
    assert attribute("groupSet") == {"Groups": groups}
    with refused("InvalidGroup.NotFound", "sg-0123456789abcdef0"):
        modify(Groups=[group_id, "sg-0123456789abcdef0"])
    with refused("InvalidGroupId.Malformed", "other"):
        modify(Groups=["other"])
    with refused("SecurityGroupsPerInterfaceLimitExceeded"):
        modify(Groups=[network.group(f"group-{number}") for number in range(6)])
    assert attribute("groupSet") == {"Groups": groups}


def test_connection_tracking(network, subnet_id, modify):
    eni = network.eni(subnet_id, ConnectionTrackingSpecification=TRACKING)
    assert eni["ConnectionTrackingConfiguration"] == TRACKING
    assert network.describe(eni["NetworkInterfaceId"]) == eni | {"Status": "available"}
    assert "ConnectionTrackingConfiguration" not in network.eni(subnet_id)
    changed = modify(ConnectionTrackingSpecification={"UdpTimeout": 30})
    assert changed["ConnectionTrackingConfiguration"] == {"UdpTimeout": 30}
    changed = modify(ConnectionTrackingSpecification={"TcpEstablishedTimeout": 60})
    assert changed["ConnectionTrackingConfiguration"] == {"UdpTimeout": 30, "TcpEstablishedTimeout": 60}


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("TcpEstablishedTimeout", 60, 432000), ("UdpStreamTimeout", 60, 180), ("UdpTimeout", 30, 60)],
)
def test_connection_tracking_has_ranges(network, subnet_id, modify, refused, name, least, most):
    for seconds in (least, most):
        changed = modify(ConnectionTrackingSpecification={name: seconds})
        assert changed["ConnectionTrackingConfiguration"][name] == seconds
    free = network.free_addresses(subnet_id)
    for seconds in (least - 1, most + 1):
        with refused("InvalidParameterValue", name, f"({seconds})", f"from {least} to {most}"):
            modify(ConnectionTrackingSpecification={name: seconds})
        with refused("InvalidParameterValue", name):
            network.eni(subnet_id, ConnectionTrackingSpecification={name: seconds})
    assert network.free_addresses(subnet_id) == free


def test_interface_types(network, subnet_id, refused):
    assert network.eni(subnet_id)["InterfaceType"] == "interface"
    for kind in ("interface", "efa", "efa-only", "branch", "trunk"):
        eni = network.eni(subnet_id, InterfaceType=kind)
        assert network.describe(eni["NetworkInterfaceId"])["InterfaceType"] == kind
    with refused("InvalidParameterValue", "(lambda)", "efa"):
        network.eni(subnet_id, InterfaceType="lambda")


def test_efa_only_interfaces_have_no_addresses(ec2, network, subnet_id, refused):
    free = network.free_addresses(subnet_id)
    eni = network.eni(subnet_id, InterfaceType="efa-only")
    assert "PrivateIpAddress" not in eni and eni["PrivateIpAddresses"] == []
    with refused("InvalidParameterCombination", "PrivateIpAddress"):
        network.eni(subnet_id, InterfaceType="efa-only", PrivateIpAddress="10.0.1.9")
    assert network.free_addresses(subnet_id) == free
    ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])


def test_associated_subnets(network, subnet_id, modify, refused):
    other = network.subnet("10.0.2.0/24")
    assert modify(AssociatedSubnetIds=[subnet_id, other])["AssociatedSubnets"] == [subnet_id, other]
    with refused("InvalidSubnetID.NotFound"):
        modify(AssociatedSubnetIds=["subnet-0123456789abcdef0"])


def test_the_wish_for_a_public_address_is_kept(modify, attribute):
    assert attribute("associatePublicIpAddress") == {"AssociatePublicIpAddress": False}
    assert "Association" not in modify(AssociatePublicIpAddress=True)
    assert attribute("associatePublicIpAddress") == {"AssociatePublicIpAddress": True}


def test_a_running_instance_gets_and_loses_its_public_address_by_it(ec2, network, subnet_id):
    network.internet_gateway()
    primary = network.instance(subnet_id)["NetworkInterfaces"][0]["NetworkInterfaceId"]

    def association(assign: bool):
        ec2.modify_network_interface_attribute(NetworkInterfaceId=primary, AssociatePublicIpAddress=assign)
        return network.describe(primary).get("Association")

    assert association(True)["IpOwnerId"] == "amazon"
    assert association(False) is None


def test_the_requester_is_the_owner(network, subnet_id):
    eni = network.eni(subnet_id)
    assert eni["RequesterId"] == eni["OwnerId"] == "111122223333"
    assert "Operator" not in eni


def test_one_attribute_at_a_time(modify, refused):
    with refused("InvalidParameterCombination", "Description, SourceDestCheck"):
        modify(Description={"Value": "x"}, SourceDestCheck={"Value": False})
    with refused("InvalidParameterCombination", "EnaSrdSpecification, Groups"):
        modify(Groups=["sg-0123456789abcdef0"], EnaSrdSpecification={"EnaSrdEnabled": True})
    with refused("InvalidParameterCombination", "No attributes"):
        modify()


def test_unknown_attributes_and_ids(ec2, attribute, eni_id, refused):
    with refused("InvalidParameterValue", "(tagSet)", "groupSet"):
        attribute("tagSet")
    with refused("MissingParameter", "attribute"):
        ec2.describe_network_interface_attribute(NetworkInterfaceId=eni_id)
    for call in (
        lambda wanted: ec2.describe_network_interface_attribute(NetworkInterfaceId=wanted, Attribute="description"),
        lambda wanted: ec2.modify_network_interface_attribute(NetworkInterfaceId=wanted, Description={"Value": "x"}),
        lambda wanted: ec2.reset_network_interface_attribute(NetworkInterfaceId=wanted, SourceDestCheck="true"),
        lambda wanted: ec2.delete_network_interface(NetworkInterfaceId=wanted),
        lambda wanted: ec2.describe_network_interfaces(NetworkInterfaceIds=[wanted]),
    ):
        with refused("InvalidNetworkInterfaceID.NotFound", "eni-0123456789abcdef0"):
            call("eni-0123456789abcdef0")
        with refused("InvalidNetworkInterfaceId.Malformed", "eni-xyz"):
            call("eni-xyz")


def test_a_dry_run_of_each_operation_changes_nothing(ec2, network, subnet_id, eni_id):
    before = network.describe(eni_id)
    instance_id = network.instance(subnet_id)["InstanceId"]
    asked = {"NetworkInterfaceId": eni_id, "DryRun": True}
    for call in (
        lambda: ec2.create_network_interface(SubnetId=subnet_id, DryRun=True),
        lambda: ec2.delete_network_interface(**asked),
        lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=[eni_id], DryRun=True),
        lambda: ec2.describe_network_interface_attribute(Attribute="description", **asked),
        lambda: ec2.modify_network_interface_attribute(Description={"Value": "x"}, **asked),
        lambda: ec2.reset_network_interface_attribute(SourceDestCheck="true", **asked),
        lambda: ec2.attach_network_interface(InstanceId=instance_id, DeviceIndex=1, **asked),
        lambda: ec2.detach_network_interface(AttachmentId="eni-attach-0123456789abcdef0", DryRun=True),
        lambda: ec2.modify_public_ip_dns_name_options(HostnameType="public-ipv4-dns-name", **asked),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "DryRunOperation"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert network.describe(eni_id) == before
