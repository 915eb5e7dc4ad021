#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_connection_info
short_description: Describe the connections to endpoint services
version_added: 0.1.0
description:
  - Describes the endpoints, of whichever account, that are connected to the endpoint services of this account, with all pages of the answer.
  - What is given together must all hold. Without options, the connections of all services are returned.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  owners:
    description: The connections of these accounts, as IDs of 12 digits in quotes.
    type: list
    elements: str
  states:
    description:
      - The connections in these states, V(pendingAcceptance), V(pending), V(available), V(rejected), V(deleting), V(deleted), V(failed), V(expired) or
        V(partial), in any case.
    type: list
    elements: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointConnections.html).
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
  - xeni.aws.endpoint_service
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_connection
"""

EXAMPLES = r"""
- name: Who asks for acceptance
  xeni.aws.ec2_vpc_endpoint_connection_info:
    name: payments
    states: [pendingAcceptance]
  register: asking

- name: All connections of an account, to whichever service
  xeni.aws.ec2_vpc_endpoint_connection_info:
    owners: ["012345678901"]
  register: partner
"""

RETURN = r"""
vpc_endpoint_connections:
  description: The connections, each with the values of RV(xeni.aws.ec2_vpc_endpoint_connection#module:vpc_endpoint_connections).
  returned: always
  type: list
  elements: dict
  sample:
    - vpc_endpoint_id: vpce-0a1b2c3d4e5f60718
      vpc_endpoint_owner: "012345678901"
      vpc_endpoint_state: pendingAcceptance
      service_id: vpce-svc-0a1b2c3d4e5f60718
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._connection.family import find
from ansible_collections.xeni.aws.plugins.module_utils._connection.plan import show
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import IDENTITY


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            owners=dict(type="list", elements="str"),
            states=dict(type="list", elements="str"),
            filters=dict(type="dict", default={}),
        ),
        supports_check_mode=True,
    )
    with in_words(module):
        connections = find(Ec2(module), module.params)
    module.exit_json(changed=False, vpc_endpoint_connections=[show(connection) for connection in connections])


if __name__ == "__main__":
    main()
