# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The addresses and prefixes of one CIDR block: inside, not reserved, never twice.

The first four addresses and the last are AWS's: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
A prefix is a /28 of IPv4, a /80 of IPv6: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
"""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError

_RESERVED_AT_START = 4
_PREFIX_LENGTHS = {4: 28, 6: 80}


@dataclass(frozen=True)
class Wanted:
    """Addresses and prefixes by name, and how many more of each."""

    addresses: Sequence[str] = ()
    count: int = 0
    prefixes: Sequence[str] = ()
    prefix_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.addresses or self.count or self.prefixes or self.prefix_count)


@dataclass(frozen=True)
class Taken:
    """What was given, in the words of :mod:`ipaddress`: first what was named, then what the pool chose."""

    addresses: list[str]
    prefixes: list[str]


class _Unused:
    """Numbers to give out: those of a range in its order, then those that came back, oldest first.

    A number is looked at once each time it was put in, so that taking one does not cost more in a full pool.
    """

    def __init__(self, fresh: range):
        self._ranges = deque([iter(fresh)])

    def put_back(self, numbers: range) -> None:
        self._ranges.append(iter(numbers))

    def take(self, is_free: Callable[[int], bool]) -> int | None:
        while self._ranges:
            for number in self._ranges[0]:
                if is_free(number):
                    return number
            self._ranges.popleft()
        return None


class AddressPool:
    """Who has which address and prefix. Addresses are numbered from the start of the block, prefixes too.

    Addresses are given out from the low end and prefixes from the high end, so that they stay out of each other's way.
    """

    def __init__(self, cidr_block: str, subnet_id: str):
        self._network = ipaddress.ip_network(cidr_block)
        self._subnet_id = subnet_id
        self._prefix_length = _PREFIX_LENGTHS[self._network.version]
        self._prefix_size = 2 ** (self._network.max_prefixlen - self._prefix_length)
        prefixes = self._network.num_addresses // self._prefix_size
        # The first prefix and the last have reserved addresses in them.
        self._usable_prefixes = range(1, prefixes - 1)
        self._holders: dict[int, Any] = {}
        self._prefix_holders: dict[int, Any] = {}
        self._single_addresses: Counter[int] = Counter()
        self._unused_addresses = _Unused(range(_RESERVED_AT_START, self._network.num_addresses - 1))
        self._unused_prefixes = _Unused(self._usable_prefixes[::-1])

    @property
    def available(self) -> int:
        """DescribeSubnets' AvailableIpAddressCount, where a prefix counts as all the addresses in it."""
        usable = self._network.num_addresses - _RESERVED_AT_START - 1
        return usable - len(self._holders) - len(self._prefix_holders) * self._prefix_size

    @property
    def is_used(self) -> bool:
        return bool(self._holders or self._prefix_holders)

    def holder(self, address: str) -> Any:
        """Who has an address for itself, not as part of a prefix; None when nobody.

        :raises EC2ClientError: InvalidParameterValue, it is none of the pool's addresses.
        """
        return self._holders.get(self._number(address))

    def take(self, wanted: Wanted, holder: Any) -> Taken:
        """All that is wanted, or nothing.

        :raises EC2ClientError: InvalidParameterValue (no address, outside of the block, reserved, named twice, more
            addresses in prefixes than are free), InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet,
            InsufficientCidrBlocks.
        """
        addresses = [self._number(each) for each in wanted.addresses]
        prefixes = [self._prefix_number(each) for each in wanted.prefixes]
        for named, numbers in ((wanted.addresses, addresses), (wanted.prefixes, prefixes)):
            if len(set(numbers)) < len(numbers):
                raise EC2ClientError("InvalidParameterValue", f"Duplicate values in the request: {', '.join(named)}")
        if len(addresses) + wanted.count > self.available:
            raise self._no_addresses()
        if wanted.prefix_count * self._prefix_size > self.available:
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError("InvalidParameterValue", "There aren't sufficient free Ipv4 addresses or prefixes")
        taken = Taken([], [])
        try:
            for number in prefixes:
                taken.prefixes.append(self._take_prefix(number, holder))
            for number in addresses:
                taken.addresses.append(self._take_address(number, holder))
            for _each in range(wanted.prefix_count):
                taken.prefixes.append(self._take_any_prefix(holder))
            for _each in range(wanted.count):
                taken.addresses.append(self._take_any_address(holder))
        except EC2ClientError:
            self.release(taken.addresses, taken.prefixes)
            raise
        return taken

    def move(self, address: str, holder: Any) -> None:
        self._holders[self._number(address)] = holder

    def release(self, addresses: Iterable[str], prefixes: Iterable[str] = ()) -> None:
        for each in addresses:
            self._release_address(self._number(each))
        for each in prefixes:
            number = self._prefix_number(each)
            del self._prefix_holders[number]
            self._unused_prefixes.put_back(range(number, number + 1))
            start = number * self._prefix_size
            self._unused_addresses.put_back(range(start, start + self._prefix_size))

    def _release_address(self, number: int) -> None:
        # moto's services let go of addresses that they never took.
        if self._holders.pop(number, None) is None:
            return
        self._unused_addresses.put_back(range(number, number + 1))
        prefix = number // self._prefix_size
        self._single_addresses[prefix] -= 1
        if not self._single_addresses[prefix]:
            del self._single_addresses[prefix]
            if prefix in self._usable_prefixes:
                self._unused_prefixes.put_back(range(prefix, prefix + 1))

    def _number(self, address: str) -> int:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter address: {address}") from None
        if parsed not in self._network:
            raise EC2ClientError(
                "InvalidParameterValue", f"Address {address} does not fall within the subnet's address range"
            )
        number = int(parsed) - int(self._network.network_address)
        if number < _RESERVED_AT_START or number == self._network.num_addresses - 1:
            raise EC2ClientError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
        return number

    def _prefix_number(self, prefix: str) -> int:
        try:
            parsed = ipaddress.ip_network(prefix)
        except ValueError:
            raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter prefix: {prefix}") from None
        if parsed.version != self._network.version or parsed.prefixlen != self._prefix_length:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Prefix {prefix} is not an IPv{self._network.version} prefix of length {self._prefix_length}",
            )
        if not parsed.subnet_of(self._network):
            raise EC2ClientError(
                "InvalidParameterValue", f"Prefix {prefix} does not fall within the subnet's address range"
            )
        number = (int(parsed.network_address) - int(self._network.network_address)) // self._prefix_size
        if number not in self._usable_prefixes:
            raise EC2ClientError("InvalidParameterValue", f"Prefix {prefix} overlaps the subnet's reserved addresses")
        return number

    def _is_free(self, number: int) -> bool:
        return number not in self._holders and number // self._prefix_size not in self._prefix_holders

    def _is_free_prefix(self, number: int) -> bool:
        return number not in self._prefix_holders and number not in self._single_addresses

    def _take_address(self, number: int, holder: Any) -> str:
        address = str(self._network[number])
        if not self._is_free(number):
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")
        self._holders[number] = holder
        self._single_addresses[number // self._prefix_size] += 1
        return address

    def _take_any_address(self, holder: Any) -> str:
        number = self._unused_addresses.take(self._is_free)
        if number is None:
            raise self._no_addresses()
        return self._take_address(number, holder)

    def _take_prefix(self, number: int, holder: Any) -> str:
        prefix = f"{self._network[number * self._prefix_size]}/{self._prefix_length}"
        if not self._is_free_prefix(number):
            raise EC2ClientError("InvalidIPAddress.InUse", f"Prefix {prefix} is in use.")
        self._prefix_holders[number] = holder
        return prefix

    def _take_any_prefix(self, holder: Any) -> str:
        number = self._unused_prefixes.take(self._is_free_prefix)
        if number is None:
            # Code as seen from AWS, of a fragmented subnet; not in its reference.
            raise EC2ClientError(
                "InsufficientCidrBlocks",
                "The specified subnet does not have enough free cidr blocks to satisfy the request.",
            )
        return self._take_prefix(number, holder)

    def _no_addresses(self) -> EC2ClientError:
        return EC2ClientError(
            "InsufficientFreeAddressesInSubnet",
            f"The specified subnet '{self._subnet_id}' does not have enough free addresses to satisfy the request.",
        )
