# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A load balancer's nodes: an ENI in each subnet it stands in, which AWS makes and nobody else changes.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.elbv2.exceptions import InvalidConfigurationRequest

from ..ec2.address_pool import Wanted
from ..ec2.requester_managed import ServiceAttachment


class Nodes:
    """The part of a load balancer that stands in subnets.

    ``enis`` maps the id of each subnet to the ENI there, ``fixed`` to the address that was asked for, if any.
    """

    def __init__(self) -> None:
        self.enis: dict[str, Any] = {}
        self.fixed: dict[str, dict[str, str]] = {}

    @property
    def subnets(self) -> list[Any]:
        return [eni.subnet for eni in self.enis.values()]

    @property
    def vpc_id(self) -> str:
        return self.subnets[0].vpc_id

    def zones_as_dicts(self) -> list[dict[str, Any]]:
        return [
            {
                "ZoneName": subnet.availability_zone,
                "SubnetId": subnet.id,
                "LoadBalancerAddresses": self._addresses_in(subnet.id),
            }
            for subnet in self.subnets
        ]

    def _addresses_in(self, subnet_id: str) -> list[dict[str, str]]:
        """botocore's LoadBalancerAddresses: those that were chosen."""
        fixed = self.fixed[subnet_id]
        if "AllocationId" in fixed:
            return [fixed | {"IpAddress": self.enis[subnet_id].public_ip}]
        return [fixed] if fixed else []

    def stand_in(self, mappings: list[dict[str, Any]]) -> None:
        """Have an ENI in each of these subnets (botocore's SubnetMapping) and in no other."""
        ec2 = self.backend.ec2_backend
        made: dict[str, Any] = {}
        try:
            for each in mappings:
                if each["SubnetId"] not in self.enis:
                    made[each["SubnetId"]] = eni = self._make_eni(each)
                    if each.get("AllocationId"):
                        ec2.associate_address(eni, allocation_id=each["AllocationId"])
                    eni.requester_managed, eni.requester_id = True, "amazon-elb"
                    eni.attachment = ServiceAttachment()
        except EC2ClientError as error:
            for eni in made.values():
                ec2.delete_network_interface(eni.id)
            raise InvalidConfigurationRequest(error.message) from None
        self.fixed |= {each["SubnetId"]: _fixed(each) for each in mappings if each["SubnetId"] in made}
        for subnet_id in self.enis.keys() - {each["SubnetId"] for each in mappings}:
            ec2.delete_network_interface(self.enis.pop(subnet_id).id)
        self.enis |= made

    def _make_eni(self, mapping: dict[str, Any]) -> Any:
        spec = {
            "SubnetId": mapping["SubnetId"],
            "PrivateIpAddress": mapping.get("PrivateIPv4Address"),
            "Ipv6AddressCount": 0 if self.ip_address_type == "ipv4" else 1,
            "Description": f"ELB {self.path}",
        }
        eni = self.backend.ec2_backend.make_network_interface(spec)
        eni.groups = self._groups()
        eni.interface_type = self.kind.interface_type
        return eni

    def fit_ip_address_type(self) -> None:
        """Each ENI has an IPv6 address, or none."""
        for eni in self.enis.values():
            if self.ip_address_type == "ipv4" and eni.ipv6_addresses:
                eni.subnet.ipv6.release(eni.ipv6_addresses)
                eni.ipv6_addresses = []
            elif self.ip_address_type != "ipv4" and not eni.ipv6_addresses:
                eni.ipv6_addresses = eni.subnet.ipv6.take(Wanted(count=1), eni).addresses

    def fit_security_groups(self) -> None:
        for eni in self.enis.values():
            eni.groups = self._groups()

    def _groups(self) -> list[Any]:
        return [self.backend.ec2_backend.get_security_group_from_id(each) for each in self.security_groups]


def _fixed(mapping: dict[str, Any]) -> dict[str, str]:
    """What the mapping asks for of botocore's LoadBalancerAddress."""
    return {name: mapping[name] for name in ("AllocationId", "PrivateIPv4Address") if mapping.get(name)}
