# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The VPCs of private zones, within an account and across two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from .conftest import ACCOUNT, OTHER, REGION

THIRD = "777788889999"
MISSING = {"VPCRegion": REGION, "VPCId": "vpc-0123456789abcdef0"}
_REFERENCES = count(1)


@dataclass
class Account:
    """One account's Route 53, and VPCs that it makes."""

    route53: Any
    ec2: Any

    def vpc(self) -> dict[str, str]:
        vpc_id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return {"VPCRegion": self.ec2.meta.region_name, "VPCId": vpc_id}

    def zone(self, name: str = "example.com", vpc: dict[str, str] | None = None) -> str:
        """The id of a private zone."""
        made = self.route53.create_hosted_zone(Name=name, CallerReference=str(next(_REFERENCES)), VPC=vpc or self.vpc())
        return made["HostedZone"]["Id"].removeprefix("/hostedzone/")

    def authorize(self, zone_id: str, vpc: dict[str, str]) -> None:
        self.route53.create_vpc_association_authorization(HostedZoneId=zone_id, VPC=vpc)

    def authorized(self, zone_id: str) -> list[dict[str, str]]:
        return self.route53.list_vpc_association_authorizations(HostedZoneId=zone_id)["VPCs"]

    def associate(self, zone_id: str, vpc: dict[str, str]) -> dict[str, Any]:
        return self.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=vpc)

    def disassociate(self, zone_id: str, vpc: dict[str, str]) -> dict[str, Any]:
        return self.route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone_id, VPC=vpc)

    def vpcs(self, zone_id: str) -> list[dict[str, str]]:
        return self.route53.get_hosted_zone(Id=zone_id)["VPCs"]

    def zones_of(self, vpc: dict[str, str]) -> list[dict[str, Any]]:
        return self.route53.list_hosted_zones_by_vpc(**vpc)["HostedZoneSummaries"]


@pytest.fixture
def account(client):
    """account(id): that account."""
    return lambda name: Account(client("route53", name), client("ec2", name))


@pytest.fixture
def owner(account):
    """The zone's account."""
    return account(ACCOUNT)


@pytest.fixture
def guest(account):
    """The account of the VPC."""
    return account(OTHER)


def test_within_an_account(owner):
    first, second = owner.vpc(), owner.vpc()
    zone_id = owner.zone(vpc=first)
    assert owner.vpcs(zone_id) == [first]
    owner.associate(zone_id, second)
    assert owner.vpcs(zone_id) == [first, second]
    owner.disassociate(zone_id, first)
    assert owner.vpcs(zone_id) == [second]


def test_a_vpc_of_another_region(client, owner):
    zone_id = owner.zone()
    elsewhere = Account(owner.route53, client("ec2", ACCOUNT, "eu-west-1")).vpc()
    owner.associate(zone_id, elsewhere)
    assert elsewhere in owner.vpcs(zone_id)
    assert [each["Name"] for each in owner.zones_of(elsewhere)] == ["example.com."]


def test_across_accounts_is_authorized_associated_and_the_authorization_dropped(owner, guest):
    zone_id, vpc = owner.zone(), guest.vpc()
    owner.authorize(zone_id, vpc)
    assert owner.authorized(zone_id) == [vpc]
    guest.associate(zone_id, vpc)
    assert owner.authorized(zone_id) == [vpc], "it stays until it is deleted"
    owner.route53.delete_vpc_association_authorization(HostedZoneId=zone_id, VPC=vpc)
    assert owner.authorized(zone_id) == []
    assert vpc in owner.vpcs(zone_id)


def test_an_authorization_again_makes_no_difference(owner, guest):
    zone_id, vpc = owner.zone(), guest.vpc()
    owner.authorize(zone_id, vpc)
    owner.authorize(zone_id, vpc)
    assert owner.authorized(zone_id) == [vpc]


def test_what_is_not_authorized_is_not_associated(owner, guest, refused):
    zone_id, vpc = owner.zone(), guest.vpc()
    with refused("NotAuthorizedException", vpc["VPCId"]):
        guest.associate(zone_id, vpc)
    owner.authorize(zone_id, vpc)
    with refused("NotAuthorizedException", vpc["VPCId"]):
        owner.associate(zone_id, vpc)
    with refused("NotAuthorizedException"):
        guest.associate(zone_id, guest.vpc())
    owner.route53.delete_vpc_association_authorization(HostedZoneId=zone_id, VPC=vpc)
    with pytest.raises(ClientError) as caught:
        guest.associate(zone_id, vpc)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401
    assert vpc not in owner.vpcs(zone_id)


def test_either_account_disassociates_and_a_third_does_not(owner, guest, account, refused):
    zone_id, vpcs = owner.zone(), [guest.vpc(), guest.vpc()]
    for vpc in vpcs:
        owner.authorize(zone_id, vpc)
        guest.associate(zone_id, vpc)
    with refused("AccessDenied"):
        account(THIRD).disassociate(zone_id, vpcs[0])
    guest.disassociate(zone_id, vpcs[0])
    owner.disassociate(zone_id, vpcs[1])
    assert len(owner.vpcs(zone_id)) == 1
    guest.associate(zone_id, vpcs[0])


def test_the_last_vpc_stays(owner, refused):
    vpc = owner.vpc()
    zone_id = owner.zone(vpc=vpc)
    with refused("LastVPCAssociation"):
        owner.disassociate(zone_id, vpc)
    assert owner.vpcs(zone_id) == [vpc]


def test_a_vpc_is_associated_once(owner, guest, refused):
    """Also a repetition of the same request, as one whose answer was lost: AWS calls it a conflict."""
    vpc = owner.vpc()
    zone_id, other = owner.zone(vpc=vpc), owner.zone()
    for each in (zone_id, other):
        with refused("ConflictingDomainExists", vpc["VPCId"], "example.com."):
            owner.associate(each, vpc)
    with refused("ConflictingDomainExists", vpc["VPCId"]):
        owner.zone("Example.COM.", vpc)
    owner.zone("sub.example.com", vpc)
    theirs = guest.zone()
    guest.authorize(theirs, vpc)
    with refused("ConflictingDomainExists", vpc["VPCId"]):
        owner.associate(theirs, vpc)


def test_two_private_zones_of_one_name_for_different_vpcs(owner):
    one, other = owner.vpc(), owner.vpc()
    zones = {owner.zone(vpc=one): [one], owner.zone(vpc=other): [other]}
    assert {zone_id: owner.vpcs(zone_id) for zone_id in zones} == zones


def test_what_is_not_there(owner, guest, refused):
    zone_id, vpc = owner.zone(), guest.vpc()
    with refused("VPCAssociationNotFound", vpc["VPCId"]):
        owner.disassociate(zone_id, vpc)
    with refused("VPCAssociationAuthorizationNotFound", vpc["VPCId"]):
        owner.route53.delete_vpc_association_authorization(HostedZoneId=zone_id, VPC=vpc)
    elsewhere = vpc | {"VPCRegion": "eu-west-1"}
    for absent in (MISSING, elsewhere):
        for call in (owner.authorize, owner.associate, owner.disassociate):
            with refused("InvalidVPCId", absent["VPCId"], absent["VPCRegion"]):
                call(zone_id, absent)
    for call in (owner.authorize, owner.associate, owner.disassociate):
        with refused("NoSuchHostedZone", "Z0123456789ABCDEFGHIJ"):
            call("Z0123456789ABCDEFGHIJ", vpc)
    with refused("InvalidInput", "VPCRegion"):
        owner.associate(zone_id, {"VPCId": vpc["VPCId"]})


def test_a_public_zone_has_no_vpcs(owner, guest, refused):
    made = owner.route53.create_hosted_zone(Name="example.com", CallerReference="public")
    zone_id = made["HostedZone"]["Id"]
    with refused("PublicZoneVPCAssociation"):
        owner.associate(zone_id, owner.vpc())
    with refused("InvalidInput", "public"):
        owner.authorize(zone_id, guest.vpc())
    assert "VPCs" not in owner.route53.get_hosted_zone(Id=zone_id)


def test_a_zone_is_its_own_account_s(owner, guest, refused):
    zone_id = owner.zone()
    with refused("AccessDenied"):
        guest.vpcs(zone_id)
    with refused("AccessDenied"):
        guest.authorized(zone_id)
    with refused("AccessDenied"):
        guest.authorize(zone_id, guest.vpc())
    with refused("AccessDenied"):
        guest.route53.delete_hosted_zone(Id=zone_id)
    assert guest.route53.list_hosted_zones()["HostedZones"] == []


def test_zones_by_vpc_are_those_of_all_accounts_and_for_the_vpc_s_account(owner, guest, refused):
    vpc = guest.vpc()
    theirs, own = owner.zone("service.example"), guest.zone("internal.example", vpc)
    owner.authorize(theirs, vpc)
    guest.associate(theirs, vpc)
    assert sorted((each["HostedZoneId"], each["Owner"]["OwningAccount"]) for each in guest.zones_of(vpc)) == sorted(
        [(theirs, ACCOUNT), (own, OTHER)]
    )
    with refused("AccessDenied", "is not owned by you"):
        owner.zones_of(vpc)


def test_a_deleted_vpc_can_still_be_disassociated(owner, guest):
    zone_id, vpc = owner.zone(), guest.vpc()
    owner.authorize(zone_id, vpc)
    guest.associate(zone_id, vpc)
    guest.ec2.delete_vpc(VpcId=vpc["VPCId"])
    owner.disassociate(zone_id, vpc)
    owner.route53.delete_vpc_association_authorization(HostedZoneId=zone_id, VPC=vpc)
    assert vpc not in owner.vpcs(zone_id) and owner.authorized(zone_id) == []


def test_authorizations_have_a_quota_and_pages(owner, guest, control, refused):
    control("PUT", "/_lab/settings", {"vpc_association_authorizations_per_zone": 3})
    zone_id, vpcs = owner.zone(), [guest.vpc() for _each in range(3)]
    for vpc in vpcs:
        owner.authorize(zone_id, vpc)
    with refused("TooManyVPCAssociationAuthorizations", zone_id):
        owner.authorize(zone_id, guest.vpc())
    paginator = owner.route53.get_paginator("list_vpc_association_authorizations")
    pages = [page["VPCs"] for page in paginator.paginate(HostedZoneId=zone_id, MaxResults="2")]
    assert pages == [vpcs[:2], vpcs[2:]]
    with refused("InvalidPaginationToken"):
        owner.route53.list_vpc_association_authorizations(HostedZoneId=zone_id, NextToken="none")


def test_an_answer_that_is_lost(owner, guest, control):
    """The association is made, and the repetition says so as AWS does."""
    zone_id, vpc = owner.zone(), guest.vpc()
    owner.authorize(zone_id, vpc)
    fault = {"operation": "AssociateVPCWithHostedZone", "nth": 1, "kind": "drop_after"}
    control("PUT", "/_lab/settings", {"faults": [fault]})
    control("DELETE", "/_lab/calls")
    with pytest.raises(ConnectionClosedError):
        guest.associate(zone_id, vpc)
    assert vpc in owner.vpcs(zone_id)
    [call] = [each for each in control("GET", "/_lab/calls")[1] if each["error"]]
    assert call == {
        "account": OTHER,
        "service": "route53",
        "operation": "AssociateVPCWithHostedZone",
        "parameters": {"HostedZoneId": zone_id, "VPC": vpc},
        "status": None,
        "error": "drop_after",
    }


@pytest.mark.parametrize("code", ["PriorRequestNotComplete", "ConcurrentModification"])
def test_what_route_53_may_answer_at_any_time(owner, guest, control, refused, code):
    zone_id, vpc = owner.zone(), guest.vpc()
    fault = {"operation": "CreateVPCAssociationAuthorization", "nth": 1, "kind": code}
    control("PUT", "/_lab/settings", {"faults": [fault]})
    with refused(code):
        owner.authorize(zone_id, vpc)
    assert owner.authorized(zone_id) == []
    owner.authorize(zone_id, vpc)


def test_a_change_is_pending_at_first(owner, transitions, refused):
    vpc, zone_id = owner.vpc(), owner.zone()
    transitions(60)
    change = owner.associate(zone_id, vpc)["ChangeInfo"]
    assert change["Status"] == "PENDING"
    assert vpc in owner.vpcs(zone_id)
    assert owner.route53.get_change(Id=change["Id"])["ChangeInfo"] == change
    transitions(0)
    assert owner.route53.get_change(Id=change["Id"])["ChangeInfo"] == change | {"Status": "INSYNC"}
    with refused("NoSuchChange", "C0123456789ABCDEFGHIJ"):
        owner.route53.get_change(Id="C0123456789ABCDEFGHIJ")
