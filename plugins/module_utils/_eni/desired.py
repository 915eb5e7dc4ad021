# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of the ENI modules -> the network interfaces that are wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from .._cloud.tags import text_tags
from .._reconcile.run import BadInput

# The device that an interface becomes when attached without an index: the primary interface is 0.
DEFAULT_DEVICE_INDEX = 1


@dataclass(frozen=True)
class Eni:
    """A network interface as its user wants it. None is "not mentioned": never touched.

    groups: security groups by id or by name; secondaries: IPv4 addresses as text.
    """

    state: str = "present"
    eni_id: str | None = None
    name: str | None = None
    subnet_id: str | None = None
    private_ip_address: str | None = None
    description: str | None = None
    groups: tuple | None = None
    instance_id: str | None = None
    device_index: int | None = None
    attached: bool | None = None
    force_detach: bool = False
    delete_on_termination: bool | None = None
    source_dest_check: bool | None = None
    secondaries: tuple | None = None
    purge_secondaries: bool = False
    secondary_count: int | None = None
    allow_reassignment: bool = False
    tags: dict | None = None
    purge_tags: bool = True

    @property
    def key(self) -> str:
        """What the interface is called in messages and reports: the words that its user found it by."""
        by_device = f"{self.instance_id}:{self.device_index}"
        return self.eni_id or self.name or self.private_ip_address or by_device

    @property
    def is_named_by_device(self) -> bool:
        """Whether nothing but instance and index says which interface is meant: it is one only while attached."""
        return not (self.eni_id or self.name or self.private_ip_address)

    @property
    def index(self) -> int:
        return DEFAULT_DEVICE_INDEX if self.device_index is None else self.device_index

    @property
    def all_tags(self) -> dict | None:
        """The tags with the name, which is a tag; None when neither is mentioned."""
        if self.name is None:
            return self.tags
        return {**(self.tags or {}), "Name": self.name}

    @property
    def purges_tags(self) -> bool:
        """A name alone must not purge: only a mentioned list of tags can be exact."""
        return self.purge_tags and self.tags is not None


def from_parameters(parameters: dict) -> Eni:
    """The parameters of ``ec2_eni`` (or of one element of ``ec2_eni_fleet``) as an Eni; BadInput when they cannot be meant."""
    instance_id = parameters.get("instance_id")
    detach = instance_id == "None"  # what amazon.aws.ec2_eni's users write to detach
    eni = Eni(
        state=parameters.get("state") or "present",
        eni_id=parameters.get("eni_id"),
        name=parameters.get("name"),
        subnet_id=parameters.get("subnet_id"),
        private_ip_address=parameters.get("private_ip_address"),
        description=parameters.get("description"),
        groups=tuple(parameters["security_groups"]) if parameters.get("security_groups") else None,
        instance_id=None if detach else instance_id or None,
        device_index=parameters.get("device_index"),
        attached=False if detach else parameters.get("attached"),
        force_detach=bool(parameters.get("force_detach")),
        delete_on_termination=parameters.get("delete_on_termination"),
        source_dest_check=parameters.get("source_dest_check"),
        secondaries=_tuple(parameters.get("secondary_private_ip_addresses")),
        purge_secondaries=bool(parameters.get("purge_secondary_private_ip_addresses")),
        secondary_count=parameters.get("secondary_private_ip_address_count"),
        allow_reassignment=bool(parameters.get("allow_reassignment")),
        tags=text_tags(parameters.get("tags")),
        purge_tags=parameters.get("purge_tags") is not False,
    )
    problems = [*_identity_problems(eni), *_address_problems(eni), *_value_problems(eni)]
    if problems:
        raise BadInput(problems)
    return eni


def from_list(items, state: str) -> list:
    """The elements of ``ec2_eni_fleet``'s list as Enis; BadInput with the problems of all of them."""
    enis, problems, seen = [], [], {}
    for position, item in enumerate(items):
        try:
            eni = from_parameters({**item, "state": state})
        except BadInput as error:
            problems += [f"network_interfaces[{position}]: {problem}" for problem in error.problems]
            continue
        if eni.key in seen:
            problems.append(
                f"network_interfaces[{position}]: '{eni.key}' is listed already at [{seen[eni.key]}]; list each interface once, "
                "and interfaces of the same name in tasks of their own"
            )
        seen.setdefault(eni.key, position)
        enis.append(eni)
    if problems:
        raise BadInput(problems)
    return enis


def _tuple(value):
    return None if value is None else tuple(value)


def _identity_problems(eni: Eni):
    found_by_device = eni.instance_id is not None and eni.device_index is not None
    if not (eni.eni_id or eni.name or eni.private_ip_address or found_by_device):
        yield (
            "name: nothing says which network interface is meant, so each run would make another one; "
            "give eni_id, name, private_ip_address, or instance_id with device_index"
        )
    if eni.attached and eni.instance_id is None:
        yield f"{eni.key}: attached: true needs instance_id, the instance to attach to"


def _address_problems(eni: Eni):
    for parameter, address in [
        ("private_ip_address", eni.private_ip_address),
        *[("secondary_private_ip_addresses", address) for address in eni.secondaries or ()],
    ]:
        try:
            address is None or IPv4Address(address)
        except AddressValueError:
            yield f"{eni.key}: {parameter}: '{address}' is not an IPv4 address, such as 10.0.1.10"
    repeated = {address for address in eni.secondaries or () if eni.secondaries.count(address) > 1}
    for address in sorted(repeated):
        yield f"{eni.key}: secondary_private_ip_addresses: '{address}' is listed twice; list it once"
    if eni.private_ip_address in (eni.secondaries or ()) and eni.private_ip_address is not None:
        yield (
            f"{eni.key}: secondary_private_ip_addresses: '{eni.private_ip_address}' is the primary address "
            "(private_ip_address); leave it out"
        )
    if eni.purge_secondaries and eni.secondaries is None:
        yield f"{eni.key}: purge_secondary_private_ip_addresses: true needs secondary_private_ip_addresses, the list to keep"
    if eni.secondaries is not None and eni.secondary_count is not None:
        yield (
            f"{eni.key}: secondary_private_ip_addresses and secondary_private_ip_address_count: give the addresses or how many, not both"
        )


def _value_problems(eni: Eni):
    for parameter, value in [
        ("device_index", eni.device_index), ("secondary_private_ip_address_count", eni.secondary_count),
    ]:
        if value is not None and value < 0:
            yield f"{eni.key}: {parameter}: {value} is negative; use 0 or more"
