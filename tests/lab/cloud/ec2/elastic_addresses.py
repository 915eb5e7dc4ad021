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
from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidAddressError,
    InvalidAllocationIdError,
    InvalidAssociationIdError,
)
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_ip_addresses import ElasticAddress as MotoElasticAddress
from moto.ec2.utils import random_eip_association_id

from ..clock import clock
from ..settings import settings
from ..visibility import visibility
from .dispatch import PlainResult
from .dns import public_dns_name
from .instances import only_interface
from .network_interfaces import NetworkInterface
from .requester_managed import check_changeable

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

    def place(self, eni: NetworkInterface, private_ip_address: str) -> None:
        self.eni, self._private_ip_address = eni, private_ip_address
        eni.associations[private_ip_address] = _association(self.public_ip, eni, self.owner_id) | {
            "AllocationId": self.allocation_id,
            "AssociationId": self.association_id,
        }

    def lift(self) -> None:
        """Away from where it is, if it is anywhere."""
        if self.eni is None:
            return
        self.ec2_backend.by_association[self.association_id] = None
        del self.eni.ec2_backend.by_private_address[self.subnet_id, self._private_ip_address]
        # On its way after a private address that moved, it is no longer among those of the ENI where it is shown.
        if self._private_ip_address in self.eni.associations:
            self.eni.associations[self._private_ip_address] = None
        self.eni = self._private_ip_address = self.association_id = None

    def check_movable(self) -> None:
        """Raise if it is on the ENI of a service."""
        if self.eni:
            check_changeable(self.eni)


def _association(public_ip: str, eni: NetworkInterface, owner: str) -> dict[str, Any]:
    dns_names = eni.ec2_backend.get_vpc(eni.vpc_id).enable_dns_hostnames
    name = public_dns_name(public_ip, eni.ec2_backend.region_name) if dns_names else None
    return {"PublicIp": public_ip, "PublicDnsName": name, "IpOwnerId": owner}


def _check_associable(eni: NetworkInterface, private_ip_address: str | None) -> None:
    if private_ip_address is None:
        raise EC2ClientError("InvalidParameterValue", f"The network interface {eni.id} has no private IPv4 address")
    if private_ip_address not in eni.associations:
        raise EC2ClientError(
            "InvalidParameterValue", f"{private_ip_address} is not assigned to network interface {eni.id}"
        )
    if not any(igw.vpc and igw.vpc.id == eni.vpc_id for igw in eni.ec2_backend.internet_gateways.values()):
        raise EC2ClientError("Gateway.NotAttached", f"Network {eni.vpc_id} is not attached to any internet gateway")
    if eni.instance and eni.instance.state == "pending":
        raise EC2ClientError(
            "IncorrectInstanceState",
            f"The pending instance '{eni.instance.id}' is not in a valid state for this operation.",
        )


class ElasticAddresses:
    """Backend.

    ``by_association`` keeps the ids of associations that ended, with None: to end one again is no error.
    ``by_private_address`` finds whosever Elastic IP is on an ENI of this account, by (subnet id, private address).
    These stay the same when the private address moves to another ENI, while the Elastic IP is still shown at the old
    one.
    """

    def __init__(self) -> None:
        self.by_allocation: dict[str, ElasticAddress] = {}
        self.by_public_ip: dict[str, ElasticAddress] = {}
        self.by_association: dict[str, ElasticAddress | None] = {}
        self.by_private_address: dict[tuple[str, str], ElasticAddress] = {}
        self.released_addresses: set[str] = set()

    def allocate_address(self, domain: str, address: str | None = None, tags: Any = None) -> ElasticAddress:
        """:param address: one that this account released before, to have it back."""
        if len(self.by_allocation) >= settings.elastic_ips_per_region:
            raise EC2ClientError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
        if address and address not in self.released_addresses:
            raise InvalidAddressError(address)
        elastic = ElasticAddress(self, domain, address, tags)
        self.released_addresses.discard(address)
        self.by_allocation[elastic.allocation_id] = self.by_public_ip[elastic.public_ip] = elastic
        return elastic

    def address_by_allocation(self, allocation_ids: list[str]) -> list[ElasticAddress]:
        for each in allocation_ids:
            if each not in self.by_allocation:
                # Also when it is to be released, as seen from AWS; its reference has InvalidAddressID.NotFound there.
                raise InvalidAllocationIdError(each)
        return [self.by_allocation[each] for each in dict.fromkeys(allocation_ids)]

    def address_by_ip(self, ips: list[str]) -> list[ElasticAddress]:
        for each in ips:
            if each not in self.by_public_ip or visibility.is_hidden(self.by_public_ip[each].allocation_id):
                raise InvalidAddressError(each)
        return [self.by_public_ip[each] for each in dict.fromkeys(ips)]

    def describe_addresses(
        self, allocation_ids: list[str] | None = None, public_ips: list[str] | None = None, _filters: Any = None
    ) -> list[ElasticAddress]:
        """Clients' filters are applied to the reply."""
        found = self.address_by_allocation(allocation_ids) if allocation_ids else list(self.by_allocation.values())
        named = {each.public_ip for each in self.address_by_ip(public_ips)} if public_ips else None
        return [each for each in found if named is None or each.public_ip in named]

    def own_address(self, public_ip: str | None, allocation_id: str | None) -> ElasticAddress:
        """The one Elastic IP that a call to change it means.

        :raises EC2ClientError: AuthFailure, another account has it; InvalidAddress.NotFound,
            InvalidAllocationID.NotFound, nobody has.
        """
        name = allocation_id or public_ip
        for account_id, _region, backend in ec2_backends.iter_backends():
            is_there = name in backend.by_allocation or name in backend.by_public_ip
            if is_there and account_id != self.account_id:
                raise EC2ClientError("AuthFailure", f"The address '{name}' does not belong to you.")
        return (self.address_by_allocation([name]) if allocation_id else self.address_by_ip([name]))[0]

    def associate_address(
        self,
        eni: NetworkInterface,
        address: str | None = None,
        allocation_id: str | None = None,
        private_ip_address: str | None = None,
        reassociate: bool = True,
    ) -> ElasticAddress:
        elastic, owner = self.own_address(address, allocation_id), eni.ec2_backend
        elastic.check_movable()
        private_ip_address = private_ip_address or eni.private_ip_address
        _check_associable(eni, private_ip_address)
        key = eni.subnet.id, private_ip_address
        there = owner.by_private_address.get(key)
        if there is elastic:
            return elastic
        if not reassociate and (elastic.eni or there):
            raise EC2ClientError(
                "Resource.AlreadyAssociated", f"resource {elastic.allocation_id} is already associated"
            )
        elastic.lift()
        owner.disassociate_addresses_of(eni, private_ip_address)
        elastic.association_id = random_eip_association_id()
        self.by_association[elastic.association_id] = owner.by_private_address[key] = elastic
        elastic.place(eni, private_ip_address)
        return elastic

    def disassociate_addresses_of(self, eni: NetworkInterface, private_ip_address: str | None = None) -> None:
        """Take whatever public address is on one private address of an ENI, or on each."""
        for address in [private_ip_address] if private_ip_address else list(eni.associations):
            elastic = self.by_private_address.get((eni.subnet.id, address))
            if elastic:
                elastic.lift()
            eni.associations[address] = None

    def disassociate_address(self, address: str | None = None, association_id: str | None = None) -> None:
        if not association_id:
            elastic = self.own_address(address, None)
        elif association_id in self.by_association:
            elastic = self.by_association[association_id]
        else:
            raise InvalidAssociationIdError(association_id)
        if elastic and elastic.eni:
            elastic.check_movable()
            eni = elastic.eni
            elastic.lift()
            self.auto_assign_public_ip(eni)

    def auto_assign_public_ip(self, eni: NetworkInterface) -> None:
        """Give a running instance's primary ENI the public address it was launched with the wish for.

        Not where a second ENI is attached:
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
        """
        wants = eni.auto_assign_public_ip and eni.instance and len(eni.instance.interfaces) == 1
        if wants and eni.private_ip_address and not eni.public_ip:
            eni.associations[eni.private_ip_address] = _association(next_public_address(), eni, "amazon")

    def follow_address(self, subnet_id: str, private_ip_address: str) -> None:
        """The Elastic IP of a private address that was moved to another ENI comes after it, a transition later.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html
        """
        clock.after_transition(lambda: self._catch_up(subnet_id, private_ip_address))

    def _catch_up(self, subnet_id: str, private_ip_address: str) -> None:
        # Meanwhile the association may have ended, or the private address may have moved on.
        elastic = self.by_private_address.get((subnet_id, private_ip_address))
        if elastic:
            elastic.place(elastic.eni.subnet.ipv4.holder(private_ip_address), private_ip_address)

    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        elastic = self.own_address(address, allocation_id)
        if elastic.eni and not elastic.eni.ec2_backend.get_vpc(elastic.eni.vpc_id).is_default:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {elastic.public_ip} is in use.")
        elastic.check_movable()
        elastic.lift()
        self.tags.pop(elastic.allocation_id, None)
        del self.by_allocation[elastic.allocation_id], self.by_public_ip[elastic.public_ip]
        self.released_addresses.add(elastic.public_ip)


class ElasticAddressHandlers:
    """Responses."""

    def allocate_address(self) -> ActionResult:
        tags = self._parse_tag_specification("elastic-ip").get("elastic-ip", {})
        elastic = self.ec2_backend.allocate_address("vpc", self.params.get("Address"), tags)
        return ActionResult(elastic)

    def associate_address(self) -> ActionResult:
        asked = self.params
        _check_one(asked, "PublicIp", "AllocationId")
        _check_one(asked, "InstanceId", "NetworkInterfaceId")
        if eni_id := asked.get("NetworkInterfaceId"):
            eni = self.ec2_backend.associable_interface(eni_id)
            check_changeable(eni)
        else:
            eni = only_interface(self.ec2_backend.get_instance(asked["InstanceId"]))
        elastic = self.ec2_backend.associate_address(
            eni=eni,
            address=asked.get("PublicIp"),
            allocation_id=asked.get("AllocationId"),
            private_ip_address=asked.get("PrivateIpAddress"),
            reassociate=asked.get("AllowReassociation", True),
        )
        return PlainResult({"AssociationId": elastic.association_id})

    def disassociate_address(self) -> ActionResult:
        _check_one(self.params, "PublicIp", "AssociationId")
        self.ec2_backend.disassociate_address(self.params.get("PublicIp"), self.params.get("AssociationId"))
        return EmptyResult()

    def release_address(self) -> ActionResult:
        _check_one(self.params, "PublicIp", "AllocationId")
        public_ip, allocation_id = self.params.get("PublicIp"), self.params.get("AllocationId")
        if self.params.get("NetworkBorderGroup", self.region) != self.region:
            # "If you provide an incorrect network border group, you receive an InvalidAddress.NotFound error."
            raise InvalidAddressError(public_ip or allocation_id)
        self.ec2_backend.release_address(public_ip, allocation_id)
        return EmptyResult()


def _check_one(parameters: dict[str, Any], *names: str) -> None:
    given = [each for each in names if parameters.get(each)]
    if not given:
        raise EC2ClientError("MissingParameter", f"Either {' or '.join(names)} must be specified")
    if len(given) > 1:
        raise EC2ClientError("InvalidParameterCombination", f"Specify either {' or '.join(names)}, not both")
