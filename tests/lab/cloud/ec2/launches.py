# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""RunInstances, as far as ENIs are concerned: they are there before the instance is.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from .attachments import check_unattached, check_zone, slot_of
from .instance_types import check_ena_express, check_slots, network_info, takes_addresses
from .network_interfaces import NetworkInterface
from .parameters import check_choice
from .requester_managed import check_changeable

#: The instance-level members that mean its one ENI, and what they are called on an ENI.
_INSTANCE_LEVEL = {
    "SubnetId": "SubnetId",
    "SecurityGroupIds": "Groups",
    "SecurityGroups": "SecurityGroups",
    "PrivateIpAddress": "PrivateIpAddress",
    "Ipv6Addresses": "Ipv6Addresses",
    "Ipv6AddressCount": "Ipv6AddressCount",
    "EnablePrimaryIpv6": "PrimaryIpv6",
}

#: What may be said of an ENI that is there already.
_OF_EXISTING = {
    "NetworkInterfaceId",
    "DeviceIndex",
    "NetworkCardIndex",
    "DeleteOnTermination",
    "EnaSrdSpecification",
    "EnaQueueCount",
    "InterfaceType",
}

#: What only one instance can have.
_OF_ONE = ("NetworkInterfaceId", "PrivateIpAddress", "PrivateIpAddresses", "Ipv6Addresses")


def _resolve_image(image_id: str) -> str:
    """The AMI behind ``resolve:ssm:PARAMETER``: any parameter has one, the same each time."""
    if image_id.startswith("resolve:ssm:"):
        return f"ami-{hashlib.sha256(image_id.encode()).hexdigest()[:17]}"
    if not re.fullmatch(r"ami-[0-9a-f]{8,17}", image_id):
        raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}"')
    return image_id


def _bad_combination(message: str) -> EC2ClientError:
    return EC2ClientError("InvalidParameterCombination", message)


def _check_interfaces(interfaces: list[dict[str, Any]], instance_type: str, count: int) -> None:
    """Raise if one instance cannot be launched with these, whatever the ENIs are."""
    slots = [slot_of(nic.get("InterfaceType") or "interface", nic) for nic in interfaces]
    places = [slot.place for slot in slots]
    if (0, 0) not in places or len(set(places)) < len(places):
        raise EC2ClientError(
            "InvalidParameterValue",
            "Network interfaces must have different device indexes on their network card, one of them 0 on card 0, "
            f"not {[device for _card, device in places]} on cards {[card for card, _device in places]}",
        )
    check_slots(instance_type, slots)
    for nic in interfaces:
        _check_interface(nic, alone=len(interfaces) == 1)
        check_ena_express(instance_type, nic.get("EnaSrdSpecification", {}))
        if count > 1:
            for name in (name for name in _OF_ONE if nic.get(name)):
                raise _bad_combination(f"{name} cannot be specified when launching more than one instance")


def _check_interface(nic: dict[str, Any], alone: bool) -> None:
    if not alone and "AssociatePublicIpAddress" in nic:
        raise _bad_combination(
            "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces"
        )
    if nic.get("NetworkInterfaceId"):
        for name in sorted(set(nic) - _OF_EXISTING):
            raise _bad_combination(f"A network interface may not specify both a network interface ID and {name}")
        if nic.get("DeleteOnTermination"):
            raise _bad_combination(
                "A network interface may not specify both a network interface ID and delete on termination as true"
            )
    else:
        check_choice("InterfaceType", nic.get("InterfaceType") or "interface", ("interface", "efa", "efa-only"))


class LaunchHandlers:
    """Responses."""

    def run_instances(self) -> ActionResult:
        asked = self.params
        instance_type = asked.get("InstanceType", "m1.small")
        network_info(instance_type)
        if image_id := asked.get("ImageId"):
            asked["ImageId"] = _resolve_image(image_id)
        if key_name := asked.get("KeyName"):
            self.ec2_backend.describe_key_pairs([key_name])
        count = int(asked.get("MaxCount", 1))
        interfaces = self._interfaces()
        _check_interfaces(interfaces, instance_type, count)

        made: list[NetworkInterface] = []
        try:
            asked["NetworkInterfaces"] = [
                self._prepare(nic, instance_type, made) | {"LaunchIndex": index}
                for index in range(count)
                for nic in interfaces
            ]
            self._check_zones(asked["NetworkInterfaces"])
            asked["MinCount"] = count
            return super().run_instances()
        except Exception:
            for eni in made:
                if not eni.attachment:
                    self.ec2_backend.delete_network_interface(eni.id)
            raise

    def _interfaces(self) -> list[dict[str, Any]]:
        """The request's ENIs; those of the instance itself become its device 0."""
        own = {name: self.params.pop(name) for name in _INSTANCE_LEVEL if name in self.params}
        listed = self.params.get("NetworkInterfaces", [])
        if not listed:
            nic = {_INSTANCE_LEVEL[name]: value for name, value in own.items()}
            named = [self.ec2_backend.security_group_by_name(name) for name in nic.pop("SecurityGroups", [])]
            nic["Groups"] = nic.get("Groups", []) + [group.id for group in named]
            return [{"DeviceIndex": 0} | nic]
        if own:
            raise _bad_combination(
                f"Network interfaces and an instance-level {', '.join(sorted(own))} "
                "may not be specified on the same request"
            )
        for nic in listed:
            if nic.get("DeviceIndex") is None:
                raise EC2ClientError("MissingParameter", "Each network interface requires a device index.")
            if eni_id := nic.get("NetworkInterfaceId"):
                nic["InterfaceType"] = self.ec2_backend.attachable_interface(eni_id).interface_type
        return listed

    def _prepare(self, nic: dict[str, Any], instance_type: str, made: list[NetworkInterface]) -> dict[str, Any]:
        """What joins an instance with an ENI that is there, or is made now."""
        if eni_id := nic.get("NetworkInterfaceId"):
            eni = self.ec2_backend.attachable_interface(eni_id)
            check_changeable(eni)
            check_unattached(eni)
        else:
            eni = self._make_interface(nic)
            made.append(eni)
        if not takes_addresses(instance_type, eni):
            raise EC2ClientError(
                "InvalidInterface.IpAddressLimitExceeded",
                f"The number of private IP addresses for {eni.id} exceeds the limit for '{instance_type}'.",
            )
        return {"DeleteOnTermination": not eni_id} | nic | {"NetworkInterfaceId": eni.id}

    def _make_interface(self, nic: dict[str, Any]) -> NetworkInterface:
        subnet_id = nic.get("SubnetId") or self._default_subnet()
        eni = self.ec2_backend.make_network_interface(nic | {"SubnetId": subnet_id})
        is_primary = slot_of(eni.interface_type, nic).place == (0, 0)
        eni.auto_assign_public_ip = nic.get(
            "AssociatePublicIpAddress", is_primary and eni.subnet.map_public_ip_on_launch
        )
        eni.add_tags(self._parse_tag_specification().get("network-interface", {}))
        return eni

    def _check_zones(self, interfaces: list[dict[str, Any]]) -> None:
        enis = [self.ec2_backend.attachable_interface(nic["NetworkInterfaceId"]) for nic in interfaces]
        zone = self.params.get("Placement", {}).get("AvailabilityZone") or enis[0].subnet.availability_zone
        for eni in enis:
            check_zone(eni, zone)

    def _default_subnet(self) -> str:
        zone = self.params.get("Placement", {}).get("AvailabilityZone")
        default_vpc = self.ec2_backend.get_default_vpc()
        for subnet in self.ec2_backend.get_default_subnets().values():
            if default_vpc and subnet.vpc_id == default_vpc.id and zone in (None, subnet.availability_zone):
                return subnet.id
        raise EC2ClientError(
            "MissingInput", f"No default subnet{f' in {zone}' if zone else ''}. Please specify a subnet."
        )
