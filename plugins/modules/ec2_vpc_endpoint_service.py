#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_service
short_description: Create, change and delete a VPC endpoint service
version_added: 0.1.0
description:
  - Brings one VPC endpoint service (AWS PrivateLink, the provider's side) to the state that is asked for, and does nothing when it is there.
  - A service that does not exist yet is made under O(name). Options that are left out are left alone.
  - All of it is checked before the first change. An error names the parameter, its value and what would be valid.
  - Check mode returns the planned API calls in RV(calls).
author:
  - xeni.aws contributors (@xeni-aws)
options:
  network_load_balancer_arns:
    description: The Network Load Balancers in front of the service, by ARN, as an exact set.
    type: list
    elements: str
  gateway_load_balancer_arns:
    description: The Gateway Load Balancers in front of the service, by ARN, as an exact set. A service has load balancers of one kind.
    type: list
    elements: str
  acceptance_required:
    description: Whether each connection has to be accepted. A new service requires it when this is omitted.
    type: bool
  private_dns_name:
    description:
      - The domain name by which consumers may reach the service once it is verified. An empty text removes it.
      - The record that proves who owns it is returned as RV(service_configuration.private_dns_txt_record).
    type: str
  supported_ip_address_types:
    description: The IP address types that consumers may use, as an exact set. AWS takes V(ipv4) for a new service when omitted.
    type: list
    elements: str
    choices: [ipv4, ipv6]
  supported_regions:
    description: The regions whose consumers may connect, as an exact set. The service's own region is always one of them, named or not.
    type: list
    elements: str
  allowed_principals:
    description:
      - Who may connect, as an exact set unless O(purge_allowed_principals=false).
      - Each is an account ID (in quotes), the ARN of an account, user, role, organization or organizational unit, an AWS service, or V(*) for anyone.
    type: list
    elements: str
  purge_allowed_principals:
    description: Whether principals that are not listed in O(allowed_principals) are removed.
    type: bool
    default: true
  allow_anyone:
    description: Confirms that V(*) may be allowed while O(acceptance_required=false), which connects whoever knows the service's name.
    type: bool
    default: false
  payer_responsibility:
    description:
      - V(ServiceOwner) makes this account pay for the endpoints of its consumers, who pay by default.
      - AWS does not take it back, so O(confirm_payer_responsibility=true) must be given too.
    type: str
    choices: [ServiceOwner]
  confirm_payer_responsibility:
    description: Confirms O(payer_responsibility), which cannot be undone.
    type: bool
    default: false
  tags:
    description: Tags, as an exact set unless O(purge_tags=false). Omitted, tags stay as they are.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Whether tags that are not listed in O(tags) are removed.
    type: bool
    default: true
  state:
    description:
      - Whether the service exists.
      - With V(absent), live connections are an error that lists them, unless O(reject_connections=true).
    type: str
    choices: [present, absent]
    default: present
  reject_connections:
    description: With O(state=absent), whether live connections are rejected first.
    type: bool
    default: false
  wait_timeout:
    description: How long to wait for each state that AWS takes time to reach, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the service before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.endpoint_service
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_service_configuration_info
"""

EXAMPLES = r"""
- name: Offer what is behind a load balancer to two accounts, each connection to be accepted
  xeni.aws.ec2_vpc_endpoint_service:
    name: billing
    network_load_balancer_arns:
      - arn:aws:elasticloadbalancing:us-east-1:012345678901:loadbalancer/net/billing/50dc6c495c0c9188
    allowed_principals: ["444455556666", "arn:aws:iam::777788889999:role/network"]
    private_dns_name: billing.example.com
  register: billing

- name: Prove that the domain is ours
  amazon.aws.route53:
    state: present
    zone: example.com
    record: "{{ billing.service_configuration.private_dns_txt_record.name }}"
    type: "{{ billing.service_configuration.private_dns_txt_record.type }}"
    value: '"{{ billing.service_configuration.private_dns_txt_record.value }}"'
    overwrite: true

- name: One more account, beside those that are allowed already
  xeni.aws.ec2_vpc_endpoint_service:
    name: billing
    allowed_principals: ["111122223333"]
    purge_allowed_principals: false

- name: Delete it, whoever is connected
  xeni.aws.ec2_vpc_endpoint_service:
    name: billing
    reject_connections: true
    state: absent
"""

RETURN = r"""
service_configuration:
  description:
    - The service as AWS describes it, in snake case, its settings under the names of their options.
    - In check mode, what it would be; what AWS chooses is C((known after apply)).
  returned: when it exists
  type: dict
  contains:
    service_id:
      description: The service's ID.
      type: str
      sample: vpce-svc-0a1b2c3d4e5f60718
    service_name:
      description: The name that consumers use in M(xeni.aws.ec2_vpc_endpoint).
      type: str
      sample: com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718
    service_state:
      description: V(Pending), V(Available), V(Deleting) or V(Failed).
      type: str
      sample: Available
    availability_zone_ids:
      description: The zones in which the service is offered, by the IDs that mean the same zones in every account.
      type: list
      elements: str
      sample: [use1-az1, use1-az2]
    private_dns_name_configuration:
      description: How far the name's verification is, and its record as AWS has it.
      type: dict
      sample: {state: pendingVerification, type: TXT, name: _6e86v84tqgqubxbwii1m, value: "vpce:l6p0ERxlTt45jevFwOCp"}
    private_dns_txt_record:
      description: The record to make in the public zone of the private DNS name, ready for M(amazon.aws.route53). It may also stand in a domain above.
      returned: when it has a private DNS name
      type: dict
      sample: {name: _6e86v84tqgqubxbwii1m.billing.example.com, type: TXT, value: "vpce:l6p0ERxlTt45jevFwOCp"}
    payer_responsibility:
      description: V(ServiceOwner) where this account pays for its consumers' endpoints.
      returned: when this account pays
      type: str
      sample: ServiceOwner
    allowed_principals:
      description: Who may connect.
      returned: when O(allowed_principals) is given
      type: list
      elements: dict
      sample: [{principal: "arn:aws:iam::444455556666:root", principal_type: Account, service_permission_id: vpce-svc-perm-0a1b2c3d4e5f60718, tags: {}}]
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: billing
      operation: modify_vpc_endpoint_service_configuration
      parameters: {ServiceId: vpce-svc-0a1b2c3d4e5f60718, AcceptanceRequired: false}
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
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run
from ansible_collections.xeni.aws.plugins.module_utils._service.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._service.family import Services
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import IDENTITY


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            network_load_balancer_arns=dict(type="list", elements="str"),
            gateway_load_balancer_arns=dict(type="list", elements="str"),
            acceptance_required=dict(type="bool"),
            private_dns_name=dict(type="str"),
            supported_ip_address_types=dict(type="list", elements="str", choices=["ipv4", "ipv6"]),
            supported_regions=dict(type="list", elements="str"),
            allowed_principals=dict(type="list", elements="str"),
            purge_allowed_principals=dict(type="bool", default=True),
            allow_anyone=dict(type="bool", default=False),
            payer_responsibility=dict(type="str", choices=["ServiceOwner"]),
            confirm_payer_responsibility=dict(type="bool", default=False),
            tags=dict(type="dict", aliases=["resource_tags"]),
            purge_tags=dict(type="bool", default=True),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            reject_connections=dict(type="bool", default=False),
            wait_timeout=dict(type="int", default=300),
        ),
        supports_check_mode=True,
    )

    def make_family():
        ec2 = Ec2(module)
        return Services(ec2, from_parameters(module.params, ec2.client.meta.partition))

    run(module, make_family, timeout=module.params["wait_timeout"])


if __name__ == "__main__":
    main()
