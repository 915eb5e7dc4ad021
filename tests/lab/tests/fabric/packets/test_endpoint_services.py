# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""PrivateLink between two accounts whose VPCs have the same addresses."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

from lab.demo.companies import Company, tcp
from lab.fabric import Fabric, names, privatelink
from lab.fabric.description import NetworkInterface
from lab.fabric.probes import Probe, run
from lab.fabric.watch import Watch
from lab.tests.polling import eventually

REGION, ZONES = "us-east-1", ("use1-az1", "use1-az2")
CONSUMER, PROVIDER = "111122223333", "444455556666"
LISTENED, UNUSED = 443, 444
WEB = 80  # where guests serve


class Stage:
    """A service on a server in each zone, and a client in the first."""

    def __init__(self, url: str):
        self._url = url
        self.settings(transition_seconds=0)
        self.provider, self.consumer = (Company(account, url, REGION, ZONES) for account in (PROVIDER, CONSUMER))
        web = self.provider.group("web", WEB)
        self.servers = [self.provider.launch(f"server-{zone}", zone, web) for zone in ZONES]
        self.client = self.consumer.launch("client", ZONES[0], self.consumer.group("client"))
        self.load_balancer = self.provider.load_balancer("api", {LISTENED: WEB}, self.servers)
        service = self.provider.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[self.load_balancer], AcceptanceRequired=True
        )["ServiceConfiguration"]
        self.service_id, self.service_name = service["ServiceId"], service["ServiceName"]
        self.provider.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service_id, AddAllowedPrincipals=[f"arn:aws:iam::{CONSUMER}:root"]
        )
        self.group = self.consumer.group("endpoint", LISTENED, UNUSED)

    def settings(self, **changes) -> None:
        body = json.dumps(changes).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self._url}/_lab/settings", body, method="PUT")).close()

    def endpoint(self) -> str:
        """A new one in both zones, not accepted yet."""
        return self.consumer.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=self.consumer.vpc,
            ServiceName=self.service_name,
            SubnetIds=list(self.consumer.subnets.values()),
            SecurityGroupIds=[self.group],
        )["VpcEndpoint"]["VpcEndpointId"]

    def described(self, endpoint: str) -> dict:
        return self.consumer.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]

    def accept(self, endpoint: str) -> None:
        self.provider.ec2.accept_vpc_endpoint_connections(ServiceId=self.service_id, VpcEndpointIds=[endpoint])

    def reject(self, endpoint: str) -> None:
        self.provider.ec2.reject_vpc_endpoint_connections(ServiceId=self.service_id, VpcEndpointIds=[endpoint])

    def cross_zone(self, value: str) -> None:
        self.provider.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=self.load_balancer,
            Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": value}],
        )


@pytest.fixture(scope="module")
def stage(url) -> Stage:
    return Stage(url)


@pytest.fixture(scope="module")
def fabric(stage, url) -> Iterator[Fabric]:
    with Fabric(url, REGION, sessions=[stage.provider.session, stage.consumer.session]) as fabric:
        fabric.wait_guests()
        yield fabric


@pytest.fixture(scope="module")
def endpoint(stage) -> str:
    """Accepted."""
    endpoint = stage.endpoint()
    stage.accept(endpoint)
    return endpoint


class Line:
    """What the client and the servers see of an endpoint, as it is described this moment."""

    def __init__(self, fabric: Fabric, stage: Stage, endpoint: str):
        fabric.sync()
        self.description, self._stage = fabric.description, stage
        interfaces = stage.described(endpoint)["NetworkInterfaceIds"]
        self.entrances = self._by_zone([self.description.network_interfaces[eni] for eni in interfaces])

    def _by_zone(self, interfaces: list[NetworkInterface]) -> list[NetworkInterface]:
        zones = {self.description.subnets[eni.subnet_id].zone_id: eni for eni in interfaces}
        return [zones[zone] for zone in ZONES]

    @property
    def nodes(self) -> list[NetworkInterface]:
        balancer = self.description.load_balancers[self._stage.load_balancer]
        return self._by_zone([self.description.network_interfaces[eni] for eni in balancer.network_interfaces])

    def server(self, zone: int) -> str:
        return self.description.attached(instance_id=self._stage.servers[zone])[0].addresses[0]

    def answers(self, zone: int, port: int = LISTENED, times: int = 1) -> set[str]:
        """What the client gets from the endpoint's ENI of a zone."""
        client, address = names.namespace(self._stage.client), self.entrances[zone].addresses[0]
        outcomes = run(self.description, [Probe(client, address, port)] * times, timeout=1)
        return {outcome.answer for outcome in outcomes}

    def arrivals(self, zone: int, times: int = 12) -> set[tuple[str, str]]:
        """From and to whom connections come into the provider's VPC, of as many that the client opens."""
        with Watch(names.namespace(self._stage.provider.vpc)) as watch:
            assert self.answers(zone, times=times) == {"answered"}
            seen = watch.packets()
        return {(packet.source, packet.destination) for packet in seen if packet.flags == {"SYN"}}


@pytest.fixture
def line(fabric, stage, endpoint) -> Line:
    line = Line(fabric, stage, endpoint)
    assert stage.described(endpoint)["State"] == "available"
    return line


def test_nothing_passes_before_acceptance_nor_after_rejection(fabric, stage):
    endpoint = stage.endpoint()
    assert stage.described(endpoint)["State"] == "pendingAcceptance"
    assert Line(fabric, stage, endpoint).answers(0) == {"timeout"}
    stage.accept(endpoint)
    assert Line(fabric, stage, endpoint).answers(0) == {"answered"}
    address = Line(fabric, stage, endpoint).entrances[0].addresses[0]
    stage.reject(endpoint)
    fabric.sync()
    assert run(fabric.description, [Probe(names.namespace(stage.client), address, LISTENED)], 1)[0].answer == "timeout"
    stage.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])


@pytest.mark.parametrize("zone", [0, 1])
def test_the_target_in_the_endpoints_zone_sees_the_load_balancer(line, zone):
    assert line.arrivals(zone) == {(line.nodes[zone].addresses[0], line.server(zone))}


def test_across_zones_all_targets_are_served_if_the_load_balancer_is_set_so(fabric, stage, endpoint, line):
    stage.cross_zone("true")
    everywhere = Line(fabric, stage, endpoint)
    node = everywhere.nodes[0].addresses[0]
    assert everywhere.arrivals(0, times=40) == {(node, everywhere.server(0)), (node, everywhere.server(1))}
    stage.cross_zone("false")


def test_a_zone_without_a_healthy_target_fails(fabric, stage, endpoint, line):
    stage.settings(unhealthy_targets=[stage.servers[1]])
    broken = Line(fabric, stage, endpoint)
    assert (broken.answers(0), broken.answers(1)) == ({"answered"}, {"timeout"})
    stage.cross_zone("true")
    assert Line(fabric, stage, endpoint).answers(1) == {"answered"}
    stage.cross_zone("false")
    stage.settings(unhealthy_targets=[])
    assert Line(fabric, stage, endpoint).answers(1) == {"answered"}


def test_a_port_without_a_listener_does_not_answer(line):
    assert line.answers(0, UNUSED) == {"timeout"}


def test_the_endpoints_security_group_decides_who_enters(fabric, stage, endpoint, line):
    stage.consumer.ec2.revoke_security_group_ingress(GroupId=stage.group, IpPermissions=[tcp(LISTENED)])
    assert Line(fabric, stage, endpoint).answers(0) == {"timeout"}
    stage.consumer.ec2.authorize_security_group_ingress(GroupId=stage.group, IpPermissions=[tcp(LISTENED)])
    assert Line(fabric, stage, endpoint).answers(0) == {"answered"}


def test_nothing_can_be_started_from_the_provider(stage, line):
    """Not even from where the load balancer itself stands, with the client's address on the way back."""
    client = line.description.attached(instance_id=stage.client)[0].addresses[0]
    node, transit = names.namespace(line.nodes[0].id), privatelink.transit_address(line.entrances[0])
    attempts = [
        *(Probe(node, destination, port) for destination in (transit, client) for port in (LISTENED, 22)),
        *(Probe(names.namespace(stage.servers[0]), line.entrances[0].addresses[0], port) for port in (LISTENED, 22)),
    ]
    with Watch(names.namespace(stage.consumer.vpc)) as watch:
        outcomes = run(line.description, attempts, timeout=1)
        started = [packet for packet in watch.packets() if packet.flags == {"SYN"}]
    assert ({outcome.answer for outcome in outcomes}, started) == ({"timeout"}, [])


def resolved(fabric: Fabric, instance: str, name: str) -> set[str]:
    """The addresses that an ordinary program in the guest gets."""
    fabric.sync()
    done = fabric.guests[instance].run("getent", "ahostsv4", name)
    return {line.split()[0] for line in done.stdout.splitlines()}


def test_the_endpoints_names_resolve_in_every_vpc(fabric, stage, endpoint, line):
    addresses = [eni.addresses[0] for eni in line.entrances]
    entries = [entry["DnsName"] for entry in stage.described(endpoint)["DnsEntries"]]
    for instance in (stage.client, stage.servers[0]):
        assert resolved(fabric, instance, entries[0]) == set(addresses)
    assert sorted(resolved(fabric, stage.client, name).pop() for name in entries[1:]) == sorted(addresses)


def test_a_zone_answers_where_it_is_associated_as_soon_as_it_has_a_record(fabric, stage, endpoint, line):
    route53 = stage.consumer.route53
    vpc = {"VPCRegion": REGION, "VPCId": stage.consumer.vpc}
    zone = route53.create_hosted_zone(Name="example.internal", VPC=vpc, CallerReference="1")["HostedZone"]["Id"]
    addresses = {eni.addresses[0] for eni in line.entrances}
    assert resolved(fabric, stage.client, "api.example.internal") == set()
    change(route53, zone, cname("api.example.internal", endpoint_name(stage, endpoint)))
    assert resolved(fabric, stage.client, "api.example.internal") == addresses
    assert resolved(fabric, stage.servers[0], "api.example.internal") == set()
    change(route53, zone, alias("example.internal", stage.described(endpoint)["DnsEntries"][0]))
    assert resolved(fabric, stage.client, "example.internal") == addresses


def test_a_zone_of_the_other_account_answers_once_it_is_associated(fabric, stage, endpoint, line):
    theirs, ours = ({"VPCRegion": REGION, "VPCId": company.vpc} for company in (stage.provider, stage.consumer))
    owner = stage.provider.route53
    zone = owner.create_hosted_zone(Name="partner.internal", VPC=theirs, CallerReference="1")["HostedZone"]["Id"]
    change(owner, zone, cname("api.partner.internal", endpoint_name(stage, endpoint)))
    assert resolved(fabric, stage.client, "api.partner.internal") == set()
    owner.create_vpc_association_authorization(HostedZoneId=zone, VPC=ours)
    stage.consumer.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=ours)
    assert resolved(fabric, stage.client, "api.partner.internal") == {eni.addresses[0] for eni in line.entrances}


def test_the_fabric_follows_an_acceptance_by_itself(fabric, stage):
    endpoint = stage.endpoint()
    stage.accept(endpoint)

    def stands() -> bool:
        accepted = fabric.description.vpc_endpoints.get(endpoint)
        return bool(accepted) and accepted.state == "available"

    eventually(stands, timeout=5)
    stage.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])


def endpoint_name(stage: Stage, endpoint: str) -> str:
    return stage.described(endpoint)["DnsEntries"][0]["DnsName"]


def cname(name: str, value: str) -> dict:
    return {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}


def alias(name: str, entry: dict) -> dict:
    target = {"DNSName": entry["DnsName"], "HostedZoneId": entry["HostedZoneId"], "EvaluateTargetHealth": False}
    return {"Name": name, "Type": "A", "AliasTarget": target}


def change(route53, zone: str, record_set: dict) -> None:
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record_set}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
