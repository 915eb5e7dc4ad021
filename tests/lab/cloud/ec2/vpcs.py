# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPCs, which stay while they hold something, and which network ACL is a subnet's."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError


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
            raise EC2ClientError("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        vpc = super().delete_vpc(vpc_id)
        self.tags.pop(vpc_id, None)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return vpc

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> Any:
        if not any(association_id in acl._associations for acl in self.network_acls.values()):
            raise EC2ClientError(
                "InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist"
            )
        return super().replace_network_acl_association(association_id, network_acl_id)


def _is_attached(vgw: Any, vpc_id: str) -> bool:
    return vpc_id in vgw.attachments and vgw.attachments[vpc_id].state != "detached"
