# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Permissions on the engine: what it reads and when, whose wait is over, and AWS's refusal in words."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._eni_permission.family import EniPermissions, find, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ACCOUNT = "012345678901"
PARAMETERS = {
    "eni_id": None, "name": None, "subnet_id": None, "vpc_id": None, "private_ip_address": None, "instance_id": None, "device_index": None,
    "aws_account_id": ACCOUNT, "permission": "INSTANCE-ATTACH", "state": "present", "move": False, "force": False,
}


class Cloud:
    """An interface with permissions by their states; `asked` are the operations in their order, with their filters."""

    def __init__(self, *states):
        self.asked = []
        self.states = states

    def describe(self, operation, result, Filters):
        self.asked.append((operation, Filters))
        if result == "NetworkInterfaces":
            return [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Status": "available"}]
        return [
            {"NetworkInterfacePermissionId": f"eni-perm-{number}", "NetworkInterfaceId": "eni-1", "AwsAccountId": ACCOUNT,
             "Permission": "INSTANCE-ATTACH", "PermissionState": {"State": state}} for number, state in enumerate(self.states)
        ]

    def describe_by(self, operation, result, name, values):
        return [
            {**item, "TagSet": [{"Key": "Name", "Value": "shared"}]}
            for item in self.describe(operation, result, [{"Name": name, "Values": list(values)}])
        ]


def family(cloud, **parameters):
    return EniPermissions(cloud, *from_parameters({**PARAMETERS, **parameters}))


def test_an_id_is_all_that_a_look_needs():
    cloud = Cloud("granted")
    permissions = family(cloud, eni_id="eni-1")
    assert permissions.plan(permissions.observe()) == []
    assert [operation for operation, _filters in cloud.asked] == ["describe_network_interface_permissions"]
    assert cloud.asked[0][1] == [{"Name": "network-interface-permission.network-interface-id", "Values": ["eni-1"]}]


def test_a_name_is_looked_up_once():
    cloud = Cloud("granted")
    permissions = family(cloud, name="shared")
    assert permissions.observe() == permissions.observe()
    assert [operation for operation, _filters in cloud.asked] == [
        "describe_network_interfaces", *["describe_network_interface_permissions"] * 2]


def test_what_is_revoked_is_as_good_as_gone():
    assert family(Cloud("revoked"), eni_id="eni-1").observe().permissions == ()


@pytest.mark.parametrize("states, reached", [
    ([], {"revoke"}), (["revoking"], set()), (["pending"], set()), (["granted"], {"grant"}), (["revoked"], {"revoke"}),
])
def test_whose_wait_is_over(states, reached):
    permissions = family(Cloud(*states), eni_id="eni-1")
    grant = Call("grant", "eni-1", "create_network_interface_permission", wait="granted")
    revoke = Call("revoke", "eni-1", "delete_network_interface_permission", {"NetworkInterfacePermissionId": "eni-perm-0"}, wait="revoked")
    pending = [(grant, {"InterfacePermission": {"NetworkInterfacePermissionId": "eni-perm-0"}}), (revoke, {"Return": True})]
    assert permissions.reached(pending, permissions.observe()) == reached


@pytest.mark.parametrize("code, operation, is_explained", [
    ("OperationNotPermitted", "CreateNetworkInterfacePermission", True),
    ("UnauthorizedOperation", "CreateNetworkInterfacePermission", True),
    ("UnauthorizedOperation", "DescribeNetworkInterfacePermissions", False),
    ("InvalidParameterValue", "CreateNetworkInterfacePermission", False),
])
def test_an_account_that_aws_has_not_authorized(code, operation, is_explained):
    text = family(Cloud(), eni_id="eni-1").explain(ClientError({"Error": {"Code": code, "Message": "No."}}, operation))
    assert text.startswith(f"No ({code}).")
    assert (f"ask AWS Support whether {ACCOUNT} can be authorized" in text) == is_explained


@pytest.mark.parametrize("parameters, words", [
    ({"eni_id": "eni-1", "aws_account_id": "1402433619"}, "aws_account_id: '1402433619'"),
    ({}, "nothing says which network interface is meant"),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput, match=words):
        from_parameters({**PARAMETERS, **parameters})


def test_find():
    cloud = Cloud("revoked")
    found = find(cloud, {"eni_id": "eni-1", "aws_account_id": ACCOUNT, "filters": {"network-interface-permission.permission": "EIP-ASSOCIATE"}})
    assert [permission.state for permission in found] == ["revoked"]
    assert cloud.asked == [("describe_network_interface_permissions", [
        {"Name": "network-interface-permission.network-interface-id", "Values": ["eni-1"]},
        {"Name": "network-interface-permission.aws-account-id", "Values": [ACCOUNT]},
        {"Name": "network-interface-permission.permission", "Values": ["EIP-ASSOCIATE"]},
    ])]
    with pytest.raises(BadInput, match="aws_account_id: 'partner'"):
        find(cloud, {"eni_id": None, "aws_account_id": "partner", "filters": {}})
