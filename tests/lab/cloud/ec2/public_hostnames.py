# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The public names of an ENI, for its public IPv4 address, its IPv6 address or both.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html
"""

from __future__ import annotations

import ipaddress
import string
from typing import Any

from .dns import public_dns_name

#: Each type and the member of PublicIpDnsNameOptions that names it; the first that an ENI has is its default.
HOSTNAME_TYPES = {
    "public-ipv4-dns-name": "PublicIpv4DnsName",
    "public-ipv6-dns-name": "PublicIpv6DnsName",
    "public-dual-stack-dns-name": "PublicDualStackDnsName",
}


def public_names(eni: Any, addresses: dict[str, Any]) -> dict[str, Any]:
    """The NetworkInterface members PublicDnsName and PublicIpDnsNameOptions, of an ENI with these addresses."""
    vpc = eni.ec2_backend.get_vpc(eni.vpc_id)
    if not (vpc.enable_dns_hostnames and vpc.enable_dns_support):
        return {}
    names = _names(addresses, eni.ec2_backend.region_name)
    if not names:
        return {}
    kind = eni.public_hostname_type
    if HOSTNAME_TYPES.get(kind) not in names:
        kind = next(kind for kind, member in HOSTNAME_TYPES.items() if member in names)
    return {"PublicDnsName": names[HOSTNAME_TYPES[kind]], "PublicIpDnsNameOptions": {"DnsHostnameType": kind} | names}


def _names(addresses: dict[str, Any], region: str) -> dict[str, str]:
    ipv4 = (addresses.get("Association") or {}).get("PublicIp")
    ipv6 = next((each["Ipv6Address"] for each in addresses.get("Ipv6Addresses") or []), None)
    names = {}
    if ipv4:
        names["PublicIpv4DnsName"] = public_dns_name(ipv4, region)
    if ipv6:
        names["PublicIpv6DnsName"] = f"{_base36(ipv6, 25)}.{region}.ip.aws"
    if ipv4 and ipv6:
        names["PublicDualStackDnsName"] = f"{_base36(ipv6, 25)}-{_base36(ipv4, 7)}.{region}.ip.aws"
    return names


def _base36(address: str, width: int) -> str:
    """The address in so many digits, in groups of five where there are more than ten."""
    number, digits = int(ipaddress.ip_address(address)), ""
    for _digit in range(width):
        number, digit = divmod(number, 36)
        digits = (string.digits + string.ascii_lowercase)[digit] + digits
    return "-".join(digits[at : at + 5] for at in range(0, width, 5)) if width > 10 else digits
