# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a measurement is of: the phase of a job, the way to do it, the condition, the number of objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

OURS, FLOOR, EMPTY, LOOP, PEER, BY_HAND, BARE = "ours", "floor", "empty", "loop", "amazon.aws", "by hand", "bare"


@dataclass(frozen=True)
class Phase:
    """A step of a job. operations: the calls that change something, each once for each object; none, nothing changes.

    settings: what this step asks for, in the job's own terms.
    """

    name: str
    operations: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Condition:
    """How the lab cloud answers: its settings beside those that it has anyway."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)


AT_ONCE = Condition("No latency")
LATENCY = Condition("100 ms a call", {"latency_ms": 100})


class Run(NamedTuple):
    """The phases one after another, by one way, for so many objects, beginning with an empty cloud.

    times: how often all of that is done. Of a phase that is done more than once the median of its times counts.
    beside: ways that do each phase with nothing to do, too, right after it and with what is there then.
    """

    condition: Condition
    way: str
    size: int
    phases: tuple[Phase, ...]
    times: int = 1
    beside: tuple[str, ...] = ()

    def ways(self, phase: Phase) -> tuple[str, ...]:
        return (self.way,) if phase.operations else (self.way, *self.beside)

    @property
    def cells(self) -> list[Cell]:
        """One for each measurement."""
        return [Cell(self.condition, way, self.size, phase) for phase in self.phases for way in self.ways(phase)]


# The ways of a ratio to the floor, which ours is compared with less what Ansible costs by itself: (way, beside).
OVER_FLOOR = ((OURS, (EMPTY,)), (FLOOR, ()))


class Cell(NamedTuple):
    condition: Condition
    way: str
    size: int
    phase: Phase
