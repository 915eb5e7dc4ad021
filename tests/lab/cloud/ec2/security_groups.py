# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Security groups: found by id or, in the default VPC, by name; kept while something names them."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError

from ..visibility import visibility


class SecurityGroups:
    """Backend."""

    def describe_security_groups(
        self, group_ids: list[str] | None = None, groupnames: list[str] | None = None, filters: Any = None
    ) -> list[Any]:
        for group_id in group_ids or []:
            if self.get_security_group_from_id(group_id) is None:
                raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        named = [self.security_group_by_name(name) for name in groupnames or []]
        found = super().describe_security_groups(group_ids, None, filters)
        return [group for group in found if group in named] if named else found

    def security_group_by_name(self, name: str) -> Any:
        """The group that RunInstances' SecurityGroups or DescribeSecurityGroups' GroupNames mean.

        :raises EC2ClientError: InvalidGroup.NotFound; VPCIdNotSpecified, there is no default VPC.
        """
        vpc = self.get_default_vpc()
        if vpc is None:
            raise EC2ClientError("VPCIdNotSpecified", "No default VPC for this user")
        group = self.get_security_group_from_name(name, vpc.id)
        if group is None or visibility.is_hidden(group.id):
            raise EC2ClientError(
                "InvalidGroup.NotFound", f"The security group '{name}' does not exist in default VPC '{vpc.id}'"
            )
        return group

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        group = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
        if group and (any(group in eni.groups for eni in self.enis.values()) or self._is_named_by_others(group)):
            raise EC2ClientError("DependencyViolation", f"resource {group.id} has a dependent object")
        super().delete_security_group(name=name, group_id=group_id)
        if group:
            self.tags.pop(group.id, None)

    def _is_named_by_others(self, group: Any) -> bool:
        others = [other for groups in self.groups.values() for other in groups.values() if other is not group]
        rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
        return any(rule.source_group.get("GroupId") == group.id for rule in rules)
