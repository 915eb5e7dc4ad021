# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reading EC2 and changing it: one paginated describe for many, each operation by the name that AWS gives it."""

from __future__ import annotations

import re

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._reconcile.calls import Call
from . import errors
from .service import Service, ServiceFamily

# A describe takes at most 200 values of a filter:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
FILTER_VALUES = 200


# What a filter takes for a pattern: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
_LITERAL = re.compile(r"[\\*?]")


class Ec2(Service):
    """EC2 as a module's credentials see it."""

    def __init__(self, module, **connection):
        super().__init__(module, "ec2", **connection)

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

    def call(self, operation: str, parameters: dict) -> dict:
        """One change. What AWS has not done of a change to many, which its reply lists as Unsuccessful, is an error."""
        reply = super().call(operation, parameters)
        if reply.get("Unsuccessful"):
            raise errors.unsuccessful(self.client.meta.method_to_api_mapping[operation], reply["Unsuccessful"])
        return reply


class Ec2Family(ServiceFamily):
    """A family of EC2's objects: performs operations by AWS's names."""

    def __init__(self, ec2: Ec2):
        self.ec2 = ec2

    def perform(self, call: Call, parameters: dict) -> dict:
        return self.ec2.call(call.operation, parameters)


def tags_of(item: dict) -> dict:
    """The tags of an API reply, whichever of the two names the API gives the list."""
    return boto3_tag_list_to_ansible_dict(item.get("TagSet") or item.get("Tags") or [])
