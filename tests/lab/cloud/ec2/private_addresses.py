# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AssignPrivateIpAddresses and its opposite, for IPv4 and IPv6."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError

from ..clock import clock
from .instance_types import check_private_addresses
from .dns import private_dns_name
from .dispatch import PlainResult


class AddressHolder:
    """Stand-in."""

    def __init__(self) -> None:
        self.associations: dict[str, dict[str, Any] | None] = {}
        self.ipv4_prefixes: list[str] = []
        self.ipv6_addresses: list[str] = []
        self.ipv6_prefixes: list[str] = []

    @property
    def private_ip_address(self) -> str | None:
        return next(iter(self.associations), None)

    @property
    def public_ip(self) -> str | None:
        association = self.associations.get(self.private_ip_address)
        return association["PublicIp"] if association else None


def take_addresses(eni: Any, spec: dict[str, Any]) -> None:
    """Stand-in."""
    if spec.get("InterfaceType") == "efa-only":
        if "PrivateIpAddress" in spec:
            raise EC2ClientError("InvalidParameterCombination", "PrivateIpAddress")
        return
    subnet = eni.subnet
    primary, secondary, count = _wanted_ipv4(spec)
    subnet.ipv4.check_free(secondary + ([primary] if primary else []), count + (not primary))
    ipv6 = [each["Ipv6Address"] for each in spec.get("Ipv6Addresses", [])]
    ipv6_count = int(spec.get("Ipv6AddressCount") or 0)
    if ipv6 or ipv6_count:
        subnet.ipv6.check_free(ipv6, ipv6_count)
    taken = [subnet.ipv4.take(primary, eni) if primary else subnet.ipv4.take_any(eni)]
    taken += [subnet.ipv4.take(address, eni) for address in secondary]
    taken += [subnet.ipv4.take_any(eni) for _each in range(count)]
    eni.associations.update(dict.fromkeys(taken))
    eni.ipv6_addresses += [subnet.ipv6.take(address, eni) for address in ipv6]
    eni.ipv6_addresses += [subnet.ipv6.take_any(eni) for _each in range(ipv6_count)]


def release_addresses(eni: Any) -> None:
    """Stand-in."""
    eni.ec2_backend.disassociate_addresses_of(eni)
    for address in eni.associations:
        eni.subnet.ipv4.release(address)
    for address in eni.ipv6_addresses:
        eni.subnet.ipv6.release(address)


def set_primary_ipv6(eni: Any, value: bool) -> None:
    """Stand-in."""


def addresses_as_dict(eni: Any) -> dict[str, Any]:
    """Stand-in."""
    dns_names = eni.ec2_backend.get_vpc(eni.vpc_id).enable_dns_hostnames
    addresses = [
        {
            "Primary": address == eni.private_ip_address,
            "PrivateIpAddress": address,
            "PrivateDnsName": private_dns_name(address, eni.ec2_backend.region_name) if dns_names else None,
            "Association": association,
        }
        for address, association in eni.associations.items()
    ]
    return {name: addresses[0][name] for name in ("Association", "PrivateDnsName", "PrivateIpAddress") if addresses} | {
        "Ipv6Addresses": [{"Ipv6Address": address, "IsPrimaryIpv6": False} for address in eni.ipv6_addresses],
        "PrivateIpAddresses": addresses,
    }


def _wanted_ipv4(spec: dict[str, Any]) -> tuple[str | None, list[str], int]:
    """(primary or None for any, secondary addresses, how many more secondary ones) that a request asks for."""
    listed = spec.get("PrivateIpAddresses", [])
    count = int(spec.get("SecondaryPrivateIpAddressCount") or 0)
    if count and any(not each.get("Primary") for each in listed):
        raise EC2ClientError(
            "InvalidParameterCombination",
            "SecondaryPrivateIpAddressCount cannot be specified together with secondary PrivateIpAddresses",
        )
    primary = [spec["PrivateIpAddress"]] if spec.get("PrivateIpAddress") else []
    primary += [each["PrivateIpAddress"] for each in listed if each.get("Primary")]
    if len(set(primary)) > 1:
        raise EC2ClientError(
            "InvalidParameterCombination", f"Only one primary private IP address can be specified, not {primary}"
        )
    secondary = [each["PrivateIpAddress"] for each in listed if not each.get("Primary")]
    return (primary[0] if primary else None), [each for each in secondary if each not in primary], count


class PrivateAddresses:
    """Backend."""

    def assign_private_ip_addresses(
        self, eni_id: str, addresses: list[str], count: int, allow_reassignment: bool
    ) -> list[str]:
        """Add secondary addresses to an ENI and return them; AllowReassignment takes them from other ENIs."""
        eni = self.get_network_interface(eni_id)
        if bool(addresses) == bool(count):
            raise EC2ClientError(
                "InvalidParameterCombination",
                "Specify either PrivateIpAddresses or SecondaryPrivateIpAddressCount",
            )
        new = [address for address in dict.fromkeys(addresses) if address not in eni.associations]
        held = {address: eni.subnet.ipv4.holder(address) for address in new if eni.subnet.ipv4.check(address)}
        taken = [address for address, holder in held.items() if holder is not None]
        if taken and not allow_reassignment:
            raise EC2ClientError(
                "InvalidParameterValue", f"[{', '.join(taken)}] is already assigned but move is not allowed."
            )
        for address in taken:
            _check_movable(address, held[address])
        eni.subnet.ipv4.check_free([address for address in new if address not in taken], count)
        check_private_addresses(eni, len(new) + count)

        for address in new:
            if address in taken:
                self._move(address, held[address], eni)
            else:
                eni.associations[eni.subnet.ipv4.take(address, eni)] = None
        given = [eni.subnet.ipv4.take_any(eni) for _each in range(count)]
        eni.associations.update(dict.fromkeys(given))
        return addresses + given

    def _move(self, address: str, old: Any, new: Any) -> None:
        association = old.associations.pop(address)
        new.subnet.ipv4.move(address, new)
        new.associations[address] = None
        if association:
            # "an Elastic IP address that is associated with it moves, too", but not at once.
            clock.after_transition(lambda: self.follow_address(association, new, address))

    def unassign_private_ip_addresses(self, eni_id: str, addresses: list[str]) -> None:
        eni = self.get_network_interface(eni_id)
        missing = [address for address in addresses if address not in eni.associations]
        if missing:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Some of [{', '.join(missing)}] addresses are not assigned to interface {eni_id}",
            )
        if eni.private_ip_address in addresses:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"{eni.private_ip_address} is the primary address of interface {eni_id} and cannot be unassigned",
            )
        for address in addresses:
            self.disassociate_addresses_of(eni, address)
            del eni.associations[address]
            eni.subnet.ipv4.release(address)

    def assign_ipv6_addresses(self, eni_id: str, addresses: list[str], count: int) -> list[str]:
        eni = self.get_network_interface(eni_id)
        new = [address for address in addresses if address not in eni.ipv6_addresses]
        eni.subnet.ipv6.check_free(new, count)
        given = [eni.subnet.ipv6.take(address, eni) for address in new]
        given += [eni.subnet.ipv6.take_any(eni) for _each in range(count)]
        eni.ipv6_addresses += given
        return given

    def unassign_ipv6_addresses(self, eni_id: str, addresses: list[str]) -> list[str]:
        eni = self.get_network_interface(eni_id)
        missing = [address for address in addresses if address not in eni.ipv6_addresses]
        if missing:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Some of [{', '.join(missing)}] addresses are not assigned to interface {eni_id}",
            )
        for address in addresses:
            eni.ipv6_addresses.remove(address)
            eni.subnet.ipv6.release(address)
        return addresses


def _check_movable(address: str, holder: Any) -> None:
    if not hasattr(holder, "associations") or holder.private_ip_address == address:
        raise EC2ClientError(
            "InvalidParameterValue", f"{address} is the primary address of another interface and cannot be moved"
        )


class PrivateAddressHandlers:
    """Responses."""

    def assign_private_ip_addresses(self) -> ActionResult:
        eni_id = self.params.get("NetworkInterfaceId")
        assigned = self.ec2_backend.assign_private_ip_addresses(
            eni_id,
            self.params.get("PrivateIpAddresses", []),
            int(self.params.get("SecondaryPrivateIpAddressCount") or 0),
            bool(self.params.get("AllowReassignment")),
        )
        reply = {"AssignedPrivateIpAddresses": [{"PrivateIpAddress": address} for address in assigned]}
        return PlainResult({"NetworkInterfaceId": eni_id} | reply)

    def unassign_private_ip_addresses(self) -> ActionResult:
        self.ec2_backend.unassign_private_ip_addresses(
            self.params.get("NetworkInterfaceId"), self.params.get("PrivateIpAddresses", [])
        )
        return EmptyResult()

    def assign_ipv6_addresses(self) -> ActionResult:
        eni_id = self.params.get("NetworkInterfaceId")
        assigned = self.ec2_backend.assign_ipv6_addresses(
            eni_id, self.params.get("Ipv6Addresses", []), int(self.params.get("Ipv6AddressCount") or 0)
        )
        return PlainResult({"NetworkInterfaceId": eni_id, "AssignedIpv6Addresses": assigned})

    def unassign_ipv6_addresses(self) -> ActionResult:
        eni_id = self.params.get("NetworkInterfaceId")
        unassigned = self.ec2_backend.unassign_ipv6_addresses(eni_id, self.params.get("Ipv6Addresses", []))
        return PlainResult({"NetworkInterfaceId": eni_id, "UnassignedIpv6Addresses": unassigned})
