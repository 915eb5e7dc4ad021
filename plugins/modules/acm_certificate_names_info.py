#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: acm_certificate_names_info
short_description: The DNS names that certificates of ACM are for
version_added: 0.1.0
description:
  - Tells of certificates in AWS Certificate Manager, such as those of a load balancer's listeners, which DNS names they are for.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  certificate_arns:
    description: The certificates, by ARN. They are in the module's region.
    type: list
    elements: str
    required: true
attributes:
  check_mode:
    description: It changes nothing, so check mode is no different.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - plugin: xeni.aws.names_covering
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Certificates of a listener
  xeni.aws.acm_certificate_names_info:
    certificate_arns: "{{ listener.certificates | map(attribute='certificate_arn') }}"
  register: found

- name: Clients will take one of them
  ansible.builtin.assert:
    that: found.certificates | map(attribute='names') | flatten | xeni.aws.names_covering('api.example.com') | length > 0
"""

RETURN = r"""
certificates:
  description: The certificates, in the order of O(certificate_arns).
  returned: always
  type: list
  elements: dict
  contains:
    certificate_arn:
      description: The certificate.
      type: str
      sample: arn:aws:acm:us-east-1:012345678901:certificate/12345678-1234-1234-1234-123456789012
    status:
      description: V(ISSUED) where clients can be shown it.
      type: str
      sample: ISSUED
    names:
      description: Its DNS names, with C(*) as the first label of a wildcard.
      type: list
      elements: str
      sample: [api.example.com, "*.api.example.com"]
"""

import re

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import in_words
from ansible_collections.xeni.aws.plugins.module_utils._cloud.service import Service
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(certificate_arns=dict(type="list", elements="str", required=True)),
        supports_check_mode=True,
    )
    with in_words(module):
        check(module.params["certificate_arns"])
        acm = Service(module, "acm")
        certificates = [_certificate(acm, arn) for arn in module.params["certificate_arns"]]
    module.exit_json(changed=False, certificates=certificates)


def check(arns) -> None:
    """BadInput for what is no ARN of a certificate."""
    problems = [
        f"certificate_arns: '{arn}' is no ARN of a certificate in ACM, such as arn:aws:acm:eu-central-1:012345678901:certificate/0a1b2c3d"
        for arn in arns if not re.fullmatch("arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+", arn)
    ]
    if problems:
        raise BadInput(problems)


def _certificate(acm: Service, arn: str) -> dict:
    found = acm.read("describe_certificate", {"CertificateArn": arn})["Certificate"]
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", ())]
    return {"certificate_arn": arn, "status": found["Status"], "names": list(dict.fromkeys(names))}


if __name__ == "__main__":
    main()
