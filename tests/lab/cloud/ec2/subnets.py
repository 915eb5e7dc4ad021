# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Subnets and the addresses in them: inside, not reserved, never twice."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidAvailabilityZoneError
from moto.ec2.models.subnets import Subnet as MotoSubnet

from .address_pool import AddressPool, Wanted
from .cidr_blocks import canonical_ipv4


class Subnet(MotoSubnet):
    """A subnet that keeps account of its addresses; the methods are those by which moto's services ask for one."""

    def __init__(self, ec2_backend: Any, subnet_id: str, *args: Any, **kwargs: Any):
        self._pools: dict[str, AddressPool] = {}
        super().__init__(ec2_backend, subnet_id, *args, **kwargs)

    @property
    def ipv4(self) -> AddressPool:
        return self._pool(self.cidr_block)

    @property
    def ipv6(self) -> AddressPool:
        """
        :raises EC2ClientError: InvalidParameterValue, the subnet has no IPv6 block.
        """
        if not self.ipv6_cidr_block:
            raise EC2ClientError("InvalidParameterValue", f"The subnet '{self.id}' has no IPv6 CIDR block")
        return self._pool(self.ipv6_cidr_block)

    @property
    def ipv6_cidr_block(self) -> str | None:
        """The one that is associated."""
        blocks = [each["Ipv6CidrBlock"] for each in self.ipv6_cidr_block_association_set]
        return blocks[0] if blocks else None

    @property
    def ipv6_cidr_block_association_set(self) -> list[dict[str, Any]]:
        """botocore's SubnetIpv6CidrBlockAssociationSet: moto's has the state's dict for its name."""
        return [
            {
                "AssociationId": each["associationId"],
                "Ipv6CidrBlock": each["ipv6CidrBlock"],
                "Ipv6CidrBlockState": each["ipv6CidrBlockState"],
            }
            for each in self.ipv6_cidr_block_associations.values()
            if each["ipv6CidrBlockState"]["State"] == "associated"
        ]

    def is_within(self, cidr_block: str) -> bool:
        outer = ipaddress.ip_network(cidr_block)
        own = [ipaddress.ip_network(each) for each in (self.cidr_block, self.ipv6_cidr_block) if each]
        return any(each.version == outer.version and each.subnet_of(outer) for each in own)

    def _pool(self, cidr_block: str) -> AddressPool:
        if cidr_block not in self._pools:
            self._pools[cidr_block] = AddressPool(cidr_block, self.id)
        return self._pools[cidr_block]

    @property
    def available_ip_address_count(self) -> int:
        return self.ipv4.available if self.cidr_block else 0

    def get_available_subnet_ip(self, instance: Any) -> str:
        [address] = self.ipv4.take(Wanted(count=1), instance).addresses
        return address

    def request_ip(self, ip: str, instance: Any) -> None:
        self.ipv4.take(Wanted([ip]), instance)

    def del_subnet_ip(self, ip: str) -> None:
        self.ipv4.release([ip])


class Subnets:
    """Backend."""

    def create_subnet(
        self,
        vpc_id: str,
        cidr_block: str | None,
        ipv6_cidr_block: str | None = None,
        availability_zone: str | None = None,
        availability_zone_id: str | None = None,
        **kwargs: Any,
    ) -> Subnet:
        """moto takes any region's zone, and a zone's first subnet, whose ever it is, for the zone's default one."""
        wanted, zones = availability_zone or availability_zone_id, self.describe_availability_zones()
        zone = next((each for each in zones if wanted in (each.name, each.zone_id)), None)
        if zone is None:
            raise InvalidAvailabilityZoneError(wanted, ", ".join(each.name for each in zones))
        cidr_block = canonical_ipv4(cidr_block) if cidr_block else None
        ipv6_cidr_block = self.free_ipv6_block(vpc_id, ipv6_cidr_block) if ipv6_cidr_block else None
        subnet = super().create_subnet(vpc_id, cidr_block, ipv6_cidr_block, zone.name, **kwargs)
        # moto knows a zone's name from its own list only.
        subnet._availability_zone = zone
        if not self.get_vpc(vpc_id).is_default:
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    def describe_subnets(self, subnet_ids: list[str] | None = None, filters: Any = None) -> list[Subnet]:
        for subnet_id in subnet_ids or []:
            self.get_subnet(subnet_id)
        return super().describe_subnets(subnet_ids, filters)

    def delete_subnet(self, subnet_id: str) -> Subnet:
        self.get_subnet(subnet_id)
        if any(eni.subnet.id == subnet_id for eni in self.enis.values()):
            raise EC2ClientError(
                "DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            )
        self.tags.pop(subnet_id, None)
        return super().delete_subnet(subnet_id)
