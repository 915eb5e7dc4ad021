# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A zone's VPCs on the engine: what is read of whom, who makes which call, and what is found before the first of them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._dns.desired import Vpc, Wanted
from ansible_collections.xeni.aws.plugins.module_utils._dns.family import ZoneAssociations
from ansible_collections.xeni.aws.plugins.module_utils._dns.observed import Zone
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ZONE_OWNER, VPC_OWNER, STRANGER = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"


def refused(code, message="No"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetHostedZone")


class Account:
    """An account with VPCs by their IDs (owner, zones as ListHostedZonesByVPC has them), and a Route 53 with canned replies."""

    def __init__(self, account_id, vpcs=(), zones=(), replies=()):
        self.account_id = account_id
        self.vpcs = dict(vpcs)
        self.zones = list(zones)
        self.replies = dict(replies)
        self.asked = []
        self.made = []
        self.route53 = self

    def id(self, region):
        assert region == REGION
        return self.account_id

    def owners(self, vpcs):
        return {vpc.id: self.vpcs[vpc.id] for vpc in vpcs if vpc.id in self.vpcs}

    def read(self, operation, parameters):
        self.asked.append(operation)
        if operation == "list_hosted_zones_by_vpc" and parameters["VPCId"] not in self.vpcs:
            raise refused("AccessDenied", "The VPC is not owned by you")
        reply = {"HostedZoneSummaries": self.zones} if operation == "list_hosted_zones_by_vpc" else self.replies[operation]
        if isinstance(reply, Exception):
            raise reply
        return reply.pop(0) if isinstance(reply, list) else reply

    def call(self, operation, parameters):
        self.made.append(operation)
        return {"ChangeInfo": {"Id": "/change/C1", "Status": "PENDING"}}


def hosted(private=True, **more):
    return {"Id": "/hostedzone/Z1", "Name": "example.internal.", "Config": {"PrivateZone": private}, **more}


def vpcs(*ids):
    return tuple(Vpc(vpc_id, REGION) for vpc_id in ids)


def items(*ids):
    return [{"VPCId": vpc_id, "VPCRegion": REGION} for vpc_id in ids]


def owner(associated=("vpc-a",), authorized=(), **more):
    return Account(ZONE_OWNER, {"vpc-a": ZONE_OWNER, "vpc-c": ZONE_OWNER, "vpc-shared": VPC_OWNER}, replies={
        "get_hosted_zone": {"HostedZone": hosted(), "VPCs": items(*associated)},
        "list_vpc_association_authorizations": {"VPCs": items(*authorized)},
        **more,
    })


def partner(**more):
    return Account(VPC_OWNER, {"vpc-b": VPC_OWNER, "vpc-shared": VPC_OWNER}, **more)


def wanted(*ids, zone_id="Z1", name=None, **more):
    return Wanted(zone_id, name, vpcs(*ids), **more)


ZONE = Zone("Z1", "example.internal.", vpcs("vpc-a"))


def test_a_zone_by_its_id_takes_two_reads():
    own = owner(authorized=["vpc-b"])
    family = ZoneAssociations(wanted("vpc-a"), own, None)
    zone = family.observe()
    assert own.asked == ["get_hosted_zone", "list_vpc_association_authorizations"]
    assert family.plan(zone) == []
    assert family.show(zone) == {"hosted_zone": {
        "id": "Z1", "name": "example.internal.", "private": True,
        "vpcs": [{"vpc_id": "vpc-a", "vpc_region": REGION}], "authorizations": [{"vpc_id": "vpc-b", "vpc_region": REGION}],
    }}


def listed(*zones, more=None):
    page = {"HostedZones": list(zones), "IsTruncated": more is not None}
    return page if more is None else {**page, "NextDNSName": more, "NextHostedZoneId": "Z9"}


def by_name(*pages):
    own = owner(list_hosted_zones_by_name=list(pages))
    return ZoneAssociations(wanted("vpc-a", zone_id=None, name="example.internal."), own, None).observe()


def test_a_zone_by_its_name_beside_public_ones_and_others():
    after = {**hosted(), "Name": "example.org."}
    assert by_name(listed(hosted(False), more="example.internal."), listed(hosted(), after)).id == "Z1"
    assert by_name(listed(after)) is None
    assert by_name(listed(hosted(False), more="example.org.")) is None


def test_zones_of_one_name_are_listed():
    with pytest.raises(BadInput, match="example.internal. Z1, Z2; give hosted_zone_id"):
        by_name(listed(hosted(), {**hosted(), "Id": "/hostedzone/Z2"}))


def test_a_public_zone():
    own = owner(get_hosted_zone={"HostedZone": hosted(False), "DelegationSet": {}})
    with pytest.raises(BadInput, match=r"hosted_zone_id: Z1 \(example.internal.\) is a public zone"):
        ZoneAssociations(wanted("vpc-a"), own, None).observe()


@pytest.mark.parametrize("error", [
    refused("NoSuchHostedZone"), refused("AccessDenied", "User: arn:aws:iam::222222222222:root is not authorized to access this resource")])
def test_a_zone_of_another_account_is_seen_from_its_vpcs(error):
    own = partner(replies={"get_hosted_zone": error}, zones=[
        {"HostedZoneId": "Z1", "Name": "example.internal.", "Owner": {"OwningAccount": ZONE_OWNER}}])
    family = ZoneAssociations(wanted("vpc-b"), own, None)
    assert family.observe() == Zone("Z1", "example.internal.", vpcs("vpc-b"), is_own=False)
    assert "authorizations" not in family.show(family.observe())["hosted_zone"]
    own.zones = []
    assert family.observe() == Zone("Z1", None, is_own=False)


def test_an_account_that_has_neither_zone_nor_vpc():
    for state in ("present", "absent"):
        with pytest.raises(BadInput, match="hosted_zone_id: this account has neither the zone Z1 nor the VPC vpc-b in eu-west-1; check the IDs"):
            ZoneAssociations(wanted("vpc-b", state=state), Account(STRANGER, replies={"get_hosted_zone": refused("NoSuchHostedZone")}), None).observe()


def test_a_policy_that_does_not_let_the_zones_account_look():
    error = refused("AccessDenied", "User: x is not authorized to perform: route53:GetHostedZone because no identity-based policy allows it")
    with pytest.raises(ClientError):
        ZoneAssociations(wanted("vpc-b"), partner(replies={"get_hosted_zone": error}), None).observe()


def test_each_account_makes_its_own_calls():
    own, other = owner(), partner(replies={"get_change": {"ChangeInfo": {"Status": "INSYNC"}}})
    family = ZoneAssociations(wanted("vpc-b"), own, other)
    calls = family.plan(family.check(family.observe()))
    replies = [family.perform(call, call.parameters) for call in calls]
    assert own.made == ["create_vpc_association_authorization", "delete_vpc_association_authorization"]
    assert other.made == ["associate_vpc_with_hosted_zone"]
    assert family.reached([(calls[1], replies[1])], None) == {calls[1].id}
    assert other.asked[-1] == "get_change"


def test_a_change_that_is_on_its_way():
    own = owner(get_change={"ChangeInfo": {"Status": "PENDING"}})
    family = ZoneAssociations(wanted("vpc-c"), own, None)
    call, = family.plan(family.observe())
    assert family.reached([(call, family.perform(call, call.parameters))], None) == set()


@pytest.mark.parametrize("ids, others", [(["vpc-c"], []), (["vpc-b"], ["vpc-b"]), (["vpc-b", "vpc-c"], ["vpc-b"]), (["vpc-shared"], ["vpc-shared"])])
def test_whose_the_vpcs_are(ids, others):
    assert ZoneAssociations(wanted(*ids), owner(), partner()).check(ZONE).others == set(others)


def test_nothing_new_is_nothing_to_look_up():
    own = Account(ZONE_OWNER)
    for request in (wanted("vpc-a"), wanted("vpc-b", state="absent")):
        assert ZoneAssociations(request, own, None).check(ZONE) == ZONE
    assert own.asked == []


FOREIGN = Zone("Z1", None, is_own=False)


@pytest.mark.parametrize("request_, zone, own, other, words", [
    (wanted("vpc-b"), ZONE, owner(), None, "vpcs: this account has no vpc-b in eu-west-1; .* give vpc_credentials, or use state: authorized"),
    (wanted("vpc-x"), ZONE, owner(), partner(), "vpc-x in eu-west-1 is neither of the zone's account nor of that of vpc_credentials"),
    (wanted("vpc-b"), ZONE, owner(), Account(STRANGER, {"vpc-b": VPC_OWNER}), "vpc-b in eu-west-1 is neither"),
    (wanted("vpc-c", state="authorized"), ZONE, owner(), None, "vpcs: vpc-c is of the zone's own account, .* state: present"),
    (wanted("vpc-b"), FOREIGN, Account(STRANGER), partner(), "this account has neither the zone Z1 nor the VPC vpc-b in eu-west-1"),
    (wanted("vpc-b"), ZONE, owner(), partner(zones=[
        {"HostedZoneId": "Z7", "Name": "example.internal.", "Owner": {"OwningAccount": STRANGER}}]),
     f"vpcs: vpc-b is associated with another zone example.internal. already, Z7 of {STRANGER}; take it from there first"),
])
def test_refused(request_, zone, own, other, words):
    with pytest.raises(BadInput, match=words):
        ZoneAssociations(request_, own, other).check(zone)


def test_a_refusal_tells_the_way_out():
    text = ZoneAssociations(wanted("vpc-b"), owner(), None).explain(refused("NotAuthorizedException", "The VPC has not authorized to associate."))
    assert text.startswith("The VPC has not authorized to associate (NotAuthorizedException). Let the zone's account authorize the VPC")
