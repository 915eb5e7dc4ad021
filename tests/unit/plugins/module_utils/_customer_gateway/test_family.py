# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of customer gateways."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._customer_gateway.family import (
    CustomerGateway, Wanted, from_parameters, plan, predict,
)
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ADDRESS = "198.51.100.10"
TAGS = st.dictionaries(st.sampled_from(["site", "owner"]), st.sampled_from(["a", "b"]))
WANTED = st.builds(
    Wanted, st.just(ADDRESS), st.just("office"), st.none(), st.sampled_from(["present", "absent"]), st.none() | TAGS, st.booleans())
FOUND = st.none() | st.builds(
    CustomerGateway, st.just("cgw-1"), st.just(ADDRESS), st.just("65000"), st.just("available"), TAGS)


@given(wanted=WANTED, found=FOUND)
def test_one_pass_converges(wanted, found):
    assert plan(wanted, predict(wanted, found, plan(wanted, found))) == []


@given(wanted=WANTED, found=FOUND.filter(bool))
def test_tags_that_are_not_mentioned_stay(wanted, found):
    if wanted.state == "present" and not (wanted.tags is not None and wanted.purge_tags):
        assert found.tags.keys() <= predict(wanted, found, plan(wanted, found)).tags.keys()


@pytest.mark.parametrize("asn, parameter", [(None, "BgpAsn"), (65010, "BgpAsn"), (4200000000, "BgpAsnExtended")])
def test_a_long_asn_has_a_parameter_of_its_own(asn, parameter):
    assert plan(Wanted(ADDRESS, "office", asn), None)[0].parameters[parameter] == (asn or 65000)


def test_an_asn_cannot_change():
    with pytest.raises(BadInput, match="bgp_asn: cgw-1 .* has 65000 and cannot be changed to 65010"):
        plan(Wanted(ADDRESS, "office", 65010), CustomerGateway("cgw-1", ADDRESS, "65000", "available", {}))


@pytest.mark.parametrize("change, words", [
    ({"ip_address": "office.example.com"}, "ip_address: 'office.example.com' is not an IPv4 address"),
    ({"bgp_asn": 0}, "bgp_asn: 0 is no autonomous system number"),
])
def test_refused(change, words):
    parameters = {"ip_address": ADDRESS, "name": "office", "bgp_asn": None, "state": "present", "tags": None, "purge_tags": True}
    with pytest.raises(BadInput, match=words):
        from_parameters({**parameters, **change})
