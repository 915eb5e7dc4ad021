# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AssignPrivateIpAddresses and its opposite, for IPv4 and IPv6."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError

from ..clock import clock
from .instance_types import check_private_addresses
from .network_interfaces import NetworkInterface
from .dispatch import PlainResult


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

    def _move(self, address: str, old: NetworkInterface, new: NetworkInterface) -> None:
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
    if not isinstance(holder, NetworkInterface) or holder.private_ip_address == address:
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
