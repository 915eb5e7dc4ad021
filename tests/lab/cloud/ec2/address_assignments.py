# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AssignPrivateIpAddresses, AssignIpv6Addresses and their opposites, and private addresses that move."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError

from . import address_parameters
from .address_parameters import IPV4, IPV6
from .address_pool import Taken, Wanted
from .dispatch import PlainResult
from .instance_types import takes_addresses, too_many_addresses
from .network_interfaces import NetworkInterface
from .requester_managed import check_changeable


class AddressAssignments:
    """Backend."""

    def assign_private_ip_addresses(self, eni_id: str, wanted: Wanted, allow_reassignment: bool) -> Taken:
        """Add secondary addresses and prefixes to an ENI; AllowReassignment takes addresses from other ENIs."""
        eni = self._own_interface(eni_id)
        pool = eni.subnet.ipv4
        holders = {each: pool.holder(each) for each in wanted.addresses}
        moved = {each: holder for each, holder in holders.items() if holder not in (None, eni)}
        _check_movable(moved, allow_reassignment)
        new = replace(wanted, addresses=[each for each, holder in holders.items() if holder is None])
        _check_room(eni, more=len(moved) + _slots(new))

        taken = pool.take(new, eni)
        for address, holder in moved.items():
            self._move(address, holder, eni)
        eni.associations |= dict.fromkeys(taken.addresses)
        eni.ipv4_prefixes += taken.prefixes
        return Taken([*moved, *taken.addresses], taken.prefixes)

    def _move(self, address: str, old: NetworkInterface, new: NetworkInterface) -> None:
        association = old.associations.pop(address)
        new.subnet.ipv4.move(address, new)
        new.associations[address] = None
        if association:
            # "any Elastic IP address that is associated with the IP address is also moved", but not at once.
            self.follow_address(new.subnet.id, address)

    def unassign_private_ip_addresses(self, eni_id: str, unwanted: Wanted) -> None:
        eni = self._own_interface(eni_id)
        _check_assigned(eni_id, unwanted.addresses, eni.associations)
        _check_assigned(eni_id, unwanted.prefixes, eni.ipv4_prefixes)
        if eni.private_ip_address in unwanted.addresses:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"{eni.private_ip_address} is the primary address of interface {eni_id} and cannot be unassigned",
            )
        for address in unwanted.addresses:
            self.disassociate_addresses_of(eni, address)
            del eni.associations[address]
        for prefix in unwanted.prefixes:
            eni.ipv4_prefixes.remove(prefix)
        eni.subnet.ipv4.release(unwanted.addresses, unwanted.prefixes)

    def assign_ipv6_addresses(self, eni_id: str, wanted: Wanted) -> Taken:
        eni = self._own_interface(eni_id)
        new = replace(wanted, addresses=[each for each in wanted.addresses if each not in eni.ipv6_addresses])
        _check_room(eni, more_ipv6=_slots(new))
        taken = eni.subnet.ipv6.take(new, eni)
        eni.ipv6_addresses += taken.addresses
        eni.ipv6_prefixes += taken.prefixes
        return taken

    def unassign_ipv6_addresses(self, eni_id: str, unwanted: Wanted) -> None:
        eni = self._own_interface(eni_id)
        _check_assigned(eni_id, unwanted.addresses, eni.ipv6_addresses)
        _check_assigned(eni_id, unwanted.prefixes, eni.ipv6_prefixes)
        if eni.primary_ipv6 in unwanted.addresses:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"{eni.primary_ipv6} is the primary IPv6 address of interface {eni_id} and cannot be unassigned",
            )
        for address in unwanted.addresses:
            eni.ipv6_addresses.remove(address)
        for prefix in unwanted.prefixes:
            eni.ipv6_prefixes.remove(prefix)
        eni.subnet.ipv6.release(unwanted.addresses, unwanted.prefixes)

    def _own_interface(self, eni_id: str) -> NetworkInterface:
        eni = self.get_network_interface(eni_id)
        check_changeable(eni)
        return eni


def _slots(wanted: Wanted) -> int:
    """How many more places of an ENI this needs: "each prefix [...] counts as one IP address"."""
    return len(wanted.addresses) + wanted.count + len(wanted.prefixes) + wanted.prefix_count


def _check_room(eni: NetworkInterface, **more: int) -> None:
    """Raise if the instance that the ENI is attached to does not take so many more addresses."""
    if eni.instance and not takes_addresses(eni.instance.instance_type, eni, **more):
        raise too_many_addresses()


def _check_movable(held: dict[str, Any], allow_reassignment: bool) -> None:
    if held and not allow_reassignment:
        # Code as seen from AWS; not in its reference.
        raise EC2ClientError(
            "InvalidParameterValue", f"[{', '.join(held)}] is already assigned but move is not allowed."
        )
    for address, holder in held.items():
        if not isinstance(holder, NetworkInterface) or holder.private_ip_address == address:
            raise EC2ClientError(
                "InvalidParameterValue", f"{address} is the primary address of another interface and cannot be moved"
            )


def _check_assigned(eni_id: str, named: Any, assigned: Any) -> None:
    missing = [each for each in named if each not in assigned]
    if missing:
        # Code as seen from AWS; not in its reference.
        raise EC2ClientError(
            "InvalidParameterValue", f"Some of [{', '.join(missing)}] addresses are not assigned to interface {eni_id}"
        )


def _canonical(named: Any) -> list[str]:
    """Addresses or prefixes in the words of :mod:`ipaddress`, each once; what is none of either stays as it is."""
    written = []
    for each in named:
        try:
            written.append(str(ipaddress.ip_network(each) if "/" in each else ipaddress.ip_address(each)))
        except ValueError:
            written.append(each)
    return list(dict.fromkeys(written))


class AddressAssignmentHandlers:
    """Responses."""

    def _wanted(self, members: address_parameters.Members) -> Wanted:
        asked = address_parameters.of_assignment(self.params, members)
        return replace(asked, addresses=_canonical(asked.addresses), prefixes=_canonical(asked.prefixes))

    def assign_private_ip_addresses(self) -> ActionResult:
        eni_id = self.params.get("NetworkInterfaceId")
        allow_reassignment = bool(self.params.get("AllowReassignment"))
        taken = self.ec2_backend.assign_private_ip_addresses(eni_id, self._wanted(IPV4), allow_reassignment)
        return PlainResult(
            {
                "NetworkInterfaceId": eni_id,
                "AssignedPrivateIpAddresses": [{"PrivateIpAddress": each} for each in taken.addresses] or None,
                "AssignedIpv4Prefixes": [{"Ipv4Prefix": each} for each in taken.prefixes] or None,
            }
        )

    def unassign_private_ip_addresses(self) -> ActionResult:
        self.ec2_backend.unassign_private_ip_addresses(self.params.get("NetworkInterfaceId"), self._wanted(IPV4))
        return EmptyResult()

    def assign_ipv6_addresses(self) -> ActionResult:
        eni_id = self.params.get("NetworkInterfaceId")
        taken = self.ec2_backend.assign_ipv6_addresses(eni_id, self._wanted(IPV6))
        return PlainResult(
            {
                "NetworkInterfaceId": eni_id,
                "AssignedIpv6Addresses": taken.addresses or None,
                "AssignedIpv6Prefixes": taken.prefixes or None,
            }
        )

    def unassign_ipv6_addresses(self) -> ActionResult:
        eni_id, unwanted = self.params.get("NetworkInterfaceId"), self._wanted(IPV6)
        self.ec2_backend.unassign_ipv6_addresses(eni_id, unwanted)
        return PlainResult(
            {
                "NetworkInterfaceId": eni_id,
                "UnassignedIpv6Addresses": unwanted.addresses or None,
                "UnassignedIpv6Prefixes": unwanted.prefixes or None,
            }
        )
