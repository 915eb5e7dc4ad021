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
        (Permission(Match("tcp"), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 ip protocol tcp return"]),
        (Permission(Match("icmp", (-1, -1)), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 ip protocol icmp return"]),
        (
            Permission(Match("icmp", (8, -1)), cidrs=("0.0.0.0/0",)),
            ["ip saddr 0.0.0.0/0 ip protocol icmp icmp type 8 return"],
        ),
        (
            Permission(Match("icmp", (3, 4)), cidrs=("0.0.0.0/0",)),
            ["ip saddr 0.0.0.0/0 ip protocol icmp icmp type 3 icmp code 4 return"],
        ),
        (Permission(Match("50"), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 ip protocol 50 return"]),
        (Permission(Match("icmpv6", (-1, -1)), cidrs=("0.0.0.0/0",)), ["ip saddr 0.0.0.0/0 ip protocol 58 return"]),
        (Permission(Match("tcp", (22, 22)), groups=("sg-mgmt",)), ["ip saddr @sg-mgmt tcp dport 22 return"]),
        (Permission(Match("tcp", (22, 22))), []),
    ],
)
def test_a_permission_allows_what_it_names_and_nothing_else_passes(dual_homed, permission, rules):
    text = nft.rulesets(with_ingress(dual_homed, "sg-web", permission))["xeni-vpc-1"]
    assert block(text, "chain", "eni-0-ingress") == [*rules, "drop"]


def test_a_group_as_a_peer_is_its_members_addresses(dual_homed):
    text = nft.rulesets(dual_homed)["xeni-vpc-1"]
    assert block(text, "set", "sg-mgmt") == ["type ipv4_addr", "elements = { 10.0.1.5 }"]
    elsewhere = with_ingress(dual_homed, "sg-web", Permission(Match("-1"), groups=("sg-of-nobody",)))
    assert block(nft.rulesets(elsewhere)["xeni-vpc-1"], "set", "sg-of-nobody") == ["type ipv4_addr"]


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
