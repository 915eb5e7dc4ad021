# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From an endpoint to targets, as data: two VPCs with the same addresses, two zones."""

from __future__ import annotations

import dataclasses

import pytest

from lab.demo.privatelink_svg import privatelink_svg
from lab.fabric import changes, nft, privatelink, topology
from lab.fabric.description import (
    Description,
    EndpointService,
    Instance,
    LoadBalancer,
    Match,
    NetworkInterface,
    Permission,
    SecurityGroup,
    Subnet,
    Target,
    Vpc,
    VpcEndpoint,
)

CONSUMER, PROVIDER = "vpc-c", "vpc-b"
ARN, SERVICE = "arn:load-balancer", "com.amazonaws.vpce.us-east-1.vpce-svc-1"
ENTRANCES, NODES = ("eni-00000000000000a1", "eni-00000000000000a2"), ("eni-00000000000000b1", "eni-00000000000000b2")
SERVERS = ("eni-00000000000000c1", "eni-00000000000000c2")


def subnets(vpc: str) -> list[Subnet]:
    return [
        Subnet(f"subnet-{vpc}-{zone}", vpc, f"10.0.{zone}.0/24", None, None, f"az{zone}", f"name-{zone}")
        for zone in (1, 2)
    ]


def eni(eni_id: str, vpc: str, host: int, **values) -> NetworkInterface:
    zone = int(eni_id[-1])
    defaults = {"groups": (), "instance_id": None, "device_index": None}
    return NetworkInterface(
        id=eni_id,
        mac="0a:00:00:00:00:01",
        vpc_id=vpc,
        subnet_id=f"subnet-{vpc}-{zone}",
        addresses=(f"10.0.{zone}.{host}",),
        public={},
        source_dest_check=True,
        **(defaults | values),
    )


@pytest.fixture
def described() -> Description:
    """A server behind the load balancer in each zone."""
    vpcs = [Vpc(vpc, ("10.0.0.0/16",), None, None, {}, True, True) for vpc in (CONSUMER, PROVIDER)]
    enis = [
        *(eni(eni_id, CONSUMER, 20) for eni_id in ENTRANCES),
        *(eni(eni_id, PROVIDER, 30) for eni_id in NODES),
        *(eni(eni_id, PROVIDER, 40, instance_id=f"i-{eni_id[-1]}", device_index=0) for eni_id in SERVERS),
    ]
    listeners = {443: (Target("i-1", 8443), Target("i-2", 8443)), 444: (Target("10.0.2.40", 80),), 445: ()}
    return Description(
        vpcs={vpc.id: vpc for vpc in vpcs},
        subnets={subnet.id: subnet for vpc in (CONSUMER, PROVIDER) for subnet in subnets(vpc)},
        network_interfaces={each.id: each for each in enis},
        instances={key: Instance(key, PROVIDER, key, "", "") for key in ("i-1", "i-2")},
        vpc_endpoints={"vpce-1": VpcEndpoint("vpce-1", CONSUMER, SERVICE, "available", ENTRANCES, ())},
        endpoint_services={SERVICE: EndpointService(SERVICE, (ARN,))},
        load_balancers={ARN: LoadBalancer(ARN, PROVIDER, False, NODES, (), listeners)},
    )


def with_endpoint(description: Description, **values) -> Description:
    endpoint = dataclasses.replace(description.vpc_endpoints["vpce-1"], **values)
    return dataclasses.replace(description, vpc_endpoints={"vpce-1": endpoint})


def with_load_balancer(description: Description, **values) -> Description:
    balancer = dataclasses.replace(description.load_balancers[ARN], **values)
    return dataclasses.replace(description, load_balancers={ARN: balancer})


def passages(description: Description) -> list[tuple[str, str]]:
    return [(passage.entrance.id, passage.node.id) for passage in privatelink.passages(description)]


def backends(description: Description, node: str) -> dict:
    balancer = description.load_balancers[ARN]
    return privatelink.backends(description, balancer, description.network_interfaces[node])


def test_each_eni_of_an_endpoint_leads_to_the_load_balancers_eni_in_its_zone(described):
    assert passages(described) == list(zip(ENTRANCES, NODES))


@pytest.mark.parametrize("state", ["pendingAcceptance", "pending", "rejected", "deleting", "expired"])
def test_an_endpoint_that_is_not_available_leads_nowhere(described, state):
    assert passages(with_endpoint(described, state=state)) == []


def test_a_zone_without_the_load_balancer_leads_nowhere(described):
    assert passages(with_load_balancer(described, network_interfaces=NODES[1:])) == [(ENTRANCES[1], NODES[1])]


def test_a_service_of_someone_else_leads_nowhere(described):
    assert passages(with_endpoint(described, service_name="com.amazonaws.us-east-1.ssm")) == []


def test_an_entrance_that_leads_nowhere_lets_nothing_pass(described):
    waiting = with_endpoint(described, state="pendingAcceptance")
    assert f"xeni-{ENTRANCES[0]}" in topology.build(waiting).namespaces
    text = nft.rulesets(waiting)[f"xeni-{ENTRANCES[0]}"]
    assert "dnat" not in text and " accept\n" not in text.replace("ct state established,related accept\n", "")


def test_a_node_forwards_within_its_zone_unless_cross_zone_is_on(described):
    assert backends(described, NODES[0]) == {443: [("10.0.1.40", 8443)], 444: [], 445: []}
    everywhere = with_load_balancer(described, cross_zone=True)
    assert backends(everywhere, NODES[0]) == {
        443: [("10.0.1.40", 8443), ("10.0.2.40", 8443)],
        444: [("10.0.2.40", 80)],
        445: [],
    }


def test_the_two_vpcs_meet_by_transit_addresses_only(described):
    built = topology.build(described)
    ours, theirs = ("240.0.0.161", "240.0.0.177")
    settings = {(key.namespace, key.key) for key in built.settings if key.object == "address"}
    assert (f"xeni-{ENTRANCES[0]}", f"{ours} peer {theirs}/32 dev service") in settings
    assert (f"xeni-{NODES[0]}", f"{theirs} peer {ours}/32 dev eni0000000000a1") in settings
    assert "dnat to 240.0.0.177" in nft.rulesets(described)[f"xeni-{ENTRANCES[0]}"]


def test_a_listener_without_a_target_in_reach_translates_nothing(described):
    text = nft.rulesets(described)[f"xeni-{NODES[0]}"]
    assert "tcp dport 443 dnat ip to jhash ip saddr . tcp sport mod 1 map { 0 : 10.0.1.40 . 8443 }" in text
    assert "dport 444" not in text and "dport 445" not in text


def test_an_eni_without_a_group_is_not_filtered(described):
    text = nft.rulesets(described)[f"xeni-{PROVIDER}"]
    assert f"chain {NODES[0]}-ingress {{\n}}" in text


@pytest.mark.parametrize(
    ("groups", "rules"),
    [((), "{\n}"), (("sg-1",), "{\nip saddr 10.0.1.0/24 tcp dport 443 return\ndrop\n}")],
)
def test_the_load_balancers_groups_are_about_the_clients_own_address(described, groups, rules):
    https = Permission(Match("tcp", (443, 443)), cidrs=("10.0.1.0/24",), groups=("sg-2",))
    known = dataclasses.replace(described, security_groups={"sg-1": SecurityGroup("sg-1", "api", (https,), ())})
    text = nft.rulesets(with_load_balancer(known, enforced_groups=groups))[f"xeni-{ENTRANCES[0]}"]
    assert f"chain load-balancer-ingress {rules}" in text


def test_what_changes_is_said(described):
    lines = changes.lines(with_endpoint(described, state="pendingAcceptance"), described)
    assert lines == [f"~ vpce-1 available {' '.join(ENTRANCES)} to {SERVICE}"]
    assert f"+ {ARN}:443 to i-1:8443, i-2:8443" in changes.lines(Description(), described)


def test_the_picture_has_a_row_for_each_zone(described):
    named = with_endpoint(described, dns_names=("vpce-1-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com",))
    picture = privatelink_svg(named, named.vpc_endpoints["vpce-1"], "api.example.internal")
    for address in ("10.0.1.20", "10.0.2.20", "10.0.1.30", "10.0.2.30", "10.0.1.40:8443", "10.0.2.40:8443"):
        assert f">{address}</text>" in picture
