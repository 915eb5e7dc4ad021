#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni_fleet
short_description: Create, change, attach, move and delete many elastic network interfaces in one task
version_added: 0.1.0
description:
  - Does for a list of interfaces what M(xeni.aws.ec2_eni) does for one, with one describe for all of them, changes side by side, and one wait for all.
  - All of the list is checked before the first change, also for interfaces that would take each other's address or slot.
  - When some fail, the others are done and reported, and a second run does what is left.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  network_interfaces:
    description: The interfaces. An option of one is the option of M(xeni.aws.ec2_eni) by the same name.
    type: list
    elements: dict
    required: true
  fleet:
    description:
      - A name for all of these interfaces together, kept on each of them as the tag C(xeni.aws/fleet).
    type: str
  purge:
    description:
      - Whether interfaces of the O(fleet) that are not listed are deleted, detached by force where they are attached.
      - The list must be whole. One that was put together from a part of the hosts deletes the interfaces of the others.
    type: bool
    default: false
  state:
    description: Whether the listed interfaces exist. Interfaces that are not listed are not touched, unless O(purge=true).
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description: How long to wait for each state that AWS takes time to reach, in seconds, for all interfaces together.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the interfaces before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.eni.fleet
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_eni
"""

EXAMPLES = r"""
- name: An eth1 for two servers, in one task
  xeni.aws.ec2_eni_fleet:
    network_interfaces:
      - name: web1-eth1
        subnet_id: subnet-0b1e2f3a4c5d6e7f8
        instance_id: i-0123456789abcdef0
        attached: true
      - name: web2-eth1
        subnet_id: subnet-0b1e2f3a4c5d6e7f8
        instance_id: i-0fedcba9876543210
        attached: true

- name: Just these two, whatever the fleet had before
  xeni.aws.ec2_eni_fleet:
    fleet: web-management
    purge: true
    network_interfaces:
      - name: web1-eth1
        subnet_id: subnet-0b1e2f3a4c5d6e7f8
      - name: web2-eth1
        subnet_id: subnet-0b1e2f3a4c5d6e7f8
"""

RETURN = r"""
network_interfaces:
  description: The interfaces that exist, in the order of the list, each as RV(xeni.aws.ec2_eni#module:interface).
  returned: always
  type: list
  elements: dict
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
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_list
from ansible_collections.xeni.aws.plugins.module_utils._eni.family import Enis
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import show
from ansible_collections.xeni.aws.plugins.module_utils._eni.options import OPTIONS
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput, run


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            network_interfaces=dict(type="list", elements="dict", required=True, options=OPTIONS),
            fleet=dict(type="str"),
            purge=dict(type="bool", default=False),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            wait_timeout=dict(type="int", default=300),
        ),
        required_if=[["purge", True, ["fleet"]]],
        supports_check_mode=True,
    )
    fleet, purge = module.params["fleet"], module.params["purge"]

    def make_family():
        if purge and not module.params["network_interfaces"]:
            raise BadInput([
                f"network_interfaces: an empty list with purge: true would delete all of the fleet '{fleet}'; "
                "list its interfaces with state: absent if that is meant"
            ])
        enis = from_list(module.params["network_interfaces"], module.params["state"], fleet)
        return Enis(Ec2(module), enis, result, fleet, purge)

    run(module, make_family, timeout=module.params["wait_timeout"])


def result(pairs) -> dict:
    return {"network_interfaces": [show(interface) for _eni, interface in pairs if interface]}


if __name__ == "__main__":
    main()
