# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reading EC2 and changing it: one paginated describe for many, each operation by the name that AWS gives it."""

from __future__ import annotations

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._reconcile.calls import Call
from .._reconcile.run import Family
from . import errors

# A describe takes at most 200 values of a filter:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
FILTER_VALUES = 200

retry = AWSRetry.jittered_backoff(retries=8, delay=1, max_delay=20)


class Ec2:
    """EC2 as a module's credentials see it. The boto3 client is safe to use from several threads."""

    def __init__(self, module):
        self.client = module.client("ec2", retry_decorator=retry)

    @retry
    def describe(self, operation: str, result: str, **parameters) -> list:
        """All of a describe, whether it has pages or not: ``describe("describe_subnets", "Subnets", Filters=[...])``."""
        if not self.client.can_paginate(operation):
            return getattr(self.client, operation)(**parameters)[result]
        paginator = self.client.get_paginator(operation)
        return [item for page in paginator.paginate(**parameters) for item in page[result]]

    def describe_by(self, operation: str, result: str, name: str, values, **more) -> list:
        """The objects whose filter `name` has one of the values, however many values there are; `more` are further filters."""
        values, found = sorted(set(values)), []
        for start in range(0, len(values), FILTER_VALUES):
            filters = ansible_dict_to_boto3_filter_list({name: values[start:start + FILTER_VALUES], **more})
            found += self.describe(operation, result, Filters=filters)
        return found

    def call(self, operation: str, parameters: dict) -> dict:
        """One API call by its name in botocore."""
        return getattr(self.client, operation)(aws_retry=True, **parameters)


class Ec2Family(Family):
    """A family of EC2's objects: performs operations by AWS's names and puts AWS's errors into words."""

    errors = errors.ERRORS

    def __init__(self, ec2: Ec2):
        self.ec2 = ec2

    def perform(self, call: Call, parameters: dict) -> dict:
        return self.ec2.call(call.operation, parameters)

    def explain(self, error: Exception) -> str:
        return errors.explain(error)


def tags_of(item: dict) -> dict:
    """The tags of an API reply, whichever of the two names the API gives the list."""
    return boto3_tag_list_to_ansible_dict(item.get("TagSet") or item.get("Tags") or [])
