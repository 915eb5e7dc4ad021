# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is measured: the phases of each job, the ways to do it, and under which conditions each is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

OURS, FLOOR, LOOP = "ours", "floor", "loop"
INTERFACES = "interfaces"
FAILOVER_OF_INTERFACE, FAILOVER_OF_ADDRESSES = "failover_of_interface", "failover_of_addresses"

# Of each of the operations that the job changes something with:
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
BUCKET, REFILL = 100, 5


class Phase(NamedTuple):
    """A step of a job, which is the task. operation: the call that each interface needs, if any.

    state and group, the first or the second: what the task asks for, where it is INTERFACES.
    """

    name: str
    operation: str | None
    task: str = INTERFACES
    state: str = "present"
    group: int = 0


CREATE = Phase("create", "CreateNetworkInterface")
REPEAT = Phase("nothing to do", None)
CHANGE = Phase("change the group", "ModifyNetworkInterfaceAttribute", group=1)
DELETE = Phase("delete", "DeleteNetworkInterface", state="absent", group=1)
PHASES = (CREATE, REPEAT, CHANGE, DELETE)

MOVE = Phase("failover of an interface", "AttachNetworkInterface", FAILOVER_OF_INTERFACE)
MOVED = Phase("failover of an interface, again", None, FAILOVER_OF_INTERFACE)
REASSIGN = Phase("failover of addresses", "AssignPrivateIpAddresses", FAILOVER_OF_ADDRESSES)
REASSIGNED = Phase("failover of addresses, again", None, FAILOVER_OF_ADDRESSES)
FAILOVERS = ((MOVE, MOVED), (REASSIGN, REASSIGNED))


@dataclass(frozen=True)
class Condition:
    """How the lab cloud answers: its settings beside those that it has anyway."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict, compare=False)


AT_ONCE = Condition("No latency")
LATENCY = Condition("100 ms a call", {"latency_ms": 100})
RATE_LIMITS = Condition("EC2's rate limits", {
    "rate_limit": {phase.operation: {"bucket": BUCKET, "refill": REFILL} for phase in PHASES if phase.operation}})
CONDITIONS = (AT_ONCE, LATENCY, RATE_LIMITS)


class Run(NamedTuple):
    """The phases one after another, by one way, for so many interfaces, beginning with an empty cloud.

    times: how often all of that is done; the median of each phase's times counts.
    """

    condition: Condition
    way: str
    size: int
    phases: tuple[Phase, ...] = PHASES
    times: int = 1


SIZES = (1, 20, 100, 1000)
# Of the largest size the target is a ratio of seconds, which a machine that does anything else beside tells once this and once that.
OFTEN = {1000: 3}
RUNS = (
    *[
        Run(condition, way, size, times=OFTEN.get(size, 1))
        for condition in (AT_ONCE, LATENCY) for size in SIZES for way in (OURS, FLOOR)
    ],
    *[
        Run(condition, way, 1, phases)
        for condition in (AT_ONCE, LATENCY) for phases in FAILOVERS for way in (OURS, FLOOR)
    ],
    Run(RATE_LIMITS, OURS, 1000, (CREATE, REPEAT)),
    *[Run(condition, LOOP, size) for condition, size in ((AT_ONCE, 1), (AT_ONCE, 20), (LATENCY, 1))],
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
    "Failover by the loop, or under rate limits: one thing moves, in a handful of calls.",
)
