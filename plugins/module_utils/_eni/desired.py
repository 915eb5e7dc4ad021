# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of the ENI modules -> the network interfaces that are wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

from .._cloud.tags import text_tags
from .._reconcile.run import BadInput
from . import addresses, attributes

# The device that an interface becomes when attached without an index: the primary interface is 0.
DEFAULT_DEVICE_INDEX = 1

# The tag that says which fleet an interface belongs to.
FLEET_TAG = "xeni.aws/fleet"

# Settings of an attachment rather than of the interface.
ATTACHMENT = ("delete_on_termination", "ena_srd", "ena_queue_count")


@dataclass(frozen=True)
class Eni:
    """A network interface as its user wants it. What is None, or not in a dict, is "not mentioned": never touched.

    groups: security groups by id or by name; attributes: {option of ATTRIBUTES: value}; addresses: {option of KINDS: Wanted};
    attachment: {option of ATTACHMENT: value}; fleet: the fleet that it is marked as part of.
    """

    state: str = "present"
    eni_id: str | None = None
    name: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    private_ip_address: str | None = None
    interface_type: str | None = None
    groups: tuple | None = None
    attributes: dict = field(default_factory=dict)
    addresses: dict = field(default_factory=dict)
    allow_reassignment: bool = False
    instance_id: str | None = None
    device_index: int | None = None
    network_card_index: int | None = None
    attached: bool | None = None
    attachment: dict = field(default_factory=dict)
    force_detach: bool = False
    force_detach_after: int | None = None
    tags: dict | None = None
    purge_tags: bool = True
    fleet: str | None = None

    @property
    def key(self) -> str:
        """What the interface is called in messages and reports: the words that its user found it by."""
        known = self.eni_id or self.name or self.private_ip_address
        return known or (f"{self.instance_id}:{self.device_index}" if self.is_named_by_device else f"a new interface in {self.subnet_id}")

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing says which interface is meant, so that it is a new one each time."""
        return not (self.eni_id or self.name or self.private_ip_address or self.is_named_by_device)

    @property
    def is_named_by_device(self) -> bool:
        """Whether nothing but instance and index says which interface is meant: it is one only while attached."""
        by_device = self.instance_id is not None and self.device_index is not None
        return by_device and not (self.eni_id or self.name or self.private_ip_address)

    @property
    def index(self) -> int:
        return DEFAULT_DEVICE_INDEX if self.device_index is None else self.device_index

    @property
    def all_tags(self) -> dict | None:
        """The tags with name and fleet, which are tags; None when none of them is mentioned."""
        implied = {key: value for key, value in (("Name", self.name), (FLEET_TAG, self.fleet)) if value is not None}
        return {**(self.tags or {}), **implied} if implied or self.tags is not None else None

    @property
    def purges_tags(self) -> bool:
        """A name alone must not purge: only a mentioned list of tags can be exact."""
        return self.purge_tags and self.tags is not None


def from_parameters(parameters: dict, may_be_anonymous: bool = False) -> Eni:
    """The parameters of ``ec2_eni`` (or of one element of ``ec2_eni_fleet``) as an Eni; BadInput when they cannot be meant."""
    instance_id = parameters.get("instance_id")
    detach = instance_id == "None"  # what amazon.aws.ec2_eni's users write to detach
    wanted_addresses, wrong_addresses = addresses.from_parameters(parameters)
    mentioned, wrong_attributes = attributes.from_parameters(parameters)
    eni = Eni(
        state=parameters.get("state") or "present",
        eni_id=parameters.get("eni_id"),
        name=parameters.get("name"),
        subnet_id=parameters.get("subnet_id"),
        vpc_id=parameters.get("vpc_id"),
        private_ip_address=parameters.get("private_ip_address"),
        interface_type=parameters.get("interface_type"),
        groups=tuple(parameters["security_groups"]) if parameters.get("security_groups") else None,
        attributes=mentioned,
        addresses=wanted_addresses,
        allow_reassignment=bool(parameters.get("allow_reassignment")),
        instance_id=None if detach else instance_id or None,
        device_index=parameters.get("device_index"),
        network_card_index=parameters.get("network_card_index"),
        attached=False if detach else parameters.get("attached"),
        attachment=_attachment(parameters),
        force_detach=bool(parameters.get("force_detach")),
        force_detach_after=parameters.get("force_detach_after"),
        tags=text_tags(parameters.get("tags")),
        purge_tags=parameters.get("purge_tags") is not False,
        fleet=parameters.get("fleet"),
    )
    problems = [
        *_identity_problems(eni, may_be_anonymous),
        *(f"{eni.key}: {problem}" for problem in (*wrong_addresses, *wrong_attributes, *_value_problems(eni))),
    ]
    if problems:
        raise BadInput(problems)
    return eni


def _attachment(parameters: dict) -> dict:
    settings = {option: parameters[option] for option in ATTACHMENT if parameters.get(option) is not None}
    if "ena_srd" in settings:
        settings["ena_srd"] = {name: value for name, value in settings["ena_srd"].items() if value is not None}
    return settings


def from_list(items, state: str, fleet: str | None = None) -> list:
    """The elements of ``ec2_eni_fleet``'s list as Enis; BadInput with the problems of all of them."""
    enis, problems, seen = [], [], {}
    for position, item in enumerate(items):
        try:
            eni = from_parameters({**item, "state": state, "fleet": fleet})
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


def _identity_problems(eni: Eni, may_be_anonymous: bool):
    if eni.is_anonymous and (eni.state == "absent" or eni.subnet_id is None or not may_be_anonymous):
        yield (
            "name: nothing says which network interface is meant; "
            "give eni_id, name, private_ip_address, or instance_id with device_index"
        )
    if eni.attached and eni.instance_id is None:
        yield f"{eni.key}: attached: true needs instance_id, the instance to attach to"


def _value_problems(eni: Eni):
    try:
        eni.private_ip_address is None or IPv4Address(eni.private_ip_address)
    except AddressValueError:
        yield f"private_ip_address: '{eni.private_ip_address}' is not an IPv4 address, such as 10.0.1.10"
    secondaries = eni.addresses.get("secondary_private_ip_addresses")
    if secondaries and eni.private_ip_address in secondaries.listed:
        yield f"secondary_private_ip_addresses: '{eni.private_ip_address}' is the primary address (private_ip_address); leave it out"
    for parameter in ("device_index", "network_card_index", "force_detach_after"):
        value = getattr(eni, parameter)
        if value is not None and value < 0:
            yield f"{parameter}: {value} is negative; use 0 or more"
