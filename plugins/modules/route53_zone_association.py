#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: route53_zone_association
short_description: Associate VPCs with a private hosted zone, across accounts too
version_added: 0.1.0
description:
  - Associates VPCs with a private hosted zone of Route 53, so that their servers resolve its names, and disassociates them. The zone itself is
    never created, deleted or replaced.
  - Where a VPC is of another account than the zone, the zone's account authorizes it, the VPC's account associates it, and the zone's account
    drops the authorization. With O(vpc_credentials) one task does all of it. Without, each account does its own part, with the credentials of the
    one or the other, and running the zone's part again drops the authorization.
  - Waits until all name servers have the change.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  hosted_zone_id:
    description: The zone, by its ID. Needed with the credentials of another account than the zone's.
    type: str
  name:
    description: The zone, by its name. Several private zones of that name in the account are an error that lists them.
    type: str
  vpcs:
    description: The VPCs that O(state) is about.
    type: list
    elements: dict
    required: true
    suboptions:
      vpc_id:
        description: The VPC.
        type: str
        required: true
      vpc_region:
        description: The Region that it is in.
        type: str
        required: true
  purge_vpcs:
    description:
      - Whether VPCs that are not listed in O(vpcs) are disassociated, so that the list is an exact set. With O(state=present) only.
      - Authorizations of VPCs that are not listed stay.
    type: bool
    default: false
  vpc_credentials:
    description:
      - The credentials of the account that has the listed VPCs which are not of the zone's account.
      - Either O(vpc_credentials.profile), or O(vpc_credentials.access_key) and O(vpc_credentials.secret_key), or O(vpc_credentials.role_arn),
        alone or with one of the others.
    type: dict
    suboptions:
      profile:
        description: A named profile.
        type: str
      access_key:
        description: An access key ID.
        type: str
      secret_key:
        description: Its secret access key.
        type: str
      session_token:
        description: The session token of temporary keys.
        type: str
      role_arn:
        description: A role to assume, with the other credentials here or else with those of the module.
        type: str
      external_id:
        description: The external ID that the role may ask for.
        type: str
  state:
    description:
      - V(present) associates the VPCs.
      - V(authorized) is the part of the zone's account alone. VPCs that are not associated yet are authorized to be; the authorization is dropped
        when they are.
      - V(absent) disassociates the VPCs and drops their authorizations. Either account can disassociate. The last VPC of a zone has to stay.
    type: str
    choices: [present, authorized, absent]
    default: present
  wait_timeout:
    description: How long to wait until all name servers have a change, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the zone's VPCs and authorizations before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: amazon.aws.route53_zone
    description: Creates the zone, with its first VPC. Its O(amazon.aws.route53_zone#module:vpcs) makes a second zone when it changes.
"""

EXAMPLES = r"""
- name: Two VPCs of the zone's own account, and no others
  xeni.aws.route53_zone_association:
    name: example.internal
    vpcs:
      - {vpc_id: vpc-0a1b2c3d4e5f60718, vpc_region: eu-west-1}
      - {vpc_id: vpc-0b1c2d3e4f5061728, vpc_region: eu-central-1}
    purge_vpcs: true

- name: A VPC of another account, in one task
  xeni.aws.route53_zone_association:
    profile: zone-owner
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    vpcs:
      - {vpc_id: vpc-0c1d2e3f405162738, vpc_region: eu-west-1}
    vpc_credentials:
      role_arn: arn:aws:iam::444455556666:role/dns

- name: The same where nobody has both, the zone's account first
  xeni.aws.route53_zone_association:
    profile: zone-owner
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    vpcs:
      - {vpc_id: vpc-0c1d2e3f405162738, vpc_region: eu-west-1}
    state: authorized

- name: Then the VPC's account
  xeni.aws.route53_zone_association:
    profile: vpc-owner
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    vpcs:
      - {vpc_id: vpc-0c1d2e3f405162738, vpc_region: eu-west-1}
"""

RETURN = r"""
hosted_zone:
  description: The zone.
  returned: when there is one
  type: dict
  contains:
    id:
      description: Its ID.
      type: str
      sample: Z0123456789ABCDEFGHIJ
    name:
      description: Its name. Null for a zone of another account with which none of O(vpcs) is associated.
      type: str
      sample: example.internal.
    private:
      description: Whether it is a private zone, which it always is.
      type: bool
      sample: true
    vpcs:
      description: The VPCs that are associated with it. Of a zone of another account those of O(vpcs).
      type: list
      elements: dict
      sample: [{vpc_id: vpc-0a1b2c3d4e5f60718, vpc_region: eu-west-1}]
    authorizations:
      description: The VPCs of other accounts that are authorized to be associated.
      returned: when the zone is of the account of the module's credentials
      type: list
      elements: dict
      sample: []
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: vpc-0a1b2c3d4e5f60718
      operation: associate_vpc_with_hosted_zone
      parameters: {HostedZoneId: Z0123456789ABCDEFGHIJ, VPC: {VPCRegion: eu-west-1, VPCId: vpc-0a1b2c3d4e5f60718}}
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

from ansible_collections.xeni.aws.plugins.module_utils._cloud.credentials import OPTIONS, given
from ansible_collections.xeni.aws.plugins.module_utils._dns.account import Account
from ansible_collections.xeni.aws.plugins.module_utils._dns.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._dns.family import ZoneAssociations
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            hosted_zone_id=dict(type="str"),
            name=dict(type="str"),
            vpcs=dict(type="list", elements="dict", required=True, options=dict(
                vpc_id=dict(type="str", required=True),
                vpc_region=dict(type="str", required=True),
            )),
            purge_vpcs=dict(type="bool", default=False),
            vpc_credentials=dict(type="dict", options=OPTIONS),
            state=dict(type="str", choices=["present", "authorized", "absent"], default="present"),
            wait_timeout=dict(type="int", default=300),
        ),
        required_one_of=[("hosted_zone_id", "name")],
        mutually_exclusive=[("hosted_zone_id", "name")],
        supports_check_mode=True,
    )

    def family():
        credentials = given("vpc_credentials", module.params["vpc_credentials"])
        other = Account(module, credentials) if credentials else None
        return ZoneAssociations(from_parameters(module.params), Account(module, {}), other)

    run(module, family, timeout=module.params["wait_timeout"])


if __name__ == "__main__":
    main()
