# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The limits an instance type puts on its network interfaces.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES


def network_info(instance_type: str) -> dict[str, Any]:
    """botocore's NetworkInfo of the type.

    :raises EC2ClientError: InvalidParameterValue, there is no such type.
    """
    if instance_type not in INSTANCE_TYPES:
        raise EC2ClientError("InvalidParameterValue", f"Invalid value '{instance_type}' for InstanceType.")
    return INSTANCE_TYPES[instance_type]["NetworkInfo"]


def check_interface_count(instance_type: str, count: int) -> None:
    if count > network_info(instance_type)["MaximumNetworkInterfaces"]:
        raise EC2ClientError(
            "AttachmentLimitExceeded", f"Interface count {count} exceeds the limit for {instance_type}"
        )


def check_private_addresses(eni: Any, more: int, instance_type: str | None = None, more_ipv6: int = 0) -> None:
    """Raise if the ENI would have too many addresses for the instance it is, or is to be, attached to.

    :param more: IPv4 addresses and prefixes that the ENI is to get, each of which counts as one address.
    :param more_ipv6: the same of IPv6.
    """
    if instance_type is None and eni.instance is None:
        return
    limits = network_info(instance_type or eni.instance.instance_type)
    ipv4 = len(eni.associations) + len(eni.ipv4_prefixes) + more
    ipv6 = len(eni.ipv6_addresses) + len(eni.ipv6_prefixes) + more_ipv6
    if ipv4 > limits["Ipv4AddressesPerInterface"] or ipv6 > limits["Ipv6AddressesPerInterface"]:
        raise EC2ClientError("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.")
