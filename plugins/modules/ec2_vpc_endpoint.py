#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint
short_description: Create, change and delete a VPC endpoint
version_added: 0.1.0
description:
  - Brings one VPC endpoint, of any type, to the state that is asked for, and does nothing when it is there. What AWS can change in place is changed
    in place; a change that needs another endpoint is an error that says so.
  - Takes every option of M(amazon.aws.ec2_vpc_endpoint) and returns at least its values.
  - All of it is checked before the first change, among it whether the service exists and admits this account, supports policies and is offered in
    the zones of the subnets. An error names the parameter, its value and what would be valid.
  - An endpoint is found by O(vpc_endpoint_id), else by O(name), else by O(vpc_id) and what it leads to, with O(vpc_endpoint_type) where that is
    given, and V(Gateway) where O(route_table_ids) are. Several matches are an error that lists them, unless O(route_table_ids) are exactly those
    of one of them.
  - Endpoints that are deleted or being deleted do not count. One that the service's owner has rejected, that failed or that has expired is an error
    rather than a reason to make a second one; O(state=absent) deletes it.
  - Check mode returns the planned API calls in RV(calls).
author:
  - xeni.aws contributors (@xeni-aws)
options:
  state:
    description: Whether the endpoint exists. With V(absent) the module waits until it is gone, as its subnets and groups are in use until then.
    type: str
    choices: [present, absent]
    default: present
  vpc_endpoint_id:
    description: The ID of the endpoint.
    type: str
  name:
    description: The endpoint's C(Name) tag. With O(vpc_id) it is looked for in that VPC only.
    type: str
  vpc_id:
    description: The endpoint's VPC. Needed to create it.
    type: str
  vpc_endpoint_type:
    description: The type of the endpoint. V(Gateway) for a new one when omitted.
    type: str
    choices: [Interface, Gateway, GatewayLoadBalancer, Resource, ServiceNetwork, Tunnel]
  service:
    description: The name of the endpoint service. M(xeni.aws.ec2_vpc_endpoint_service_info) lists those that this account may use.
    type: str
  service_region:
    description: The Region of the service, where it is another than the endpoint's.
    type: str
  resource_configuration_arn:
    description: The resource configuration that an endpoint of type V(Resource) or V(Tunnel) leads to.
    type: str
  service_network_arn:
    description: The service network that an endpoint of type V(ServiceNetwork) leads to.
    type: str
  vpc_endpoint_subnets:
    description:
      - The endpoint's subnets, at most one of a zone, as an exact set.
      - V(auto) is one subnet for each zone where the service is offered, matched by the zone's ID, as zone names differ between accounts. A subnet
        that the endpoint has is kept, else the one with the most free addresses is taken. RV(zones_without_subnet) tells the zones that have none.
    type: list
    elements: str
    aliases: [subnets]
  subnet_filters:
    description: Of which of the VPC's subnets V(auto) chooses, by the filters of DescribeSubnets.
    type: dict
  subnet_configurations:
    description:
      - Fixed addresses of the endpoint in its subnets, one for each of the versions of O(ip_address_type). In other subnets AWS chooses.
      - The subnets are those of O(vpc_endpoint_subnets), or these when that is omitted.
    type: list
    elements: dict
    suboptions:
      subnet_id:
        description: The subnet.
        type: str
        required: true
      ipv4:
        description: The IPv4 address. Changing it replaces the network interface, which interrupts connections.
        type: str
      ipv6:
        description: The IPv6 address. Changing it replaces the network interface, which interrupts connections.
        type: str
  vpc_endpoint_security_groups:
    description:
      - Security groups by ID or name, as an exact set. An empty list leaves them as they are.
      - A new endpoint has the VPC's default group when omitted.
    type: list
    elements: str
    aliases: [security_groups]
  route_table_ids:
    description: The route tables that lead to a V(Gateway) endpoint, as an exact set.
    type: list
    elements: str
  policy:
    description:
      - The endpoint policy, compared by its meaning. An empty text is AWS's default, which allows everything.
      - A service that does not support policies is an error.
    type: json
  private_dns_enabled:
    description:
      - Whether the service's own DNS names resolve to the endpoint within the VPC.
      - Before the service's owner has accepted the endpoint, or proven to own the name, AWS refuses V(true). It is then done as soon as it can be
        within the run, else by the next run, and RV(to_come) says so.
    type: bool
  ip_address_type:
    description: The addresses of the endpoint's network interfaces.
    type: str
    choices: [ipv4, dualstack, ipv6]
  dns_options:
    description: DNS options. What is omitted stays as it is.
    type: dict
    suboptions:
      dns_record_ip_type:
        description: The DNS records of the endpoint.
        type: str
        choices: [ipv4, dualstack, ipv6, service-defined]
      private_dns_only_for_inbound_resolver_endpoint:
        description: Whether private DNS is for inbound resolver endpoints only, where the VPC itself uses a gateway endpoint of the service.
        type: bool
      private_dns_preference:
        description: For which private domains of a V(Resource) or V(ServiceNetwork) endpoint a hosted zone is made.
        type: str
        choices: [VERIFIED_DOMAINS_ONLY, ALL_DOMAINS, VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS, SPECIFIED_DOMAINS_ONLY]
      private_dns_specified_domains:
        description: The domains that O(dns_options.private_dns_preference) speaks of.
        type: list
        elements: str
  tags:
    description: Tags, as an exact set unless O(purge_tags=false). Omitted, tags stay as they are.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Whether tags that are not listed in O(tags) are removed.
    type: bool
    default: true
  client_token:
    description: A token of your own for the creation, at most 64 characters. The module makes one that suits when omitted.
    type: str
  wait:
    description:
      - Whether to wait until the endpoint is available or, where the service demands acceptance, C(pendingAcceptance). RV(waited_for) says which.
      - What an earlier run has left on its way is waited for too.
    type: bool
    default: false
  wait_timeout:
    description: How long to wait for each state that AWS takes time to reach, in seconds.
    type: int
    default: 320
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the endpoint before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_info
  - module: xeni.aws.ec2_vpc_endpoint_service_info
  - module: xeni.aws.ec2_vpc_endpoint_connection
"""

EXAMPLES = r"""
- name: An endpoint to a partner's service, in every zone that it has in common with our subnets
  xeni.aws.ec2_vpc_endpoint:
    name: partner-api
    vpc_id: vpc-0b1e2f3a4c5d6e7f8
    vpc_endpoint_type: Interface
    service: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
    vpc_endpoint_subnets: auto
    subnet_filters:
      tag:tier: private
    vpc_endpoint_security_groups: [partner-api]
    wait: true
  register: partner_api

- name: S3 by the route tables of the private subnets, for one bucket
  xeni.aws.ec2_vpc_endpoint:
    vpc_id: vpc-0b1e2f3a4c5d6e7f8
    service: com.amazonaws.eu-central-1.s3
    route_table_ids: [rtb-0a1b2c3d4e5f60718]
    policy: "{{ lookup('ansible.builtin.template', 'one_bucket.json.j2') }}"

- name: Addresses that a firewall knows
  xeni.aws.ec2_vpc_endpoint:
    vpc_id: vpc-0b1e2f3a4c5d6e7f8
    vpc_endpoint_type: Interface
    service: com.amazonaws.eu-central-1.ssm
    private_dns_enabled: true
    subnet_configurations:
      - {subnet_id: subnet-0b1e2f3a4c5d6e7f8, ipv4: 10.0.1.10}
      - {subnet_id: subnet-0c2f3a4b5d6e7f809, ipv4: 10.0.2.10}

- name: Delete it
  xeni.aws.ec2_vpc_endpoint:
    name: partner-api
    vpc_id: vpc-0b1e2f3a4c5d6e7f8
    state: absent
"""

RETURN = r"""
result:
  description:
    - The endpoint, with all that DescribeVpcEndpoints tells of it in snake case. Empty if there is none.
    - C(tags) is a list, as M(amazon.aws.ec2_vpc_endpoint) has it.
  returned: always
  type: dict
  contains:
    vpc_endpoint_id:
      description: The endpoint's ID.
      type: str
      sample: vpce-0a1b2c3d4e5f60718
    vpc_endpoint_type:
      description: Its type.
      type: str
      sample: Interface
    vpc_id:
      description: Its VPC.
      type: str
    service_name:
      description: The service that it leads to.
      returned: when it leads to a service
      type: str
    state:
      description: Its state, such as V(available) or V(pendingAcceptance).
      type: str
      sample: available
    subnet_ids:
      description: Its subnets.
      type: list
      elements: str
    network_interface_ids:
      description: Its network interfaces.
      type: list
      elements: str
    groups:
      description: Its security groups, each C(group_id) and C(group_name).
      type: list
      elements: dict
    route_table_ids:
      description: The route tables that lead to it.
      type: list
      elements: str
    dns_entries:
      description: Its DNS names, the regional one first, each C(dns_name) and C(hosted_zone_id).
      type: list
      elements: dict
    policy_document:
      description: Its policy, as JSON.
      type: str
    private_dns_enabled:
      description: Whether the service's own names resolve to it.
      type: bool
    ip_address_type:
      description: V(ipv4), V(dualstack) or V(ipv6).
      type: str
    dns_options:
      description: Its DNS options.
      type: dict
    owner_id:
      description: The account that it belongs to.
      type: str
    requester_managed:
      description: Whether its service manages it.
      type: bool
    creation_timestamp:
      description: When it was created.
      type: str
    tags:
      description: Its tags, each C(Key) and C(Value).
      type: list
      elements: dict
waited_for:
  description: The state that O(wait) has ended with, V(available) or V(pendingAcceptance). Null without O(wait).
  returned: always
  type: str
  sample: pendingAcceptance
to_come:
  description: What is wanted and cannot be done yet, each with what it waits for. Another run does it.
  returned: always
  type: list
  elements: str
zones_without_subnet:
  description: The IDs of the zones where the service is offered and the VPC has no subnet to choose.
  returned: when O(vpc_endpoint_subnets=auto)
  type: list
  elements: str
  sample: [euc1-az3]
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: partner-api
      operation: modify_vpc_endpoint
      parameters: {VpcEndpointId: vpce-0a1b2c3d4e5f60718, PrivateDnsEnabled: true}
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
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.family import Endpoints
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.options import OPTIONS
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    module = AnsibleAWSModule(argument_spec=OPTIONS, supports_check_mode=True)
    timeout = module.params["wait_timeout"]
    run(module, lambda: Endpoints(Ec2(module), from_parameters(module.params), timeout), timeout=timeout)


if __name__ == "__main__":
    main()
