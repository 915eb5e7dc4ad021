# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reading EC2 and changing it: one paginated describe for many, each operation by the name that AWS gives it."""

from __future__ import annotations

import re

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._reconcile.apply import WORKERS
from .._reconcile.calls import Call
from .._reconcile.run import Family
from . import errors, retries

# A describe takes at most 200 values of a filter:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
FILTER_VALUES = 200


# What a filter takes for a pattern: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
_LITERAL = re.compile(r"[\\*?]")


class Ec2:
    """EC2 as a module's credentials see it. The boto3 client is safe to use from several threads."""

    def __init__(self, module):
        self.client = module.client("ec2", config={"retries": {"total_max_attempts": 1}, "max_pool_connections": WORKERS})

    def describe(self, operation: str, result: str, **parameters) -> list:
        """All pages of a describe: ``describe("describe_subnets", "Subnets", Filters=[...])``."""
        found = []
        while True:
            reply = self.read(operation, parameters)
            found += reply[result]
            if not reply.get("NextToken"):
                return found
            parameters["NextToken"] = reply["NextToken"]

    def describe_by(self, operation: str, result: str, name: str, values, **more) -> list:
        """The objects whose filter `name` has one of the values, literally and however many there are; `more` are further filters."""
        values, found = sorted(set(values)), []
        for start in range(0, len(values), FILTER_VALUES):
            literal = [_LITERAL.sub(r"\\\g<0>", value) for value in values[start:start + FILTER_VALUES]]
            filters = ansible_dict_to_boto3_filter_list({name: literal, **more})
            found += self.describe(operation, result, Filters=filters)
        return found

    def read(self, operation: str, parameters: dict) -> dict:
        """One call that changes nothing, repeated after any error that passes."""
        return self._send(operation, parameters, is_read=True)

    def call(self, operation: str, parameters: dict) -> dict:
        """One change by its name in botocore. Not repeated when its answer is lost: look before you decide.

        What AWS has not done of a change to many, which its reply lists as Unsuccessful, is an error.
        """
        reply = self._send(operation, parameters, is_read=False)
        if reply.get("Unsuccessful"):
            raise errors.unsuccessful(self.client.meta.method_to_api_mapping[operation], reply["Unsuccessful"])
        return reply

    def _send(self, operation: str, parameters: dict, is_read: bool) -> dict:
        return retries.send(lambda: getattr(self.client, operation)(**parameters), is_read)


class Ec2Family(Family):
    """A family of EC2's objects: performs operations by AWS's names and puts AWS's errors into words."""

    errors = errors.ERRORS

    def __init__(self, ec2: Ec2):
        self.ec2 = ec2

    def perform(self, call: Call, parameters: dict) -> dict:
        return self.ec2.call(call.operation, parameters)

    def is_uncertain(self, error: Exception) -> bool:
        return retries.is_uncertain(error)

    def explain(self, error: Exception) -> str:
        return errors.explain(error)


def tags_of(item: dict) -> dict:
    """The tags of an API reply, whichever of the two names the API gives the list."""
    return boto3_tag_list_to_ansible_dict(item.get("TagSet") or item.get("Tags") or [])
