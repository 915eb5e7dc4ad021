# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interface permissions: who may have one, its states, and what it lets another account do."""

from __future__ import annotations

import re

import pytest
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends

from .conftest import ACCOUNT, REGION, Network

PARTNER, STRANGER = "444455556666", "777788889999"


@pytest.fixture
def eni_id(network, subnet_id):
    return network.eni(subnet_id)["NetworkInterfaceId"]


@pytest.fixture
def grant(ec2, eni_id):
    """grant(**parameters): the permission of the partner to attach the ENI, unless they say otherwise."""

    def create(**parameters):
        asked = {"NetworkInterfaceId": eni_id, "AwsAccountId": PARTNER, "Permission": "INSTANCE-ATTACH"}
        return ec2.create_network_interface_permission(**(asked | parameters))["InterfacePermission"]

    return create


def described(ec2, **parameters):
    return ec2.describe_network_interface_permissions(**parameters)["NetworkInterfacePermissions"]


def state(ec2, permission_id: str) -> str:
    [permission] = described(ec2, NetworkInterfacePermissionIds=[permission_id])
    return permission["PermissionState"]["State"]


def test_pending_then_granted_revoking_then_gone(ec2, grant, eni_id, transitions, refused):
    transitions(60)
    granted = grant()
    permission_id = granted["NetworkInterfacePermissionId"]
    assert re.fullmatch("eni-perm-[0-9a-f]{17}", permission_id)
    assert granted == {
        "NetworkInterfacePermissionId": permission_id,
        "NetworkInterfaceId": eni_id,
        "AwsAccountId": PARTNER,
        "Permission": "INSTANCE-ATTACH",
        "PermissionState": {"State": "pending"},
    }
    transitions(0)
    assert described(ec2) == [granted | {"PermissionState": {"State": "granted"}}]

    transitions(60)
    assert ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)["Return"] is True
    assert state(ec2, permission_id) == "revoking"
    ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)
    transitions(0)
    assert described(ec2) == []
    for call in (
        lambda: described(ec2, NetworkInterfacePermissionIds=[permission_id]),
        lambda: ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id),
    ):
        with refused("InvalidPermissionID.NotFound", permission_id):
            call()


def test_one_account_at_a_time_with_either_type(ec2, grant, eni_id, transitions, refused):
    first = grant()["NetworkInterfacePermissionId"]
    grant(Permission="EIP-ASSOCIATE")
    for permission in ("INSTANCE-ATTACH", "EIP-ASSOCIATE"):
        with refused("InvalidParameterValue", eni_id, PARTNER, "already"):
            grant(AwsAccountId=STRANGER, Permission=permission)
    with refused("InvalidParameterValue", eni_id, first):
        grant()
    transitions(60)
    for each in described(ec2):
        ec2.delete_network_interface_permission(NetworkInterfacePermissionId=each["NetworkInterfacePermissionId"])
    with refused("InvalidParameterValue", PARTNER):
        grant(AwsAccountId=STRANGER)
    transitions(0)
    assert grant(AwsAccountId=STRANGER)["AwsAccountId"] == STRANGER


@pytest.mark.parametrize(
    ("wrong", "code", "part"),
    [
        ({"NetworkInterfaceId": "eni-0123456789abcdef0"}, "InvalidNetworkInterfaceID.NotFound", "eni-0123456789abcde"),
        ({"AwsAccountId": "partner"}, "InvalidParameterValue", "(partner)"),
        ({"AwsAccountId": ""}, "MissingParameter", "AwsAccountId"),
        ({"AwsService": "rds.amazonaws.com"}, "InvalidParameterValue", "AwsService"),
        ({"Permission": "EVERYTHING"}, "InvalidParameterValue", "(EVERYTHING)"),
        ({"DryRun": True}, "DryRunOperation", ""),
    ],
)
def test_what_cannot_be_granted(ec2, grant, refused, wrong, code, part):
    with refused(code, part):
        grant(**wrong)
    assert described(ec2) == []


def test_only_the_owner_grants_and_only_of_what_is_its_own(client, network, subnet_id, grant, eni_id, refused):
    grant()
    partner = client("ec2", PARTNER)
    assert described(partner) == []
    with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
        partner.create_network_interface_permission(
            NetworkInterfaceId=eni_id, AwsAccountId=STRANGER, Permission="INSTANCE-ATTACH"
        )
    network.internet_gateway()
    network.ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=network.ec2.allocate_address()["AllocationId"])
    search = [{"Name": "requester-managed", "Values": ["true"]}]
    [managed] = network.ec2.describe_network_interfaces(Filters=search)["NetworkInterfaces"]
    with refused("OperationNotPermitted", managed["NetworkInterfaceId"]):
        grant(NetworkInterfaceId=managed["NetworkInterfaceId"])


def test_an_account_that_aws_has_not_authorized(ec2, grant, control, refused):
    assert control("PUT", "/_lab/settings", {"network_interface_permissions_authorized": False})[0] == 200
    with refused("OperationNotPermitted", ACCOUNT, "not authorized"):
        grant()
    status, reply = control("PUT", "/_lab/settings", {"network_interface_permissions_authorized": "no"})
    assert status == 400 and "network_interface_permissions_authorized" in reply["message"]


def usable(account: str, eni_id: str, method: str, region: str = REGION) -> bool:
    """What the operations of the account that attach or associate are told."""
    try:
        return getattr(ec2_backends[account][region], method)(eni_id).id == eni_id
    except EC2ClientError as error:
        assert error.code == "InvalidNetworkInterfaceID.NotFound"
        return False


@pytest.mark.parametrize(
    ("permission", "allows", "does_not"),
    [
        ("INSTANCE-ATTACH", "attachable_interface", "associable_interface"),
        ("EIP-ASSOCIATE", "associable_interface", "attachable_interface"),
    ],
)
def test_what_a_permission_allows(ec2, grant, eni_id, transitions, permission, allows, does_not):
    assert usable(ACCOUNT, eni_id, allows) and not usable(PARTNER, eni_id, allows)
    transitions(60)
    permission_id = grant(Permission=permission)["NetworkInterfacePermissionId"]
    assert not usable(PARTNER, eni_id, allows), "pending"
    transitions(0)
    assert usable(PARTNER, eni_id, allows)
    assert not usable(PARTNER, eni_id, does_not)
    assert not usable(STRANGER, eni_id, allows)
    assert not usable(PARTNER, eni_id, allows, "eu-west-1")
    transitions(60)
    ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)
    assert not usable(PARTNER, eni_id, allows), "revoking"


@pytest.fixture
def attached(client, eni_id):
    """The ENI is attached to an instance of the partner."""
    partner = client("ec2", PARTNER)
    network = Network(partner)
    instance_id = network.instance(network.subnet())["InstanceId"]

    def attach():
        partner.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=1)

    return attach


def test_a_permission_in_use_is_revoked_only_by_force(ec2, grant, attached, network, eni_id, refused):
    permission_id = grant()["NetworkInterfacePermissionId"]
    attached()
    attachment = network.describe(eni_id)["Attachment"]
    assert attachment["InstanceOwnerId"] == PARTNER
    with refused("InvalidNetworkInterface.InUse", eni_id, PARTNER):
        ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)
    assert state(ec2, permission_id) == "granted"
    ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id, Force=True)
    assert described(ec2) == []
    assert network.describe(eni_id)["Attachment"] == attachment, "the reference says nothing of detaching"


def test_the_owner_needs_none(grant, refused):
    with refused("OperationNotPermitted", ACCOUNT):
        grant(AwsAccountId=ACCOUNT)


def test_an_elastic_ip_of_the_partner_s_on_the_interface(client, ec2, grant, network, eni_id, refused):
    network.internet_gateway()
    partner = client("ec2", PARTNER)
    elastic = partner.allocate_address()
    wanted = {"AllocationId": elastic["AllocationId"], "NetworkInterfaceId": eni_id}
    with refused("InvalidNetworkInterfaceID.NotFound", eni_id):
        partner.associate_address(**wanted)
    grant(Permission="EIP-ASSOCIATE")
    association_id = partner.associate_address(**wanted)["AssociationId"]
    shown = network.describe(eni_id)["Association"]
    assert (shown["PublicIp"], shown["IpOwnerId"]) == (elastic["PublicIp"], PARTNER)
    assert ec2.describe_addresses()["Addresses"] == []
    [address] = partner.describe_addresses()["Addresses"]
    assert (address["NetworkInterfaceId"], address["NetworkInterfaceOwnerId"]) == (eni_id, ACCOUNT)
    partner.disassociate_address(AssociationId=association_id)
    assert "Association" not in network.describe(eni_id)

    partner.associate_address(**wanted)
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    [address] = partner.describe_addresses()["Addresses"]
    assert "AssociationId" not in address


def test_an_attachment_of_the_owner_s_own_is_no_hindrance(ec2, grant, network, subnet_id, eni_id):
    permission_id = grant()["NetworkInterfacePermissionId"]
    instance_id = network.instance(subnet_id)["InstanceId"]
    ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=1)
    ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)
    assert described(ec2) == []


def test_permissions_go_with_their_interface(ec2, grant, eni_id, transitions):
    permission_id = grant()["NetworkInterfacePermissionId"]
    transitions(60)
    ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission_id)
    ec2.delete_network_interface(NetworkInterfaceId=eni_id)
    assert described(ec2) == []
    transitions(0)
    assert described(ec2) == []


def test_filters_and_pages_of_fifty(ec2, network, subnet_id, grant, eni_id):
    grant(Permission="EIP-ASSOCIATE")
    for number in range(51):
        other = network.eni(subnet_id)["NetworkInterfaceId"]
        grant(NetworkInterfaceId=other, AwsAccountId=STRANGER if number else PARTNER)

    def ids(**filters):
        asked = [
            {"Name": f"network-interface-permission.{name.replace('_', '-')}", "Values": [value]}
            for name, value in filters.items()
        ]
        return [each["NetworkInterfaceId"] for each in described(ec2, Filters=asked)]

    assert ids(network_interface_id=eni_id) == [eni_id]
    assert len(ids(aws_account_id=PARTNER)) == 2
    assert ids(aws_account_id=PARTNER, permission="EIP-*") == [eni_id]
    first = ec2.describe_network_interface_permissions()
    second = ec2.describe_network_interface_permissions(NextToken=first["NextToken"])
    assert [len(page["NetworkInterfacePermissions"]) for page in (first, second)] == [50, 2]
    assert "NextToken" not in second
