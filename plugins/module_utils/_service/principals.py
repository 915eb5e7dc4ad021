# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who may connect to an endpoint service: how a user writes principals, and how AWS does. Pure.

https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions
"""

from __future__ import annotations

import re

ANYONE = "*"

ANYONE_PROBLEM = (
    f"allowed_principals: with '{ANYONE}' and acceptance_required: false, every AWS account that learns the service's name connects "
    "without being asked; set allow_anyone: true if that is meant, or require acceptance"
)

_ACCOUNT = re.compile(r"[0-9]{12}")
_AWS_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_ARN = re.compile(
    r"arn:(?P<partition>[a-z0-9-]+):(iam::[0-9]{12}:(root|(user|role)/[\w+=,.@-]+)"
    r"|organizations::[0-9]{12}:(organization/o-[a-z0-9]+|ou/o-[a-z0-9]+/ou-[a-z0-9-]+))"
)
_PATH = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:(user|role)/.+/.+")


def parse(values, partition: str) -> tuple:
    """(the principals as AWS writes them, problems with the values); partition: that of the Region, such as aws-cn.

    An account's ID is short for its ARN.
    """
    principals, problems = [], []
    for value in values:
        arn = _ARN.fullmatch(value)
        if _ACCOUNT.fullmatch(value):
            principals.append(f"arn:{partition}:iam::{value}:root")
        elif value == ANYONE or _AWS_SERVICE.fullmatch(value) or (arn and arn["partition"] == partition):
            principals.append(value)
        else:
            problems.append(_problem(value, arn, partition))
    return tuple(dict.fromkeys(principals)), problems


def lets_anyone_in(principals, acceptance_required: bool | None) -> bool:
    """Whether whoever knows the service's name is connected to it, by what is known of it (None where nothing is)."""
    return acceptance_required is False and ANYONE in (principals or ())


def _problem(value: str, arn, partition: str) -> str:
    if arn:
        return (
            f"allowed_principals: '{value}' is of the partition {arn['partition']}, and this region is of {partition}; "
            f"allow principals of {partition}"
        )
    if _PATH.fullmatch(value):
        return (
            f"allowed_principals: '{value}' has a path, and AWS takes no user or role with a path here; "
            "allow its account, or one without a path"
        )
    return (
        f"allowed_principals: '{value}' is no principal; give an account ID of 12 digits in quotes, "
        "the ARN of an account, user, role, organization or organizational unit, "
        f"such as arn:{partition}:iam::012345678901:role/consumer, an AWS service, or {ANYONE} for anyone"
    )
