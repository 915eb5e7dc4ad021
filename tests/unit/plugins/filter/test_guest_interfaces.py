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


def test_an_interface_with_ipv6_brings_the_block_of_its_subnet():
    of_ec2_vpc_subnet_info = {"ipv6_cidr_block_association_set": [
        {"ipv6_cidr_block": "2001:db8:9::/64", "ipv6_cidr_block_state": {"state": "disassociated"}},
        {"ipv6_cidr_block": "2001:db8::/64", "ipv6_cidr_block_state": {"state": "associated"}},
    ]}
    interface = {**eni(1), "ipv6_addresses": [{"ipv6_address": "2001:db8::10"}], "ipv4_prefixes": [{"ipv4_prefix": "10.0.0.64/28"}]}
    for subnet in of_ec2_vpc_subnet_info, {"ipv6_cidr_block": "2001:db8::/64"}:
        [shown] = guest_interfaces([interface], [{**SUBNETS[0], **subnet}])
        assert (shown["ipv6_addresses"], shown["subnet_ipv6_cidr"]) == (interface["ipv6_addresses"], "2001:db8::/64")
        assert shown["ipv4_prefixes"] == interface["ipv4_prefixes"]
    [shown] = guest_interfaces([eni(1)], [{**SUBNETS[0], "ipv6_cidr_block": "2001:db8::/64"}])
    assert "subnet_ipv6_cidr" not in shown
