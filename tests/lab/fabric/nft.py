# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a description to nftables rulesets, one per namespace that filters. Pure.

In a VPC's router: the source/destination check, network ACLs (stateless, at the border of a subnet) and security groups
(stateful, at the ENI), for each IP version that the VPC has. In an Internet gateway: one-to-one translation of IPv4
without state. In an egress-only Internet gateway: what the VPC began. In a VPN gateway: only what is between the VPC
and a prefix of an available VPN connection passes. In an endpoint's ENI and a load balancer's: TCP from the consumer's
VPC is translated towards a target, and nothing else passes but the answers.

Connection tracking is one per VPC where AWS keeps one per ENI: a tracked flow that changes to another ENI stays
allowed, as far as the source/destination check lets it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lab.fabric import names, privatelink
from lab.fabric.description import (
    AclEntry,
    Description,
    LoadBalancer,
    Match,
    NetworkInterface,
    Permission,
    Vpc,
    of_version,
)

TABLE = "xeni"
INPUT = "type filter hook input priority filter; policy drop;"
FORWARD = "type filter hook forward priority filter; policy drop;"
PREROUTING = "type filter hook prerouting priority raw; policy accept;"  # ahead of connection tracking
DESTINATION_NAT = "type nat hook prerouting priority dstnat; policy accept;"
SOURCE_NAT = "type nat hook postrouting priority srcnat; policy accept;"
ALL_PROTOCOLS = "-1"
SIDES = {"ingress": "saddr", "egress": "daddr"}  # where the other side's address is
PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}  # as DescribeNetworkAcls spells them
PREFIXES = "flags interval"


@dataclass(frozen=True)
class Family:
    """An IP version in the words of nft(8). ``ahead`` are the rules ahead of the check of an ENI's source."""

    version: int
    name: str
    address: str
    icmp: str
    ahead: tuple[str, ...]


IPV4 = Family(4, "ip", "ipv4_addr", "icmp", ("ip saddr 0.0.0.0 udp dport 67 accept",))
IPV6 = Family(
    6,
    "ip6",
    "ipv6_addr",
    "icmpv6",
    (
        "icmpv6 type nd-neighbor-solicit fib daddr type unicast drop",  # to a neighbour: lab.fabric.neighbours answers
        "ip6 saddr { ::, fe80::/10 } accept",  # neighbour discovery, DHCPv6 (RFC 4861, RFC 8415): no router forwards it
    ),
)
NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"


def rulesets(description: Description) -> dict[str, str]:
    """nft(8) input by namespace. Each replaces its tables in one transaction, and leaves tracked connections alone."""
    texts = {}
    for vpc in description.vpcs.values():
        texts[names.namespace(vpc.id)] = _table(IPV4, _router(description, vpc, IPV4))
        if vpc.ipv6_cidrs:
            texts[names.namespace(vpc.id)] += _table(IPV6, _router(description, vpc, IPV6))
        if vpc.internet_gateway:
            texts[names.namespace(vpc.internet_gateway)] = _table(IPV4, _internet_gateway(description, vpc))
        if vpc.egress_only_gateway:
            texts[names.namespace(vpc.egress_only_gateway)] = _table(IPV6, _egress_only_gateway())
        if vpc.vpn_gateway:
            texts[names.namespace(vpc.vpn_gateway)] = _table(IPV4, _vpn_gateway(description, vpc))
    for eni in description.translating():
        texts[names.namespace(eni.id)] = _table(IPV4, _translator(enter=[], admit=[], leave=[]))
    for passage in privatelink.passages(description):
        texts[names.namespace(passage.entrance.id)] = _table(IPV4, _entrance(description, passage))
        texts[names.namespace(passage.node.id)] = _table(IPV4, _node(description, passage.load_balancer, passage.node))
    return texts


def _table(family: Family, lines: Iterable[str]) -> str:
    body, table = "\n".join(lines), f"table {family.name} {TABLE}"
    return f"{table}\ndelete {table}\n{table} {{\n{body}\n}}\n"


def _chain(name: str, rules: Iterable[str], hook: str | None = None) -> list[str]:
    return [f"chain {name} {{", *([hook] if hook else []), *rules, "}"]


def _set(name: str, kind: str, elements: Iterable[str], flags: str = "") -> list[str]:
    """``elements`` in text; a set may be empty."""
    listed = ", ".join(elements)
    contents = [f"type {kind}", *([flags] if flags else []), *([f"elements = {{ {listed} }}"] if listed else [])]
    return [f"set {name} {{", *contents, "}"]


def _map(name: str, elements: Mapping[str, str]) -> list[str]:
    listed = ", ".join(f"{key} : {value}" for key, value in elements.items())
    return [f"map {name} {{", "type ipv4_addr : ipv4_addr", *([f"elements = {{ {listed} }}"] if listed else []), "}"]


def _router(description: Description, vpc: Vpc, family: Family) -> list[str]:
    interfaces = description.plugged(vpc.id)
    accepted = ['iifname "lo" accept', 'iifname "eni*" accept', *([NEIGHBOURS] if family is IPV6 else [])]
    return [
        *_source_dest_check(interfaces, family),
        *_network_acls(description, interfaces, family),
        *_security_groups(description, interfaces, family),
        *_chain("input", accepted, hook=INPUT),
        *_chain("forward", _forward_rules(interfaces, family), hook=FORWARD),
    ]


def _forward_rules(interfaces: Sequence[NetworkInterface], family: Family) -> list[str]:
    """A packet from one ENI to another meets the filters of both."""
    return [
        f'oifname "eni*" oifname != @unchecked oifname . {family.name} daddr != @addresses drop',
        *_verdicts("iifname", {_port(eni): f"jump {eni.subnet_id}-egress" for eni in interfaces}),
        *_verdicts("oifname", {_port(eni): f"jump {eni.subnet_id}-ingress" for eni in interfaces}),
        "ct state established,related accept",
        *_verdicts("iifname", {_port(eni): f"jump {eni.id}-egress" for eni in interfaces}),
        *_verdicts("oifname", {_port(eni): f"jump {eni.id}-ingress" for eni in interfaces}),
        "accept",
    ]


def _port(eni: NetworkInterface) -> str:
    return f'"{names.interface(eni.id)}"'


def _verdicts(key: str, verdicts: Mapping[str, str]) -> list[str]:
    listed = ", ".join(f"{element} : {verdict}" for element, verdict in verdicts.items())
    return [f"{key} vmap {{ {listed} }}"] if verdicts else []


def _source_dest_check(interfaces: Sequence[NetworkInterface], family: Family) -> list[str]:
    own = (f"{_port(eni)} . {network}" for eni in interfaces for network in of_version(family.version, eni.own))
    return [
        *_set("unchecked", "ifname", (_port(eni) for eni in interfaces if not eni.source_dest_check)),
        *_set("addresses", f"ifname . {family.address}", own, PREFIXES),
        *_chain(
            "source_check",
            [
                *family.ahead,
                f'iifname "eni*" iifname != @unchecked iifname . {family.name} saddr != @addresses drop',
            ],
            hook=PREROUTING,
        ),
    ]


def _network_acls(description: Description, interfaces: Sequence[NetworkInterface], family: Family) -> list[str]:
    """``return`` allows. Traffic within a subnet never meets its network ACL."""
    lines = []
    subnets = {eni.subnet_id: description.subnets[eni.subnet_id] for eni in interfaces}
    for acl_id in sorted({subnet.network_acl for subnet in subnets.values() if subnet.network_acl}):
        for direction, side in SIDES.items():
            entries = getattr(description.network_acls[acl_id], direction)
            rules = (_acl_rule(entry, side, family) for entry in entries if of_version(family.version, [entry.cidr]))
            lines += _chain(f"{acl_id}-{direction}", [*rules, "drop"])
    for subnet in subnets.values():
        members = [_port(eni) for eni in interfaces if eni.subnet_id == subnet.id]
        lines += _set(subnet.id, "ifname", members)
        for direction, other_side in (("ingress", "iifname"), ("egress", "oifname")):
            evaluate = [f"goto {subnet.network_acl}-{direction}"] if subnet.network_acl else []
            lines += _chain(f"{subnet.id}-{direction}", [f"{other_side} @{subnet.id} return", *evaluate])
    return lines


def _acl_rule(entry: AclEntry, side: str, family: Family) -> str:
    verdict = "return" if entry.allow else "drop"
    return " ".join([f"{family.name} {side} {entry.cidr}", *_matching(entry.match, family), verdict])


def _security_groups(description: Description, interfaces: Sequence[NetworkInterface], family: Family) -> list[str]:
    """``return`` allows. A group as a peer is the set of what is its members' own in this VPC.

    An ENI without a group is a load balancer's, which may have none: nothing of it is filtered.
    """
    lines = []
    used = {group for eni in interfaces for group in eni.groups}
    groups = [group for group in description.security_groups.values() if group.id in used]
    peers = {peer for group in groups for permission in (*group.ingress, *group.egress) for peer in permission.groups}
    for peer in sorted(peers):
        members = (network for eni in interfaces if peer in eni.groups for network in eni.own)
        lines += _set(peer, family.address, of_version(family.version, members), PREFIXES)
    for eni in interfaces:
        own = [group for group in groups if group.id in eni.groups]
        for direction, side in SIDES.items():
            permissions = [permission for group in own for permission in getattr(group, direction)]
            rules = [rule for permission in permissions for rule in _permission_rules(permission, side, family)]
            lines += _chain(f"{eni.id}-{direction}", [*rules, "drop"] if eni.groups else [])
    return lines


def _permission_rules(permission: Permission, side: str, family: Family) -> list[str]:
    peers = [*of_version(family.version, permission.cidrs), *(f"@{group}" for group in permission.groups)]
    matching = _matching(permission.match, family)
    return [" ".join([f"{family.name} {side} {peer}", *matching, "return"]) for peer in peers]


def _matching(match: Match, family: Family) -> list[str]:
    protocol = PROTOCOLS.get(match.protocol, match.protocol)
    if protocol == ALL_PROTOCOLS:
        return []
    if match.ports is None or protocol not in ("tcp", "udp", family.icmp):
        return [f"meta l4proto {protocol}"]
    if protocol == family.icmp:
        kind, code = match.ports
        return [
            f"meta l4proto {protocol}",
            *([f"{protocol} type {kind}"] if kind != -1 else []),
            *([f"{protocol} code {code}"] if code != -1 else []),
        ]
    first, last = match.ports
    return [f"{protocol} dport {first}" if first == last else f"{protocol} dport {first}-{last}"]


def _internet_gateway(description: Description, vpc: Vpc) -> list[str]:
    """Both translations in prerouting, so that an instance reaches a neighbour's public address through the gateway."""
    public = {
        address: public
        for eni in description.network_interfaces.values()
        if eni.vpc_id == vpc.id
        for address, public in eni.public.items()
    }
    return [
        *_map("public_of", public),
        *_map("private_of", {value: key for key, value in public.items()}),
        *_set("publics", "ipv4_addr", public.values()),
        *_set("privates", "ipv4_addr", public.keys()),
        *_chain(
            "translate",
            [
                'iifname "internet" ip daddr != @publics drop',
                'iifname "vpc" ip saddr != @privates drop',
                'iifname "vpc" ip saddr set ip saddr map @public_of',
                "ip daddr @publics ip daddr set ip daddr map @private_of",
            ],
            hook=PREROUTING,
        ),
    ]


def _egress_only_gateway() -> list[str]:
    """https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html"""
    return _chain("forward", ['iifname "vpc" accept', "ct state established,related accept"], hook=FORWARD)


def _vpn_gateway(description: Description, vpc: Vpc) -> list[str]:
    prefixes = description.vpn_gateways[vpc.vpn_gateway].prefixes
    return [
        *_set("vpc", "ipv4_addr", vpc.cidrs, f"{PREFIXES}; auto-merge"),
        *_set("corporate", "ipv4_addr", prefixes, f"{PREFIXES}; auto-merge"),
        *_chain(
            "forward",
            [
                "ip saddr @vpc ip daddr @corporate accept",
                "ip saddr @corporate ip daddr @vpc accept",
            ],
            hook=FORWARD,
        ),
    ]


def _translator(enter: Iterable[str], admit: Iterable[str], leave: Iterable[str]) -> list[str]:
    """One way only: what is no answer and not admitted is dropped."""
    return [
        *_chain("enter", enter, hook=DESTINATION_NAT),
        *_chain("input", [], hook=INPUT),
        *_chain("forward", ["ct state established,related accept", *admit], hook=FORWARD),
        *_chain("leave", leave, hook=SOURCE_NAT),
    ]


def _entrance(description: Description, passage: privatelink.Passage) -> list[str]:
    """Here the client's own address is still known, which the load balancer's security groups are about."""
    enforced = passage.load_balancer.enforced_groups
    groups = [group for group in description.security_groups.values() if group.id in enforced]
    permissions = [dataclasses.replace(permission, groups=()) for group in groups for permission in group.ingress]
    rules = [rule for permission in permissions for rule in _permission_rules(permission, "saddr", IPV4)]
    return [
        *_chain("load-balancer-ingress", [*rules, "drop"] if enforced else []),
        *_translator(
            enter=[f'iifname "vpc" ip protocol tcp dnat to {privatelink.transit_address(passage.node)}'],
            admit=["jump load-balancer-ingress", 'iifname "vpc" oifname "service" ct status dnat accept'],
            leave=[f'oifname "service" snat to {privatelink.transit_address(passage.entrance)}'],
        ),
    ]


def _node(description: Description, load_balancer: LoadBalancer, node: NetworkInterface) -> list[str]:
    """A flow's target comes from a hash of its addresses and ports. A port without a target answers nothing."""
    backends = privatelink.backends(description, load_balancer, node)
    return _translator(
        enter=[_listener(port, targets) for port, targets in backends.items() if targets],
        admit=['iifname "eni*" oifname "vpc" ct status dnat accept'],
        leave=[f'oifname "vpc" snat to {node.addresses[0]}'],
    )


def _listener(port: int, targets: Sequence[tuple[str, int]]) -> str:
    choices = ", ".join(f"{number} : {address} . {target}" for number, (address, target) in enumerate(targets))
    flow = f"jhash ip saddr . tcp sport mod {len(targets)}"
    return f'iifname "eni*" tcp dport {port} dnat ip to {flow} map {{ {choices} }}'
