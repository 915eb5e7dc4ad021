#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_service_private_dns
short_description: Verify the private DNS name of an endpoint service
version_added: 0.1.0
description:
  - Has AWS verify that the private DNS name of an endpoint service (AWS PrivateLink) is yours, and waits for the result. Only then can consumers use the name.
  - The proof is a TXT record in the public DNS. The result has it in C(private_dns_txt_record), as that of M(xeni.aws.ec2_vpc_endpoint_service) does,
    so that it can be added wherever the zone is kept, in Route 53 of any account or elsewhere. This module needs no access to the zone.
  - A name that is verified already needs nothing. A verification that has failed is started again, and so is one that is pending.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  wait:
    description: Whether to wait until the name is verified. A verification that fails is an error that says which record AWS did not find.
    type: bool
    default: true
  wait_timeout:
    description: How long to wait, in seconds. AWS looks the record up in the public DNS, which a new record may take minutes to reach.
    type: int
    default: 900
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the name's verification before and after.
    support: full
extends_documentation_fragment:
  - xeni.aws.endpoint_service
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_service
  - module: amazon.aws.route53
"""

EXAMPLES = r"""
- name: A service with a private DNS name
  xeni.aws.ec2_vpc_endpoint_service:
    name: payments
    network_load_balancer_arns: "{{ load_balancer_arn }}"
    private_dns_name: payments.example.com
  register: service

- name: The proof, in a zone of another account
  amazon.aws.route53:
    profile: dns
    zone: example.com
    record: "{{ service.service_configuration.private_dns_txt_record.name }}"
    type: TXT
    value: '"{{ service.service_configuration.private_dns_txt_record.value }}"'
    overwrite: true
    state: present

- name: The verification
  xeni.aws.ec2_vpc_endpoint_service_private_dns:
    service_id: "{{ service.service_configuration.service_id }}"
"""

RETURN = r"""
service_id:
  description: The endpoint service.
  returned: always
  type: str
  sample: vpce-svc-0a1b2c3d4e5f60718
service_name:
  description: The name that consumers know the service by.
  returned: always
  type: str
  sample: com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718
private_dns_name:
  description: The private DNS name.
  returned: always
  type: str
  sample: payments.example.com
private_dns_name_configuration:
  description: What AWS tells of the verification. C(state) is V(pendingVerification), V(verified) or V(failed).
  returned: always
  type: dict
  sample: {state: verified, type: TXT, name: _6e86v84tqgqubxbwii1m, value: "vpce:l6p0ERxlTt45jevFwOCp"}
private_dns_txt_record:
  description: The record that AWS looks for, with its full name. It may stand in a domain above the private DNS name's too.
  returned: always
  type: dict
  sample: {name: _6e86v84tqgqubxbwii1m.payments.example.com, type: TXT, value: "vpce:l6p0ERxlTt45jevFwOCp"}
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: payments
      operation: start_vpc_endpoint_service_private_dns_verification
      parameters: {ServiceId: vpce-svc-0a1b2c3d4e5f60718}
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
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import IDENTITY, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._service_dns.family import PrivateDnsVerification


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(IDENTITY, wait=dict(type="bool", default=True), wait_timeout=dict(type="int", default=900)),
        supports_check_mode=True,
    )
    run(
        module,
        lambda: PrivateDnsVerification(Ec2(module), from_parameters(module.params), module.params["wait"]),
        timeout=module.params["wait_timeout"],
    )


if __name__ == "__main__":
    main()
