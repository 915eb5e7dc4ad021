#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni_info
short_description: Describe elastic network interfaces
version_added: 0.1.0
description:
  - Describes elastic network interfaces (ENI) by ID or by AWS's filters, with all pages of the answer.
  - Takes every option of M(amazon.aws.ec2_eni_info) and returns at least its values.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  eni_id:
    description: The ID of one interface. One that does not exist gives an empty list.
    type: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html).
    type: dict
    default: {}
attributes:
  check_mode:
    description: Reads only.
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_eni
"""

EXAMPLES = r"""
- name: The second interface of every instance of a subnet
  xeni.aws.ec2_eni_info:
    filters:
      subnet-id: subnet-0b1e2f3a4c5d6e7f8
      attachment.device-index: 1
  register: management
"""

RETURN = r"""
network_interfaces:
  description:
    - The interfaces, each with the values of RV(xeni.aws.ec2_eni#module:interface).
    - As M(amazon.aws.ec2_eni_info) has it, C(groups) is the list of the security groups and C(tag_set) is the same as C(tags).
  returned: always
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud import filters
from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._cloud.names import snake_case
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import DESCRIBE, from_reply, show


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(eni_id=dict(type="str"), filters=dict(type="dict", default={})),
        mutually_exclusive=[["eni_id", "filters"]],
        supports_check_mode=True,
    )
    with in_words(module):
        items = _describe(Ec2(module), module.params)
    module.exit_json(changed=False, network_interfaces=[_as_info(item) for item in items])


def _describe(ec2: Ec2, parameters: dict) -> list:
    if parameters["eni_id"]:  # as a filter: an id that does not exist is an error otherwise
        return ec2.describe_by(*DESCRIBE, "network-interface-id", [parameters["eni_id"]])
    return ec2.describe(*DESCRIBE, Filters=filters.from_parameter(parameters["filters"]))


def _as_info(item: dict) -> dict:
    interface = show(from_reply(item))
    groups = snake_case(item.get("Groups", []))
    return dict(interface, groups=groups, tag_set=interface["tags"])


if __name__ == "__main__":
    main()
