# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A subnet for each zone of a service, by the zone's ID."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._endpoint.zones import choose


def subnet(name, zone, free=100):
    return {"SubnetId": name, "AvailabilityZoneId": f"az{zone}", "AvailabilityZone": f"zone-{zone}", "AvailableIpAddressCount": free}


IN_TWO = {"AvailabilityZoneIds": ["az2", "az1"]}


@pytest.mark.parametrize("service, subnets, preferred, chosen, missing", [
    (IN_TWO, [subnet("a", 1), subnet("b", 2), subnet("c", 3)], [], ("a", "b"), ()),
    (IN_TWO, [subnet("a", 1), subnet("c", 3)], [], ("a",), ("az2",)),
    (IN_TWO, [subnet("c", 3)], [], (), ("az1", "az2")),
    (IN_TWO, [subnet("a", 1, 10), subnet("z", 1, 20), subnet("b", 2)], [], ("z", "b"), ()),
    (IN_TWO, [subnet("a", 1), subnet("z", 1), subnet("b", 2)], [], ("a", "b"), ()),
    (IN_TWO, [subnet("a", 1, 10), subnet("z", 1, 20), subnet("b", 2)], ["a"], ("a", "b"), ()),
    (IN_TWO, [subnet("a", 1, 10), subnet("z", 1, 20)], ["z", "a"], ("z",), ("az2",)),
    ({"AvailabilityZones": ["zone-1", "zone-9"]}, [subnet("a", 1), subnet("b", 2)], [], ("a",), ("zone-9",)),
    ({}, [subnet("a", 1), subnet("b", 2)], [], ("a", "b"), ()),
    (None, [subnet("a", 1)], [], ("a",), ()),
], ids=["each", "one missing", "none", "most free", "else the first", "a preferred one", "the first preferred", "by name", "elsewhere", "no service"])
def test_choose(service, subnets, preferred, chosen, missing):
    choice = choose(service, subnets, preferred)
    assert (choice.subnets, choice.missing) == (chosen, missing)
    # What has been chosen is chosen again, whatever is free by now.
    emptier = [{**each, "AvailableIpAddressCount": 0 if each["SubnetId"] in chosen else 9} for each in subnets]
    assert choose(service, emptier, choice.subnets).subnets == chosen
