# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a request asks for in addresses and prefixes, from the members that its operation has for them.

CreateNetworkInterface and RunInstances list structures, AssignPrivateIpAddresses and its kin plain strings.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from moto.ec2.exceptions import EC2ClientError

from .address_pool import Wanted


class Members(NamedTuple):
    """The request's members for what botocore's models call by four names in IPv4 and in IPv6."""

    addresses: str
    count: str
    prefixes: str
    prefix_count: str


IPV4 = Members("PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "Ipv4Prefixes", "Ipv4PrefixCount")
IPV6 = Members("Ipv6Addresses", "Ipv6AddressCount", "Ipv6Prefixes", "Ipv6PrefixCount")
_MEMBER_OF_ITEM = {
    IPV4.addresses: "PrivateIpAddress",
    IPV4.prefixes: "Ipv4Prefix",
    IPV6.addresses: "Ipv6Address",
    IPV6.prefixes: "Ipv6Prefix",
}


def of_new_interface(spec: dict[str, Any], members: Members) -> Wanted:
    """What an ENI that is to be made gets; for IPv4 besides its primary address.

    :raises EC2ClientError: InvalidParameterCombination, only one of the four can be specified.
    """
    _only_one(spec, members)
    return _wanted(spec, members)


def of_assignment(spec: dict[str, Any], members: Members) -> Wanted:
    """What an ENI gets in addition.

    :raises EC2ClientError: InvalidParameterCombination, names and a count of the same, or nothing at all.
    """
    _only_one(spec, members[:2])
    _only_one(spec, members[2:])
    if not any(spec.get(each) for each in members):
        raise EC2ClientError("InvalidParameterCombination", f"Specify one of {', '.join(members)}")
    return _wanted(spec, members)


def primary_of_new_interface(spec: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The primary private IPv4 address that a request names, and the request with secondary ones only.

    :raises EC2ClientError: InvalidParameterCombination, it names more than one.
    """
    listed = spec.get(IPV4.addresses, [])
    primary = [spec["PrivateIpAddress"]] if spec.get("PrivateIpAddress") else []
    primary += [_text(IPV4.addresses, each) for each in listed if each.get("Primary")]
    if len(primary) > 1:
        raise EC2ClientError(
            "InvalidParameterCombination",
            f"Only one primary private IP address can be specified, not {', '.join(primary)}",
        )
    secondary = [each for each in listed if not each.get("Primary")]
    return (primary[0] if primary else None), spec | {IPV4.addresses: secondary}


def _wanted(spec: dict[str, Any], members: Members) -> Wanted:
    return Wanted(
        [_text(members.addresses, each) for each in spec.get(members.addresses, [])],
        _count(spec, members.count),
        [_text(members.prefixes, each) for each in spec.get(members.prefixes, [])],
        _count(spec, members.prefix_count),
    )


def _text(member: str, item: Any) -> str:
    return item if isinstance(item, str) else item.get(_MEMBER_OF_ITEM[member], "")


def _count(spec: dict[str, Any], member: str) -> int:
    count = int(spec.get(member) or 0)
    if count < 0:
        raise EC2ClientError("InvalidParameterValue", f"Value ({count}) for parameter {member} is invalid.")
    return count


def _only_one(spec: dict[str, Any], members: tuple[str, ...]) -> None:
    given = [each for each in members if spec.get(each)]
    if len(given) > 1:
        raise EC2ClientError("InvalidParameterCombination", f"Specify only one of {', '.join(given)}")
