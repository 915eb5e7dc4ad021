# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of ``guest_routing`` -> the interfaces that are wanted. Pure; nothing of the guest is known here."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

from .._reconcile.run import BadInput
from .parameters import MANAGEMENT, PUBLIC, item_problems, range_problems, texts

__all__ = ["MANAGEMENT", "PUBLIC", "Desired", "Interface", "confirm_host", "from_parameters"]


@dataclass(frozen=True)
class Interface:
    """An interface as its user wants it.

    mac_address: in lower case. role: PUBLIC or MANAGEMENT.
    addresses, ipv6_addresses: as text, first the one that DHCP brings. subnet, ipv6_subnet: CIDR blocks as text, the
    latter empty without IPv6. delegated: prefixes of either family that AWS routes to it.
    prefixes: destinations of either family, CIDR blocks, that leave by it also when the guest starts the conversation.
    routes: of (destination, gateway), the latter empty for the interface's own.
    table: number of its route table.
    """

    mac_address: str
    role: str
    addresses: tuple
    subnet: str
    table: int
    prefixes: tuple = ()
    routes: tuple = ()
    ipv6_addresses: tuple = ()
    ipv6_subnet: str = ""
    delegated: tuple = ()

    @property
    def gateway(self) -> str:
        """The VPC router: the first host address of each subnet.

        https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
        """
        return str(IPv4Network(self.subnet)[1])

    @property
    def ipv6_gateway(self) -> str:
        """The VPC router again, which has this link-local address in every subnet, as the same page says.

        So nothing has to be known of what the router advertises, and a file can have it before the interface is up.
        """
        return "fe80:ec2::1"

    @property
    def sources(self) -> tuple:
        """What its packets come from: addresses and delegated prefixes of both families."""
        return (*self.addresses, *self.ipv6_addresses, *self.delegated)

    @property
    def destinations(self) -> tuple:
        """What it leads to: its subnets, and the networks behind it. CIDR blocks of both families."""
        subnets = (self.subnet, self.ipv6_subnet) if self.ipv6_subnet else (self.subnet,)
        return (*subnets, *self.prefixes, *(destination for destination, _gateway in self.routes))


@dataclass(frozen=True)
class Desired:
    """interfaces: of Interface; table, priority: the first of ours; backend: a network manager, or "auto".

    take_over: whether agents that configure these interfaces, too, are switched off for them.
    """

    interfaces: tuple
    table: int
    priority: int
    backend: str
    take_over: bool = False


def from_parameters(parameters: dict) -> Desired:
    """The parameters of ``guest_routing``; BadInput, with all problems, if they cannot be."""
    items, first = parameters["interfaces"], parameters["table"]
    problems = [*range_problems(parameters)]
    interfaces = []
    for position, item in enumerate(items):
        found = list(item_problems(item))
        problems += [f"interfaces[{position}].{problem}" for problem in found]
        if not found:
            interfaces.append(_interface(item, first + position))
    problems += [*_role_problems(items), *_clashes(interfaces)]
    if problems:
        raise BadInput(problems)
    return trusted(parameters)


def trusted(parameters: dict) -> Desired:
    """The same of parameters that are known to be right."""
    first = parameters["table"]
    interfaces = tuple(_interface(item, first + position) for position, item in enumerate(parameters["interfaces"]))
    return Desired(interfaces, first, parameters["priority"], parameters["backend"], parameters["take_over"])


def confirm_host(interfaces) -> str:
    """Where a controller proves that the guest can be reached: the first management address, empty if there is none."""
    return next((interface.addresses[0] for interface in interfaces if interface.role == MANAGEMENT), "")


def _interface(item: dict, table: int) -> Interface:
    return Interface(
        mac_address=item["mac_address"].lower(),
        role=item["role"],
        addresses=texts(item, "private_ip_addresses"),
        subnet=item["subnet_cidr"],
        table=table,
        prefixes=tuple(item.get("management_prefixes") or ()),
        routes=tuple((route["destination"], route.get("gateway") or "") for route in item.get("routes") or ()),
        ipv6_addresses=texts(item, "ipv6_addresses"),
        ipv6_subnet=item.get("subnet_ipv6_cidr") or "",
        delegated=(*texts(item, "ipv4_prefixes"), *texts(item, "ipv6_prefixes")),
    )


def _role_problems(items):
    public = [item["mac_address"] for item in items if item["role"] == PUBLIC]
    if len(public) != 1:
        yield (
            f"interfaces: {len(public)} have role {PUBLIC}{': ' if public else ''}{', '.join(public)}; "
            "exactly one must, the one whose subnet has the way to the Internet"
        )


def _clashes(interfaces):
    yield from _repeated("mac_address", [interface.mac_address for interface in interfaces])
    yield from _repeated("private_ip_addresses", [address for item in interfaces for address in item.addresses])
    yield from _repeated("ipv6_addresses", [address for item in interfaces for address in item.ipv6_addresses])
    behind = [
        (parameter, ip_network(text), interface) for interface in interfaces for parameter, text in _behind(interface)
    ]
    for position, (parameter, prefix, interface) in enumerate(behind):
        yield from _overlaps(parameter, prefix, interface, behind[:position])
        yield from _in_a_public_subnet(parameter, prefix, interface, interfaces)


def _behind(interface: Interface):
    yield from (("management_prefixes", prefix) for prefix in interface.prefixes)
    yield from (("routes", destination) for destination, _gateway in interface.routes)


def _overlaps(parameter: str, prefix, interface: Interface, others):
    for _parameter, other, owner in others:
        if prefix.version == other.version and prefix.overlaps(other) and (owner != interface or prefix == other):
            yield (
                f"{parameter}: '{prefix}' of {interface.mac_address} overlaps '{other}' of "
                f"{owner.mac_address}; each destination leaves by one interface: list it on one"
            )


def _in_a_public_subnet(parameter: str, prefix, interface: Interface, interfaces):
    for public in interfaces:
        subnet = public.subnet if prefix.version == 4 else public.ipv6_subnet
        if public.role == PUBLIC and subnet and prefix.subnet_of(ip_network(subnet)):
            yield (
                f"{parameter}: '{prefix}' of {interface.mac_address} is in {subnet}, the subnet of "
                f"the {PUBLIC} interface {public.mac_address}; leave it out"
            )


def _repeated(parameter: str, values: list):
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield f"{parameter}: '{value}' is listed twice; list it once"
