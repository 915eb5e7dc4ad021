# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The guest's interfaces as EC2's instance metadata service, version 2, tells of them. No AWS credentials are needed.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html (network/interfaces/macs/)
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import time
from ipaddress import ip_address, ip_network

from .._reconcile.run import BadInput
from .desired import MANAGEMENT, PUBLIC

HOSTS = ("169.254.169.254", "[fd00:ec2::254]")  # the second answers where a subnet has no IPv4
TOKEN, MACS = "/latest/api/token", "/latest/meta-data/network/interfaces/macs/"
# Categories below MACS/MAC/, of which those that do not apply are not there.
CARD, DEVICE = "network-card", "device-number"
IPV4_SUBNET, IPV6_SUBNET = "subnet-ipv4-cidr-block", "subnet-ipv6-cidr-blocks"
IPV4 = "local-ipv4s"  # the primary one first
LISTS = {
    "private_ip_addresses": IPV4,
    "ipv6_addresses": "ipv6s",
    "ipv4_prefixes": "ipv4-prefix",
    "ipv6_prefixes": "ipv6-prefix",
}
CATEGORIES = {CARD, DEVICE, IPV4_SUBNET, IPV6_SUBNET, *LISTS.values()}
PRIMARY = (0, 0)  # network card and device
# Seconds. The service is on the instance's own host, and answers in milliseconds; 503 asks to come again.
ANSWER_TIMEOUT, TOKEN_LIFE, PAUSES = 2, 60, (0.5, 1, 2)
SWITCHED_OFF = "403 (is the service switched off? set HttpEndpoint of the instance's metadata options to enabled)"


class Unavailable(Exception):
    """The metadata cannot be read. The message says what was asked, and what came."""


def read(management_prefixes=(), management_device_index: int = 1) -> list:
    """The interfaces in the form of ``guest_routing``'s option of that name, the primary one first.

    management_prefixes, management_device_index: as interfaces() takes them. Raises Unavailable after at most 20 s.
    """
    for pause in (*PAUSES, None):
        failures = []
        for host in HOSTS:
            try:
                return interfaces(_walk(host), management_prefixes, management_device_index)
            except Unavailable as failure:
                failures.append(str(failure))
        if pause is None:
            raise Unavailable("; ".join(failures))
        time.sleep(pause)


def interfaces(metadata: dict, management_prefixes=(), management_device_index: int = 1) -> list:
    """read() from {MAC address: {category: text}}. Pure.

    Device 0 of network card 0 is public; management_prefixes go to device management_device_index of that card.
    Interfaces without IPv4 (for EFA alone, or in an IPv6-only subnet) are left out. Raises BadInput if a device that
    has to be there is not.
    """
    slots = {mac_address: _slot(mac_address, values) for mac_address, values in metadata.items()}
    found = {
        slot: _interface(mac_address, slot, metadata[mac_address])
        for mac_address, slot in sorted(slots.items(), key=lambda item: item[1]) if metadata[mac_address].get(IPV4)
    }
    if PRIMARY not in found:
        raise BadInput(["source: the instance's primary interface has no IPv4 address, which guest_routing needs"])
    if management_prefixes:
        management = (0, management_device_index)
        if management not in found:
            raise BadInput([
                f"management_device_index: {management_device_index}, but the interfaces with IPv4 are "
                f"{', '.join(str(device) for card, device in found if not card)}; attach one there, or give another"
            ])
        found[management]["management_prefixes"] = list(management_prefixes)
    return list(found.values())


def _slot(mac_address: str, values: dict) -> tuple:
    """(network card, device number), the API's NetworkCardIndex and DeviceIndex. One card needs no number."""
    try:
        return int(values.get(CARD, 0)), int(values[DEVICE])
    except (KeyError, ValueError) as error:
        raise Unavailable(f"{MACS}{mac_address}/{DEVICE}: not there, or no number ({error})") from error


def _interface(mac_address: str, slot: tuple, values: dict) -> dict:
    try:
        lists = {option: _networks(values.get(category, "")) for option, category in LISTS.items()}
        subnets = {"subnet_cidr": _networks(values[IPV4_SUBNET])[0]}
        if lists["ipv6_addresses"] or lists["ipv6_prefixes"]:
            subnets["subnet_ipv6_cidr"] = _networks(values[IPV6_SUBNET])[0]
    except (LookupError, ValueError) as error:
        raise Unavailable(f"{MACS}{mac_address}/: not whole, or no network ({error})") from error
    return {"mac_address": mac_address, **lists, **subnets, "role": PUBLIC if slot == PRIMARY else MANAGEMENT}


def _networks(text: str) -> list:
    """Addresses and CIDR blocks, one in a line, as the kernel writes them."""
    return [str(ip_network(word) if "/" in word else ip_address(word)) for word in text.split()]


def _walk(host: str) -> dict:
    """{MAC address: {category: text}}, by one connection. A folder's list saves to ask for what is not there."""
    with contextlib.closing(http.client.HTTPConnection(host, timeout=ANSWER_TIMEOUT)) as connection:  # asks no proxy
        token = _ask(connection, "PUT", TOKEN, {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_LIFE)})
        get = functools.partial(_ask, connection, "GET", headers={"X-aws-ec2-metadata-token": token})
        return {
            folder.rstrip("/"): {
                category: get(f"{MACS}{folder}{category}") for category in get(f"{MACS}{folder}").split()
                if category in CATEGORIES
            }
            for folder in get(MACS).split()
        }


def _ask(connection, method: str, path: str, headers: dict) -> str:
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"{method} {path} of {connection.host}: {str(error) or type(error).__name__}") from error
    if answer.status != 200:
        came = SWITCHED_OFF if answer.status == 403 else f"{answer.status} {answer.reason}"
        raise Unavailable(f"{method} {path} of {connection.host}: {came}")
    return text
