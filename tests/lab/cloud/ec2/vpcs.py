# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""VPCs, which stay while they hold something, their default network ACL, and which one is a subnet's."""

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

    def add_default_entries(self, network_acl_id: str) -> None:
        super().add_default_entries(network_acl_id)
        if self.get_vpc(self.get_network_acl(network_acl_id).vpc_id).get_cidr_block_association_set(ipv6=True):
            self._add_default_ipv6_entries(network_acl_id)

    def associate_vpc_cidr_block(
        self, vpc_id: str, cidr_block: str, amazon_provided_ipv6_cidr_block: bool
    ) -> dict[str, Any]:
        association = super().associate_vpc_cidr_block(vpc_id, cidr_block, amazon_provided_ipv6_cidr_block)
        for acl in self.network_acls.values() if amazon_provided_ipv6_cidr_block else ():
            if acl.vpc_id == vpc_id and acl.default:
                self._add_default_ipv6_entries(acl.id)
        return association

    def _add_default_ipv6_entries(self, network_acl_id: str) -> None:
        """In each direction that was not modified.

        https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
        """
        entries = self.get_network_acl(network_acl_id).network_acl_entries
        for egress in (False, True):
            if {entry.rule_number for entry in entries if entry.egress == egress} != {100, 32767}:
                continue
            for number, action in ((101, "allow"), (32768, "deny")):
                self.create_network_acl_entry(
                    network_acl_id, number, "-1", action, egress, None, None, None, None, None, "::/0"
                )

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> Any:
        if not any(association_id in acl._associations for acl in self.network_acls.values()):
            raise EC2ClientError(
                "InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist"
            )
        return super().replace_network_acl_association(association_id, network_acl_id)


def _is_attached(vgw: Any, vpc_id: str) -> bool:
    return vpc_id in vgw.attachments and vgw.attachments[vpc_id].state != "detached"
