# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who may use an endpoint service."""

from __future__ import annotations

import re

import pytest

from lab.cloud.ec2.endpoint_service_permissions import admits
from lab.cloud.ec2.endpoint_services import services_named

from .conftest import ACCOUNT
from .service_owner import ServiceOwner

CONSUMER, STRANGER = "444455556666", "777788889999"
CONSUMER_ROOT = f"arn:aws:iam::{CONSUMER}:root"


@pytest.fixture
def provider(ec2, client):
    return ServiceOwner(ec2, client("elbv2"))


@pytest.fixture
def service(provider):
    return provider.service()


@pytest.fixture
def modify(ec2, service):
    def call(**parameters):
        return ec2.modify_vpc_endpoint_service_permissions(ServiceId=service["ServiceId"], **parameters)

    return call


@pytest.fixture
def permissions(ec2, service):
    def call(**parameters):
        asked = {"ServiceId": service["ServiceId"]} | parameters
        return ec2.describe_vpc_endpoint_service_permissions(**asked)["AllowedPrincipals"]

    return call


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        ("*", "All"),
        (CONSUMER_ROOT, "Account"),
        (f"arn:aws-cn:iam::{CONSUMER}:root", "Account"),
        (f"arn:aws:iam::{CONSUMER}:user/ann", "User"),
        (f"arn:aws:iam::{CONSUMER}:role/deploy-role", "Role"),
        (f"arn:aws:organizations::{ACCOUNT}:ou/o-a1b2c3d4e5/ou-ab12-11111111", "OrganizationUnit"),
        ("vpce.amazonaws.com", "Service"),
    ],
)
def test_each_type_of_principal(service, modify, permissions, principal, kind):
    reply = modify(AddAllowedPrincipals=[principal])
    [added] = reply["AddedPrincipals"]
    assert reply["ReturnValue"] is True
    assert re.fullmatch("vpce-svc-perm-[0-9a-f]{17}", added["ServicePermissionId"])
    assert added == {
        "PrincipalType": kind,
        "Principal": principal,
        "ServicePermissionId": added["ServicePermissionId"],
        "ServiceId": service["ServiceId"],
        "PermissionType": "vpc-endpoint",
    }
    assert permissions() == [added | {"Tags": []}]
    assert modify(RemoveAllowedPrincipals=[principal])["AddedPrincipals"] == []
    assert permissions() == []


@pytest.mark.parametrize(
    "principal",
    [
        "",
        CONSUMER,
        "arn:aws:iam::123:root",
        f"arn:aws:iam::{CONSUMER}:role/path/deploy",
        f"arn:aws:iam::{CONSUMER}:group/ops",
        f"arn:aws:sts::{CONSUMER}:assumed-role/deploy/session",
    ],
)
def test_what_is_no_principal(modify, permissions, refused, principal):
    for member in ("AddAllowedPrincipals", "RemoveAllowedPrincipals"):
        with refused("InvalidPrincipal", f"'{principal}'"):
            modify(**{member: [principal]}, **({"RemoveAllowedPrincipals": ["*"]} if "Add" in member else {}))
    with refused("InvalidPrincipal"):
        modify(AddAllowedPrincipals=[CONSUMER_ROOT, principal])
    assert permissions() == []


def test_what_is_there_is_not_added_twice(modify, permissions):
    first = modify(AddAllowedPrincipals=[CONSUMER_ROOT, CONSUMER_ROOT])["AddedPrincipals"]
    assert len(first) == 1
    assert modify(AddAllowedPrincipals=[CONSUMER_ROOT, "*"])["AddedPrincipals"][0]["Principal"] == "*"
    assert [each["Principal"] for each in permissions()] == [CONSUMER_ROOT, "*"]
    assert permissions()[0]["ServicePermissionId"] == first[0]["ServicePermissionId"]
    modify(RemoveAllowedPrincipals=["*", "*", f"arn:aws:iam::{STRANGER}:root"])
    assert [each["Principal"] for each in permissions()] == [CONSUMER_ROOT]


def test_requests_that_cannot_be(ec2, modify, service, refused):
    unknown = "vpce-svc-0123456789abcdef0"
    with refused("MissingParameter"):
        modify()
    with refused("InvalidVpcEndpointServiceId.NotFound", unknown):
        ec2.modify_vpc_endpoint_service_permissions(ServiceId=unknown, AddAllowedPrincipals=["*"])
    with refused("InvalidVpcEndpointServiceId.NotFound", unknown):
        ec2.describe_vpc_endpoint_service_permissions(ServiceId=unknown)
    with refused("InvalidParameterValue", "(peering)"):
        modify(AddAllowedPrincipals=["*"], PermissionType="peering")
    with refused("InvalidParameter", "Gateway Load Balancer"):
        modify(AddAllowedPrincipals=[CONSUMER_ROOT], PermissionType="transit-gateway-attachment")


def test_permissions_for_transit_gateways(ec2, provider, refused):
    service_id = provider.service(GatewayLoadBalancerArns=[provider.gateway_arn()])["ServiceId"]

    def add(principal: str, kind: str) -> dict:
        reply = ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service_id, AddAllowedPrincipals=[principal], PermissionType=kind
        )
        return reply["AddedPrincipals"][0]

    attach, endpoint = add(CONSUMER_ROOT, "transit-gateway-attachment"), add(CONSUMER_ROOT, "vpc-endpoint")
    assert attach["ServicePermissionId"] != endpoint["ServicePermissionId"]
    with refused("InvalidPrincipal"):
        add("*", "transit-gateway-attachment")
    search = [{"Name": "permission-type", "Values": ["transit-gateway-attachment"]}]
    found = ec2.describe_vpc_endpoint_service_permissions(ServiceId=service_id, Filters=search)["AllowedPrincipals"]
    assert [each["ServicePermissionId"] for each in found] == [attach["ServicePermissionId"]]


def test_filters_and_pages(ec2, modify, service, permissions):
    roles = [f"arn:aws:iam::{CONSUMER}:role/role-{number}" for number in range(6)]
    modify(AddAllowedPrincipals=[CONSUMER_ROOT, *roles])
    for name, value, expected in (
        ("principal", CONSUMER_ROOT, [CONSUMER_ROOT]),
        ("principal", "*:role/role-?", roles),
        ("principal-type", "Account", [CONSUMER_ROOT]),
        ("principal-type", "User", []),
    ):
        found = permissions(Filters=[{"Name": name, "Values": [value]}])
        assert [each["Principal"] for each in found] == expected
    pages = ec2.get_paginator("describe_vpc_endpoint_service_permissions").paginate(
        ServiceId=service["ServiceId"], PaginationConfig={"PageSize": 5}
    )
    found = [[each["Principal"] for each in page["AllowedPrincipals"]] for page in pages]
    assert [len(each) for each in found] == [5, 2]
    assert {each for page in found for each in page} == {CONSUMER_ROOT, *roles}


def test_tags_of_a_permission(ec2, modify, permissions, refused):
    [added] = modify(AddAllowedPrincipals=["*"])["AddedPrincipals"]
    permission_id, tags = added["ServicePermissionId"], [{"Key": "for", "Value": "all"}]
    ec2.create_tags(Resources=[permission_id], Tags=tags)
    assert permissions()[0]["Tags"] == tags
    [tag] = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [permission_id]}])["Tags"]
    assert tag["ResourceType"] == "vpc-endpoint-service-permission"
    modify(RemoveAllowedPrincipals=["*"])
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [permission_id]}])["Tags"] == []
    with refused("InvalidVpcEndpointServicePermissionId.NotFound", permission_id):
        ec2.create_tags(Resources=[permission_id], Tags=tags)


ROLE_SESSION = f"arn:aws:sts::{CONSUMER}:assumed-role/deploy/session"
USER = f"arn:aws:iam::{CONSUMER}:user/ann"


@pytest.mark.parametrize(
    ("principals", "callers"),
    [
        ([], []),
        (["*"], [(CONSUMER, None), (STRANGER, None), (CONSUMER, USER)]),
        ([CONSUMER_ROOT], [(CONSUMER, None), (CONSUMER, USER), (CONSUMER, ROLE_SESSION)]),
        ([USER], [(CONSUMER, USER)]),
        ([f"arn:aws:iam::{CONSUMER}:role/deploy"], [(CONSUMER, ROLE_SESSION)]),
    ],
)
def test_who_is_admitted(modify, service, principals, callers):
    if principals:
        modify(AddAllowedPrincipals=principals)
    [found] = services_named(service["ServiceName"])
    assert admits(found, ACCOUNT)
    everyone = [(CONSUMER, None), (STRANGER, None), (CONSUMER, USER), (CONSUMER, ROLE_SESSION)]
    assert [each for each in everyone if admits(found, *each)] == [
        each for each in everyone if each in callers or "*" in principals
    ]
