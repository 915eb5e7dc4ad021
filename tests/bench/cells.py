# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is measured: the phases of the job, the ways to do it, and under which conditions each is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

OURS, FLOOR, LOOP = "ours", "floor", "loop"

# Of each of the operations that the job changes something with:
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
BUCKET, REFILL = 100, 5


class Phase(NamedTuple):
    """A step of the job. group: the first or the second; operation: the call that each interface needs, if any."""

    name: str
    state: str
    group: int
    operation: str | None


CREATE = Phase("create", "present", 0, "CreateNetworkInterface")
REPEAT = Phase("nothing to do", "present", 0, None)
CHANGE = Phase("change the group", "present", 1, "ModifyNetworkInterfaceAttribute")
DELETE = Phase("delete", "absent", 1, "DeleteNetworkInterface")
PHASES = (CREATE, REPEAT, CHANGE, DELETE)


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
    """The phases one after another, by one way, for so many interfaces, beginning with an empty cloud."""

    condition: Condition
    way: str
    size: int
    phases: tuple[Phase, ...] = PHASES


SIZES = (1, 20, 100, 1000)
RUNS = (
    *[Run(condition, way, size) for condition in (AT_ONCE, LATENCY) for size in SIZES for way in (OURS, FLOOR)],
    *[Run(RATE_LIMITS, way, 1000, (CREATE, REPEAT)) for way in (OURS, FLOOR)],
    *[Run(condition, LOOP, size) for condition in (AT_ONCE, LATENCY) for size in (1, 20)],
    Run(AT_ONCE, LOOP, 100, (CREATE,)),
)
NOT_RUN = (
    "The loop with more than 20 interfaces, but for one creation of 100: it takes many minutes, and as long for each. "
    "Its figures with a ~ are extrapolated from the two largest sizes that were measured.",
    f"Rate limits with up to {BUCKET} interfaces: they fit into the buckets, so that the figures without limits hold.",
    "Rate limits for changing and deleting 1000: their buckets are as large as that of creating, and refill as fast.",
    "Rate limits for the loop: it makes fewer calls a second than the buckets get back.",
)
