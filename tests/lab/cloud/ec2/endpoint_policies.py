# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The policy of a VPC endpoint: who may do what through it.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import json

from moto.ec2.exceptions import EC2ClientError

from .endpoint_types import REFUSED
from .service_detail import ServiceDetail

_EVERYTHING = {"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}

#: "If this parameter is not specified, we attach a default policy that allows full access to the service."
_DEFAULTS = {
    "Interface": json.dumps({"Statement": [_EVERYTHING]}, indent=2),
    "Gateway": json.dumps({"Version": "2008-10-17", "Statement": [_EVERYTHING]}),
}


def default_policy(endpoint_type: str, service: ServiceDetail | None) -> str | None:
    """None where there is no policy at all, as AWS's replies show for customers' services."""
    return _DEFAULTS.get(endpoint_type) if service and service.policy_supported else None


def check_support(service: ServiceDetail) -> None:
    if not service.policy_supported:
        raise EC2ClientError(REFUSED, f"The VPC endpoint service {service.name} does not support endpoint policies.")


def checked_policy(document: str, service: ServiceDetail) -> str:
    """The document, as it is kept: AWS does not reformat it.

    :raises EC2ClientError: InvalidParameter, the service supports no policies; InvalidPolicyDocument.
    """
    check_support(service)
    try:
        policy = json.loads(document)
    except ValueError:
        policy = None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise EC2ClientError(
            "InvalidPolicyDocument", "The specified policy document is not a valid JSON policy document."
        )
    return document
