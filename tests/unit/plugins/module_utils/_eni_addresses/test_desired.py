# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters that cannot be meant, and what the states make of a list."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni.addresses import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.desired import SECONDARY, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

LISTED = {SECONDARY: ["10.0.1.21"]}


@pytest.mark.parametrize("state, options, wanted", [
    ("present", LISTED, Wanted(at_least=("10.0.1.21",))),
    ("exact", LISTED, Wanted(exactly=("10.0.1.21",))),
    ("exact", {SECONDARY: []}, Wanted(exactly=())),
    ("absent", LISTED, Wanted(none_of=("10.0.1.21",))),
    ("present", {"secondary_private_ip_address_count": 2}, Wanted(count=2)),
    ("exact", {"secondary_private_ip_address_count": 0}, Wanted(count=0)),
])
def test_states(state, options, wanted):
    assert from_parameters({"eni_id": "eni-1", "state": state, **options}).eni.addresses == {SECONDARY: wanted}


@pytest.mark.parametrize("options, words", [
    ({"eni_id": None, **LISTED}, ["nothing says which network interface is meant", "give eni_id"]),
    ({"eni_id": None, "subnet_id": "subnet-1", **LISTED}, ["nothing says which network interface is meant"]),
    ({SECONDARY: ["10.0.1.300"]}, [SECONDARY, "10.0.1.300"]),
    ({SECONDARY: ["10.0.1.9"], "private_ip_address": "10.0.1.9", "state": "absent"}, ["10.0.1.9", "primary address"]),
    ({"ipv6_prefix_count": 1, "state": "absent"}, ["ipv6_prefix_count", "1", "list them in ipv6_prefixes"]),
    ({"ipv4_prefix_count": 1, "elastic_ip": False}, ["elastic_ip", "false", SECONDARY]),
    ({**LISTED, "elastic_ip": True, "state": "absent"}, ["elastic_ip", "leave it out"]),
    ({**LISTED, "elastic_ip_tags": {"a": "b"}}, ["elastic_ip_tags", "elastic_ip: true"]),
    ({**LISTED, "elastic_ip": True, "elastic_ip_tags": {"xeni.aws/subnet-id": "x"}}, ["xeni.aws/subnet-id", "another key"]),
])
def test_refused(options, words):
    with pytest.raises(BadInput) as refusal:
        from_parameters({"eni_id": "eni-1", "state": "present", **options})
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert len(refusal.value.problems) == 1


def test_tags_are_texts():
    assert from_parameters({
        "eni_id": "eni-1", "state": "present", **LISTED, "elastic_ip": True, "elastic_ip_tags": {"cost": 12},
    }).elastic_ip_tags == {"cost": "12"}
