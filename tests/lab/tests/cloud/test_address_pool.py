# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The pool that subnets give their addresses and prefixes from."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.ec2.exceptions import EC2ClientError

from lab.cloud.ec2.address_pool import AddressPool, Taken, Wanted


def pool(cidr_block: str = "10.0.1.0/24") -> AddressPool:
    return AddressPool(cidr_block, "subnet-0123456789abcdef0")


def refused(code: str):
    return pytest.raises(EC2ClientError, check=lambda error: error.code == code)


def test_a_prefix_takes_sixteen_addresses():
    of_subnet = pool()
    taken = of_subnet.take(Wanted(count=2, prefix_count=2), "eni-1")
    assert of_subnet.available == 251 - 2 - 32
    [low, high] = sorted(ipaddress.ip_network(each) for each in taken.prefixes)
    assert not low.overlaps(high) and low.prefixlen == high.prefixlen == 28
    assert not any(ipaddress.ip_address(each) in low or ipaddress.ip_address(each) in high for each in taken.addresses)
    of_subnet.release(taken.addresses, taken.prefixes)
    assert of_subnet.available == 251 and not of_subnet.is_used


def test_addresses_and_prefixes_by_name_keep_off_each_other():
    of_subnet = pool()
    of_subnet.take(Wanted(["10.0.1.33"], prefixes=["10.0.1.64/28"]), "eni-1")
    with refused("InvalidIPAddress.InUse"):
        of_subnet.take(Wanted(prefixes=["10.0.1.32/28"]), "eni-2")
    with refused("InvalidIPAddress.InUse"):
        of_subnet.take(Wanted(["10.0.1.70"]), "eni-2")
    of_subnet.release(["10.0.1.33"])
    of_subnet.take(Wanted(prefixes=["10.0.1.32/28"]), "eni-2")


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        (Wanted(["10.0.1.3"]), "reserved"),
        (Wanted(["10.0.1.255"]), "reserved"),
        (Wanted(["10.0.2.9"]), "does not fall within"),
        (Wanted(["ten"]), "invalid value"),
        (Wanted(["2600::9"]), "does not fall within"),
        (Wanted(["10.0.1.9", "10.0.1.9"]), "Duplicate"),
        (Wanted(prefixes=["10.0.1.0/28"]), "reserved"),
        (Wanted(prefixes=["10.0.1.240/28"]), "reserved"),
        (Wanted(prefixes=["10.0.2.16/28"]), "does not fall within"),
        (Wanted(prefixes=["10.0.1.16/27"]), "invalid value"),
        (Wanted(prefixes=["10.0.1.32/27"]), "length 28"),
        (Wanted(prefixes=["2600::/80"]), "length 28"),
    ],
)
def test_what_is_no_address_or_prefix_of_the_subnet(wanted, word):
    of_subnet = pool()
    with pytest.raises(EC2ClientError, match=word) as caught:
        of_subnet.take(wanted, "eni-1")
    assert caught.value.code == "InvalidParameterValue"
    assert not of_subnet.is_used


def test_all_or_nothing():
    of_subnet = pool()
    of_subnet.take(Wanted(["10.0.1.50"]), "eni-1")
    with refused("InvalidIPAddress.InUse"):
        of_subnet.take(Wanted(["10.0.1.49", "10.0.1.50"], prefixes=["10.0.1.64/28"]), "eni-2")
    with refused("InsufficientCidrBlocks"):
        of_subnet.take(Wanted(count=3, prefix_count=14), "eni-2")
    assert of_subnet.available == 250
    # Prefix 10.0.1.48/28 holds the address, the first and the last hold reserved ones.
    assert len(of_subnet.take(Wanted(prefix_count=13), "eni-2").prefixes) == 13


def test_it_gives_out_everything_and_then_what_came_back():
    of_subnet = pool("10.0.1.0/28")
    first = of_subnet.take(Wanted(count=11), "eni-1").addresses
    assert first == [f"10.0.1.{number}" for number in range(4, 15)]
    with refused("InsufficientFreeAddressesInSubnet"):
        of_subnet.take(Wanted(count=1), "eni-2")
    with refused("InvalidParameterValue"):
        pool("10.0.1.0/28").take(Wanted(prefix_count=1), "eni-2")
    of_subnet.release(["10.0.1.9", "10.0.1.5"])
    assert of_subnet.take(Wanted(count=2), "eni-2").addresses == ["10.0.1.9", "10.0.1.5"]


def test_a_released_address_is_not_the_next_in_use():
    of_subnet = pool()
    [released] = of_subnet.take(Wanted(count=1), "eni-1").addresses
    of_subnet.release([released])
    assert of_subnet.take(Wanted(count=1), "eni-2").addresses != [released]


def test_ipv6_has_prefixes_of_80_bits():
    of_subnet = pool("2600:1f14:1:2::/64")
    taken = of_subnet.take(Wanted(["2600:1f14:1:2:0:0::77"], 2, ["2600:1f14:1:2:5::/80"], 1), "eni-1")
    assert taken.addresses == ["2600:1f14:1:2::77", "2600:1f14:1:2::4", "2600:1f14:1:2::5"]
    assert taken.prefixes == ["2600:1f14:1:2:5::/80", "2600:1f14:1:2:fffe::/80"]
    with refused("InvalidIPAddress.InUse"):
        of_subnet.take(Wanted(["2600:1f14:1:2:5::1"]), "eni-2")
    of_subnet.release([], ["2600:1f14:1:2:5::/80"])
    assert of_subnet.take(Wanted(["2600:1f14:1:2:5::1"]), "eni-2") == Taken(["2600:1f14:1:2:5::1"], [])


REQUESTS = st.tuples(st.integers(0, 40), st.integers(0, 5))


@given(st.lists(st.one_of(REQUESTS, st.integers(0, 30)), max_size=40))
def test_never_twice_and_never_lost(steps):
    """Whatever is taken and released in whatever order, what is out and what is free add up to the subnet."""
    of_subnet, out = pool("10.0.1.0/25"), []
    for step in steps:
        if isinstance(step, tuple):
            try:
                out.append(of_subnet.take(Wanted(count=step[0], prefix_count=step[1]), "eni-1"))
            except EC2ClientError as error:
                exhausted = ("InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks", "InvalidParameterValue")
                assert error.code in exhausted
        elif out:
            back = out.pop(step % len(out))
            of_subnet.release(back.addresses, back.prefixes)
    used = [ipaddress.ip_address(each) for taken in out for each in taken.addresses]
    used += [each for taken in out for prefix in taken.prefixes for each in ipaddress.ip_network(prefix)]
    assert len(set(used)) == len(used)
    assert of_subnet.available == 123 - len(used)
    free_prefixes = {number // 16 for number in range(16, 112)} - {int(each) % 128 // 16 for each in used}
    prefixes = of_subnet.take(Wanted(prefix_count=len(free_prefixes)), "eni-2").prefixes
    of_subnet.release([], prefixes)
    assert len(of_subnet.take(Wanted(count=of_subnet.available), "eni-2").addresses) == 123 - len(used)
