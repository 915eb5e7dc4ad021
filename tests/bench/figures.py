# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What follows from the measurements: ratios, the loop's figures beyond what was measured, the targets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bench.cells import AT_ONCE, BUCKET, LATENCY, RATE_LIMITS, REFILL, Condition
from bench.cells import CREATE, FAILOVERS, REPEAT, SIZES, Phase
from bench.cells import FLOOR, LOOP, OURS
from bench.measure import Measurement


class Cell(NamedTuple):
    condition: Condition
    way: str
    size: int
    phase: Phase


class Figure(NamedTuple):
    seconds: float
    is_extrapolated: bool = False


def extrapolate(measured: Mapping[int, float], size: int) -> float:
    """The value at a size, on the line through the two largest sizes of {size: value}."""
    (small, low), (large, high) = sorted(measured.items())[-2:]
    return high + (size - large) * (high - low) / (large - small)


def allowed(size: int) -> float:
    """Seconds in which EC2 admits so many calls of one operation that begin with a full bucket."""
    return max(0, size - BUCKET) / REFILL


@dataclass(frozen=True)
class Results:
    """empty: seconds of a playbook with one module that changes nothing."""

    cells: Mapping[Cell, Measurement]
    empty: float

    def good(self, *cell) -> Measurement | None:
        """The measurement of a run that succeeded."""
        found = self.cells.get(Cell(*cell))
        return None if found is None or found.failure else found

    def time(self, condition: Condition, way: str, size: int, phase: Phase) -> Figure | None:
        """Measured, or extrapolated for the loop."""
        found = self.good(condition, way, size, phase)
        if found or way != LOOP:
            return found and Figure(found.seconds)
        measured = {
            cell.size: each.seconds for cell, each in self.cells.items()
            if (cell.condition, cell.way, cell.phase) == (condition, way, phase) and not each.failure
        }
        return Figure(extrapolate(measured, size), is_extrapolated=True) if len(measured) > 1 else None

    def over_floor(self, condition: Condition, size: int, phase: Phase) -> float | None:
        """Our time, less that of the empty playbook, as a multiple of the floor's."""
        ours, floor = self.good(condition, OURS, size, phase), self.good(condition, FLOOR, size, phase)
        return max(0.0, ours.seconds - self.empty) / floor.seconds if ours and floor else None

    def speed_up(self, condition: Condition, size: int, phase: Phase) -> float | None:
        """The loop's time as a multiple of ours."""
        ours, loop = self.good(condition, OURS, size, phase), self.time(condition, LOOP, size, phase)
        return loop.seconds / ours.seconds if ours and loop else None

    def steps(self, condition: Condition) -> list[tuple[Phase, int]]:
        """The (phase, size) that were measured under a condition, in their order."""
        measured = [(cell.phase, cell.size) for cell in self.cells if cell.condition == condition]
        phases = dict.fromkeys(phase for phase, _size in measured)
        return [(phase, size) for phase in phases for size in SIZES if (phase, size) in measured]


class Target(NamedTuple):
    """measured: in words, empty when it was not; met: None then."""

    text: str
    measured: str = ""
    met: bool | None = None


def targets(results: Results) -> list[Target]:
    return [
        *[_one_describe(results, REPEAT, size) for size in (1, 1000)],
        _fifty_times(results),
        *[_near_floor(results, condition) for condition in (AT_ONCE, LATENCY)],
        _calls_of_floor(results, CREATE, 1000),
        *_rate_limits(results),
        *[_calls_of_floor(results, failover, 1) for failover, _again in FAILOVERS],
        *[_one_describe(results, again, 1) for _failover, again in FAILOVERS],
    ]


def _one_describe(results: Results, phase: Phase, size: int) -> Target:
    text = f"{phase.name}, N={size}: one describe in all"
    ours = results.good(AT_ONCE, OURS, size, phase)
    return Target(text, in_words(ours), dict(ours.calls) == {"DescribeNetworkInterfaces": 1}) if ours else Target(text)


def _fifty_times(results: Results) -> Target:
    text = "create, N=100: at least 50 times faster than the loop"
    times = results.speed_up(AT_ONCE, 100, CREATE)
    return Target(text, f"{times:.0f} times", times >= 50) if times else Target(text)


def _near_floor(results: Results, condition: Condition) -> Target:
    text = f"create, N=1000, {condition.name[0].lower()}{condition.name[1:]}: at most 1.3 times the floor"
    ratio = results.over_floor(condition, 1000, CREATE)
    return Target(text, f"{ratio:.2f} times", ratio <= 1.3) if ratio else Target(text)


def _calls_of_floor(results: Results, phase: Phase, size: int) -> Target:
    text = f"{phase.name}, N={size}: at most one call more than the floor"
    ours, floor = (results.good(AT_ONCE, way, size, phase) for way in (OURS, FLOOR))
    if not ours or not floor:
        return Target(text)
    total, least = sum(ours.calls.values()), sum(floor.calls.values())
    return Target(text, f"{total}, the floor {least}", total <= least + 1)


def _rate_limits(results: Results) -> list[Target]:
    for_good = "create, N=1000, EC2's rate limits: no call fails for good"
    in_time = f"create, N=1000, EC2's rate limits: within 1.2 of the {allowed(1000):.0f} s that the buckets allow"
    ours = results.cells.get(Cell(RATE_LIMITS, OURS, 1000, CREATE))
    if ours is None:
        return [Target(for_good), Target(in_time)]
    ratio = ours.seconds / allowed(1000)
    return [
        Target(for_good, "failed" if ours.failure else f"none, {ours.throttled} throttled", not ours.failure),
        Target(in_time, f"{ours.seconds:.0f} s, {ratio:.2f} times", ratio <= 1.2 and not ours.failure),
    ]


def in_words(measurement: Measurement) -> str:
    """Calls by operation, the most frequent first: ``20 CreateNetworkInterface, 2 DescribeNetworkInterfaces``."""
    calls = sorted(measurement.calls.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number} {operation}" for operation, number in calls)
