# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Record sets: what a batch of changes may do, all of it or nothing."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

ZONE = "example.com."


@pytest.fixture
def route53(client):
    return client("route53")


@pytest.fixture
def zone_id(route53):
    made = route53.create_hosted_zone(Name=ZONE, CallerReference="zone")["HostedZone"]
    return made["Id"].removeprefix("/hostedzone/")


def record(name: str, kind: str, *values: str, ttl: int = 60, **members) -> dict:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": each} for each in values]} | members


def alias(name: str, kind: str, zone_id: str, target: str) -> dict:
    target = {"HostedZoneId": zone_id, "DNSName": target, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": kind, "AliasTarget": target}


@pytest.fixture
def change(route53, zone_id):
    """change((action, record set), ...): one batch."""

    def submit(*changes, **members):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]} | members
        return route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)["ChangeInfo"]

    return submit


@pytest.fixture
def records(route53, zone_id):
    """records(): those of the zone that it has not from the beginning."""

    def read(**parameters):
        found = route53.list_resource_record_sets(HostedZoneId=zone_id, **parameters)["ResourceRecordSets"]
        return [each for each in found if each["Type"] not in ("NS", "SOA")]

    return read


@pytest.fixture
def invalid(change, records):
    """invalid(*changes): the message of the InvalidChangeBatch; nothing has changed."""

    def submit(*changes) -> str:
        before = records()
        with pytest.raises(ClientError) as caught:
            change(*changes)
        error = caught.value.response
        assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("InvalidChangeBatch", 400)
        assert records() == before
        return error["Error"]["Message"]

    return submit


A = record("www.example.com.", "A", "192.0.2.1", "192.0.2.2")
CNAME = record("www.example.com.", "CNAME", "example.org")


def test_created_upserted_and_deleted(change, records):
    change(("CREATE", A))
    assert records() == [A]
    changed = record("WWW.example.com", "A", "192.0.2.3", ttl=5)
    change(("UPSERT", changed))
    assert records() == [changed | {"Name": "www.example.com."}]
    change(("DELETE", changed), ("UPSERT", record("*.example.com", "TXT", '"a" "b"')))
    assert records() == [record("\\052.example.com.", "TXT", '"a" "b"')]
    change(("DELETE", record("\\052.example.com", "TXT", '"a" "b"')))
    assert records() == []


def test_the_order_of_values_does_not_matter_to_a_deletion(change, records):
    change(("CREATE", A))
    change(("DELETE", record("www.example.com", "A", "192.0.2.2", "192.0.2.1")))
    assert records() == []


def test_what_is_there_is_not_created(change, invalid):
    change(("CREATE", A))
    assert invalid(("CREATE", record("www.example.com", "A", "192.0.2.9"))) == (
        "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]"
    )


def test_what_is_not_there_or_is_different_is_not_deleted(change, invalid):
    change(("CREATE", A))
    absent = "Tried to delete resource record set [name='{}', type='{}'] but it was not found"
    assert absent.format("www.example.com.", "AAAA") in invalid(("DELETE", A | {"Type": "AAAA"}))
    assert absent.format("w.example.com.", "A") in invalid(("DELETE", A | {"Name": "w.example.com"}))
    assert absent.format("www.example.com.", "A") in invalid(("DELETE", A), ("DELETE", A))
    for different in (A | {"TTL": 61}, record("www.example.com", "A", "192.0.2.1")):
        assert "but the values provided do not match the current values" in invalid(("DELETE", different))


def test_a_cname_is_not_at_the_apex(invalid):
    message = "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."
    assert message in invalid(("UPSERT", record("example.com", "CNAME", "example.org")))


def test_a_cname_is_alone(change, invalid, records):
    change(("CREATE", A))
    conflict = (
        "RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with "
        "the same DNS name in zone example.com."
    )
    assert conflict in invalid(("UPSERT", CNAME))
    change(("DELETE", A), ("CREATE", CNAME))
    assert records() == [CNAME]
    for kind, value in (("A", "192.0.2.1"), ("TXT", '"text"')):
        assert (
            f"RRSet of type {kind} with DNS name www.example.com. is not permitted because a conflicting RRSet of type "
            "CNAME with the same DNS name already exists in zone example.com."
        ) in invalid(("UPSERT", record("www.example.com", kind, value)))
    assert "exactly one value" in invalid(("UPSERT", record("w.example.com", "CNAME", "a.example", "b.example")))


@pytest.mark.parametrize("name", ["www.example.org", "notexample.com", "com"])
def test_a_name_outside_of_the_zone(invalid, name):
    message = f"RRSet with DNS name {name}. is not permitted in zone example.com."
    assert message in invalid(("CREATE", record(name, "A", "192.0.2.1")))


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("A", "192.0.2", "not a valid IPv4 address"),
        ("A", "2001:db8::1", "not a valid IPv4 address"),
        ("AAAA", "192.0.2.1", "not a valid IPv6 address"),
        ("TXT", "plain", "enclosed in quotation marks"),
    ],
)
def test_a_value_that_its_type_does_not_have(invalid, kind, value, problem):
    message = invalid(("CREATE", record("www.example.com", kind, value)))
    assert problem in message and value in message


def test_a_batch_is_refused_whole_with_all_that_is_wrong(invalid):
    message = invalid(("CREATE", A), ("CREATE", record("example.com", "CNAME", "a.example")), ("CREATE", CNAME))
    assert message.startswith("[RRSet of type CNAME with DNS name example.com. is not permitted at apex")
    assert "www.example.com. is not permitted as it conflicts" in message


def test_a_zone_keeps_its_ns_and_soa(route53, zone_id, invalid):
    for own in route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]:
        assert f"{own['Type']} record for the zone itself" in invalid(("DELETE", own))


def test_an_alias_within_the_zone_needs_its_target(change, invalid, records, zone_id):
    target = "Tried to create an alias that targets www.example.com., type {} in zone {}, but that target was not found"
    assert target.format("A", zone_id) in invalid(("CREATE", alias(ZONE, "A", zone_id, "www.example.com")))
    change(("CREATE", A), ("CREATE", alias(ZONE, "A", zone_id, "www.example.com")))
    assert target.format("AAAA", zone_id) in invalid(("CREATE", alias(ZONE, "AAAA", zone_id, "www.example.com")))
    [apex, _www] = records()
    assert apex == alias(ZONE, "A", zone_id, "www.example.com")
    change(("DELETE", alias(ZONE, "A", zone_id, "www.example.com.")))


def test_an_alias_to_an_endpoint_and_a_load_balancer_is_to_their_names_in_their_zones(
    client, ec2, network, change, invalid, records
):
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc_id,
        ServiceName="com.amazonaws.us-east-1.ssm",
        VpcEndpointType="Interface",
        SubnetIds=[network.subnet()],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    [described] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    subnets = [network.subnet("10.0.7.0/24")]
    [balancer] = client("elbv2").create_load_balancer(
        Name="service", Type="network", Scheme="internal", Subnets=subnets
    )["LoadBalancers"]
    targets = [(each["HostedZoneId"], each["DnsName"]) for each in described["DnsEntries"]]
    targets.append((balancer["CanonicalHostedZoneId"], balancer["DNSName"]))
    for zone_id, name in targets:
        made = alias(ZONE, "A", zone_id, name)
        change(("UPSERT", made))
        assert records() == [made]
        elsewhere = invalid(("UPSERT", alias(ZONE, "A", "Z2FDTNDATAQYW2", name)))
        assert f"targets {name}., type A in zone Z2FDTNDATAQYW2" in elsewhere
        assert "the alias target name does not lie within the target zone" in elsewhere
        for absent in (alias(ZONE, "A", zone_id, f"no-{name}"), alias("www.example.com", "CNAME", zone_id, name)):
            assert "but that target was not found" in invalid(("UPSERT", absent))


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, "none"),
        ({"TTL": 60}, "none"),
        ({"ResourceRecords": [{"Value": "192.0.2.1"}]}, "none"),
        ({"TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]} | alias("", "", "Z1", "x"), "more than one"),
    ],
)
def test_a_record_set_is_an_alias_or_has_values(change, refused, members, found):
    with refused("InvalidInput", "Expected exactly one of [AliasTarget", f"but found {found}", "Name=www.example.com"):
        change(("CREATE", members | {"Name": "www.example.com", "Type": "A"}))


def test_record_sets_with_identifiers_are_told_apart(change, records):
    weighted = [
        record("www.example.com.", "A", f"192.0.2.{weight}", SetIdentifier=f"set {weight}", Weight=weight)
        for weight in (1, 2)
    ]
    change(*(("CREATE", each) for each in weighted))
    assert records() == weighted
    change(("DELETE", weighted[0]))
    assert records() == weighted[1:]


def test_the_list_is_sorted_by_reversed_labels_and_type_and_has_pages(route53, zone_id, change, records):
    made = [record(f"{name}.example.com.", "A", "192.0.2.1") for name in ("b", "a.b", "c")]
    made.insert(1, record("b.example.com.", "AAAA", "2001:db8::1"))
    change(*(("CREATE", each) for each in reversed(made)))
    assert records() == made
    assert records(StartRecordName="b.example.com", StartRecordType="AAAA") == made[1:]
    assert records(StartRecordName="bb.example.com") == made[3:]
    pages = list(
        route53.get_paginator("list_resource_record_sets").paginate(
            HostedZoneId=zone_id, PaginationConfig={"PageSize": 4}
        )
    )
    assert [len(page["ResourceRecordSets"]) for page in pages] == [4, 2]
    assert pages[1]["ResourceRecordSets"] == made[2:]


def test_a_batch_has_at_most_a_thousand_values_those_of_an_upsert_twice(change, invalid):
    values = [f"10.0.{number // 250}.{number % 250}" for number in range(501)]
    assert "1000" in invalid(("UPSERT", record("www.example.com", "A", *values)))
    change(("CREATE", record("www.example.com", "A", *values)))


def test_a_change_is_pending_at_first_and_what_it_changed_is_read_at_once(route53, change, records, transitions):
    transitions(60)
    made = change(("CREATE", A), Comment="for the service")
    assert (made["Status"], made["Comment"]) == ("PENDING", "for the service")
    assert records() == [A]
    transitions(0)
    assert route53.get_change(Id=made["Id"])["ChangeInfo"] == made | {"Status": "INSYNC"}
    route53.get_waiter("resource_record_sets_changed").wait(Id=made["Id"])


def test_no_change_in_a_zone_that_is_not_there(route53, refused):
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": A}]}
    with refused("NoSuchHostedZone", "Z0123456789ABCDEFGHIJ"):
        route53.change_resource_record_sets(HostedZoneId="Z0123456789ABCDEFGHIJ", ChangeBatch=batch)
