# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options that tell what interfaces an instance has. plugins/module_utils/_guest/source.py takes them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  source:
    description:
      - Who tells what interfaces the instance has.
      - V(parameters) is O(interfaces).
      - V(imds) is the instance metadata service, version 2. The interface with device index 0 is public, all others are
        for management. While the metadata cannot be read the routing stays as it is, with a warning.
    type: str
    choices: [parameters, imds]
    default: parameters
  management_prefixes:
    description: The O(interfaces[].management_prefixes) of the management interface, with O(source=imds).
    type: list
    elements: str
    default: []
  management_device_index:
    description: The device index of the interface for O(management_prefixes).
    type: int
    default: 1
  interfaces:
    description:
      - The instance's interfaces. Exactly one has the role V(public).
      - Required with O(source=parameters), and only there.
    type: list
    elements: dict
    suboptions:
      mac_address:
        description: The MAC address.
        type: str
        required: true
      private_ip_addresses:
        description:
          - The private IPv4 addresses, the primary one first.
          - As texts, or as M(xeni.aws.ec2_eni) returns them, with C(private_ip_address) and C(primary).
          - DHCP brings the primary one, this module the others.
        type: list
        elements: raw
        required: true
      subnet_cidr:
        description: The CIDR block of the interface's subnet. Its first host address is the gateway.
        type: str
        required: true
      ipv6_addresses:
        description:
          - The IPv6 addresses, as texts, or as M(xeni.aws.ec2_eni) returns them, with C(ipv6_address).
          - DHCPv6 brings the first one, this module the others. The gateway is C(fe80:ec2::1), which the VPC router has in every subnet.
        type: list
        elements: raw
        default: []
      subnet_ipv6_cidr:
        description: The IPv6 CIDR block of the interface's subnet. Required with O(interfaces[].ipv6_addresses).
        type: str
      ipv4_prefixes:
        description:
          - Prefixes delegated to the interface, as texts, or as M(xeni.aws.ec2_eni) returns them, with C(ipv4_prefix).
          - What is sent from an address in one of them leaves by the interface. No address is set.
        type: list
        elements: raw
        default: []
      ipv6_prefixes:
        description: The same of IPv6, with C(ipv6_prefix).
        type: list
        elements: raw
        default: []
      role:
        description: V(public) has the default route, V(management) has not.
        type: str
        choices: [public, management]
        required: true
      management_prefixes:
        description:
          - Networks that the instance reaches by this interface also when it starts the conversation itself, with
            role V(management).
        type: list
        elements: str
        default: []
      routes:
        description: Further networks behind this interface, whatever its role.
        type: list
        elements: dict
        default: []
        suboptions:
          destination:
            description: The CIDR block of the network.
            type: str
            required: true
          gateway:
            description: The host of the subnet that leads there. The subnet's router when omitted.
            type: str
"""
