# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters that cannot be meant: each is refused with its name, its value and the way out."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_list, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput


@pytest.mark.parametrize("parameters, words", [
    ({"subnet_id": "subnet-1"}, ["name", "nothing says which network interface is meant", "eni_id"]),
    ({"instance_id": "i-1"}, ["name", "device_index"]),
    ({"name": "a", "attached": True}, ["attached", "instance_id"]),
    ({"name": "a", "private_ip_address": "10.0.1.300"}, ["private_ip_address", "10.0.1.300", "IPv4"]),
    ({"name": "a", "secondary_private_ip_addresses": ["fe80::1"]}, ["secondary_private_ip_addresses", "fe80::1"]),
    ({"name": "a", "secondary_private_ip_addresses": ["10.0.1.9", "10.0.1.9"]}, ["10.0.1.9", "twice"]),
    ({"private_ip_address": "10.0.1.9", "secondary_private_ip_addresses": ["10.0.1.9"]}, ["10.0.1.9", "primary"]),
    ({"name": "a", "secondary_private_ip_addresses": [], "secondary_private_ip_address_count": 1}, ["not both"]),
    ({"name": "a", "purge_secondary_private_ip_addresses": True}, ["purge_secondary_private_ip_addresses", "needs"]),
    ({"name": "a", "secondary_private_ip_address_count": -1}, ["secondary_private_ip_address_count", "-1", "0 or more"]),
    ({"name": "a", "device_index": -1}, ["device_index", "-1", "0 or more"]),
    ({"name": "a", "ipv4_prefixes": ["10.0.1.16/27"]}, ["ipv4_prefixes", "10.0.1.16/27", "length 28"]),
    ({"name": "a", "ipv4_prefixes": ["10.0.1.17/28"]}, ["ipv4_prefixes", "10.0.1.17/28"]),
    ({"name": "a", "ipv6_prefixes": ["2001:db8::/64"]}, ["ipv6_prefixes", "2001:db8::/64", "length 80"]),
    ({"name": "a", "ipv6_addresses": ["10.0.1.5"]}, ["ipv6_addresses", "10.0.1.5", "IPv6"]),
    ({"name": "a", "connection_tracking": {"udp_timeout": 61}}, ["connection_tracking.udp_timeout", "61", "30 to 60"]),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput) as refusal:
        from_parameters(parameters)
    assert all(word in str(refusal.value) for word in words)


def test_a_list_tells_all_its_problems_at_once():
    with pytest.raises(BadInput) as refusal:
        from_list([{"name": "a", "device_index": -1}, {"name": "b"}, {"name": "b"}], "present")
    assert "network_interfaces[0]: a: device_index" in refusal.value.problems[0]
    assert "network_interfaces[2]: 'b' is listed already at [1]" in refusal.value.problems[1]


def test_ipv6_is_compared_as_aws_writes_it():
    eni = from_parameters({"name": "a", "ipv6_addresses": ["2001:DB8:0:0::10"]})
    assert eni.addresses["ipv6_addresses"].at_least == ("2001:db8::10",)


def test_a_new_interface_each_time_only_where_it_is_allowed():
    assert from_parameters({"subnet_id": "subnet-1"}, may_be_anonymous=True).is_anonymous
    with pytest.raises(BadInput, match="nothing says which network interface is meant"):
        from_parameters({"subnet_id": "subnet-1", "state": "absent"}, may_be_anonymous=True)


def test_an_instance_of_none_detaches_as_in_amazon_aws():
    eni = from_parameters({"eni_id": "eni-1", "instance_id": "None"})
    assert (eni.instance_id, eni.attached) == (None, False)


def test_an_empty_instance_is_not_mentioned():
    eni = from_parameters({"eni_id": "eni-1", "instance_id": ""})
    assert (eni.instance_id, eni.attached) == (None, None)


def test_tags_are_texts():
    assert from_parameters({"name": "a", "tags": {"cost": 12, "on": True, "empty": None}}).tags == {"cost": "12", "on": "True", "empty": ""}


def test_an_empty_list_of_groups_is_not_mentioned():
    assert from_parameters({"name": "a", "security_groups": []}).groups is None
