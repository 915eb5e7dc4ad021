# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The addresses of a network interface beside its primary one: four kinds, wanted in four ways, and the calls that bring them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from .._reconcile.calls import Call


@dataclass(frozen=True)
class Kind:
    """A kind of address: its options, and the members of the API that hold it.

    member, item: in replies and in CreateNetworkInterface, a list of {item: text}; count: how many, chosen by AWS.
    assign, unassign: the operations that take the list as texts.
    parse: makes of a text what it stands for; ValueError if it is none. prefix_length: of a prefix, else None.
    """

    option: str
    count_option: str
    member: str
    item: str
    count: str
    family: str
    parse: type
    example: str
    prefix_length: int | None = None

    @property
    def assign(self) -> str:
        return f"assign_{self.family}_addresses"

    @property
    def unassign(self) -> str:
        return f"unassign_{self.family}_addresses"

    def normal(self, text: str) -> str:
        """The text as AWS writes it; ValueError when it is none of this kind."""
        value = self.parse(text)
        if self.prefix_length is not None and value.prefixlen != self.prefix_length:
            raise ValueError(text)
        return str(value)


# Prefixes are of one length: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
KINDS = {kind.option: kind for kind in (
    Kind("secondary_private_ip_addresses", "secondary_private_ip_address_count", "PrivateIpAddresses", "PrivateIpAddress",
         "SecondaryPrivateIpAddressCount", "private_ip", IPv4Address, "IPv4 address, such as 10.0.1.10"),
    Kind("ipv4_prefixes", "ipv4_prefix_count", "Ipv4Prefixes", "Ipv4Prefix",
         "Ipv4PrefixCount", "private_ip", IPv4Network, "IPv4 prefix of length 28, such as 10.0.1.16/28", 28),
    Kind("ipv6_addresses", "ipv6_address_count", "Ipv6Addresses", "Ipv6Address",
         "Ipv6AddressCount", "ipv6", IPv6Address, "IPv6 address, such as 2001:db8::10"),
    Kind("ipv6_prefixes", "ipv6_prefix_count", "Ipv6Prefixes", "Ipv6Prefix",
         "Ipv6PrefixCount", "ipv6", IPv6Network, "IPv6 prefix of length 80, such as 2001:db8:0:0:1::/80", 80),
)}


@dataclass(frozen=True)
class Wanted:
    """What is wanted of one kind: these at least, exactly these, none of these, or so many."""

    at_least: tuple = ()
    exactly: tuple | None = None
    none_of: tuple = ()
    count: int | None = None

    @property
    def listed(self) -> tuple:
        """The addresses that must be there."""
        return self.at_least if self.exactly is None else self.exactly

    @property
    def size(self) -> int:
        """How many there are at least."""
        return len(self.listed) if self.count is None else self.count


@dataclass(frozen=True)
class Change:
    """What makes the addresses there those that are wanted: some to add, so many more of AWS's choice, some to drop."""

    add: tuple = ()
    more: int = 0
    drop: tuple = ()


def change(wanted: Wanted, present: tuple, kept: tuple = ()) -> Change:
    """From the present addresses to the wanted ones; kept ones (the primary) are there and stay."""
    if wanted.count is not None:
        return Change(more=max(0, wanted.count - len(present)), drop=present[wanted.count:])
    return Change(
        add=tuple(address for address in wanted.listed if address not in (*present, *kept)),
        drop=tuple(
            address for address in present
            if address in wanted.none_of or (wanted.exactly is not None and address not in wanted.exactly)
        ),
    )


def changes(wanted: dict, present: dict, primary: str) -> dict:
    """{option: Change} from {option: Wanted} and {option: the addresses there}, for an interface of that primary address."""
    return {option: change(each, present.get(option, ()), (primary,)) for option, each in wanted.items()}


def calls_of(subject: str, network_interface, steps: dict, allow_reassignment: bool, after: tuple = ()) -> list:
    """The calls of {option: Change}, one after the other: the instance type's limit may not hold the old addresses and the new.

    network_interface: its id, or a Ref to one; after: ids of the calls that the first one waits for.
    """
    calls: list = []
    for option, each in steps.items():
        if each.drop:
            request = {"NetworkInterfaceId": network_interface, KINDS[option].member: list(each.drop)}
            calls.append(Call(f"{subject}:unassign_{option}", subject, KINDS[option].unassign, request, after))
            after = (calls[-1].id,)
    for option, each in steps.items():
        if each.add or each.more:
            calls.append(assign(subject, network_interface, option, each, allow_reassignment, after))
            after = (calls[-1].id,)
    return calls


def assign(subject: str, network_interface, option: str, new: Change, allow_reassignment: bool, after: tuple) -> Call:
    """The call that adds what a Change adds of one kind."""
    kind = KINDS[option]
    request = {"NetworkInterfaceId": network_interface, **({kind.member: list(new.add)} if new.add else {kind.count: new.more})}
    if new.add and option == "secondary_private_ip_addresses":
        request["AllowReassignment"] = allow_reassignment
    return Call(f"{subject}:assign_{option}", subject, kind.assign, request, after)


def from_parameters(parameters: dict) -> tuple:
    """({option: Wanted} of the kinds that are mentioned, problems with their values)."""
    wanted, problems = {}, []
    for option, kind in KINDS.items():
        values, count = parameters.get(option), parameters.get(kind.count_option)
        purge = bool(parameters.get(f"purge_{option}"))
        if values is not None and count is not None:
            problems.append(f"{option} and {kind.count_option}: give the addresses or how many, not both")
        if purge and values is None:
            problems.append(f"purge_{option}: true needs {option}, the list to keep")
        if count is not None and count < 0:
            problems.append(f"{kind.count_option}: {count} is negative; use 0 or more")
        if count is not None:
            wanted[option] = Wanted(count=count)
        elif values is not None:
            normal, wrong = parse(kind, values)
            problems += wrong
            wanted[option] = Wanted(exactly=normal) if purge else Wanted(at_least=normal)
    return wanted, problems


def parse(kind: Kind, values) -> tuple:
    """(the values as AWS writes them, problems)."""
    normal, problems = [], []
    for value in values:
        try:
            text = kind.normal(value)
        except ValueError:
            problems.append(f"{kind.option}: '{value}' is not an {kind.example}")
            continue
        if text in normal:
            problems.append(f"{kind.option}: '{value}' is listed twice; list it once")
        normal.append(text)
    return tuple(normal), problems
