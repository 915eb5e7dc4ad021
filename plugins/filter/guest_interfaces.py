# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: guest_interfaces
short_description: An instance's interfaces as guest_routing takes them
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Describes the interfaces of an instance for M(xeni.aws.guest_routing), by device index.
  - The primary one is public. The others answer on themselves; the one for management also has the way to its prefixes.
options:
  _input:
    description:
      - The interfaces, as M(xeni.aws.ec2_eni) or, within an instance, M(amazon.aws.ec2_instance_info) returns them.
      - Of two with the same ID the last one counts.
    type: list
    elements: dict
    required: true
  subnets:
    description: Their subnets, as M(amazon.aws.ec2_vpc_subnet_info) returns them.
    type: list
    elements: dict
    required: true
  management_prefixes:
    description: The networks that manage the instance.
    type: list
    elements: str
    default: []
  management_device_index:
    description: The device index of the interface for management.
    type: int
    default: 1
positional: subnets, management_prefixes, management_device_index
"""

EXAMPLES = r"""
- name: Routing in the instance
  xeni.aws.guest_routing:
    interfaces: "{{ instance.network_interfaces | xeni.aws.guest_interfaces(subnets.subnets, ['192.168.0.0/16']) }}"
"""

RETURN = r"""
_value:
  description: The interfaces, for O(xeni.aws.guest_routing#module:interfaces).
  type: list
  elements: dict
"""


def guest_interfaces(network_interfaces, subnets, management_prefixes=(), management_device_index=1) -> list:
    subnet_of = {subnet["id"]: subnet for subnet in subnets}
    latest = {item["network_interface_id"]: item for item in network_interfaces}
    ordered = sorted(latest.values(), key=lambda item: item["attachment"]["device_index"])
    return [
        _interface(item, subnet_of[item["subnet_id"]], management_prefixes, management_device_index) for item in ordered
    ]


def _interface(item: dict, subnet: dict, management_prefixes, management_device_index: int) -> dict:
    index = item["attachment"]["device_index"]
    return {
        "mac_address": item["mac_address"],
        "private_ip_addresses": item["private_ip_addresses"],
        "subnet_cidr": subnet["cidr_block"],
        **_ipv6(item, subnet),
        "ipv4_prefixes": item.get("ipv4_prefixes") or [],
        "role": "management" if index else "public",
        "management_prefixes": list(management_prefixes) if index and index == management_device_index else [],
    }


def _ipv6(item: dict, subnet: dict) -> dict:
    """An interface without an IPv6 address has no IPv6, also in a subnet that has."""
    if not item.get("ipv6_addresses"):
        return {}
    return {
        "ipv6_addresses": item["ipv6_addresses"],
        "subnet_ipv6_cidr": _ipv6_cidr_block(subnet),
        "ipv6_prefixes": item.get("ipv6_prefixes") or [],
    }


def _ipv6_cidr_block(subnet: dict) -> str:
    associations = subnet.get("ipv6_cidr_block_association_set") or [subnet]
    return next(
        item["ipv6_cidr_block"] for item in associations
        if item.get("ipv6_cidr_block_state", {}).get("state") in (None, "associated", "associating")
    )


class FilterModule:
    def filters(self) -> dict:
        return {"guest_interfaces": guest_interfaces}
