# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A network interface with its Elastic IPs, as its own description tells. DescribeAddresses is asked where that is not enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from .._cloud.ec2 import Ec2, tags_of
from .._eni import observed as eni_observed
from .._eni.desired import Eni
from .._eni.observed import Interface
from .._reconcile.run import BadInput
from .desired import ADDRESS_TAG, SECONDARY, SUBNET_TAG


@dataclass(frozen=True)
class ElasticIp:
    """An Elastic IP on, or for, a private address. association_id: None while it is on none."""

    private_ip_address: str
    public_ip: str
    allocation_id: str
    association_id: str | None = None


@dataclass(frozen=True)
class Observed:
    """What is there.

    associations: {private address of the interface: the ElasticIp on it}.
    ours: the ElasticIps that this module allocated for the addresses in question, wherever in the subnet these are.
    following: {private address: the ElasticIp that comes after it}, of addresses that are moved from another interface.
    """

    interface: Interface
    associations: dict = field(default_factory=dict)
    ours: tuple = ()
    following: dict = field(default_factory=dict)


def describe_interface(ec2: Ec2, eni: Eni) -> Interface:
    """The interface that is meant. BadInput if there is none, or two, or its primary address is listed."""
    interface = eni_observed.Known(eni_observed.describe(ec2, [eni])).meant_by(eni)
    if interface is None:
        named_by = "name" if eni.name else "private_ip_address" if eni.private_ip_address else "instance_id, device_index"
        raise BadInput([
            f"{named_by}: '{eni.key}' is no network interface of this account and region; "
            "make it with ec2_eni, or name one that exists"
        ])
    listed = eni.addresses.get(SECONDARY)
    if listed and interface.primary in (*listed.listed, *listed.none_of):
        raise BadInput([
            f"{eni.key}: {SECONDARY}: '{interface.primary}' is the primary address of {interface.id}; leave it out"
        ])
    return interface


def associations_of(interface: Interface) -> dict:
    return {
        item["PrivateIpAddress"]: elastic for item in interface.raw.get("PrivateIpAddresses", ())
        if (elastic := associated(item["PrivateIpAddress"], item.get("Association") or {}))
    }


def associated(private_ip_address: str, association: dict) -> ElasticIp | None:
    """AWS's NetworkInterfaceAssociation; None for a public address that AWS assigned, which has no allocation."""
    if "AllocationId" not in association:
        return None
    return _elastic_ip(private_ip_address, association)


def describe_ours(ec2: Ec2, subnet_id: str, private_ip_addresses) -> tuple:
    """What this module has allocated for the addresses. One that was put on another address since is that one's."""
    of_subnet = {f"tag:{SUBNET_TAG}": subnet_id}
    found = ec2.describe_by("describe_addresses", "Addresses", f"tag:{ADDRESS_TAG}", private_ip_addresses, **of_subnet)
    meant = [(tags_of(item)[ADDRESS_TAG], item) for item in found]
    return tuple(_elastic_ip(address, item) for address, item in meant if item.get("PrivateIpAddress") in (None, "", address))


def _elastic_ip(private_ip_address: str, reply: dict) -> ElasticIp:
    return ElasticIp(private_ip_address, reply["PublicIp"], reply["AllocationId"], reply.get("AssociationId"))


def show(observed: Observed) -> dict:
    """The module's return values: the interface as ec2_eni's, and the Elastic IPs of its secondary addresses."""
    interface = eni_observed.show(observed.interface)
    secondaries = [item for item in interface["private_ip_addresses"] if not item["primary"]]
    for item in secondaries:
        elastic = observed.associations.get(item["private_ip_address"])
        if elastic is None:
            item.pop("association", None)
        else:
            known = asdict(elastic)
            del known["private_ip_address"]
            item.setdefault("association", known)
    there = [observed.associations.get(item["private_ip_address"]) for item in secondaries]
    return {"interface": interface, "elastic_ips": [asdict(elastic) for elastic in there if elastic]}
