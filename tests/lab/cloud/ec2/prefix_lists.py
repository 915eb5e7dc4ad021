# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Prefix lists, of which AWS manages those that routes to gateway endpoints name.

https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from .dispatch import PlainResult


class PrefixLists:
    """Backend."""

    def describe_managed_prefix_lists(self, prefix_list_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        for each in prefix_list_ids or []:
            if each not in self.managed_prefix_lists:
                raise EC2ClientError("InvalidPrefixListID.NotFound", f"The prefix list ID '{each}' does not exist.")
        return super().describe_managed_prefix_lists(prefix_list_ids, filters)


class PrefixListHandlers:
    """Responses."""

    def describe_prefix_lists(self) -> ActionResult:
        """Those of AWS's services."""
        found = self.ec2_backend.describe_managed_prefix_lists(self.params.get("PrefixListIds"))
        return PlainResult(
            {
                "PrefixLists": [
                    {
                        "PrefixListId": each.id,
                        "PrefixListName": each.prefix_list_name,
                        "Cidrs": [entry["Cidr"] for entry in next(iter(each.entries.values()))],
                    }
                    for each in found
                    if each.owner_id == "AWS"
                ]
            }
        )
