#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_service_info
short_description: Describe the endpoint services that this account may use
version_added: 0.1.0
description:
  - Describes endpoint services, AWS's own and those whose owners admit this account, with all pages of the answer.
  - This is the consumer's view.
  - Takes every option of M(amazon.aws.ec2_vpc_endpoint_service_info) and returns at least its values.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  service_names:
    description: The names of the services. One that does not exist, or does not admit this account, is an error.
    type: list
    elements: str
  service_regions:
    description: The Regions of the services. The one that is asked when omitted.
    type: list
    elements: str
  filters:
    description:
      - Filters by name, each with a value or a list of values.
      - See U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html).
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
- name: The zones of a partner's service, by the IDs that every account has in common
  xeni.aws.ec2_vpc_endpoint_service_info:
    service_names: [com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0]
  register: service

- name: What is offered in Ireland as an interface endpoint
  xeni.aws.ec2_vpc_endpoint_service_info:
    service_regions: [eu-west-1]
    filters:
      service-type: Interface
"""

RETURN = r"""
service_names:
  description: The names of the services.
  returned: always
  type: list
  elements: str
  sample: [com.amazonaws.eu-central-1.s3]
service_details:
  description: The services, one for each type that a service has.
  returned: always
  type: list
  elements: dict
  contains:
    service_name:
      description: The service's name.
      type: str
    service_id:
      description: Its ID.
      type: str
    service_type:
      description: Its type, a list of one, with C(service_type).
      type: list
      elements: dict
    service_region:
      description: Its Region.
      type: str
    availability_zones:
      description: The zones where it is offered, by the names that this account has for them.
      type: list
      elements: str
    availability_zone_ids:
      description: The zones where it is offered, by their IDs.
      type: list
      elements: str
    owner:
      description: The account that it belongs to, or V(amazon).
      type: str
    base_endpoint_dns_names:
      description: Its DNS names.
      type: list
      elements: str
    private_dns_name:
      description: Its private DNS name.
      type: str
    private_dns_names:
      description: Its private DNS names, each C(private_dns_name).
      type: list
      elements: dict
    private_dns_name_verification_state:
      description: Whether its owner has proven to own the name, V(pendingVerification), V(verified) or V(failed).
      type: str
    vpc_endpoint_policy_supported:
      description: Whether its endpoints take a policy.
      type: bool
    acceptance_required:
      description: Whether its owner accepts each endpoint.
      type: bool
    manages_vpc_endpoints:
      description: Whether it manages its endpoints.
      type: bool
    payer_responsibility:
      description: Who pays for the endpoints.
      type: str
    supported_ip_address_types:
      description: The addresses that its endpoints may have.
      type: list
      elements: str
    tags:
      description: Its tags.
      type: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud import filters
from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2, tags_of
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._cloud.names import snake_case


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            service_names=dict(type="list", elements="str"),
            service_regions=dict(type="list", elements="str"),
            filters=dict(type="dict", default={}),
        ),
        supports_check_mode=True,
    )
    named = {"ServiceNames": module.params["service_names"], "ServiceRegions": module.params["service_regions"]}
    with in_words(module):
        services = Ec2(module).describe(
            "describe_vpc_endpoint_services", "ServiceDetails",
            Filters=filters.from_parameter(module.params["filters"]),
            **{member: values for member, values in named.items() if values},
        )
    module.exit_json(
        changed=False,
        service_names=list(dict.fromkeys(item["ServiceName"] for item in services)),
        service_details=[dict(snake_case(item), tags=tags_of(item)) for item in services],
    )


if __name__ == "__main__":
    main()
