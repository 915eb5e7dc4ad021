# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""PrivateLink between two accounts whose VPCs have the same addresses."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator

import pytest

from lab import netns
from lab.demo.certificates import Authority
from lab.demo.companies import Company, tcp
from lab.demo.handshake import AUTHORITY, CURL, HTTPS, SERVED, meaning
from lab.demo.privatelink import serve_tls, write
from lab.fabric import Fabric, names, privatelink
from lab.fabric.description import NetworkInterface
from lab.fabric.probes import Probe, run
from lab.fabric.watch import Watch
from lab.tests.polling import eventually

REGION, ZONES = "us-east-1", ("use1-az1", "use1-az2")
CONSUMER, PROVIDER = "111122223333", "444455556666"
LISTENED, UNUSED = 8080, 8081
WEB, SSH = 80, 22  # where guests serve


class Stage:
    """A service on a server in each zone, and a client in the first."""

    def __init__(self, url: str):
        self._url = url
        self.settings(transition_seconds=0)
        self.provider, self.consumer = (Company(account, url, REGION, ZONES) for account in (PROVIDER, CONSUMER))
        web = self.provider.group("web", WEB, SERVED)
        self.servers = [self.provider.launch(f"server-{zone}", zone, web) for zone in ZONES]
        self.client = self.consumer.launch("client", ZONES[0], self.consumer.group("client"))
        self.load_balancer = self.provider.load_balancer("api", {LISTENED: WEB, HTTPS: SERVED}, self.servers)
        service = self.provider.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[self.load_balancer], AcceptanceRequired=True
        )["ServiceConfiguration"]
        self.service_id, self.service_name = service["ServiceId"], service["ServiceName"]
        self.provider.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service_id, AddAllowedPrincipals=[f"arn:aws:iam::{CONSUMER}:root"]
        )
        self.group = self.consumer.group("endpoint", LISTENED, HTTPS, UNUSED)

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


class Line:
    """What the client and the servers see of an endpoint."""

    def __init__(self, fabric: Fabric, stage: Stage, endpoint: str):
        fabric.sync()
        self.fabric, self.stage, self.endpoint = fabric, stage, endpoint
        described = stage.described(endpoint)
        self.dns_entries = described["DnsEntries"]
        self.entrances = self._by_zone(described["NetworkInterfaceIds"])
        self.addresses = [eni.addresses[0] for eni in self.entrances]

    @property
    def nodes(self) -> list[NetworkInterface]:
        return self._by_zone(self.fabric.description.load_balancers[self.stage.load_balancer].network_interfaces)

    def _by_zone(self, eni_ids: Iterable[str]) -> list[NetworkInterface]:
        description = self.fabric.description
        interfaces = [description.network_interfaces[eni_id] for eni_id in eni_ids]
        return sorted(interfaces, key=lambda eni: ZONES.index(description.subnets[eni.subnet_id].zone_id))

    def address(self, instance: str) -> str:
        return self.fabric.description.attached(instance_id=instance)[0].addresses[0]

    def answer(self, zone: int, port: int = LISTENED) -> str:
        """What the client gets from the endpoint's ENI of a zone."""
        probe = Probe(names.namespace(self.stage.client), self.addresses[zone], port)
        return run(self.fabric.description, [probe], timeout=1)[0].answer

    def arrivals(self, zone: int, times: int) -> set[tuple[str, str]]:
        """From and to whom connections come in the provider's VPC, of as many that the client opens."""
        with Watch(names.namespace(self.stage.provider.vpc)) as watch:
            assert {self.answer(zone) for _each in range(times)} == {"answered"}
            seen = watch.packets()
        return {(packet.source, packet.destination) for packet in seen if packet.flags == {"SYN"}}

    def resolved(self, instance: str, name: str) -> set[str]:
        """The addresses that an ordinary program in the guest gets."""
        done = self.fabric.guests[instance].run("getent", "ahostsv4", name)
        return {line.split()[0] for line in done.stdout.splitlines()}


@pytest.fixture(scope="module")
def line(fabric, stage) -> Line:
    """Of an endpoint that is accepted."""
    endpoint = stage.endpoint()
    stage.accept(endpoint)
    return Line(fabric, stage, endpoint)


def test_nothing_passes_before_acceptance_nor_after_rejection(fabric, stage):
    line = Line(fabric, stage, stage.endpoint())
    assert stage.described(line.endpoint)["State"] == "pendingAcceptance"
    assert line.answer(0) == "timeout"
    stage.accept(line.endpoint)
    fabric.sync()
    assert line.answer(0) == "answered"
    stage.reject(line.endpoint)
    fabric.sync()
    assert line.answer(0) == "timeout"


def test_the_fabric_follows_an_acceptance_by_itself(fabric, stage):
    line = Line(fabric, stage, stage.endpoint())
    stage.accept(line.endpoint)
    eventually(lambda: line.answer(0) == "answered")


@pytest.mark.parametrize("zone", [0, 1])
def test_the_target_in_the_endpoints_zone_sees_the_load_balancer(stage, line, zone):
    assert line.arrivals(zone, times=8) == {(line.nodes[zone].addresses[0], line.address(stage.servers[zone]))}


def test_across_zones_all_targets_are_served_if_the_load_balancer_is_set_so(fabric, stage, line):
    stage.cross_zone("true")
    fabric.sync()
    node = line.nodes[0].addresses[0]
    assert line.arrivals(0, times=32) == {(node, line.address(server)) for server in stage.servers}
    stage.cross_zone("false")


def test_a_zone_without_a_healthy_target_fails(fabric, stage, line):
    stage.settings(unhealthy_targets=[stage.servers[1]])
    fabric.sync()
    assert (line.answer(0), line.answer(1)) == ("answered", "timeout")
    stage.cross_zone("true")
    fabric.sync()
    assert line.answer(1) == "answered"
    stage.cross_zone("false")
    stage.settings(unhealthy_targets=[])


def test_a_port_without_a_listener_does_not_answer(line):
    assert line.answer(0, UNUSED) == "timeout"


def test_the_endpoints_security_group_decides_who_enters(fabric, stage, line):
    stage.consumer.ec2.revoke_security_group_ingress(GroupId=stage.group, IpPermissions=[tcp(LISTENED)])
    fabric.sync()
    assert line.answer(0) == "timeout"
    stage.consumer.ec2.authorize_security_group_ingress(GroupId=stage.group, IpPermissions=[tcp(LISTENED)])
    fabric.sync()
    assert line.answer(0) == "answered"


@pytest.fixture
def route_to_the_client(stage, line) -> Iterator[str]:
    """From where the load balancer stands, back along the way that its answers take: the client's address."""
    node, address = names.namespace(line.nodes[0].id), line.address(stage.client)
    theirs, ours = (privatelink.transit_address(eni) for eni in (line.entrances[0], line.nodes[0]))
    way = ["via", theirs, "dev", names.interface(line.entrances[0].id), "src", ours]
    netns.ip("-n", node, "route", "add", address, *way)
    yield address
    netns.ip("-n", node, "route", "delete", address, *way)


def test_nothing_can_be_started_from_the_provider(fabric, stage, line, route_to_the_client):
    node, transit = names.namespace(line.nodes[0].id), privatelink.transit_address(line.entrances[0])
    attempts = [Probe(node, destination, SSH) for destination in (transit, route_to_the_client)]
    with Watch(names.namespace(stage.consumer.vpc)) as watch:
        outcomes = run(fabric.description, attempts, timeout=1)
        started = [packet for packet in watch.packets() if "SYN" in packet.flags]
    assert ([outcome.answer for outcome in outcomes], started) == (["timeout", "timeout"], [])


def test_the_endpoints_names_resolve_in_every_vpc(fabric, stage, line):
    regional, *zonal = [entry["DnsName"] for entry in line.dns_entries]
    for instance in (stage.client, stage.servers[0]):
        assert line.resolved(instance, regional) == set(line.addresses)
    for entrance in line.entrances:
        zone = fabric.description.subnets[entrance.subnet_id].zone_name
        name = next(name for name in zonal if f"-{zone}." in name)
        assert line.resolved(stage.client, name) == {entrance.addresses[0]}


def test_a_zone_answers_where_it_is_associated_as_soon_as_it_has_a_record(fabric, stage, line):
    zone = private_zone(stage.consumer, "example.internal")
    fabric.sync()
    assert line.resolved(stage.client, "api.example.internal") == set()
    change(stage.consumer, zone, cname("api.example.internal", line), alias("example.internal", line))
    fabric.sync()
    assert line.resolved(stage.client, "api.example.internal") == set(line.addresses)
    assert line.resolved(stage.client, "example.internal") == set(line.addresses)
    assert line.resolved(stage.servers[0], "api.example.internal") == set()


def test_a_zone_of_the_other_account_answers_once_it_is_associated(fabric, stage, line):
    zone = private_zone(stage.provider, "partner.internal")
    change(stage.provider, zone, cname("api.partner.internal", line))
    fabric.sync()
    assert line.resolved(stage.client, "api.partner.internal") == set()
    ours = {"VPCRegion": REGION, "VPCId": stage.consumer.vpc}
    stage.provider.route53.create_vpc_association_authorization(HostedZoneId=zone, VPC=ours)
    stage.consumer.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=ours)
    fabric.sync()
    assert line.resolved(stage.client, "api.partner.internal") == set(line.addresses)


def test_a_tls_client_finds_the_certificate_by_its_name_and_not_by_the_endpoints(fabric, stage, line):
    name, client, authority = "api.tls.internal", fabric.guests[stage.client], Authority("Authority of this test")
    change(stage.consumer, private_zone(stage.consumer, "tls.internal"), cname(name, line))
    fabric.sync()
    write(client, AUTHORITY, authority.pem)
    for server in stage.servers:
        serve_tls(fabric.guests[server], authority.issue(name))

    def outcome(host: str) -> str:
        return meaning(client.run(*CURL, f"https://{host}/").returncode)

    eventually(lambda: outcome(name) == "certificate matches")
    assert outcome(line.dns_entries[0]["DnsName"]) == "certificate does not match"


def private_zone(company: Company, name: str) -> str:
    vpc = {"VPCRegion": REGION, "VPCId": company.vpc}
    return company.route53.create_hosted_zone(Name=name, VPC=vpc, CallerReference=name)["HostedZone"]["Id"]


def cname(name: str, line: Line) -> dict:
    value = line.dns_entries[0]["DnsName"]
    return {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}


def alias(name: str, line: Line) -> dict:
    entry = line.dns_entries[0]
    target = {"DNSName": entry["DnsName"], "HostedZoneId": entry["HostedZoneId"], "EvaluateTargetHealth": False}
    return {"Name": name, "Type": "A", "AliasTarget": target}


def change(company: Company, zone: str, *record_sets: dict) -> None:
    changes = [{"Action": "CREATE", "ResourceRecordSet": record_set} for record_set in record_sets]
    company.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
