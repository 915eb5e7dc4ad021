# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Hosted zones: what makes one public or private, how they are found, when one can go."""

from __future__ import annotations

from itertools import count

import pytest

from .conftest import OTHER, REGION

_REFERENCES = count(1)


@pytest.fixture
def route53(client):
    return client("route53")


@pytest.fixture
def vpc(ec2):
    return {"VPCRegion": REGION, "VPCId": ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]}


@pytest.fixture
def create(route53):
    """create(name, **parameters): the reply, without the client's metadata."""

    def call(name: str, **parameters):
        made = route53.create_hosted_zone(Name=name, **{"CallerReference": f"own-{next(_REFERENCES)}"} | parameters)
        del made["ResponseMetadata"]
        return made

    return call


def records_of(route53, zone_id: str) -> dict[str, list[str]]:
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {each["Type"]: [value["Value"] for value in each["ResourceRecords"]] for each in found}


def test_a_public_zone_is_delegated_to_name_servers_of_its_own(route53, create):
    made = create("Example.com", HostedZoneConfig={"Comment": "for all"})
    zone = made["HostedZone"]
    assert zone["Name"] == "example.com."
    assert zone["Config"] == {"Comment": "for all", "PrivateZone": False}
    assert zone["ResourceRecordSetCount"] == 2
    assert made["Location"].endswith(zone["Id"])
    servers = made["DelegationSet"]["NameServers"]
    assert [server.partition("awsdns-")[2].partition(".")[2] for server in servers] == ["com", "net", "org", "co.uk"]
    assert records_of(route53, zone["Id"])["NS"] == [f"{server}." for server in servers]
    assert records_of(route53, zone["Id"])["SOA"][0].startswith(f"{servers[0]}. awsdns-hostmaster.amazon.com. ")
    found = route53.get_hosted_zone(Id=zone["Id"])
    assert (found["HostedZone"], found["DelegationSet"]) == (zone, made["DelegationSet"])
    assert create("example.com")["DelegationSet"] != made["DelegationSet"], "two public zones of one name are two"


@pytest.mark.parametrize("config", [{}, {"HostedZoneConfig": {"PrivateZone": True}}])
def test_a_vpc_makes_a_zone_private(route53, create, vpc, config):
    made = create("example.com", VPC=vpc, **config)
    assert made["VPC"] == vpc
    assert "DelegationSet" not in made
    assert made["HostedZone"]["Config"]["PrivateZone"] is True
    found = route53.get_hosted_zone(Id=made["HostedZone"]["Id"])
    assert found["VPCs"] == [vpc] and "DelegationSet" not in found
    assert "ns-0.awsdns-00.com." in records_of(route53, made["HostedZone"]["Id"])["NS"]


def test_a_private_zone_needs_a_vpc_of_its_own_account(client, create, vpc, refused):
    with refused("InvalidInput", "VPC"):
        create("example.com", HostedZoneConfig={"PrivateZone": True})
    theirs = client("ec2", OTHER).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for wrong in (vpc | {"VPCId": theirs}, vpc | {"VPCRegion": "eu-west-1"}):
        with refused("InvalidVPCId", wrong["VPCId"], wrong["VPCRegion"]):
            create("example.com", VPC=wrong)


def test_a_caller_reference_is_used_once(client, route53, create, vpc, refused):
    made = create("example.com", CallerReference="once")
    for name in ("example.com", "example.org"):
        with refused("HostedZoneAlreadyExists", "once"):
            create(name, CallerReference="once", VPC=vpc)
    route53.delete_hosted_zone(Id=made["HostedZone"]["Id"])
    with refused("HostedZoneAlreadyExists", "once"):
        create("example.com", CallerReference="once")
    client("route53", OTHER).create_hosted_zone(Name="example.com", CallerReference="once")


@pytest.mark.parametrize("name", ["com", "a..example.com", ".example.com", f"{'a' * 64}.example.com"])
def test_what_is_no_name_for_a_zone(create, refused, name):
    with refused("InvalidDomainName", name):
        create(name)


def test_zones_that_share_name_servers_do_not_nest(route53, create, refused):
    reusable = route53.create_reusable_delegation_set(CallerReference="shared")["DelegationSet"]
    made = create("example.com", DelegationSetId=reusable["Id"])
    assert made["DelegationSet"]["NameServers"] == reusable["NameServers"]
    with refused("ConflictingDomainExists", "sub.example.com"):
        create("sub.example.com", DelegationSetId=reusable["Id"])
    with refused("NoSuchDelegationSet"):
        create("example.org", DelegationSetId="N0123456789")
    found = route53.list_hosted_zones(DelegationSetId=reusable["Id"])["HostedZones"]
    assert [each["Id"] for each in found] == [made["HostedZone"]["Id"]]


def test_lists_have_pages_and_only_this_account_s_zones(client, route53, create, vpc):
    names = ["b.example.com", "example.org", "a.example.com", "example.com"]
    made = {create(name)["HostedZone"]["Id"]: f"{name}." for name in names}
    private = create("internal", VPC=vpc)["HostedZone"]
    client("route53", OTHER).create_hosted_zone(Name="example.net", CallerReference="other")
    pages = list(route53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["HostedZones"]) for page in pages] == [2, 2, 1]
    found = {each["Id"]: each["Name"] for page in pages for each in page["HostedZones"]}
    assert found == made | {private["Id"]: "internal."}
    assert route53.list_hosted_zones(HostedZoneType="PrivateHostedZone")["HostedZones"] == [private]
    assert route53.get_hosted_zone_count()["HostedZoneCount"] == 5


def test_the_list_by_name_is_sorted_by_reversed_labels_from_a_name_on(route53, create):
    for name in ("b.example.com", "example.org", "a.example.com", "example.com", "example.com"):
        create(name)

    def names(**parameters):
        return [each["Name"] for each in route53.list_hosted_zones_by_name(**parameters)["HostedZones"]]

    ordered = ["example.com.", "example.com.", "a.example.com.", "b.example.com.", "example.org."]
    assert names() == ordered
    assert names(DNSName="a.example.com") == ordered[2:]
    assert names(DNSName="aa.example.com", MaxItems="1") == ["b.example.com."]
    first = route53.list_hosted_zones_by_name(MaxItems="1")
    assert first["IsTruncated"] and first["NextDNSName"] == "example.com."
    following = {"DNSName": first["NextDNSName"], "HostedZoneId": first["NextHostedZoneId"]}
    rest = route53.list_hosted_zones_by_name(**following)
    assert not rest["IsTruncated"]
    ids = [each["Id"] for page in (first, rest) for each in page["HostedZones"]]
    assert len(set(ids)) == 5


def test_a_zone_with_records_stays(route53, create, refused):
    zone_id = create("example.com")["HostedZone"]["Id"]
    record = {"Name": "www.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}

    def change(action):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)

    change("CREATE")
    with refused("HostedZoneNotEmpty"):
        route53.delete_hosted_zone(Id=zone_id)
    change("DELETE")
    assert route53.delete_hosted_zone(Id=zone_id)["ChangeInfo"]["Status"] == "INSYNC"
    with refused("NoSuchHostedZone"):
        route53.get_hosted_zone(Id=zone_id)
    with refused("NoSuchHostedZone"):
        route53.delete_hosted_zone(Id=zone_id)


def test_tags_and_a_new_comment(route53, create):
    zone = create("example.com")["HostedZone"]
    name = zone["Id"].removeprefix("/hostedzone/")
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=name, AddTags=[{"Key": "Name", "Value": "front"}]
    )
    tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=name)["ResourceTagSet"]["Tags"]
    assert tags == [{"Key": "Name", "Value": "front"}]
    updated = route53.update_hosted_zone_comment(Id=zone["Id"], Comment="new")["HostedZone"]
    assert updated == zone | {"Config": {"Comment": "new", "PrivateZone": False}}


def test_a_new_zone_s_change_is_pending_at_first(route53, create, transitions):
    transitions(60)
    change = create("example.com")["ChangeInfo"]
    assert change["Status"] == "PENDING"
    transitions(0)
    assert route53.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC"
