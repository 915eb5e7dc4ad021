#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_customer_gateway
short_description: Create and delete a customer gateway
version_added: 0.1.0
description:
  - A customer gateway tells AWS of the VPN device at your end of a Site-to-Site VPN connection.
  - It is found by O(ip_address), of which AWS keeps one gateway. Creating it twice makes one.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  ip_address:
    description: The public IPv4 address of the VPN device.
    type: str
    required: true
  name:
    description: The C(Name) tag.
    type: str
    required: true
  bgp_asn:
    description: The autonomous system number of the device. V(65000) for a new gateway when omitted. It cannot be changed later.
    type: int
  state:
    description: Whether the gateway exists.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the gateway before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
seealso:
  - module: amazon.aws.ec2_vpc_vpn
"""

EXAMPLES = r"""
- name: The VPN device of the office
  xeni.aws.ec2_customer_gateway:
    name: office
    ip_address: 198.51.100.10
  register: office
"""

RETURN = r"""
customer_gateway:
  description: The gateway.
  returned: when it exists
  type: dict
  contains:
    customer_gateway_id:
      description: Its ID.
      type: str
      sample: cgw-0a1b2c3d4e5f60718
    ip_address:
      description: The address of the VPN device.
      type: str
      sample: 198.51.100.10
    bgp_asn:
      description: The autonomous system number.
      type: str
      sample: "65000"
    state:
      description: V(pending) or V(available).
      type: str
      sample: available
    type:
      description: The type of VPN.
      type: str
      sample: ipsec.1
    tags:
      description: The tags.
      type: dict
      sample: {Name: office}
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._customer_gateway.family import CustomerGateways, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run

OPTIONS = dict(
    ip_address=dict(type="str", required=True),
    name=dict(type="str", required=True),
    bgp_asn=dict(type="int"),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    tags=dict(type="dict", aliases=["resource_tags"]),
    purge_tags=dict(type="bool", default=True),
)


def main():
    module = AnsibleAWSModule(argument_spec=OPTIONS, supports_check_mode=True)
    parameters = {name: module.params[name] for name in OPTIONS}
    run(module, lambda: CustomerGateways(Ec2(module), from_parameters(parameters)))


if __name__ == "__main__":
    main()
