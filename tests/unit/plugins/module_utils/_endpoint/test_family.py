# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One endpoint on the engine: what is read and when, what is waited for, what comes later."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._endpoint import family as endpoint_family
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.family import Endpoints
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

SERVICE = {
    "ServiceName": "svc", "ServiceType": [{"ServiceType": "Interface"}], "ServiceRegion": "eu-west-1", "AvailabilityZoneIds": ["az1", "az2"],
    "AcceptanceRequired": True, "PrivateDnsName": "api.example.com", "PrivateDnsNameVerificationState": "verified",
}
ENDPOINT = {
    "VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "VpcEndpointType": "Interface", "ServiceName": "svc", "State": "available",
    "SubnetIds": ["subnet-1"], "NetworkInterfaceIds": ["eni-1"], "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
}
THERE = {
    "VpcEndpoints": [ENDPOINT],
    "ServiceDetails": [SERVICE],
    "Subnets": [
        {"SubnetId": f"subnet-{zone}", "VpcId": "vpc-1", "AvailabilityZoneId": f"az{zone}", "AvailabilityZone": f"z{zone}", "CidrBlock": "10.0.1.0/24"}
        for zone in (1, 2, 3)],
    "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1"}, {"GroupId": "sg-2", "GroupName": "db", "VpcId": "vpc-1"}],
    "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.1.10"}],
    "RouteTables": [],
}


class Cloud:
    """Describes what is there; `asked` are the operations. errors: what creations are refused with, one after the other."""

    client = SimpleNamespace(meta=SimpleNamespace(region_name="eu-west-1"))

    def __init__(self, errors=(), **there):
        self.there, self.asked, self.errors, self.created = {**THERE, **there}, [], list(errors), []

    def describe(self, operation, result, **parameters):
        self.asked.append(operation)
        found = self.there[result]
        if isinstance(found, Exception):
            raise found
        return found

    def describe_by(self, operation, result, name, values, **more):
        return self.describe(operation, result) if values else []

    def read(self, operation, parameters):
        self.asked.append(operation)
        return {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}

    def call(self, operation, parameters):
        self.created.append(parameters)
        if self.errors:
            raise self.errors.pop(0)
        return {"VpcEndpoint": ENDPOINT}


def family(cloud, **wanted):
    return Endpoints(cloud, Wanted(**{"vpc_id": "vpc-1", "type": "Interface", "target": ("service", "svc"), **wanted}), timeout=60)


def decided(endpoints):
    seen = endpoints.observe()
    if endpoints.plan(seen):
        seen = endpoints.check(seen)
    return seen, endpoints.plan(seen)


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "No"}}, "CreateVpcEndpoint")


@pytest.mark.parametrize("wanted, asked", [
    ({"subnets": ("subnet-1",), "groups": ("web",)}, ["describe_vpc_endpoints"]),
    ({"subnets": ("subnet-1",), "addresses": {"subnet-1": {"Ipv4": "10.0.1.10"}}}, ["describe_vpc_endpoints", "describe_network_interfaces"]),
    ({"state": "absent", "subnets": ("auto",)}, ["describe_vpc_endpoints"]),
])
def test_nothing_to_do_reads_the_least(wanted, asked):
    cloud = Cloud(**({"VpcEndpoints": []} if wanted.get("state") else {}))
    assert decided(family(cloud, **wanted))[1] == []
    assert cloud.asked == asked


def test_names_of_groups_become_ids():
    cloud = Cloud()
    calls = decided(family(cloud, groups=("db", "web")))[1]
    assert calls[0].parameters == {"VpcEndpointId": "vpce-1", "AddSecurityGroupIds": ["sg-2"]}
    assert cloud.asked == ["describe_vpc_endpoints", "describe_security_groups"]


def test_auto_keeps_what_is_there_and_adds_the_zones_that_lack_one():
    cloud = Cloud()
    endpoints = family(cloud, subnets=("auto",))
    seen, calls = decided(endpoints)
    assert calls[0].parameters == {"VpcEndpointId": "vpce-1", "AddSubnetIds": ["subnet-2"]}
    assert endpoints.show(seen)["zones_without_subnet"] == []
    assert cloud.asked.count("describe_vpc_endpoint_services") == 1


def test_auto_tells_the_zones_that_have_none():
    endpoints = family(Cloud(Subnets=THERE["Subnets"][:1]), subnets=("auto",))
    seen, calls = decided(endpoints)
    assert (calls, endpoints.show(seen)["zones_without_subnet"]) == ([], ["az2"])


def test_auto_without_a_service():
    endpoints = family(Cloud(VpcEndpoints=[], ServiceDetails=refusal("InvalidServiceName")), subnets=("auto",))
    with pytest.raises(BadInput, match="does not exist in eu-west-1, or it does and its owner does not admit"):
        decided(endpoints)


@pytest.mark.parametrize("service, asks_for", [
    ({}, False), ({"AcceptanceRequired": False}, True), ({"AcceptanceRequired": False, "PrivateDnsNameVerificationState": "failed"}, False),
])
def test_an_endpoint_is_made_without_what_must_come_later(service, asks_for):
    endpoints = family(Cloud(VpcEndpoints=[], ServiceDetails=[{**SERVICE, **service}]), private_dns_enabled=True, wait=True)
    _seen, calls = decided(endpoints)
    assert calls[0].parameters["PrivateDnsEnabled"] == asks_for
    assert endpoints.goes_on


@pytest.mark.parametrize("endpoint, service, calls, to_come", [
    ({}, {}, 1, None),
    ({"State": "pendingAcceptance"}, {}, 0, "accepted"),
    ({"State": "pending"}, {}, 0, "available"),
    ({}, {"PrivateDnsNameVerificationState": "pendingVerification"}, 0, "verified"),
    ({"PrivateDnsEnabled": True}, {}, 0, None),
])
def test_what_is_still_to_come(endpoint, service, calls, to_come):
    endpoints = family(Cloud(VpcEndpoints=[{**ENDPOINT, **endpoint}], ServiceDetails=[{**SERVICE, **service}]), private_dns_enabled=True)
    seen, planned = decided(endpoints)
    assert len(planned) == calls
    shown = endpoints.show(endpoints.predict(seen, planned))["to_come"]
    assert [to_come in text for text in shown] == ([True] if to_come else [])


@pytest.mark.parametrize("state, wait, waited_for, on_its_way", [
    ("available", True, "available", False), ("pendingAcceptance", True, "pendingAcceptance", False),
    ("pending", True, None, True), ("pending", False, None, False), ("available", False, None, False),
])
def test_which_state_is_waited_for(state, wait, waited_for, on_its_way):
    endpoints = family(Cloud(VpcEndpoints=[{**ENDPOINT, "State": state}]), wait=wait)
    seen = endpoints.observe()
    assert endpoints.show(seen)["waited_for"] == waited_for
    assert bool(endpoints.on_its_way(seen)) == on_its_way


@pytest.mark.parametrize("state, wait, reached", [
    ("pending", False, True), ("pending", True, False), ("pendingAcceptance", True, True), ("available", True, True), ("deleting", False, False),
])
def test_when_one_is_made(state, wait, reached):
    there = Cloud(VpcEndpoints=[])
    endpoints = family(there, wait=wait)
    call = decided(endpoints)[1][0]
    reply = endpoints.perform(call, call.parameters)
    there.there["VpcEndpoints"] = [{**ENDPOINT, "State": state}]
    assert endpoints.reached([(call, reply)], endpoints.observe()) == ({call.id} if reached else set())


def test_when_one_is_changed():
    cloud = Cloud()
    endpoints = family(cloud, private_dns_enabled=True)
    call = decided(endpoints)[1][0]
    assert endpoints.reached([(call, {})], endpoints.observe()) == set()
    cloud.there["VpcEndpoints"] = [{**ENDPOINT, "PrivateDnsEnabled": True}]
    assert endpoints.reached([(call, {})], endpoints.observe()) == {call.id}


@pytest.mark.parametrize("there, reached", [
    ([ENDPOINT], False), ([{**ENDPOINT, "State": "deleting"}], False), ([{**ENDPOINT, "State": "deleted"}], True), ([], True),
])
def test_when_one_is_gone(there, reached):
    cloud = Cloud()
    endpoints = family(cloud, state="absent")
    call = decided(endpoints)[1][0]
    cloud.there["VpcEndpoints"] = there
    seen = endpoints.observe()
    assert endpoints.reached([(call, {})], seen) == ({call.id} if reached else set())
    assert bool(endpoints.on_its_way(seen)) == (there != [ENDPOINT] and not reached)


def test_one_that_is_rejected_while_it_is_waited_for():
    cloud = Cloud(VpcEndpoints=[{**ENDPOINT, "State": "rejected"}])
    with pytest.raises(BadInput, match="vpce-1 is rejected"):
        family(cloud).observe()


def test_a_service_that_is_not_ready_everywhere(monkeypatch):
    monkeypatch.setattr(endpoint_family.time, "sleep", lambda _seconds: None)
    cloud = Cloud(VpcEndpoints=[], errors=[refusal("InvalidServiceName")] * 3)
    endpoints = family(cloud)
    call = decided(endpoints)[1][0]
    assert endpoints.perform(call, call.parameters)["VpcEndpoint"] == ENDPOINT
    assert len({parameters["ClientToken"] for parameters in cloud.created}) == 1


def test_another_refusal_is_not_repeated():
    cloud = Cloud(VpcEndpoints=[], errors=[refusal("RouteAlreadyExists")])
    endpoints = family(cloud)
    call = decided(endpoints)[1][0]
    with pytest.raises(ClientError):
        endpoints.perform(call, call.parameters)
    assert len(cloud.created) == 1


def test_a_token_of_the_users_own():
    cloud = Cloud(VpcEndpoints=[], errors=[refusal("IdempotentParameterMismatch")])
    endpoints = family(cloud, client_token="mine")
    call = decided(endpoints)[1][0]
    with pytest.raises(ClientError):
        endpoints.perform(call, call.parameters)
    assert [parameters["ClientToken"] for parameters in cloud.created] == ["mine"]
