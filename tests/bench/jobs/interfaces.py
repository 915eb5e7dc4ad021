# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces: one or many are made, left as they are, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from bench.cells import AT_ONCE, LATENCY, LOOP, OURS, OVER_FLOOR, Cell, Condition, Phase, Run
from bench.figures import Results, Target, calls_of_floor, one_describe
from bench.job import Job

CREATE = Phase("create", ("CreateNetworkInterface",), {"state": "present", "group": 0})
REPEAT = Phase("nothing to do", (), {"state": "present", "group": 0})
CHANGE = Phase("change the group", ("ModifyNetworkInterfaceAttribute",), {"state": "present", "group": 1})
DELETE = Phase("delete", ("DeleteNetworkInterface",), {"state": "absent", "group": 1})
PHASES = (CREATE, REPEAT, CHANGE, DELETE)

# Of each of the operations that the job changes something with:
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
BUCKET, REFILL = 100, 5
RATE_LIMITS = Condition("EC2's rate limits", {"rate_limit": {
    operation: {"bucket": BUCKET, "refill": REFILL} for phase in PHASES for operation in phase.operations}})

SIZES = (1, 20, 100, 1000)
# Of the largest size the target is a ratio of seconds, which a machine that does anything else beside tells once this
# and once that.
OFTEN = {1000: 3}
RUNS = (
    *[
        Run(condition, way, size, PHASES, OFTEN.get(size, 1), beside)
        for condition in (AT_ONCE, LATENCY) for size in SIZES for way, beside in OVER_FLOOR
    ],
    Run(RATE_LIMITS, OURS, 1000, (CREATE, REPEAT)),
    *[Run(condition, LOOP, size, PHASES) for condition, size in ((AT_ONCE, 1), (AT_ONCE, 20), (LATENCY, 1))],
    Run(AT_ONCE, LOOP, 100, (CREATE,)),
)
NOT_RUN = (
    "The loop with more than 20 interfaces, but for one creation of 100: it takes many minutes, and as long for each. "
    "Its figures with a ~ are extrapolated from the two largest sizes that were measured.",
    "The loop with more than one interface at 100 ms: its calls follow each other, so that each adds 100 ms.",
    "Rate limits for the floor: what the buckets allow is the target, and takes it three minutes too.",
    f"Rate limits with up to {BUCKET} interfaces: they fit into the buckets, so that the figures without limits hold.",
    "Rate limits for changing and deleting 1000: their buckets are as large as that of creating, and refill as fast.",
    "Rate limits for the loop: it makes fewer calls a second than the buckets get back.",
)
INTRODUCTION = """\
N network interfaces, each with two addresses, one security group given by name, and tags: made, left as they are,
given another group, deleted. Ours is one task, `xeni.aws.ec2_eni` for one interface and `xeni.aws.ec2_eni_fleet` for
more. The loop is one task over `amazon.aws.ec2_eni`. It names its secondary addresses: asked for a count,
`amazon.aws.ec2_eni` waits 27 s more for each interface, as it compares that count with the one of all addresses."""

# Far above what the lab cloud gives out by itself, from the subnet's beginning on.
FIRST_SECONDARY = IPv4Address("10.0.64.0")
TAGS = {"project": "bench"}


def variables(network: Mapping[str, Any], size: int, phase: Phase) -> dict[str, Any]:
    subnet_id, group = network["subnet_id"], network["groups"][phase.settings["group"]]
    names = [f"bench-{number:04}" for number in range(1, size + 1)]
    return {
        "subnet_id": subnet_id,
        "group": group,
        "state": phase.settings["state"],
        "bench_tags": TAGS,
        "secondary_addresses": [str(FIRST_SECONDARY + number) for number in range(size)],
        "fleet": [
            {
                "name": name, "subnet_id": subnet_id, "security_groups": [group], "tags": TAGS,
                "secondary_private_ip_address_count": 1,
            }
            for name in names
        ],
    }


def playbook(way: str, size: int, _phase: Phase) -> list[str]:
    if way == LOOP:
        return ["loop.yml"]
    return ["one.yml" if size == 1 else "fleet.yml"]


def targets(results: Results) -> list[Target]:
    return [
        *[one_describe(results, REPEAT, size, "DescribeNetworkInterfaces") for size in (1, 1000)],
        _fifty_times(results),
        *[_near_floor(results, condition) for condition in (AT_ONCE, LATENCY)],
        calls_of_floor(results, CREATE, 1000),
        *_rate_limits(results),
    ]


def allowed(size: int) -> float:
    """Seconds in which EC2 admits so many calls of one operation that begin with a full bucket."""
    return max(0, size - BUCKET) / REFILL


def _fifty_times(results: Results) -> Target:
    text = "create, N=100: at least 50 times faster than the loop"
    times = results.speed_up(AT_ONCE, 100, CREATE)
    return Target(text, f"{times:.0f} times", times >= 50) if times else Target(text)


def _near_floor(results: Results, condition: Condition) -> Target:
    text = f"create, N=1000, {condition.name[0].lower()}{condition.name[1:]}: at most 1.3 times the floor"
    ratio = results.over_floor(condition, 1000, CREATE)
    return Target(text, f"{ratio:.2f} times", ratio <= 1.3) if ratio else Target(text)


def _rate_limits(results: Results) -> list[Target]:
    for_good = "create, N=1000, EC2's rate limits: no call fails for good"
    in_time = f"create, N=1000, EC2's rate limits: within 1.2 of the {allowed(1000):.0f} s that the buckets allow"
    ours = results.cells.get(Cell(RATE_LIMITS, OURS, 1000, CREATE))
    if ours is None:
        return [Target(for_good), Target(in_time)]
    ratio = ours.seconds / allowed(1000)
    return [
        Target(for_good, f"none, {ours.throttled} throttled" if ours.is_good else "failed", ours.is_good),
        Target(in_time, f"{ours.seconds:.0f} s, {ratio:.2f} times", ratio <= 1.2 and ours.is_good),
    ]


JOB = Job("interfaces", "Network interfaces", INTRODUCTION, "network", RUNS, NOT_RUN, variables, playbook, targets)
