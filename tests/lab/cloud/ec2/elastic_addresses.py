# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Public addresses: Elastic IPs on any private address of any ENI, and those AWS assigns at launch.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
"""

from __future__ import annotations

import ipaddress
import itertools
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress as MotoElasticAddress
from moto.ec2.utils import random_eip_association_id

from .dispatch import PlainResult
from .dns import public_dns_name
from .instances import only_interface
from .network_interfaces import NetworkInterface

# One of Amazon's own blocks, so that nothing a test makes up collides with it.
_AMAZON_POOL = ipaddress.ip_network("54.214.0.0/16")
_offsets = itertools.cycle(range(4, _AMAZON_POOL.num_addresses - 1))


def next_public_address() -> str:
    """An address no account has been given before, until all 65,000 have been."""
    return str(_AMAZON_POOL[next(_offsets)])


class ElasticAddress(MotoElasticAddress):
    """``eni`` and ``private_ip_address`` say where it is; the ENI's ``associations`` say the same."""

    public_ipv4_pool = "amazon"

    def __init__(self, ec2_backend: Any, domain: str, address: str | None = None, tags: Any = None):
        super().__init__(ec2_backend, domain, address or next_public_address(), tags)
        self._private_ip_address: str | None = None

    @property
    def private_ip_address(self) -> str | None:
        return self._private_ip_address

    @property
    def network_border_group(self) -> str:
        return self.ec2_backend.region_name

    @property
    def owner_id(self) -> str:
        return self.ec2_backend.account_id

    @property
    def instance_id(self) -> str | None:
        return self.eni.instance.id if self.eni and self.eni.instance else None

    @property
    def network_interface_id(self) -> str | None:
        return self.eni.id if self.eni else None

    @property
    def subnet_id(self) -> str | None:
        return self.eni.subnet.id if self.eni else None

    def put(self, eni: NetworkInterface, private_ip_address: str) -> None:
        self.association_id = random_eip_association_id()
        self.place(eni, private_ip_address)

    def place(self, eni: NetworkInterface, private_ip_address: str) -> None:
        self.eni, self._private_ip_address = eni, private_ip_address
        eni.associations[private_ip_address] = _association(self.public_ip, eni, self.owner_id) | {
            "AllocationId": self.allocation_id,
            "AssociationId": self.association_id,
        }

    def lift(self) -> None:
        if self.eni and self._private_ip_address in self.eni.associations:
            self.eni.associations[self._private_ip_address] = None
        self.eni = self._private_ip_address = self.association_id = None


def _association(public_ip: str, eni: NetworkInterface, owner: str) -> dict[str, Any]:
    dns_names = eni.ec2_backend.get_vpc(eni.vpc_id).enable_dns_hostnames
    name = public_dns_name(public_ip, eni.ec2_backend.region_name) if dns_names else None
    return {"PublicIp": public_ip, "PublicDnsName": name, "IpOwnerId": owner}


class ElasticAddresses:
    """Backend."""

    def associate_address(
        self,
        instance: Any = None,
        eni: NetworkInterface | None = None,
        address: str | None = None,
        allocation_id: str | None = None,
        private_ip_address: str | None = None,
        reassociate: bool = True,
    ) -> ElasticAddress:
        found = self.address_by_allocation([allocation_id]) if allocation_id else self.address_by_ip([address])
        elastic, eni = found[0], eni or only_interface(instance)
        private_ip_address = private_ip_address or eni.private_ip_address
        if private_ip_address not in eni.associations:
            raise EC2ClientError(
                "InvalidParameterValue", f"{private_ip_address} is not assigned to network interface {eni.id}"
            )
        if not any(igw.vpc and igw.vpc.id == eni.vpc_id for igw in self.internet_gateways.values()):
            raise EC2ClientError("Gateway.NotAttached", f"Network {eni.vpc_id} is not attached to any internet gateway")
        if elastic.eni is eni and elastic.private_ip_address == private_ip_address:
            return elastic
        there = eni.associations[private_ip_address]
        if not reassociate and (elastic.eni or (there and "AssociationId" in there)):
            raise EC2ClientError(
                "Resource.AlreadyAssociated", f"resource {elastic.allocation_id} is already associated"
            )
        elastic.lift()
        self.disassociate_addresses_of(eni, private_ip_address)
        elastic.put(eni, private_ip_address)
        return elastic

    def disassociate_addresses_of(self, eni: NetworkInterface, private_ip_address: str | None = None) -> None:
        """Lift whatever public address is on one private address of an ENI, or on each."""
        for elastic in self.addresses:
            if elastic.eni is eni and private_ip_address in (None, elastic.private_ip_address):
                elastic.lift()
        for address in [private_ip_address] if private_ip_address else list(eni.associations):
            eni.associations[address] = None

    def disassociate_address(self, address: str | None = None, association_id: str | None = None) -> None:
        found = self.address_by_association([association_id]) if association_id else self.address_by_ip([address])
        eni = found[0].eni
        found[0].lift()
        if eni:
            self.auto_assign_public_ip(eni)

    def auto_assign_public_ip(self, eni: NetworkInterface) -> None:
        """Give a running instance's primary ENI the public address it was launched with the wish for.

        Not where a second ENI is attached:
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
        """
        wants = eni.auto_assign_public_ip and eni.instance and len(eni.instance.nics) == 1
        if wants and eni.associations[eni.private_ip_address] is None:
            eni.associations[eni.private_ip_address] = _association(next_public_address(), eni, "amazon")

    def follow_address(self, association: dict[str, Any], eni: NetworkInterface, private_ip_address: str) -> None:
        """The Elastic IP of a private address that was moved to another ENI comes after it."""
        for elastic in self.addresses:
            if elastic.association_id and elastic.association_id == association.get("AssociationId"):
                elastic.place(eni, private_ip_address)

    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        found = self.address_by_allocation([allocation_id]) if allocation_id else self.address_by_ip([address])
        elastic = found[0]
        if elastic.eni:
            if not self.get_vpc(elastic.eni.vpc_id).is_default:
                raise EC2ClientError("InvalidIPAddress.InUse", f"Address {elastic.public_ip} is in use.")
            elastic.lift()
        self.tags.pop(elastic.allocation_id, None)
        self.addresses.remove(elastic)


class ElasticAddressHandlers:
    """Responses."""

    def allocate_address(self) -> ActionResult:
        tags = self._parse_tag_specification("elastic-ip").get("elastic-ip", {})
        elastic = self.ec2_backend.allocate_address("vpc", self.params.get("Address"), tags)
        return ActionResult(elastic)

    def associate_address(self) -> ActionResult:
        asked = self.params
        if not (asked.get("AllocationId") or asked.get("PublicIp")):
            raise EC2ClientError("MissingParameter", "Either public IP or allocation id must be specified")
        if not (asked.get("InstanceId") or asked.get("NetworkInterfaceId")):
            raise EC2ClientError("MissingParameter", "Either instance ID or network interface id must be specified")
        eni_id = asked.get("NetworkInterfaceId")
        elastic = self.ec2_backend.associate_address(
            instance=None if eni_id else self.ec2_backend.get_instance(asked["InstanceId"]),
            eni=self.ec2_backend.get_network_interface(eni_id) if eni_id else None,
            address=asked.get("PublicIp"),
            allocation_id=asked.get("AllocationId"),
            private_ip_address=asked.get("PrivateIpAddress"),
            reassociate=asked.get("AllowReassociation", True),
        )
        return PlainResult({"AssociationId": elastic.association_id})

    def release_address(self) -> ActionResult:
        self.ec2_backend.release_address(self.params.get("PublicIp"), self.params.get("AllocationId"))
        return EmptyResult()
