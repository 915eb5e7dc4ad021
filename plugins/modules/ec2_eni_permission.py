#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_eni_permission
short_description: Let another AWS account use an elastic network interface
version_added: 0.1.0
description:
  - Grants another account the permission to attach an elastic network interface (ENI) of yours to an instance of its own, or to associate
    its Elastic IP addresses with it, and revokes it. The module waits until the permission is granted or gone.
  - AWS allows one account at a time, and only accounts that it has authorized. See
    U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html).
  - The interface stays yours. The other account attaches it by its ID.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  aws_account_id:
    description: The other account, 12 digits. Write it in quotes, as YAML reads digits that begin with 0 as another number.
    type: str
    required: true
  permission:
    description: What the account may do with the interface.
    type: str
    choices: [INSTANCE-ATTACH, EIP-ASSOCIATE]
    default: INSTANCE-ATTACH
  state:
    description: Whether the account has the permission. It is absent too where the interface does not exist.
    type: str
    choices: [present, absent]
    default: present
  move:
    description: Whether permissions of another account for this interface are revoked to make room. Otherwise they are an error.
    type: bool
    default: false
  force:
    description: Whether a permission is revoked even if that account has the interface attached to an instance.
    type: bool
    default: false
  wait_timeout:
    description: How long to wait for each permission to be granted or gone, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the permissions for the interface before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.eni.identity
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_eni
  - module: xeni.aws.ec2_eni_permission_info
"""

EXAMPLES = r"""
- name: Let the partner attach the interface
  xeni.aws.ec2_eni_permission:
    name: shared-eth1
    subnet_id: subnet-0b1e2f3a4c5d6e7f8
    aws_account_id: "012345678901"

- name: Hand it to another partner
  xeni.aws.ec2_eni_permission:
    name: shared-eth1
    subnet_id: subnet-0b1e2f3a4c5d6e7f8
    aws_account_id: "444455556666"
    move: true

- name: Take it back, attached or not
  xeni.aws.ec2_eni_permission:
    name: shared-eth1
    subnet_id: subnet-0b1e2f3a4c5d6e7f8
    aws_account_id: "444455556666"
    force: true
    state: absent
"""

RETURN = r"""
network_interface_id:
  description: The interface. Null if there is none.
  returned: always
  type: str
  sample: eni-0a1b2c3d4e5f60718
network_interface_permissions:
  description: All permissions for the interface.
  returned: always
  type: list
  elements: dict
  contains:
    network_interface_permission_id:
      description: The permission's ID.
      type: str
      sample: eni-perm-0a1b2c3d4e5f60718
    network_interface_id:
      description: The interface.
      type: str
      sample: eni-0a1b2c3d4e5f60718
    aws_account_id:
      description: The account that has the permission.
      returned: when an account has it
      type: str
      sample: "012345678901"
    aws_service:
      description: The AWS service that has the permission.
      returned: when a service has it
      type: str
      sample: codebuild.amazonaws.com
    permission:
      description: V(INSTANCE-ATTACH) or V(EIP-ASSOCIATE).
      type: str
      sample: INSTANCE-ATTACH
    permission_state:
      description: C(state), which is V(pending), V(granted) or V(revoking), and C(status_message) where AWS has one.
      type: dict
      sample: {state: granted}
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: shared-eth1
      operation: create_network_interface_permission
      parameters: {NetworkInterfaceId: eni-0a1b2c3d4e5f60718, AwsAccountId: "012345678901", Permission: INSTANCE-ATTACH}
failed_calls:
  description: The calls that failed, each with its reason in C(msg).
  returned: when a call failed
  type: list
  elements: dict
skipped_calls:
  description: The calls that were not tried because one they follow failed. A second run does them.
  returned: when a call failed
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._eni.options import IDENTITY
from ansible_collections.xeni.aws.plugins.module_utils._eni_permission.family import EniPermissions, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            aws_account_id=dict(type="str", required=True),
            permission=dict(type="str", choices=["INSTANCE-ATTACH", "EIP-ASSOCIATE"], default="INSTANCE-ATTACH"),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            move=dict(type="bool", default=False),
            force=dict(type="bool", default=False),
            wait_timeout=dict(type="int", default=300),
        ),
        supports_check_mode=True,
    )
    run(
        module,
        lambda: EniPermissions(Ec2(module), *from_parameters(module.params)),
        timeout=module.params["wait_timeout"],
    )


if __name__ == "__main__":
    main()
