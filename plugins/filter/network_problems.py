# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: network_problems
short_description: What is wrong with the addresses of a dual-homed network
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Tells, in words, which addresses of P(xeni.aws.dual_homed_network#role) are none, lie outside the VPC, or overlap.
options:
  _input:
    description: The VPC's IPv4 range.
    type: str
    required: true
  subnets:
    description: Subnets, each with C(public) and C(management).
    type: list
    elements: dict
    required: true
  corporate_prefixes:
    description: The networks behind the VPN.
    type: list
    elements: str
    required: true
  customer_gateway_address:
    description: The VPN device's address; empty when there is none.
    type: str
    default: ""
positional: subnets, corporate_prefixes, customer_gateway_address
"""

EXAMPLES = r"""
- name: Say what is wrong
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join('; ') }}"
  vars:
    problems: "{{ '10.0.0.0/16' | xeni.aws.network_problems([{'public': '10.0.0.0/24', 'management': '10.0.1.0/24'}], ['192.168.0.0/16']) }}"
"""

RETURN = r"""
_value:
  description: The problems, each with the role's variable, its value and the remedy.
  type: list
  elements: str
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError


def network_problems(vpc_cidr, subnets, corporate_prefixes, customer_gateway_address="") -> list:
    problems: list = []
    vpc = _network("dual_homed_network_vpc_cidr", vpc_cidr, problems)
    parts = [
        (f"dual_homed_network_subnets[{position}].{side}", _network(f"dual_homed_network_subnets[{position}].{side}", subnet[side], problems))
        for position, subnet in enumerate(subnets) for side in ("public", "management")
    ]
    for name, network in parts:
        if vpc and network and not network.subnet_of(vpc):
            problems.append(f"{name}: {network} is outside the VPC; use a part of {vpc}")
    outside = [(f"dual_homed_network_corporate_prefixes: {prefix}", _network("dual_homed_network_corporate_prefixes", prefix, problems))
               for prefix in corporate_prefixes]
    for name, network in outside:
        if vpc and network and network.overlaps(vpc):
            problems.append(f"{name} overlaps the VPC {vpc}, whose own routes win; choose another range for the VPC")
    for index, (name, network) in enumerate(parts):
        for other, earlier in parts[:index]:
            if network and earlier and network.overlaps(earlier):
                problems.append(f"{name}: {network} overlaps {other} ({earlier}); give each subnet a range of its own")
    if customer_gateway_address:
        try:
            IPv4Address(customer_gateway_address)
        except AddressValueError:
            problems.append(
                f"dual_homed_network_customer_gateway_address: '{customer_gateway_address}' is not an IPv4 address; "
                "give the public address of the VPN device, such as 198.51.100.10"
            )
    return problems


def _network(name: str, value, problems: list):
    try:
        return IPv4Network(value)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        problems.append(f"{name}: '{value}' is not an IPv4 network such as 10.0.0.0/16 ({error})")
        return None


class FilterModule:
    def filters(self) -> dict:
        return {"network_problems": network_problems}
