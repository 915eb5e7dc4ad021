# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The ENIs of a VPC endpoint: one in each of its subnets, which are in different zones.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from .address_pool import Wanted
from .endpoint_types import REFUSED, TYPES
from .network_interfaces import NetworkInterface
from .requester_managed import hand_over
from .subnets import Subnet

#: An endpoint's IpAddressType -> the IP versions of its ENIs.
FAMILIES = {"ipv4": {"ipv4"}, "ipv6": {"ipv6"}, "dualstack": {"ipv4", "ipv6"}}


class EndpointInterfaces:
    """Backend."""

    def endpoint_subnets(self, endpoint: Any, subnet_ids: list[str]) -> list[Subnet]:
        """The subnets in which the endpoint can have ENIs, too.

        :raises EC2ClientError: InvalidSubnetID.NotFound; InvalidParameter, of another VPC, in a zone without the
            service, or one too many; DuplicateSubnetsInSameZone.
        """
        subnets = [self.get_subnet(each) for each in dict.fromkeys(subnet_ids) if each not in endpoint.enis]
        taken = {eni.subnet.availability_zone: eni.subnet.id for eni in endpoint.enis.values()}
        for subnet in subnets:
            if subnet.vpc_id != endpoint.vpc_id:
                raise EC2ClientError(REFUSED, f"The subnet {subnet.id} is not in the VPC {endpoint.vpc_id}.")
            check_zone(endpoint.service, subnet)
            if subnet.availability_zone in taken:
                # Words as seen from AWS.
                raise EC2ClientError(
                    "DuplicateSubnetsInSameZone",
                    "Found another VPC endpoint subnet in the availability zone of "
                    f"{taken[subnet.availability_zone]}",
                )
            taken[subnet.availability_zone] = subnet.id
        most = TYPES[endpoint.type].most_subnets
        if most is not None and len(taken) > most:
            raise EC2ClientError(REFUSED, f"An endpoint of type {endpoint.type} has only one subnet.")
        return subnets

    def make_endpoint_interfaces(
        self, endpoint: Any, subnets: Iterable[Subnet], addresses: dict[str, dict[str, str]]
    ) -> list[NetworkInterface]:
        """An ENI in each of the subnets, or in none.

        :param addresses: subnet id -> botocore's SubnetConfiguration, for those whose addresses the request chooses.
        """
        made: list[NetworkInterface] = []
        try:
            for subnet in subnets:
                made.append(self._make_endpoint_interface(endpoint, subnet, addresses.get(subnet.id, {})))
        except EC2ClientError:
            for eni in made:
                self.delete_network_interface(eni.id)
            raise
        return made

    def _make_endpoint_interface(self, endpoint: Any, subnet: Subnet, chosen: dict[str, str]) -> NetworkInterface:
        ipv6 = {"Ipv6AddressCount": 1 if "ipv6" in FAMILIES[endpoint.ip_type] else 0}
        if chosen.get("Ipv6"):
            ipv6 = {"Ipv6Addresses": [{"Ipv6Address": chosen["Ipv6"]}]}
        eni = self.make_network_interface(
            {
                "SubnetId": subnet.id,
                "Groups": [group.id for group in endpoint.groups],
                "Description": f"VPC Endpoint Interface {endpoint.id}",
                "PrivateIpAddress": chosen.get("Ipv4"),
                **ipv6,
            }
        )
        hand_over(eni, TYPES[endpoint.type].eni_type)
        return eni


def check_zone(service: Any, subnet: Subnet) -> None:
    """Raise unless the service is in the subnet's zone; from another Region it is reached in every zone."""
    is_remote = service is None or service.region != subnet.ec2_backend.region_name
    if not is_remote and subnet.availability_zone_id not in service.zone_ids:
        # Words as seen from AWS.
        raise EC2ClientError(
            REFUSED,
            f"The VPC endpoint service {service.name} does not support the availability zone of the subnet: "
            f"{subnet.id}.",
        )


def check_ip_type(ip_type: str, service: Any, subnets: Iterable[Subnet]) -> None:
    """Raise unless the service and the subnets have the IP versions of an endpoint's IpAddressType.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#aws-services-ip-address-type
    """
    families = FAMILIES[ip_type]
    if service and not families <= set(service.ip_types):
        raise EC2ClientError(
            REFUSED, f"The IP address type {ip_type} is not supported by the VPC endpoint service {service.name}."
        )
    for subnet in subnets:
        has = {name for name, block in (("ipv4", subnet.cidr_block), ("ipv6", subnet.ipv6_cidr_block)) if block}
        # "all selected subnets are IPv6 only subnets"
        if not families <= has or (families == {"ipv6"} and has != families):
            raise EC2ClientError(
                REFUSED, f"The IP address type {ip_type} is not supported by the subnet {subnet.id}: {sorted(has)}."
            )


def chosen_addresses(asked: dict[str, Any], subnet_ids: Iterable[str], ip_type: str) -> dict[str, dict[str, str]]:
    """SubnetConfigurations by subnet.

    :raises EC2ClientError: InvalidParameter, of a subnet that is not the endpoint's, or not all of an ENI's addresses.
    """
    chosen = {each.get("SubnetId", ""): each for each in asked.get("SubnetConfigurations", [])}
    for subnet_id, each in chosen.items():
        if subnet_id not in set(subnet_ids):
            raise EC2ClientError(REFUSED, f"The subnet '{subnet_id}' of SubnetConfigurations is not in SubnetIds.")
        for member in ("Ipv4", "Ipv6"):
            # "You must provide an IPv4 address if the VPC endpoint supports IPv4", and so for IPv6.
            is_needed = member.lower() in FAMILIES[ip_type]
            if bool(each.get(member)) != is_needed:
                raise EC2ClientError(
                    REFUSED,
                    f"SubnetConfigurations of the subnet {subnet_id} must {'' if is_needed else 'not '}have {member} "
                    f"when the IP address type is {ip_type}.",
                )
    return chosen


def is_as_chosen(eni: NetworkInterface, chosen: dict[str, str]) -> bool:
    return chosen.get("Ipv4") in (None, eni.private_ip_address) and chosen.get("Ipv6") in (None, *eni.ipv6_addresses)


def set_families(eni: NetworkInterface, ip_type: str) -> None:
    """Give an ENI its IPv6 address, or take it away, when the endpoint's IP address type changes."""
    wanted = "ipv6" in FAMILIES[ip_type]
    if wanted and not eni.ipv6_addresses:
        eni.ipv6_addresses = eni.subnet.ipv6.take(Wanted(count=1), eni).addresses
    elif not wanted and eni.ipv6_addresses:
        eni.subnet.ipv6.release(eni.ipv6_addresses)
        eni.ipv6_addresses = []
