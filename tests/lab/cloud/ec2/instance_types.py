# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The limits an instance type puts on its network interfaces.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES

EFA = ("efa", "efa-only")


@dataclass(frozen=True)
class Slot:
    """The room one interface takes. ``ena_queues`` is None for the type's default."""

    network_card: int
    device_index: int
    interface_type: str = "interface"
    ena_queues: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.network_card, self.device_index


def network_info(instance_type: str) -> dict[str, Any]:
    """botocore's NetworkInfo of the type.

    :raises EC2ClientError: InvalidParameterValue, there is no such type.
    """
    if instance_type not in INSTANCE_TYPES:
        raise EC2ClientError("InvalidParameterValue", f"Invalid value '{instance_type}' for InstanceType.")
    return INSTANCE_TYPES[instance_type]["NetworkInfo"]


def network_card(instance_type: str, index: int) -> dict[str, Any]:
    """botocore's NetworkCardInfo.

    :raises EC2ClientError: AttachmentLimitExceeded, the type has fewer cards.
    """
    for card in network_info(instance_type)["NetworkCards"]:
        if card["NetworkCardIndex"] == index:
            return card
    raise _exceeded(f"NetworkCard index {index}", instance_type)


def check_slots(instance_type: str, slots: list[Slot]) -> None:
    """Raise unless an instance of the type has room for all these interfaces together."""
    info = network_info(instance_type)
    _check_most("Interface count", len(slots), info["MaximumNetworkInterfaces"], instance_type)
    on_card = Counter(slot.network_card for slot in slots)
    for index, count in sorted(on_card.items()):
        most = network_card(instance_type, index)["MaximumNetworkInterfaces"]
        _check_most(f"NetworkCard index {index} interface count", count, most, instance_type)
    _check_efa(instance_type, [slot for slot in slots if slot.interface_type in EFA])
    _check_queues(instance_type, slots)


def takes_addresses(instance_type: str, eni: Any, more: int = 0, more_ipv6: int = 0) -> bool:
    """Whether an interface of the type may have the addresses of the ENI.

    :param more: IPv4 addresses and prefixes that the ENI is to get, each of which counts as one address.
    :param more_ipv6: the same of IPv6.
    """
    limits = network_info(instance_type)
    ipv4 = len(eni.associations) + len(eni.ipv4_prefixes) + more
    ipv6 = len(eni.ipv6_addresses) + len(eni.ipv6_prefixes) + more_ipv6
    return ipv4 <= limits["Ipv4AddressesPerInterface"] and ipv6 <= limits["Ipv6AddressesPerInterface"]


def too_many_addresses() -> EC2ClientError:
    return EC2ClientError("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.")


def check_ena_express(instance_type: str, specification: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-express.html"""
    udp = specification.get("EnaSrdUdpSpecification", {}).get("EnaSrdUdpEnabled")
    if not specification.get("EnaSrdEnabled"):
        if udp:
            raise _unsupported("EnaSrdUdpEnabled requires EnaSrdEnabled.")
    elif not network_info(instance_type)["EnaSrdSupported"]:
        raise _unsupported(f"ENA Express is not supported for the '{instance_type}' instance type.")


def ena_queues(instance_type: str, slot: Slot) -> int | None:
    """How many queues an interface in this slot has, or None where the type does not let one choose."""
    if network_info(instance_type)["FlexibleEnaQueuesSupport"] != "supported":
        return None
    return slot.ena_queues or network_card(instance_type, slot.network_card)["DefaultEnaQueueCountPerInterface"]


def _check_efa(instance_type: str, slots: list[Slot]) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html"""
    for slot in slots:
        if slot.interface_type not in network_card(instance_type, slot.network_card)["InterfaceTypes"]:
            raise _unsupported(f"An {slot.interface_type} interface is not supported for '{instance_type}' here.")
    if slots:
        most = network_info(instance_type)["EfaInfo"]["MaximumEfaInterfaces"]
        _check_most("EFA interface count", len(slots), most, instance_type)


def _check_queues(instance_type: str, slots: list[Slot]) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-queues.html"""
    for slot in (slot for slot in slots if slot.ena_queues is not None):
        if ena_queues(instance_type, slot) is None:
            raise _unsupported(f"EnaQueueCount is not supported for the '{instance_type}' instance type.")
        if slot.ena_queues < 1 or slot.ena_queues.bit_count() != 1:
            raise EC2ClientError(
                "InvalidParameterValue", f"EnaQueueCount {slot.ena_queues} is invalid: it must be a power of 2."
            )
        card = network_card(instance_type, slot.network_card)
        each = f"EnaQueueCount of device index {slot.device_index}:"
        _check_most(each, slot.ena_queues, card["MaximumEnaQueueCountPerInterface"], instance_type)
        total = sum(ena_queues(instance_type, other) for other in slots if other.network_card == slot.network_card)
        _check_most("ENA queue count", total, card["MaximumEnaQueueCount"], instance_type)


def _check_most(what: str, count: int, most: int, instance_type: str) -> None:
    if count > most:
        raise _exceeded(f"{what} {count}", instance_type)


def _exceeded(what: str, instance_type: str) -> EC2ClientError:
    return EC2ClientError("AttachmentLimitExceeded", f"{what} exceeds the limit for {instance_type}")


def _unsupported(message: str) -> EC2ClientError:
    # Code as seen from AWS; not in its reference.
    return EC2ClientError("InvalidParameterCombination", message)
