# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The CIDR blocks of subnets: within those of the VPC, apart from each other, kept while they are in use.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidSubnetCidrBlockAssociationID,
    InvalidSubnetConflictError,
    InvalidSubnetRangeError,
)
from moto.ec2.utils import random_ipv6_cidr

_IPV4_LENGTHS = range(16, 29)
#: "a netmask length between /44 and /64 in increments of /4"
_IPV6_LENGTHS = range(44, 65, 4)


def canonical_ipv4(cidr_block: str) -> str:
    """A subnet's block as AWS keeps it: "if you specify 100.68.0.18/18, we modify it to 100.68.0.0/18".

    :raises EC2ClientError: InvalidParameterValue, InvalidSubnet.Range.
    """
    network = _network(cidr_block, "cidrBlock")
    if network.prefixlen not in _IPV4_LENGTHS:
        raise InvalidSubnetRangeError(cidr_block)
    return str(network)


def _network(cidr_block: str, parameter: str) -> Any:
    try:
        return ipaddress.ip_network(cidr_block, strict=False)
    except ValueError:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({cidr_block}) for parameter {parameter} is invalid. This is not a valid CIDR block.",
        ) from None


def amazon_provided_ipv6() -> str:
    """A VPC's IPv6 block, which moto's function of this place writes with leading zeros."""
    return str(ipaddress.ip_network(random_ipv6_cidr()))


def _in_use(message: str) -> EC2ClientError:
    # Code as seen from AWS; not in its reference.
    return EC2ClientError("InvalidCidrBlock.InUse", message)


class CidrBlocks:
    """Backend."""

    def free_ipv6_block(self, vpc_id: str, cidr_block: str) -> str:
        """The block as AWS keeps it, if a subnet of this VPC can have it.

        :raises EC2ClientError: InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict.
        """
        network = _network(cidr_block, "ipv6CidrBlock")
        if network.prefixlen not in _IPV6_LENGTHS:
            raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter ipv6-cidr-block: {cidr_block}")
        of_vpc = [
            ipaddress.ip_network(each["cidr_block"])
            for each in self.get_vpc(vpc_id).get_cidr_block_association_set(ipv6=True)
            if each["cidr_block_state"]["state"] == "associated"
        ]
        if not any(network.version == each.version and network.subnet_of(each) for each in of_vpc):
            raise InvalidSubnetRangeError(cidr_block)
        for subnet in self.describe_subnets():
            block = subnet.ipv6_cidr_block
            if subnet.vpc_id == vpc_id and block and network.overlaps(ipaddress.ip_network(block)):
                raise InvalidSubnetConflictError(cidr_block)
        return str(network)

    def associate_subnet_cidr_block(self, subnet_id: str, ipv6_cidr_block: str) -> dict[str, Any]:
        subnet = self.get_subnet(subnet_id)
        if subnet.ipv6_cidr_block:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"The subnet '{subnet_id}' already has the IPv6 CIDR block {subnet.ipv6_cidr_block}: "
                "you can only associate a single one.",
            )
        block = self.free_ipv6_block(subnet.vpc_id, ipv6_cidr_block)
        return super().associate_subnet_cidr_block(subnet_id, block)

    def disassociate_subnet_cidr_block(self, association_id: str) -> tuple[str, dict[str, str]]:
        subnet = self.get_subnet_from_ipv6_association(association_id)
        if not subnet or not subnet.ipv6_cidr_block:
            raise InvalidSubnetCidrBlockAssociationID(association_id)
        refused = f"The subnet IPv6 CIDR block with association ID {association_id} may not be disassociated, because "
        if subnet.assign_ipv6_address_on_creation:
            raise _in_use(f"{refused}its subnet has assign-ipv6-address-on-creation set to true.")
        if subnet.ipv6.is_used:
            raise _in_use(f"{refused}it has addresses in use.")
        return super().disassociate_subnet_cidr_block(association_id)

    def disassociate_vpc_cidr_block(self, association_id: str) -> dict[str, Any]:
        for vpc in self.vpcs.values():
            block = vpc._cidr_block_association_set.get(association_id)
            for subnet in self.describe_subnets() if block else []:
                if subnet.vpc_id == vpc.id and subnet.is_within(block["cidr_block"]):
                    raise _in_use(f"The vpc {vpc.id} currently has a subnet within CIDR block {block['cidr_block']}.")
        return super().disassociate_vpc_cidr_block(association_id)

    def modify_subnet_attribute(self, subnet_id: str, attr_name: str, attr_value: bool) -> None:
        subnet = self.get_subnet(subnet_id)
        if attr_name == "assign_ipv6_address_on_creation" and attr_value and not subnet.ipv6_cidr_block:
            raise EC2ClientError(
                "InvalidParameterValue",
                "Invalid value 'true' for assign-ipv6-address-on-creation. Cannot set assign-ipv6-address-on-creation "
                f"to true unless the subnet ({subnet_id}) has an IPv6 CIDR block associated with it.",
            )
        super().modify_subnet_attribute(subnet_id, attr_name, attr_value)
