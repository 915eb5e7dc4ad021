# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One VPC endpoint, beside the module of amazon.aws."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bench.cells import AT_ONCE, LATENCY, OURS, PEER, Phase, Run
from bench.figures import Results, Target, one_describe
from bench.job import Job
from lab.demo.project import REGION

SERVICE = f"com.amazonaws.{REGION}.ec2"


def policy(action: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}]})


WIDE, NARROW = policy("ec2:*"), policy("ec2:DescribeInstances")
MADE = {"state": "present", "policy": WIDE, "subnets": 1}
NARROWED = MADE | {"policy": NARROW}
SPREAD = NARROWED | {"subnets": 2}

CREATE = Phase("create", ("CreateVpcEndpoint",), MADE)
REPEAT = Phase("nothing to do", (), MADE)
CHANGE_POLICY = Phase("change the policy", ("ModifyVpcEndpoint",), NARROWED)
ADD_SUBNET = Phase("add a subnet", ("ModifyVpcEndpoint",), SPREAD)
DELETE = Phase("delete", ("DeleteVpcEndpoints",), SPREAD | {"state": "absent"})
PHASES = (CREATE, REPEAT, CHANGE_POLICY, ADD_SUBNET, DELETE)

RUNS = tuple(Run(condition, way, 1, PHASES) for condition in (AT_ONCE, LATENCY) for way in (OURS, PEER))
NOT_RUN = ("More than one endpoint: neither has a module for many.",)
INTRODUCTION = """\
An interface endpoint for EC2's API with a policy, a security group and a name: made in one subnet, left as it is, given
another policy, a second subnet, deleted. Ours is `xeni.aws.ec2_vpc_endpoint`, beside `amazon.aws.ec2_vpc_endpoint`,
both with `wait: true`. The latter reports `ok` for another policy or other subnets, and changes nothing. It deletes by
ID only, so that a task before it, `amazon.aws.ec2_vpc_endpoint_info`, looks the endpoint up."""


def variables(companies: Mapping[str, Any], _size: int, phase: Phase) -> dict[str, Any]:
    consumer = companies["consumer"]
    return {
        "state": phase.settings["state"],
        "vpc_id": consumer["vpc_id"],
        "service": SERVICE,
        "subnet_ids": consumer["subnet_ids"][:phase.settings["subnets"]],
        "group_id": consumer["group_id"],
        "endpoint_policy": phase.settings["policy"],
    }


def playbook(way: str, _size: int, _phase: Phase) -> list[str]:
    return ["endpoint.yml" if way == OURS else "endpoint_by_amazon_aws.yml"]


def targets(results: Results) -> list[Target]:
    return [one_describe(results, REPEAT, 1, "DescribeVpcEndpoints")]


JOB = Job("endpoint", "A VPC endpoint", INTRODUCTION, "companies", RUNS, NOT_RUN, variables, playbook, targets)
