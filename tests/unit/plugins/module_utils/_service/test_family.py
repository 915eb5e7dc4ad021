# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An endpoint service on the engine: what it reads and when, what it refuses, whose wait is over."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.apply import NotReached
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.module_utils._service.family import Services
from ansible_collections.xeni.aws.plugins.module_utils._service.observed import Observed

LOAD_BALANCERS = {kind: f"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/{kind}/web/1" for kind in ("net", "gwy")}
CONFIGURATIONS, PERMISSIONS, CONNECTIONS = (
    "describe_vpc_endpoint_service_configurations", "describe_vpc_endpoint_service_permissions", "describe_vpc_endpoint_connections")


class Cloud:
    """One service, or none; `asked` are the operations in their order."""

    def __init__(self, principals=(), connections=(), **configuration):
        self.asked = []
        self.replies = {
            CONFIGURATIONS: [{
                "ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "ServiceState": "Available",
                "AcceptanceRequired": True, "NetworkLoadBalancerArns": [LOAD_BALANCERS["net"]], "Tags": [{"Key": "Name", "Value": "api"}],
                **configuration,
            }] if configuration.get("ServiceState") != "Deleted" else [],
            PERMISSIONS: [{"Principal": principal} for principal in principals],
            CONNECTIONS: [
                {"VpcEndpointId": f"vpce-{number}", "VpcEndpointOwner": "444455556666", "VpcEndpointState": state}
                for number, state in enumerate(connections, 1)],
        }

    def describe(self, operation, result, **parameters):
        self.asked.append(operation)
        return self.replies[operation]

    def describe_by(self, operation, result, name, values):
        return self.describe(operation, result)


@pytest.mark.parametrize("parameters, asked", [
    ({"acceptance_required": True}, [CONFIGURATIONS]),
    ({"allowed_principals": []}, [CONFIGURATIONS, PERMISSIONS]),
])
def test_nothing_to_do_costs_little(wanted, parameters, asked):
    cloud = Cloud()
    services = Services(cloud, wanted(**parameters))
    assert services.plan(services.observe()) == []
    assert cloud.asked == asked


def test_connections_are_read_where_the_service_is_to_go(wanted):
    cloud = Cloud(connections=["rejected", "Expired", "failed", "deleting", "Deleted"])
    services = Services(cloud, wanted(state="absent", allowed_principals=["*"]))
    assert [call.wait for call in services.plan(services.observe())] == ["deleted"]
    assert cloud.asked == [CONFIGURATIONS, CONNECTIONS]


NONE = {"ServiceState": "Deleted"}
OPEN = {"acceptance_required": False}


@pytest.mark.parametrize("cloud, parameters, words", [
    (Cloud(**NONE), {}, ["api: network_load_balancer_arns", "does not exist yet", "at least one"]),
    (Cloud(**NONE), {"service_id": "vpce-svc-9", "name": None}, ["service_id", "'vpce-svc-9'", "ec2_vpc_endpoint_service"]),
    (Cloud(ServiceState="Deleting"), {"service_id": "vpce-svc-1"}, ["service_id", "'vpce-svc-1'"]),
    (Cloud(), {"gateway_load_balancer_arns": [LOAD_BALANCERS["gwy"]]}, ["gateway_load_balancer_arns", *LOAD_BALANCERS.values(), "not both"]),
    (Cloud(NetworkLoadBalancerArns=[], GatewayLoadBalancerArns=[LOAD_BALANCERS["gwy"]]), {"private_dns_name": "api.example.com"},
     ["private_dns_name: 'api.example.com'", "Network Load Balancers"]),
    (Cloud(principals=["*"]), OPEN, ["'*'", "allow_anyone: true"]),
    (Cloud(AcceptanceRequired=False), {"allowed_principals": ["*"]}, ["'*'", "allow_anyone: true"]),
    (Cloud(connections=["available", "PendingAcceptance", "deleting"]), {"state": "absent"},
     ["vpce-1 (owner 444455556666, available), vpce-2 (owner 444455556666, PendingAcceptance);", "reject_connections: true"]),
])
def test_refused(wanted, cloud, parameters, words):
    services = Services(cloud, wanted(**parameters))
    observed = services.observe()
    assert services.plan(observed)
    with pytest.raises(BadInput) as refusal:
        services.check(observed)
    assert [word for word in words if word not in str(refusal.value)] == []


@pytest.mark.parametrize("cloud, parameters", [
    (Cloud(principals=["*"]), {**OPEN, "allow_anyone": True}),
    (Cloud(principals=["*"]), {**OPEN, "allowed_principals": ["012345678901"]}),
    (Cloud(principals=["*"], AcceptanceRequired=False), {"tags": {"tier": 1}, **OPEN}),
    (Cloud(connections=["available"]), {"state": "absent", "reject_connections": True}),
    (Cloud(connections=["deleting"]), {"state": "absent"}),
])
def test_not_refused(wanted, cloud, parameters):
    services = Services(cloud, wanted(**parameters))
    assert services.check(services.observe()) is not None


@pytest.mark.parametrize("wait, observed, is_over", [
    ("available", Observed({"ServiceState": "Available"}), True),
    ("available", Observed({"ServiceState": "Pending"}), False),
    ("deleted", Observed({"ServiceState": "Deleting"}), False),
    ("deleted", Observed(None), True),
    ("disconnected", Observed({"ServiceState": "Available"}, connections=({"VpcEndpointState": "rejecting"},)), False),
    ("disconnected", Observed({"ServiceState": "Available"}, connections=()), True),
])
def test_a_wait_is_over_when_the_state_is_there(wanted, wait, observed, is_over):
    pending = [(Call("api:call", "api", "describe", wait=wait), {})]
    assert Services(Cloud(), wanted()).reached(pending, observed) == ({"api:call"} if is_over else set())


def test_a_state_that_will_not_be_reached_is_told_at_once(wanted):
    failed = Observed({"ServiceId": "vpce-svc-1", "ServiceState": "Failed"})
    with pytest.raises(NotReached, match="vpce-svc-1 is Failed; delete it"):
        Services(Cloud(), wanted()).reached([(Call("api:create", "api", "create", wait="available"), {})], failed)
    deletion = [(Call("api:delete", "api", "delete", wait="deleted"), {})]
    assert Services(Cloud(), wanted(state="absent")).reached(deletion, failed) == set()
