#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni_addresses
short_description: The secondary addresses of a network interface, with an Elastic IP for each where asked
version_added: 0.1.0
description:
  - Adds, removes, counts or moves the addresses of one elastic network interface (ENI) that exists, and does nothing when they are as asked.
  - With O(allow_reassignment=true) it moves listed addresses, all in one call, from other interfaces of the subnet. Elastic IPs
    follow their addresses, and the module waits for them. That is a failover that moves no interface.
  - The Elastic IPs that it allocates are tagged with the subnet and the private address that they are for (C(xeni.aws/subnet-id),
    C(xeni.aws/private-ip-address)). A run that was interrupted is completed by the next, and no Elastic IP is allocated twice or forgotten.
  - An address is removed together with the Elastic IP that this module allocated for it. Another Elastic IP on it is an error.
  - All of it is checked before the first change. An error names the parameter, its value and what would be valid.
  - Check mode returns the planned API calls in RV(calls).
author:
  - xeni.aws contributors (@xeni-aws)
options:
  state:
    description:
      - V(present) for the listed addresses at least, V(exact) for just these, V(absent) for none of these.
      - It is about the kinds of address that are mentioned. The others stay as they are.
      - A count is exact with V(present) too, and refused with V(absent).
    type: str
    choices: [present, exact, absent]
    default: present
  secondary_private_ip_addresses:
    description: Secondary private IPv4 addresses.
    type: list
    elements: str
  secondary_private_ip_address_count:
    description: How many secondary addresses there are, chosen by AWS. Surplus ones are removed, the last ones first.
    type: int
  ipv4_prefixes:
    description: IPv4 prefixes of length 28 that are delegated to the interface.
    type: list
    elements: str
  ipv4_prefix_count:
    description: How many IPv4 prefixes there are, chosen by AWS.
    type: int
  ipv6_addresses:
    description: IPv6 addresses.
    type: list
    elements: str
  ipv6_address_count:
    description: How many IPv6 addresses there are, chosen by AWS.
    type: int
  ipv6_prefixes:
    description: IPv6 prefixes of length 80 that are delegated to the interface.
    type: list
    elements: str
  ipv6_prefix_count:
    description: How many IPv6 prefixes there are, chosen by AWS.
    type: int
  allow_reassignment:
    description: Whether a listed secondary address may be taken from another interface of the subnet.
    type: bool
    default: false
  elastic_ip:
    description:
      - With V(true), each address of O(secondary_private_ip_addresses) has an Elastic IP or, with O(secondary_private_ip_address_count),
        each secondary address. One that is there, or comes along when its address is moved, is kept whoever allocated it.
      - With V(false), the Elastic IPs that this module allocated for these addresses are released, and others are left.
      - Omitted, Elastic IPs are left as they are.
    type: bool
  elastic_ip_tags:
    description: Tags for the Elastic IPs that are allocated. Those that exist keep their tags.
    type: dict
  wait_timeout:
    description: How long to wait for each state that AWS takes time to reach, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the addresses before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.eni.identity
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_eni
  - module: xeni.aws.ec2_eni_info
  - module: xeni.aws.guest_routing
"""

EXAMPLES = r"""
- name: One address for each application, each with an Elastic IP
  xeni.aws.ec2_eni_addresses:
    name: web1-eth1
    secondary_private_ip_addresses: [10.0.1.21, 10.0.1.22]
    elastic_ip: true
    elastic_ip_tags: {service: shop}

- name: Just one of them, and the other's Elastic IP released
  xeni.aws.ec2_eni_addresses:
    name: web1-eth1
    state: exact
    secondary_private_ip_addresses: [10.0.1.21]

- name: The addresses of a failed server come to the standby, and their Elastic IPs with them
  xeni.aws.ec2_eni_addresses:
    instance_id: i-0fedcba9876543210
    device_index: 0
    secondary_private_ip_addresses: [10.0.1.21]
    allow_reassignment: true

- name: A prefix for containers, chosen by AWS
  xeni.aws.ec2_eni_addresses:
    name: web1-eth1
    ipv4_prefix_count: 1

- name: Without this address and its Elastic IP
  xeni.aws.ec2_eni_addresses:
    name: web1-eth1
    state: absent
    secondary_private_ip_addresses: [10.0.1.21]
"""

RETURN = r"""
interface:
  description:
    - The interface with its addresses, as RV(xeni.aws.ec2_eni#module:interface).
    - In check mode, what it would be; what AWS chooses is C((known after apply)).
  returned: always
  type: dict
  sample:
    id: eni-0a1b2c3d4e5f60718
    mac_address: "02:42:0a:00:01:0a"
    private_ip_address: 10.0.1.10
    private_ip_addresses:
      - {private_ip_address: 10.0.1.10, primary: true, primary_address: true}
      - {private_ip_address: 10.0.1.21, primary: false, primary_address: false}
elastic_ips:
  description: The Elastic IPs on the interface's secondary addresses, whoever allocated them.
  returned: always
  type: list
  elements: dict
  contains:
    private_ip_address:
      description: The secondary address that it is on.
      type: str
      sample: 10.0.1.21
    public_ip:
      description: The Elastic IP.
      type: str
      sample: 203.0.113.21
    allocation_id:
      description: The ID of its allocation.
      type: str
      sample: eipalloc-0a1b2c3d4e5f60718
    association_id:
      description: The ID of its association with the private address.
      type: str
      sample: eipassoc-0b1c2d3e4f5a60718
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: web1-eth1
      operation: assign_private_ip_addresses
      parameters: {NetworkInterfaceId: eni-0a1b2c3d4e5f60718, PrivateIpAddresses: [10.0.1.21], AllowReassignment: true}
failed_calls:
  description: The calls that failed, each with its reason in C(msg).
  returned: on failure after a change
  type: list
  elements: dict
skipped_calls:
  description: The calls that were not tried because one they follow failed. A second run does them.
  returned: on failure after a change
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._eni.addresses import KINDS
from ansible_collections.xeni.aws.plugins.module_utils._eni.options import IDENTITY
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni_addresses.family import AddressesOfEni
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    addresses = {option: dict(type="list", elements="str") for option in KINDS}
    counts = {kind.count_option: dict(type="int") for kind in KINDS.values()}
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            **addresses,
            **counts,
            state=dict(type="str", choices=["present", "exact", "absent"], default="present"),
            allow_reassignment=dict(type="bool", default=False),
            elastic_ip=dict(type="bool"),
            elastic_ip_tags=dict(type="dict"),
            wait_timeout=dict(type="int", default=300),
        ),
        required_one_of=[[*addresses, *counts]],
        supports_check_mode=True,
    )

    def make_family():
        return AddressesOfEni(Ec2(module), from_parameters(module.params))

    run(module, make_family, timeout=module.params["wait_timeout"])


if __name__ == "__main__":
    main()
