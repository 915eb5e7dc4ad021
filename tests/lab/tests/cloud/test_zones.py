# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Availability Zones: an account's names, everyone's ids."""

from __future__ import annotations

import pytest

from .conftest import ACCOUNT, OTHER, Network

DEFAULT = "123456789012"


@pytest.fixture
def zones(client):
    """zones(account, region): name -> id."""

    def describe(account: str, region: str) -> dict[str, str]:
        found = client("ec2", account, region).describe_availability_zones()["AvailabilityZones"]
        return {each["ZoneName"]: each["ZoneId"] for each in found}

    return describe


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"])
def test_in_old_regions_each_account_has_names_of_its_own_for_the_same_zones(zones, region):
    mappings = [zones(account, region) for account in (ACCOUNT, OTHER, DEFAULT)]
    first = mappings[0]
    for mapping in mappings:
        assert mapping.keys() == first.keys()
        assert sorted(mapping.values()) == sorted(first.values())
    assert len({tuple(mapping.values()) for mapping in mappings}) > 1
    one, other, _default = mappings
    assert all(one[name] != other[name] for name in one)


def test_the_default_account_has_them_in_the_order_it_always_had(zones):
    assert zones(DEFAULT, "us-east-1") == {
        "us-east-1a": "use1-az6",
        "us-east-1b": "use1-az1",
        "us-east-1c": "use1-az2",
        "us-east-1d": "use1-az4",
        "us-east-1e": "use1-az3",
        "us-east-1f": "use1-az5",
    }


@pytest.mark.parametrize("region", ["us-east-2", "eu-central-1", "eu-west-2"])
def test_in_later_regions_the_names_are_everyone_s(zones, region):
    assert zones(ACCOUNT, region) == zones(OTHER, region) == zones(DEFAULT, region)


def test_what_is_in_a_zone_says_its_owner_s_name_and_everyone_s_id(client, zones):
    for account in (ACCOUNT, OTHER):
        names = {zone_id: name for name, zone_id in zones(account, "us-east-1").items()}
        network = Network(client("ec2", account))
        subnet = network.ec2.create_subnet(
            VpcId=network.vpc_id, CidrBlock="10.0.1.0/24", AvailabilityZoneId="use1-az4"
        )["Subnet"]
        place = {"AvailabilityZone": names["use1-az4"], "AvailabilityZoneId": "use1-az4"}
        assert {name: subnet[name] for name in place} == place
        eni = network.eni(subnet["SubnetId"])
        assert {name: eni[name] for name in place} == place
        placement = network.instance(subnet["SubnetId"])["Placement"]
        assert {name: placement[name] for name in place} == place


def test_a_search_by_name_or_id_is_in_the_caller_s_mapping(client, zones):
    for account in (ACCOUNT, OTHER):
        ec2, mapping = client("ec2", account), zones(account, "us-east-1")
        for filters in ("ZoneNames", ["us-east-1b"]), ("ZoneIds", [mapping["us-east-1b"]]):
            [found] = ec2.describe_availability_zones(**dict([filters]))["AvailabilityZones"]
            assert (found["ZoneName"], found["ZoneId"]) == ("us-east-1b", mapping["us-east-1b"])
        default = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": ["us-east-1b"]}])["Subnets"]
        assert {each["AvailabilityZoneId"] for each in default} == {mapping["us-east-1b"]}
