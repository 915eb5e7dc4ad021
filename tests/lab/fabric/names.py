# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the fabric calls its namespaces and interfaces. Every namespace starts with ``xeni-``."""

from __future__ import annotations

PREFIX = "xeni-"
INTERNET = "xeni-internet"
CLIENT = "xeni-client"
CORP = "xeni-corp"

CLIENT_ADDRESS = "203.0.113.50"  # RFC 5737, TEST-NET-3
CORPORATE_ADDRESS = "198.51.100.10"  # RFC 5737, TEST-NET-2
CLIENT_IPV6_ADDRESS = "2001:db8:203::50"  # RFC 3849, documentation
CORPORATE_IPV6_ADDRESS = "2001:db8:198::10"


def namespace(resource_id: str) -> str:
    """The namespace of a VPC's router, a gateway, an instance, an endpoint's or a balancer's ENI: ``xeni-i-0abc``."""
    return PREFIX + resource_id


def interface(resource_id: str) -> str:
    """The router's end of the link to an ENI or a gateway: kind and last digits, within IFNAMSIZ of 16."""
    kind, _dash, digits = resource_id.partition("-")
    return f"{kind}{digits[len(kind) - 15:]}"


def device(device_index: int) -> str:
    """The guest's name of the ENI at ``device_index``."""
    return f"eth{device_index}"
