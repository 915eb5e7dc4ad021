# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Every operation that botocore knows is answered in the service's protocol, by a reply or by an error of AWS's."""

from __future__ import annotations

from functools import cache
from itertools import count

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser

from lab.cloud.ec2.replies import DESCRIBES
from lab.cloud.ec2.xml_writer import reply_xml

from .shapes import filled

#: Of what these list there are thousands, most of which take a second to write.
NARROWED = {
    "DescribeImages": {"ImageIds": ["ami-0123456789abcdef0"]},
    "DescribeSpotPriceHistory": {"InstanceTypes": ["t3.small"]},
    "DescribeSnapshots": {"SnapshotIds": ["snap-0123456789abcdef0"]},
    "DescribeInstanceTypes": {"InstanceTypes": ["t3.small"]},
}


def made_up(shape):
    """The least that botocore lets a client send."""
    if shape.type_name == "structure":
        # Of a union exactly one member is given.
        names = shape.required_members or (list(shape.members)[:1] if shape.is_tagged_union else [])
        return {name: made_up(shape.members[name]) for name in names}
    if shape.type_name == "list":
        return [made_up(shape.member)] * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "map":
        return {}
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
    return {"boolean": False, "timestamp": "2026-01-01T00:00:00Z", "blob": b"x"}.get(
        shape.type_name, max(1, shape.metadata.get("min", 1))
    )


def answers(client) -> dict[str, str]:
    """operation -> the error's code, or "" where it succeeds. botocore raises when it cannot read an answer."""
    found = {}
    for method, operation in client.meta.method_to_api_mapping.items():
        model = client.meta.service_model.operation_model(operation)
        parameters = made_up(model.input_shape) if model.input_shape else {}
        try:
            getattr(client, method)(**(parameters | NARROWED.get(operation, {})))
            found[operation] = ""
        except ClientError as error:
            found[operation] = error.response["Error"]["Code"]
    return found


@pytest.fixture(scope="module")
def answered(client):
    """answered(service): the answers to each of its operations, asked for once."""
    return cache(lambda service: answers(client(service)))


@pytest.mark.parametrize("service", ["ec2", "elbv2", "route53", "acm", "sts", "sns"])
def test_every_operation_is_answered_in_the_service_s_protocol(answered, service):
    codes = answered(service)
    assert not {operation for operation, code in codes.items() if not code.isidentifier() and not is_dotted(code)}
    assert {code for code in codes.values() if code} & {"InvalidAction"}, "there are always some that the lab lacks"


def is_dotted(code: str) -> bool:
    """InvalidVpcID.NotFound and the like; "" is a success."""
    return all(part.isidentifier() for part in code.split(".")) if code else True


@pytest.mark.parametrize("service", ["ec2", "route53"])
def test_no_operation_ends_in_a_traceback(answered, service):
    assert {operation for operation, code in answered(service).items() if code in ("InternalError", "500")} == set()


#: What the collection's domain is made of: none of it may be missing.
DOMAIN = """
    AllocateAddress AssignIpv6Addresses AssignPrivateIpAddresses AssociateAddress AssociateRouteTable
    AttachInternetGateway AttachNetworkInterface AttachVpnGateway CreateCustomerGateway CreateInternetGateway
    CreateNetworkInterface CreateNetworkInterfacePermission CreateRoute CreateRouteTable CreateSecurityGroup
    CreateSubnet CreateTags CreateVpc CreateVpnConnection CreateVpnConnectionRoute CreateVpnGateway
    DeleteNetworkInterface DeleteNetworkInterfacePermission DeleteVpnConnectionRoute DescribeAddresses
    DescribeNetworkInterfaceAttribute DescribeNetworkInterfacePermissions DescribeNetworkInterfaces
    DetachNetworkInterface DisableVgwRoutePropagation DisassociateAddress EnableVgwRoutePropagation
    ModifyNetworkInterfaceAttribute ModifyVpnConnectionOptions ModifyVpnTunnelOptions ReleaseAddress
    ResetNetworkInterfaceAttribute RunInstances TerminateInstances UnassignIpv6Addresses UnassignPrivateIpAddresses

    AcceptVpcEndpointConnections CreateVpcEndpoint DeleteVpcEndpoints DescribePrefixLists DescribeVpcEndpointAssociations
    DescribeVpcEndpointConnections DescribeVpcEndpointServices DescribeVpcEndpoints ModifyVpcEndpoint
    RejectVpcEndpointConnections
""".split()


def test_the_domain_is_whole(answered):
    assert {operation for operation in DOMAIN if answered("ec2")[operation] == "InvalidAction"} == set()


def read(client, operation: str, reply: dict) -> dict:
    """What botocore makes of the reply as it is written."""
    model = client.meta.service_model.operation_model(operation)
    body = reply_xml(model, reply, "the-request").encode()
    parsed = create_parser("ec2").parse({"status_code": 200, "headers": {}, "body": body}, model.output_shape)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "the-request"
    return parsed


@pytest.mark.parametrize("operation", sorted(DESCRIBES))
def test_botocore_reads_what_the_lab_writes(ec2, operation):
    shape = ec2.meta.service_model.operation_model(operation).output_shape
    for flag in (True, False):
        reply = filled(shape, count(1), flag)
        assert read(ec2, operation, reply) == reply


def test_what_is_absent_and_what_xml_would_take_for_its_own(ec2):
    reply = {"NetworkInterfaces": [{"Description": "<a & b>", "Status": None, "Groups": []}], "NextToken": None}
    assert read(ec2, "DescribeNetworkInterfaces", reply) == {
        "NetworkInterfaces": [{"Description": "<a & b>", "Groups": []}]
    }
