# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import dataclasses
import re

import pytest

from lab.fabric import nft
from lab.fabric.description import AclEntry, Description, Match, NetworkAcl, Permission


def block(text: str, kind: str, name: str) -> list[str]:
    """The lines of a chain, set or map."""
    return re.search(rf"^{kind} {re.escape(name)} {{\n(.*?)^}}$", text, re.MULTILINE | re.DOTALL)[1].splitlines()


def with_ingress(description: Description, group: str, *permissions: Permission) -> Description:
    changed = dataclasses.replace(description.security_groups[group], ingress=permissions)
    return dataclasses.replace(description, security_groups={**description.security_groups, group: changed})


@pytest.mark.parametrize(
    ("permission", "rules"),
    [
        (Permission(Match("-1"), cidrs=("10.0.0.0/8",)), ["ip saddr 10.0.0.0/8 return"]),
        (Permission(Match("tcp", (22, 22)), cidrs=("10.0.0.0/8",)), ["ip saddr 10.0.0.0/8 tcp dport 22 return"]),
        (Permission(Match("17", (53, 54)), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 udp dport 53-54 return"]),
        (Permission(Match("tcp"), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 meta l4proto tcp return"]),
        (Permission(Match("icmp", (-1, -1)), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 meta l4proto icmp return"]),
        (
            Permission(Match("icmp", (8, -1)), cidrs=("0.0.0.0/0",)),
            ["ip saddr 0.0.0.0/0 meta l4proto icmp icmp type 8 return"],
        ),
        (
            Permission(Match("icmp", (3, 4)), cidrs=("0.0.0.0/0",)),
            ["ip saddr 0.0.0.0/0 meta l4proto icmp icmp type 3 icmp code 4 return"],
        ),
        (Permission(Match("50"), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 meta l4proto 50 return"]),
        (Permission(Match("58", (-1, -1)), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 meta l4proto icmpv6 return"]),
        (Permission(Match("tcp", (22, 22)), groups=("sg-mgmt",)), ["ip saddr @sg-mgmt tcp dport 22 return"]),
        (Permission(Match("tcp", (22, 22))), []),
    ],
)
def test_a_permission_allows_what_it_names_and_nothing_else_passes(dual_homed, permission, rules):
    text = nft.rulesets(with_ingress(dual_homed, "sg-web", permission))["xeni-vpc-1"]
    assert block(text, "chain", "eni-0-ingress") == [*rules, "drop"]


def test_a_group_as_a_peer_is_its_members_addresses(dual_homed):
    text = nft.rulesets(dual_homed)["xeni-vpc-1"]
    assert block(text, "set", "sg-mgmt")[-1] == "elements = { 10.0.1.5 }"
    elsewhere = with_ingress(dual_homed, "sg-web", Permission(Match("-1"), groups=("sg-of-nobody",)))
    assert "elements" not in "".join(block(nft.rulesets(elsewhere)["xeni-vpc-1"], "set", "sg-of-nobody"))


def test_acl_entries_are_in_order_and_end_with_a_drop(dual_homed):
    acl = NetworkAcl(
        "acl-1",
        ingress=(
            AclEntry(90, False, Match("6", (80, 80)), "203.0.113.0/24"),
            AclEntry(100, True, Match("-1"), "0.0.0.0/0"),
        ),
        egress=(),
    )
    text = nft.rulesets(dataclasses.replace(dual_homed, network_acls={"acl-1": acl}))["xeni-vpc-1"]
    assert block(text, "chain", "acl-1-ingress") == [
        "ip saddr 203.0.113.0/24 tcp dport 80 drop",
        "ip saddr 0.0.0.0/0 return",
        "drop",
    ]
    assert block(text, "chain", "acl-1-egress") == ["drop"]


def test_the_source_destination_check_can_be_off(dual_homed):
    assert block(nft.rulesets(dual_homed)["xeni-vpc-1"], "set", "unchecked") == ["type ifname"]
    router = dataclasses.replace(dual_homed.network_interfaces["eni-1"], source_dest_check=False)
    changed = dataclasses.replace(dual_homed, network_interfaces={"eni-1": router})
    assert block(nft.rulesets(changed)["xeni-vpc-1"], "set", "unchecked")[-1] == 'elements = { "eni1" }'


def test_the_internet_gateway_translates_one_to_one(dual_homed):
    text = nft.rulesets(dual_homed)["xeni-igw-1"]
    assert block(text, "map", "public_of")[-1] == "elements = { 10.0.0.5 : 54.0.0.5 }"
    assert block(text, "map", "private_of")[-1] == "elements = { 54.0.0.5 : 10.0.0.5 }"


def test_what_has_no_gateway_has_no_ruleset_of_one(dual_homed):
    vpc = dataclasses.replace(dual_homed.vpcs["vpc-1"], internet_gateway=None, vpn_gateway=None)
    assert list(nft.rulesets(dataclasses.replace(dual_homed, vpcs={"vpc-1": vpc}))) == ["xeni-vpc-1"]


def tables(text: str) -> dict[str, str]:
    """A router's IPv4 and IPv6 table."""
    ipv4, _marker, ipv6 = text.partition("table ip6 xeni\n")
    return {"ip": ipv4, "ip6": ipv6}


@pytest.mark.parametrize(
    ("permission", "ip", "ip6"),
    [
        (
            Permission(Match("tcp", (22, 22)), cidrs=("10.0.0.0/8", "2600::/16")),
            ["ip saddr 10.0.0.0/8 tcp dport 22 return"],
            ["ip6 saddr 2600::/16 tcp dport 22 return"],
        ),
        (
            Permission(Match("icmpv6", (128, -1)), cidrs=("::/0",)),
            [],
            ["ip6 saddr ::/0 meta l4proto icmpv6 icmpv6 type 128 return"],
        ),
        (
            Permission(Match("-1"), groups=("sg-mgmt",)),
            ["ip saddr @sg-mgmt return"],
            ["ip6 saddr @sg-mgmt return"],
        ),
    ],
)
def test_each_ip_version_has_the_permissions_for_it(dual_stack, permission, ip, ip6):
    text = tables(nft.rulesets(with_ingress(dual_stack, "sg-web", permission))["xeni-vpc-1"])
    assert block(text["ip"], "chain", "eni-0-ingress") == [*ip, "drop"]
    assert block(text["ip6"], "chain", "eni-0-ingress") == [*ip6, "drop"]


def test_an_eni_owns_its_addresses_and_delegated_prefixes(dual_stack):
    text = tables(nft.rulesets(dual_stack)["xeni-vpc-1"])
    assert block(text["ip"], "set", "addresses")[-1] == (
        'elements = { "eni0" . 10.0.0.5, "eni0" . 10.0.0.16/28, "eni1" . 10.0.1.5 }'
    )
    assert block(text["ip6"], "set", "addresses")[-1] == (
        'elements = { "eni0" . 2600:1f18:0:1::5, "eni0" . 2600:1f18:0:1::6, '
        '"eni1" . 2600:1f18:0:2::5, "eni1" . 2600:1f18:0:2:1::/80 }'
    )


def test_acl_entries_are_of_one_ip_version(dual_stack):
    entries = (AclEntry(100, True, Match("-1"), "0.0.0.0/0"), AclEntry(101, True, Match("58", (128, -1)), "::/0"))
    acl = NetworkAcl("acl-1", ingress=entries, egress=())
    text = tables(nft.rulesets(dataclasses.replace(dual_stack, network_acls={"acl-1": acl}))["xeni-vpc-1"])
    assert block(text["ip"], "chain", "acl-1-ingress") == ["ip saddr 0.0.0.0/0 return", "drop"]
    assert block(text["ip6"], "chain", "acl-1-ingress") == [
        "ip6 saddr ::/0 meta l4proto icmpv6 icmpv6 type 128 return",
        "drop",
    ]


def test_without_an_ipv6_block_nothing_filters_ipv6(dual_homed):
    assert "ip6" not in "".join(nft.rulesets(dual_homed).values())
