# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An instance's interfaces, in the order and the roles that routing in the instance needs."""

from __future__ import annotations

from ansible_collections.xeni.aws.plugins.filter.guest_interfaces import guest_interfaces

SUBNETS = [{"id": "subnet-a", "cidr_block": "10.0.0.0/24"}, {"id": "subnet-b", "cidr_block": "10.0.1.0/24"}]
CORPORATE = ["192.168.0.0/16"]


def eni(index, subnet="subnet-a", addresses=("10.0.0.5",)):
    return {
        "network_interface_id": f"eni-{index}", "mac_address": f"02:00:00:00:00:0{index}", "subnet_id": subnet,
        "private_ip_addresses": list(addresses), "attachment": {"device_index": index},
    }


def test_the_primary_is_public_and_the_second_has_the_way_to_management():
    shown = guest_interfaces([eni(2), eni(1, "subnet-b"), eni(0)], SUBNETS, CORPORATE)
    assert [(item["mac_address"][-1], item["role"], item["subnet_cidr"], item["management_prefixes"]) for item in shown] == [
        ("0", "public", "10.0.0.0/24", []), ("1", "management", "10.0.1.0/24", CORPORATE), ("2", "management", "10.0.0.0/24", []),
    ]


def test_the_later_description_of_an_interface_counts():
    shown = guest_interfaces([eni(0), eni(0, addresses=("10.0.0.5", "10.0.0.50"))], SUBNETS)
    assert [item["private_ip_addresses"] for item in shown] == [["10.0.0.5", "10.0.0.50"]]
