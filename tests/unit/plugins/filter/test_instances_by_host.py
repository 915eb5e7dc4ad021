# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A host's instance: by its variable, else by its name, and never by chance."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.instances_by_host import instances_by_host


def instance(instance_id, name=None, association=None):
    eth0 = {"network_interface_id": f"eni-of-{instance_id}", "attachment": {"device_index": 0}}
    eth1 = {"network_interface_id": "eni-other", "attachment": {"device_index": 1}}
    return {
        "instance_id": instance_id,
        "tags": {"Name": name} if name else {},
        "placement": {"availability_zone": "eu-west-1a"},
        "network_interfaces": [eth1, {**eth0, "association": association} if association else eth0],
    }


def test_a_host_is_found_by_its_name_and_by_its_variable():
    found = instances_by_host(
        [instance("i-1", "web1"), instance("i-2")], ["web1", "web2"], {"web1": {}, "web2": {"instance_id": "i-2"}})
    assert {host: item["instance_id"] for host, item in found.items()} == {"web1": "i-1", "web2": "i-2"}
    assert found["web1"]["eth0"] == {"eni_id": "eni-of-i-1"}
    assert [item["network_interface_id"] for item in found["web2"]["network_interfaces"]] == ["eni-other", "eni-of-i-2"]


@pytest.mark.parametrize("association, has_elastic_ip", [
    (None, False),
    ({"public_ip": "203.0.113.9", "ip_owner_id": "amazon"}, False),
    ({"public_ip": "203.0.113.9", "ip_owner_id": "123456789012"}, True),
])
def test_an_address_that_amazon_owns_is_no_elastic_ip(association, has_elastic_ip):
    found = instances_by_host([instance("i-1", "web1", association)], ["web1"], {"web1": {}})
    assert found["web1"]["elastic_ip"] is has_elastic_ip


@pytest.mark.parametrize("instances, variables, words", [
    ([], {}, "web1: no instance of the VPC has the Name tag 'web1'"),
    ([instance("i-1", "web1")], {"instance_id": "i-9"}, "web1: no instance of the VPC has instance_id 'i-9'"),
    ([instance("i-1", "web1"), instance("i-2", "web1")], {}, "web1: 2 instances have the Name tag 'web1': i-1, i-2; set instance_id"),
])
def test_none_or_two_is_an_error(instances, variables, words):
    with pytest.raises(AnsibleFilterError, match=words):
        instances_by_host(instances, ["web1"], {"web1": variables})
