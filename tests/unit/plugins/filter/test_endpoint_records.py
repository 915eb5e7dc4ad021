# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which record leads to an endpoint."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.endpoint_records import endpoint_records

ZONE = "example.internal"
NAME = f"api.{ZONE}"
TARGET = "vpce-1-a.vpce-svc-1.eu-west-1.vpce.amazonaws.com"
ENDPOINT = {
    "vpc_endpoint_id": "vpce-1",
    "dns_entries": [
        {"dns_name": TARGET, "hosted_zone_id": "Z38GZ743OKFT7T"},
        {"dns_name": "vpce-1-a-eu-west-1a.vpce-svc-1.eu-west-1.vpce.amazonaws.com", "hosted_zone_id": "Z38GZ743OKFT7T"},
    ],
    "network_interface_ids": ["eni-1", "eni-2"],
}
NAMELESS = {**ENDPOINT, "dns_entries": []}
INTERFACES = [
    {"id": "eni-2", "private_ip_address": "10.0.2.9", "ipv6_addresses": [{"ipv6_address": "2001:db8::9"}]},
    {"id": "eni-1", "private_ip_address": "10.0.1.9", "ipv6_addresses": []},
    {"id": "eni-3", "private_ip_address": "10.0.3.9", "ipv6_addresses": []},
]

CNAME = {"type": "CNAME", "value": [TARGET], "alias": False}
ALIAS = {"type": "A", "value": [f"{TARGET}."], "alias": True, "alias_hosted_zone_id": "Z38GZ743OKFT7T"}
ADDRESSES = {"type": "A", "value": ["10.0.1.9", "10.0.2.9"], "alias": False}


def there(kind, name=f"{NAME}.", **more):
    return {"name": name, "type": kind, "ttl": 60, "resource_records": [{"value": "x"}], **more}


def alias_there(kind="A", name=f"{NAME}."):
    return {"name": name, "type": kind, "alias_target": {"dns_name": "vpce-0.vpce.amazonaws.com.", "hosted_zone_id": "Z38GZ743OKFT7T"}}


OF_THE_APEX = [there("NS", f"{ZONE}."), there("SOA", f"{ZONE}.")]


@pytest.mark.parametrize("endpoint, name, beside, records", [
    (ENDPOINT, NAME, [], [CNAME]),
    (ENDPOINT, "API.Example.Internal.", [], [CNAME]),
    (ENDPOINT, NAME, OF_THE_APEX + [there("A", f"www.{ZONE}.")], [CNAME]),
    (ENDPOINT, NAME, [there("CNAME")], [CNAME]),
    (ENDPOINT, f"*.{ZONE}", [there("CNAME", f"\\052.{ZONE}.")], [CNAME]),
    (ENDPOINT, ZONE, OF_THE_APEX, [ALIAS]),
    (ENDPOINT, ZONE, OF_THE_APEX + [alias_there(name=f"{ZONE}.")], [ALIAS]),
    (ENDPOINT, NAME, [there("TXT")], [ALIAS]),
    (ENDPOINT, NAME, [alias_there()], [ALIAS]),
    ({**ENDPOINT, "ip_address_type": "dualstack"}, ZONE, [], [ALIAS, {**ALIAS, "type": "AAAA"}]),
    ({**ENDPOINT, "ip_address_type": "ipv6"}, ZONE, [], [{**ALIAS, "type": "AAAA"}]),
    ({**ENDPOINT, "dns_entries": [{"dns_name": TARGET}]}, NAME, [], [CNAME]),
    ({**ENDPOINT, "dns_entries": [{"dns_name": TARGET}]}, ZONE, [], [ADDRESSES]),
    (NAMELESS, NAME, [there("A")], [ADDRESSES]),
    ({**NAMELESS, "ip_address_type": "dualstack"}, NAME, [], [ADDRESSES, {"type": "AAAA", "value": ["2001:db8::9"], "alias": False}]),
])
def test_records(endpoint, name, beside, records):
    assert endpoint_records(endpoint, name, ZONE, beside, INTERFACES) == records


def test_addresses_are_asked_for_by_an_empty_value():
    assert endpoint_records(NAMELESS, NAME, ZONE) == [{"type": "A", "value": [], "alias": False}]


@pytest.mark.parametrize("endpoint, name, beside, words", [
    (ENDPOINT, "api.example.org", [], "'api.example.org' is not in the zone example.internal; give a name that ends with .example.internal"),
    (ENDPOINT, "notexample.internal", [], "'notexample.internal' is not in the zone"),
    (ENDPOINT, NAME, [there("A")], "api.example.internal has a record of type A that is not an endpoint's, in place of aliases"),
    (ENDPOINT, ZONE, [there("A", f"{ZONE}.")], "example.internal has a record of type A that is not"),
    (NAMELESS, NAME, [there("CNAME")], "has a record of type CNAME that is not an endpoint's, in place of addresses .*; delete it"),
    (NAMELESS, NAME, [alias_there()], "has a record of type A that is not"),
    ({**NAMELESS, "network_interface_ids": []}, NAME, [], "vpce-1 has neither a DNS name nor a network interface"),
])
def test_refused(endpoint, name, beside, words):
    with pytest.raises(AnsibleFilterError, match=words):
        endpoint_records(endpoint, name, ZONE, beside, INTERFACES)
