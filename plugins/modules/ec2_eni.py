#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni
short_description: Create, change, attach, move and delete an elastic network interface
version_added: 0.1.0
description:
  - Brings one elastic network interface (ENI) to the state that is asked for, and does nothing when it is there.
  - Takes every option of M(amazon.aws.ec2_eni) and returns at least its values.
  - All of it is checked before the first change. An error names the parameter, its value and what would be valid.
  - Check mode returns the planned API calls in RV(calls).
  - Without anything that says which interface is meant, a new one is made each time, with a warning.
  - For many interfaces use M(xeni.aws.ec2_eni_fleet), which does them side by side.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  state:
    description: Whether the interface exists.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description: How long to wait for each state that AWS takes time to reach, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the interface before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.eni.identity
  - xeni.aws.eni
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_eni_fleet
  - module: xeni.aws.ec2_eni_info
  - module: xeni.aws.guest_routing
"""

EXAMPLES = r"""
- name: A second interface for management, attached as eth1
  xeni.aws.ec2_eni:
    name: web1-eth1
    subnet_id: subnet-0b1e2f3a4c5d6e7f8
    security_groups: [management]
    instance_id: i-0123456789abcdef0
    device_index: 1
    attached: true
    delete_on_termination: true

- name: Two more addresses on it
  xeni.aws.ec2_eni:
    name: web1-eth1
    secondary_private_ip_addresses: [10.0.1.21, 10.0.1.22]

- name: Move it to the standby
  xeni.aws.ec2_eni:
    name: web1-eth1
    instance_id: i-0fedcba9876543210
    device_index: 1
    attached: true

- name: Detach and delete it
  xeni.aws.ec2_eni:
    name: web1-eth1
    force_detach: true
    state: absent
"""

RETURN = r"""
interface:
  description:
    - The interface as AWS describes it, in snake case.
    - In check mode, what it would be; what AWS chooses is C((known after apply)).
  returned: when it exists
  type: dict
  contains:
    id:
      description: The interface's ID, also as C(network_interface_id).
      type: str
      sample: eni-0a1b2c3d4e5f60718
    name:
      description: The C(Name) tag.
      type: str
      sample: web1-eth1
    mac_address:
      description: The MAC address, by which M(xeni.aws.guest_routing) finds the interface in the guest.
      type: str
      sample: "02:42:0a:00:01:0a"
    private_ip_address:
      description: The primary private IPv4 address.
      type: str
      sample: 10.0.1.10
    private_ip_addresses:
      description: Every private IPv4 address with C(primary) (also C(primary_address)), and C(association) when it has an Elastic IP.
      type: list
      elements: dict
      sample: [{private_ip_address: 10.0.1.10, primary: true, primary_address: true}]
    subnet_id:
      description: The interface's subnet.
      type: str
      sample: subnet-0b1e2f3a4c5d6e7f8
    vpc_id:
      description: The interface's VPC.
      type: str
      sample: vpc-0c1d2e3f4a5b6c7d8
    groups:
      description: Names of the security groups by ID.
      type: dict
      sample: {sg-0d1e2f3a4b5c6d7e8: management}
    attachment:
      description: Where it is attached, if it is.
      type: dict
      sample: {attachment_id: eni-attach-0e1f2a3b4c5d6e7f8, instance_id: i-0123456789abcdef0, device_index: 1, status: attached}
    status:
      description: V(pending), V(available), V(attaching), V(in-use) or V(detaching).
      type: str
      sample: in-use
    source_dest_check:
      description: Whether AWS checks source and destination.
      type: bool
      sample: true
    description:
      description: The description.
      type: str
      sample: ""
    owner_id:
      description: The account that owns it.
      type: str
      sample: "123456789012"
    tags:
      description: The tags.
      type: dict
      sample: {Name: web1-eth1}
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: web1-eth1
      operation: create_network_interface
      parameters: {SubnetId: subnet-0b1e2f3a4c5d6e7f8}
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
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.family import Enis
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import show
from ansible_collections.xeni.aws.plugins.module_utils._eni.options import OPTIONS
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            OPTIONS,
            state=dict(type="str", choices=["present", "absent"], default="present"),
            wait_timeout=dict(type="int", default=300),
        ),
        supports_check_mode=True,
    )

    def make_family():
        eni = from_parameters(module.params, may_be_anonymous=True)
        if eni.is_anonymous:
            module.warn("Nothing says which network interface is meant, so each run makes another one: give it a name")
        return Enis(Ec2(module), [eni], result)

    run(module, make_family, timeout=module.params["wait_timeout"])


def result(pairs) -> dict:
    return {"interface": show(interface) for _eni, interface in pairs if interface}


if __name__ == "__main__":
    main()
