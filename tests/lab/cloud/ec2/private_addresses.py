# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The addresses and prefixes of an ENI, IPv4 and IPv6, from its creation to its deletion.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from . import address_parameters
from .address_parameters import IPV4, IPV6
from .address_pool import Wanted
from .dns import private_dns_name

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class AddressHolder:
    """The part of an ENI that is its addresses.

    ``associations`` maps each private IPv4 address, the primary first, to botocore's Association or None.
    """

    def __init__(self) -> None:
        self.associations: dict[str, dict[str, Any] | None] = {}
        self.ipv4_prefixes: list[str] = []
        self.ipv6_addresses: list[str] = []
        self.ipv6_prefixes: list[str] = []
        self.has_primary_ipv6 = False

    @property
    def private_ip_address(self) -> str | None:
        """The primary one; None on an ENI without IPv4."""
        return next(iter(self.associations), None)

    @property
    def public_ip(self) -> str | None:
        association = self.associations.get(self.private_ip_address)
        return association["PublicIp"] if association else None

    @property
    def global_ipv6_address(self) -> str | None:
        """The first one, that of botocore's Ipv6Address."""
        return next((each for each in self.ipv6_addresses if ipaddress.ip_address(each) in _GLOBAL_UNICAST), None)

    @property
    def primary_ipv6(self) -> str | None:
        """The first global address: it cannot be unassigned, so it stays the first."""
        return self.global_ipv6_address if self.has_primary_ipv6 else None


def take_addresses(eni: Any, spec: dict[str, Any]) -> None:
    """Give a new ENI all the addresses and prefixes that a request asks for, or none.

    :param eni: an AddressHolder with ``subnet``.
    :param spec: the members that CreateNetworkInterface and RunInstances' NetworkInterfaces share.
    :raises EC2ClientError: what the request says cannot be, or the subnet does not have it.
    """
    if spec.get("InterfaceType") == "efa-only":
        _check_none(spec)
        return
    eni.has_primary_ipv6 = bool(spec.get("EnablePrimaryIpv6") or spec.get("PrimaryIpv6"))
    try:
        _take_ipv4(eni, spec)
        _take_ipv6(eni, spec)
    except EC2ClientError:
        release_addresses(eni)
        raise


def _check_none(spec: dict[str, Any]) -> None:
    given = [each for each in ("PrivateIpAddress", *IPV4, *IPV6) if spec.get(each)]
    if given:
        raise EC2ClientError(
            "InvalidParameterCombination",
            f"EFA-only network interfaces do not support IP addresses: {', '.join(given)} cannot be specified",
        )


def _take_ipv4(eni: Any, spec: dict[str, Any]) -> None:
    named, others = address_parameters.primary_of_new_interface(spec)
    wanted = address_parameters.of_new_interface(others, IPV4)
    if not eni.subnet.cidr_block:
        if named or wanted:
            raise EC2ClientError("InvalidParameterValue", f"The subnet '{eni.subnet.id}' has no IPv4 CIDR block")
        return
    primary, more = ([named], 0) if named else ([], 1)
    taken = eni.subnet.ipv4.take(
        Wanted([*primary, *wanted.addresses], wanted.count + more, wanted.prefixes, wanted.prefix_count), eni
    )
    first = named or taken.addresses[len(wanted.addresses)]
    eni.associations = dict.fromkeys([first, *taken.addresses])
    eni.ipv4_prefixes = taken.prefixes


def _take_ipv6(eni: Any, spec: dict[str, Any]) -> None:
    by_choice = sorted(spec.get(IPV6.addresses, []), key=lambda each: not each.get("IsPrimaryIpv6"))
    if any(each.get("IsPrimaryIpv6") for each in by_choice):
        eni.has_primary_ipv6 = True
    wanted = address_parameters.of_new_interface(spec | {IPV6.addresses: by_choice}, IPV6)
    if not wanted:
        # "you can override that setting by specifying 0 as the IPv6 address count"
        if not eni.subnet.assign_ipv6_address_on_creation or IPV6.count in spec:
            return
        wanted = Wanted(count=1)
    taken = eni.subnet.ipv6.take(wanted, eni)
    eni.ipv6_addresses, eni.ipv6_prefixes = taken.addresses, taken.prefixes


def release_addresses(eni: Any) -> None:
    """Give everything back, Elastic IPs too, when the ENI is deleted."""
    eni.ec2_backend.disassociate_addresses_of(eni)
    if eni.associations or eni.ipv4_prefixes:
        eni.subnet.ipv4.release(eni.associations, eni.ipv4_prefixes)
    if eni.ipv6_addresses or eni.ipv6_prefixes:
        eni.subnet.ipv6.release(eni.ipv6_addresses, eni.ipv6_prefixes)


def set_primary_ipv6(eni: Any, enabled: bool) -> None:
    """ModifyNetworkInterfaceAttribute's EnablePrimaryIpv6.

    :raises EC2ClientError: InvalidParameterValue, "once you enable [...] you cannot disable it".
    """
    if eni.has_primary_ipv6 and not enabled:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value (false) for parameter enablePrimaryIpv6 is invalid. The primary IPv6 address of {eni.id} "
            "cannot be disabled.",
        )
    eni.has_primary_ipv6 = enabled


def addresses_as_dict(eni: Any) -> dict[str, Any]:
    """The members of botocore's NetworkInterface that are about addresses."""
    dns_names = eni.ec2_backend.get_vpc(eni.vpc_id).enable_dns_hostnames
    region = eni.ec2_backend.region_name
    addresses = [
        {
            "Primary": address == eni.private_ip_address,
            "PrivateIpAddress": address,
            "PrivateDnsName": private_dns_name(address, region) if dns_names else None,
            "Association": association,
        }
        for address, association in eni.associations.items()
    ]
    primary = addresses[0] if addresses else {}
    primary_ipv6 = eni.primary_ipv6
    return {
        "Association": primary.get("Association"),
        "Ipv4Prefixes": [{"Ipv4Prefix": each} for each in eni.ipv4_prefixes] or None,
        "Ipv6Address": eni.global_ipv6_address,
        "Ipv6Addresses": [{"Ipv6Address": each, "IsPrimaryIpv6": each == primary_ipv6} for each in eni.ipv6_addresses],
        "Ipv6Native": eni.subnet.ipv6_native or None,
        "Ipv6Prefixes": [{"Ipv6Prefix": each} for each in eni.ipv6_prefixes] or None,
        "PrivateDnsName": primary.get("PrivateDnsName"),
        "PrivateIpAddress": primary.get("PrivateIpAddress"),
        "PrivateIpAddresses": addresses,
    }
