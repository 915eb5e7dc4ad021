# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a VPC holds, and that it cannot go before its contents: VPCs, Internet gateways, security groups."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError


def _dependency_violation(message: str) -> EC2ClientError:
    return EC2ClientError("DependencyViolation", message)


class Vpcs:
    """Backend."""

    def describe_vpcs(self, vpc_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        for vpc_id in vpc_ids or []:
            self.get_vpc(vpc_id)
        return super().describe_vpcs(vpc_ids, filters)

    def delete_vpc(self, vpc_id: str) -> Any:
        self.get_vpc(vpc_id)
        gateways = [igw for igw in self.internet_gateways.values() if igw.vpc and igw.vpc.id == vpc_id]
        gateways += [vgw for vgw in self.vpn_gateways.values() if _is_attached(vgw, vpc_id)]
        groups = [group for group in self.groups[vpc_id].values() if not group.is_default]
        if gateways or groups or any(eni.vpc_id == vpc_id for eni in self.enis.values()):
            raise _dependency_violation(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        vpc = super().delete_vpc(vpc_id)
        self.tags.pop(vpc_id, None)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return vpc

    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> Any:
        for igw in self.internet_gateways.values():
            if igw.vpc and igw.vpc.id == vpc_id and igw.id != internet_gateway_id:
                raise EC2ClientError(
                    "InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached"
                )
        return super().attach_internet_gateway(internet_gateway_id, vpc_id)

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        for eni in self.enis.values():
            if eni.vpc_id == vpc_id and any(eni.associations.values()):
                raise _dependency_violation(
                    f"Network {vpc_id} has some mapped public address(es). "
                    "Please unmap those before detaching the gateway."
                )
        super().detach_internet_gateway(internet_gateway_id, vpc_id)

    def delete_internet_gateway(self, internet_gateway_id: str) -> None:
        igw = self.get_internet_gateway(internet_gateway_id)
        if igw.vpc:
            raise _dependency_violation(
                f"The internetGateway '{internet_gateway_id}' has dependencies and cannot be deleted."
            )
        super().delete_internet_gateway(internet_gateway_id)
        self.tags.pop(internet_gateway_id, None)

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> Any:
        if not any(association_id in acl._associations for acl in self.network_acls.values()):
            raise EC2ClientError(
                "InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist"
            )
        return super().replace_network_acl_association(association_id, network_acl_id)

    def describe_security_groups(
        self, group_ids: list[str] | None = None, groupnames: list[str] | None = None, filters: Any = None
    ) -> list[Any]:
        for group_id in group_ids or []:
            if self.get_security_group_from_id(group_id) is None:
                raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        return super().describe_security_groups(group_ids, groupnames, filters)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        group = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
        if group and (any(group in eni.groups for eni in self.enis.values()) or self._is_named_by_others(group)):
            raise _dependency_violation(f"resource {group.id} has a dependent object")
        super().delete_security_group(name=name, group_id=group_id)
        if group:
            self.tags.pop(group.id, None)

    def _is_named_by_others(self, group: Any) -> bool:
        others = [other for groups in self.groups.values() for other in groups.values() if other is not group]
        rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
        return any(rule.source_group.get("GroupId") == group.id for rule in rules)


def _is_attached(vgw: Any, vpc_id: str) -> bool:
    return vpc_id in vgw.attachments and vgw.attachments[vpc_id].state != "detached"
