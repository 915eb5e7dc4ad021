# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The handshake of PrivateLink: from one account's load balancer to a name in another account's VPC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.cells import AT_ONCE, LATENCY, OURS, OVER_FLOOR, Cell, Phase, Run
from bench.figures import Results, Target
from bench.job import BENCH, Job

CREATE = Phase("create", (
    "CreateVpcEndpointServiceConfiguration",
    "ModifyVpcEndpointServicePermissions",
    "CreateVpcEndpoint",
    "AcceptVpcEndpointConnections",
    "CreateHostedZone",
    "ChangeResourceRecordSets",
))
REPEAT = Phase("nothing to do")

RUNS = tuple(
    Run(condition, way, 1, (CREATE, REPEAT), beside=beside)
    for condition in (AT_ONCE, LATENCY) for way, beside in OVER_FLOOR
)
NOT_RUN = ("By amazon.aws: it has no modules for services, their principals and connections.",)
INTRODUCTION = """\
A provider offers its load balancer to the account of a consumer, which connects; the provider accepts; the consumer
makes a private zone with a record to its endpoint. Then the same again, with nothing to do. Ours is the playbook
`xeni.aws.privatelink`. Beside the handshake it looks whether load balancers, certificates, zones and the VPC's DNS
attributes fit, before anything changes. The floor takes for granted that they do. Most of our time is Ansible's, for
the tasks of two hosts in one play after another, where an empty playbook has one."""

NAME = "api"
DNS_NAME = "api.example.internal"


def variables(companies: Mapping[str, Any], _size: int, _phase: Phase) -> dict[str, Any]:
    consumer = companies["consumer"]
    return {
        "endpoint_provider_credentials": companies["provider"]["credentials"],
        "endpoint_provider_name": NAME,
        "endpoint_provider_load_balancers": [companies["provider"]["load_balancer"]],
        "endpoint_provider_allowed_principals": [consumer["account"]],
        "endpoint_provider_accept_from": [consumer["account"]],
        "endpoint_provider_dns_name": DNS_NAME,
        "endpoint_consumer_credentials": consumer["credentials"],
        "endpoint_consumer_name": NAME,
        "endpoint_consumer_vpc_id": consumer["vpc_id"],
        "endpoint_consumer_security_groups": [consumer["security_group"]],
        "endpoint_dns_name": DNS_NAME,
        "endpoint_dns_zone": DNS_NAME,
    }


def playbook(_way: str, _size: int, _phase: Phase) -> list[str]:
    return ["xeni.aws.privatelink", "--inventory", str(BENCH / "inventory.yml")]


def targets(results: Results) -> list[Target]:
    """None of them in calls: what the playbook looks at beside the handshake is its purpose."""
    text = "nothing to do: nothing is changed"
    ours = results.cells.get(Cell(AT_ONCE, OURS, 1, REPEAT))
    if ours is None:
        return [Target(text)]
    measured = f"{sum(ours.calls.values())} calls, all of them reads" if ours.is_good else ours.shortfall or "failed"
    return [Target(text, measured, ours.is_good)]


JOB = Job(
    "handshake", "The handshake of PrivateLink", INTRODUCTION, "companies", RUNS, NOT_RUN, variables, playbook, targets)
