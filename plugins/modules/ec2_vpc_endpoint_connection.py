#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_connection
short_description: Accept and reject connections to an endpoint service
version_added: 0.1.0
description:
  - Accepts or rejects the endpoints that others have created to an endpoint service of yours (AWS PrivateLink), by endpoint, by account or by policy,
    and waits until they are C(available) or C(rejected).
  - A connection can be rejected after it was accepted, and accepted after it was rejected. One that is C(deleting), C(deleted), C(expired) or C(failed)
    can be neither - rejecting it changes nothing, and accepting it is an error if the endpoint is named.
  - Where nothing is to do, a run costs one describe if O(service_id) is given, and two otherwise.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  vpc_endpoint_ids:
    description:
      - The endpoints whose connections get O(state).
      - One that is to be accepted and is not there yet is waited for, as an endpoint of another account shows up after a moment.
      - One that is to be rejected and is not there needs nothing.
    type: list
    elements: str
  owners:
    description: The accounts whose connections get O(state), as IDs of 12 digits in quotes. An account without a connection is no error.
    type: list
    elements: str
  accept_from:
    description:
      - The policy for all connections of the service, as account IDs of 12 digits in quotes. Those of these accounts are accepted, those of all others
        rejected, also where they were accepted before.
      - AWS leaves a connection as it is when its principal is removed from the service. With the policy the next run ends it.
      - Endpoints of your own account are connections like others. An empty list rejects everyone.
    type: list
    elements: str
  state:
    description: What becomes of the connections of O(vpc_endpoint_ids) or O(owners).
    type: str
    choices: [accepted, rejected]
    default: accepted
  tags:
    description:
      - Tags of the connections, as an exact set unless O(purge_tags=false). Omitted, tags stay as they are.
      - With O(accept_from), those of the accepted connections.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Whether tags that are not listed in O(tags) are removed.
    type: bool
    default: true
  wait:
    description: Whether to wait for endpoints that are named to show up, and for the state that was asked for.
    type: bool
    default: true
  wait_timeout:
    description: How long to wait for each of them, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make. It waits for an endpoint that is named to show up there too.
    support: full
  diff_mode:
    description: Returns the connections before and after.
    support: full
extends_documentation_fragment:
  - xeni.aws.endpoint_service
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_service
  - module: xeni.aws.ec2_vpc_endpoint_connection_info
"""

EXAMPLES = r"""
- name: Accept the endpoint that the consumer's account has just created
  xeni.aws.ec2_vpc_endpoint_connection:
    service_id: vpce-svc-0a1b2c3d4e5f60718
    vpc_endpoint_ids: "{{ endpoint.vpc_endpoint_id }}"

- name: These two accounts and nobody else, also if others were accepted before
  xeni.aws.ec2_vpc_endpoint_connection:
    name: payments
    accept_from: ["012345678901", "444455556666"]
    tags:
      contract: gold

- name: End all connections of an account
  xeni.aws.ec2_vpc_endpoint_connection:
    name: payments
    owners: ["444455556666"]
    state: rejected
"""

RETURN = r"""
service_id:
  description: The endpoint service. Null if there is none.
  returned: always
  type: str
  sample: vpce-svc-0a1b2c3d4e5f60718
vpc_endpoint_connections:
  description: The connections that are meant, with O(accept_from) all of the service.
  returned: always
  type: list
  elements: dict
  contains:
    vpc_endpoint_id:
      description: The endpoint.
      type: str
      sample: vpce-0a1b2c3d4e5f60718
    vpc_endpoint_owner:
      description: The account that owns the endpoint.
      type: str
      sample: "012345678901"
    vpc_endpoint_state:
      description: V(pendingAcceptance), V(pending), V(available), V(rejected), V(deleting), V(deleted), V(failed), V(expired) or V(partial), in this case.
      type: str
      sample: available
    vpc_endpoint_connection_id:
      description: The connection, which carries the tags.
      type: str
      sample: vpce-con-0a1b2c3d4e5f60718
    vpc_endpoint_region:
      description: The Region of the endpoint.
      type: str
      sample: us-east-1
    service_id:
      description: The endpoint service.
      type: str
      sample: vpce-svc-0a1b2c3d4e5f60718
    creation_timestamp:
      description: When the endpoint was created.
      type: str
      sample: "2026-11-20T10:00:24+00:00"
    ip_address_type:
      description: V(ipv4), V(ipv6) or V(dualstack).
      type: str
      sample: ipv4
    dns_entries:
      description: The endpoint's DNS names, each with C(dns_name) and C(hosted_zone_id).
      type: list
      elements: dict
    network_load_balancer_arns:
      description: The service's Network Load Balancers.
      type: list
      elements: str
    gateway_load_balancer_arns:
      description: The service's Gateway Load Balancers.
      type: list
      elements: str
    tags:
      description: The connection's tags.
      type: dict
      sample: {contract: gold}
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: payments
      operation: accept_vpc_endpoint_connections
      parameters: {ServiceId: vpce-svc-0a1b2c3d4e5f60718, VpcEndpointIds: [vpce-0a1b2c3d4e5f60718]}
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
from ansible_collections.xeni.aws.plugins.module_utils._connection.family import Connections, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import IDENTITY

WHICH = ["vpc_endpoint_ids", "owners", "accept_from"]


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            **{option: dict(type="list", elements="str") for option in WHICH},
            state=dict(type="str", choices=["accepted", "rejected"], default="accepted"),
            tags=dict(type="dict", aliases=["resource_tags"]),
            purge_tags=dict(type="bool", default=True),
            wait=dict(type="bool", default=True),
            wait_timeout=dict(type="int", default=300),
        ),
        mutually_exclusive=[WHICH],
        required_one_of=[WHICH],
        supports_check_mode=True,
    )
    timeout = module.params["wait_timeout"]
    run(module, lambda: Connections(Ec2(module), *from_parameters(module.params), patience=timeout), timeout=timeout)


if __name__ == "__main__":
    main()
