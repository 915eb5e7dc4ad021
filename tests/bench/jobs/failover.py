# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Failover: a server's second interface, or its secondary address alone, comes to the standby."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.cells import AT_ONCE, LATENCY, OVER_FLOOR, Phase, Run
from bench.figures import Results, Target, calls_of_floor, one_describe
from bench.job import Job

INTERFACE, ADDRESSES = {"of": "interface"}, {"of": "addresses"}
MOVE = Phase("of an interface", ("DetachNetworkInterface", "AttachNetworkInterface"), INTERFACE)
MOVED = Phase("of an interface, again", (), INTERFACE)
REASSIGN = Phase("of addresses", ("AssignPrivateIpAddresses",), ADDRESSES)
REASSIGNED = Phase("of addresses, again", (), ADDRESSES)

RUNS = tuple(
    Run(condition, way, 1, phases, beside=beside)
    for condition in (AT_ONCE, LATENCY) for phases in ((MOVE, MOVED), (REASSIGN, REASSIGNED))
    for way, beside in OVER_FLOOR
)
NOT_RUN = ("By amazon.aws, or under rate limits: one thing moves, in a handful of calls.",)
INTRODUCTION = """\
A server's second interface has a secondary address with an Elastic IP. Either the interface moves to the standby
(`xeni.aws.ec2_eni`), or only the address moves to the standby's first interface (`xeni.aws.ec2_eni_addresses`), and the
Elastic IP follows. Then the same again, with nothing to do. Where an interface would have more than two addresses, ours
looks up what the instance takes, which is up to two calls more."""


def variables(network: Mapping[str, Any], _size: int, phase: Phase) -> dict[str, Any]:
    return dict(phase.settings) | {"failover": network["failover"]}


def playbook(_way: str, _size: int, phase: Phase) -> list[str]:
    return [f"failover_of_{phase.settings['of']}.yml"]


def targets(results: Results) -> list[Target]:
    return [
        *[calls_of_floor(results, phase, 1) for phase in (MOVE, REASSIGN)],
        *[one_describe(results, phase, 1, "DescribeNetworkInterfaces") for phase in (MOVED, REASSIGNED)],
    ]


JOB = Job("failover", "Failover", INTRODUCTION, "network", RUNS, NOT_RUN, variables, playbook, targets)
