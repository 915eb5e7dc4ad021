#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_service_configuration_info
short_description: Describe this account's VPC endpoint services
version_added: 0.1.0
description:
  - Describes the VPC endpoint services that this account provides, with all pages of the answer.
  - What consumers see of services, of AWS and of others too, is in M(xeni.aws.ec2_vpc_endpoint_service_info).
author:
  - xeni.aws contributors (@xeni-aws)
options:
  service_ids:
    description: The IDs of services. Those that do not exist are left out.
    type: list
    elements: str
  names:
    description: The C(Name) tags of services.
    type: list
    elements: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServiceConfigurations.html).
    type: dict
  include:
    description: What to read beside the configurations, V(allowed_principals) with a call for each service, V(connections) with one for all.
    type: list
    elements: str
    choices: [allowed_principals, connections]
    default: []
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
  - module: xeni.aws.ec2_vpc_endpoint_service
"""

EXAMPLES = r"""
- name: Who may use the service, and who does
  xeni.aws.ec2_vpc_endpoint_service_configuration_info:
    names: [billing]
    include: [allowed_principals, connections]
  register: billing

- name: All services that are offered over IPv6
  xeni.aws.ec2_vpc_endpoint_service_configuration_info:
    filters:
      supported-ip-address-types: ipv6
"""

RETURN = r"""
service_configurations:
  description:
    - The services, each with the values of RV(xeni.aws.ec2_vpc_endpoint_service#module:service_configuration).
    - With O(include), each also with its C(allowed_principals) and with C(connections), the connections to it, in any state, as AWS describes them.
  returned: always
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._service.info import describe


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            service_ids=dict(type="list", elements="str"),
            names=dict(type="list", elements="str"),
            filters=dict(type="dict"),
            include=dict(type="list", elements="str", choices=["allowed_principals", "connections"], default=[]),
        ),
        mutually_exclusive=[["service_ids", "names", "filters"]],
        supports_check_mode=True,
    )
    with in_words(module):
        found = describe(Ec2(module), module.params)
    module.exit_json(changed=False, service_configurations=found)


if __name__ == "__main__":
    main()
