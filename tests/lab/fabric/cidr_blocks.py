# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The CIDR blocks that DescribeVpcs and DescribeSubnets tell."""

from __future__ import annotations


def associated(item: dict, key: str) -> tuple[str, ...]:
    """The blocks of a VPC or a subnet, as EC2 describes it: ``key`` is CidrBlock or Ipv6CidrBlock."""
    return tuple(
        block[key]
        for block in item.get(f"{key}AssociationSet", ())
        if block.get(f"{key}State", {}).get("State") == "associated"
    )
