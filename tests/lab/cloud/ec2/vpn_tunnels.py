# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The two tunnels of a VPN connection: the options a request may give, and what AWS chooses for the rest.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnTunnelOptionsSpecification.html
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.moto_api._internal import mock_random as random

from .elastic_addresses import next_public_address

#: Options whose name in the reply is not that in the request.
_RENAMED = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}

_RANGES = {
    "Phase1LifetimeSeconds": range(900, 28801),
    "Phase2LifetimeSeconds": range(900, 3601),
    "RekeyFuzzPercentage": range(0, 101),
    "ReplayWindowSize": range(64, 2049),
    "DPDTimeoutSeconds": range(30, 2**31),
}

_CHOICES: dict[str, set[Any]] = {
    "DPDTimeoutAction": {"clear", "none", "restart"},
    "StartupAction": {"add", "start"},
    "IKEVersions": {"ikev1", "ikev2"},
    "Phase1EncryptionAlgorithms": {"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"},
    "Phase2EncryptionAlgorithms": {"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"},
    "Phase1IntegrityAlgorithms": {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"},
    "Phase2IntegrityAlgorithms": {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"},
    "Phase1DHGroupNumbers": {2, *range(14, 25), 35},
    "Phase2DHGroupNumbers": {2, 5, *range(14, 25), 35, 36, 37},
}

_LINK_LOCAL = ipaddress.ip_network("169.254.0.0/16")
_RESERVED = {f"169.254.{third}.0/30" for third in range(6)} | {"169.254.169.252/30"}
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def new_tunnel(asked: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """botocore's TunnelOption: what was asked for, the rest chosen by AWS.

    :param used: the inside CIDRs of the tunnels at the same virtual private gateway.
    :raises EC2ClientError: InvalidParameterValue, as for all that is not as the reference says.
    """
    check_tunnel_options(asked, used)
    chosen = {
        "OutsideIpAddress": next_public_address(),
        "TunnelInsideCidr": _free_inside_cidr(used),
        "PreSharedKey": "".join(random.choice(_LETTERS) for _each in range(32)),
    }
    return chosen | as_reply(asked)


def as_reply(asked: dict[str, Any]) -> dict[str, Any]:
    return {_RENAMED.get(name, name): value for name, value in asked.items() if value is not None}


def check_tunnel_options(asked: dict[str, Any], used: set[str]) -> None:
    for name, valid in _RANGES.items():
        if name in asked and int(asked[name]) not in valid:
            raise _invalid(name, asked[name], f"a value between {valid.start} and {valid.stop - 1}")
    for name, choices in _CHOICES.items():
        given = asked.get(name, [])
        for value in [each["Value"] for each in given] if isinstance(given, list) else [given]:
            if value not in choices:
                raise _invalid(name, value, " | ".join(str(each) for each in sorted(choices)))
    _check_lifetimes(asked)
    _check_inside_cidr(asked.get("TunnelInsideCidr"), used)
    key = asked.get("PreSharedKey")
    if key is not None and not re.fullmatch(r"(?!0)[A-Za-z0-9._]{8,64}", key):
        # The key is a secret: not in a message.
        raise _invalid("PreSharedKey", "***", "8 to 64 of the characters A-Z a-z 0-9 . _ that do not begin with 0")


def _check_lifetimes(asked: dict[str, Any]) -> None:
    first, second = int(asked.get("Phase1LifetimeSeconds", 28800)), int(asked.get("Phase2LifetimeSeconds", 3600))
    if second >= first:
        raise _invalid("Phase2LifetimeSeconds", second, f"less than Phase1LifetimeSeconds, {first}")
    margin = int(asked.get("RekeyMarginTimeSeconds", 270))
    if not 60 <= margin <= second // 2:
        raise _invalid("RekeyMarginTimeSeconds", margin, f"a value between 60 and {second // 2}")


def _check_inside_cidr(cidr: str | None, used: set[str]) -> None:
    if cidr is None:
        return
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        network = None
    if network is None or network.prefixlen != 30 or not network.subnet_of(_LINK_LOCAL) or cidr in _RESERVED:
        raise _invalid("TunnelInsideCidr", cidr, f"a /30 of {_LINK_LOCAL}, not {', '.join(sorted(_RESERVED))}")
    if cidr in used:
        raise EC2ClientError(
            "InvalidCidr.InUse", f"The inside CIDR {cidr} is that of another tunnel at the virtual private gateway."
        )


def _free_inside_cidr(used: set[str]) -> str:
    while True:
        cidr = f"169.254.{random.randint(6, 255)}.{4 * random.randint(0, 63)}/30"
        if cidr not in used | _RESERVED:
            return cidr


def _invalid(name: str, value: Any, valid: str) -> EC2ClientError:
    return EC2ClientError("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid: give {valid}.")
