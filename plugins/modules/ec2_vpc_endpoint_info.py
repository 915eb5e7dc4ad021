#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_info
short_description: Describe VPC endpoints
version_added: 0.1.0
description:
  - Describes VPC endpoints by ID, by AWS's filters or both, with all pages of the answer.
  - Takes every option of M(amazon.aws.ec2_vpc_endpoint_info) and returns at least its values.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  vpc_endpoint_ids:
    description: The IDs of the endpoints. One that does not exist is left out.
    type: list
    elements: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html).
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
  - module: xeni.aws.ec2_vpc_endpoint
"""

EXAMPLES = r"""
- name: The endpoints of a VPC that wait for their service's owner
  xeni.aws.ec2_vpc_endpoint_info:
    filters:
      vpc-id: vpc-0b1e2f3a4c5d6e7f8
      vpc-endpoint-state: pendingAcceptance
  register: waiting
"""

RETURN = r"""
vpc_endpoints:
  description:
    - The endpoints, each with the values of RV(xeni.aws.ec2_vpc_endpoint#module:result).
    - As M(amazon.aws.ec2_vpc_endpoint_info) has it, each of C(tags) is C(key) and C(value).
  returned: always
  type: list
  elements: dict
msg:
  description: Which endpoints do not exist.
  returned: when none of O(vpc_endpoint_ids) does
  type: str
  sample: VpcEndpoint ['vpce-0a1b2c3d4e5f60718'] does not exist
"""

from ansible_collections.amazon.aws.plugins.module_utils.botocore import normalize_boto3_result
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud import filters
from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._cloud.names import snake_case
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.observed import DESCRIBE


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(vpc_endpoint_ids=dict(type="list", elements="str"), filters=dict(type="dict", default={})),
        supports_check_mode=True,
    )
    wanted, ids = dict(module.params["filters"]), module.params["vpc_endpoint_ids"]
    if ids:  # as a filter: an id that does not exist is an error otherwise
        wanted["vpc-endpoint-id"] = ids
    with in_words(module):
        items = Ec2(module).describe(*DESCRIBE, Filters=filters.from_parameter(wanted))
    missing = {"msg": f"VpcEndpoint {ids} does not exist"} if ids and not items else {}
    module.exit_json(changed=False, vpc_endpoints=[snake_case(normalize_boto3_result(item)) for item in items], **missing)


if __name__ == "__main__":
    main()
