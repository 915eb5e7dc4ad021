#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni_permission_info
short_description: Describe the permissions of other accounts for elastic network interfaces
version_added: 0.1.0
description:
  - Describes the permissions for the elastic network interfaces (ENI) of this account, with all pages of the answer.
  - What is given together must all hold. Without options, all permissions are returned.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  eni_id:
    description: The permissions for this interface.
    type: str
  aws_account_id:
    description: The permissions of this account, 12 digits. Write it in quotes, as YAML reads digits that begin with 0 as another number.
    type: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfacePermissions.html).
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
  - module: xeni.aws.ec2_eni_permission
"""

EXAMPLES = r"""
- name: What the partner may do with our interfaces
  xeni.aws.ec2_eni_permission_info:
    aws_account_id: "012345678901"
  register: partner

- name: Who may attach interfaces of ours
  xeni.aws.ec2_eni_permission_info:
    filters:
      network-interface-permission.permission: INSTANCE-ATTACH
  register: attaching
"""

RETURN = r"""
network_interface_permissions:
  description: The permissions, each with the values of RV(xeni.aws.ec2_eni_permission#module:network_interface_permissions).
  returned: always
  type: list
  elements: dict
  sample:
    - network_interface_permission_id: eni-perm-0a1b2c3d4e5f60718
      network_interface_id: eni-0a1b2c3d4e5f60718
      aws_account_id: "012345678901"
      permission: INSTANCE-ATTACH
      permission_state: {state: granted}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._eni_permission.family import find
from ansible_collections.xeni.aws.plugins.module_utils._eni_permission.plan import show


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(eni_id=dict(type="str"), aws_account_id=dict(type="str"), filters=dict(type="dict", default={})),
        supports_check_mode=True,
    )
    with in_words(module):
        permissions = find(Ec2(module), module.params)
    module.exit_json(changed=False, network_interface_permissions=[show(permission) for permission in permissions])


if __name__ == "__main__":
    main()
