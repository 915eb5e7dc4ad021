# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What follows from the measurements of one job: ratios, figures beyond what was measured, targets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from bench.cells import AT_ONCE, BARE, EMPTY, FLOOR, LOOP, OURS, Cell, Condition, Phase
from bench.measure import Measurement


class Figure(NamedTuple):
    seconds: float
    is_extrapolated: bool = False


def extrapolate(measured: Mapping[int, float], size: int) -> float:
    """The value at a size, on the line through the two largest sizes of {size: value}."""
    (small, low), (large, high) = sorted(measured.items())[-2:]
    return high + (size - large) * (high - low) / (large - small)


@dataclass(frozen=True)
class Results:
    cells: Mapping[Cell, Measurement]

    def good(self, *cell) -> Measurement | None:
        """The measurement of a run that succeeded."""
        found = self.cells.get(Cell(*cell))
        return found if found and found.is_good else None

    def time(self, condition: Condition, way: str, size: int, phase: Phase) -> Figure | None:
        """Measured, or extrapolated for the loop."""
        found = self.good(condition, way, size, phase)
        if found or way != LOOP:
            return found and Figure(found.seconds)
        measured = {
            cell.size: each.seconds for cell, each in self.cells.items()
            if (cell.condition, cell.way, cell.phase) == (condition, way, phase) and each.is_good
        }
        return Figure(extrapolate(measured, size), is_extrapolated=True) if len(measured) > 1 else None

    def over_floor(self, condition: Condition, size: int, phase: Phase) -> float | None:
        """Our time, less that of the empty playbook with the same variables, as a multiple of the floor's."""
        ours, floor = self.good(condition, OURS, size, phase), self.good(condition, FLOOR, size, phase)
        empty = [
            each.seconds for cell, each in self.cells.items()
            if (cell.condition, cell.way, cell.size) == (condition, EMPTY, size) and each.is_good
        ]
        return max(0.0, ours.seconds - median(empty)) / floor.seconds if ours and floor and empty else None

    def over_bare(self, condition: Condition, size: int, phase: Phase) -> float | None:
        """Our time as a multiple of the one of a command that does nothing."""
        ours, bare = self.good(condition, OURS, size, phase), self.good(condition, BARE, size, phase)
        return ours.seconds / bare.seconds if ours and bare else None

    def speed_up(self, condition: Condition, size: int, phase: Phase) -> float | None:
        """The loop's time as a multiple of ours."""
        ours, loop = self.good(condition, OURS, size, phase), self.time(condition, LOOP, size, phase)
        return loop.seconds / ours.seconds if ours and loop else None

    def steps(self, condition: Condition) -> list[tuple[Phase, int]]:
        """The (phase, size) that were measured under a condition: phases in their order, sizes ascending."""
        measured = [(cell.phase, cell.size) for cell in self.cells if cell.condition == condition]
        phases = list(dict.fromkeys(phase for phase, _size in measured))
        return sorted(set(measured), key=lambda step: (phases.index(step[0]), step[1]))


class Target(NamedTuple):
    """measured: in words, empty when it was not; met: None then."""

    text: str
    measured: str = ""
    met: bool | None = None


def one_describe(results: Results, phase: Phase, size: int, operation: str) -> Target:
    text = f"{phase.name}, N={size}: one describe in all"
    ours = results.good(AT_ONCE, OURS, size, phase)
    return Target(text, in_words(ours.calls), dict(ours.calls) == {operation: 1}) if ours else Target(text)


def calls_of_floor(results: Results, phase: Phase, size: int) -> Target:
    text = f"{phase.name}, N={size}: at most one call more than the floor"
    ours, floor = (results.good(AT_ONCE, way, size, phase) for way in (OURS, FLOOR))
    if not ours or not floor:
        return Target(text)
    total, least = sum(ours.calls.values()), sum(floor.calls.values())
    return Target(text, f"{total}, the floor {least}", total <= least + 1)


def in_words(calls: Mapping[str, int]) -> str:
    """Calls by operation, the most frequent first: ``20 CreateNetworkInterface, 2 DescribeNetworkInterfaces``."""
    ordered = sorted(calls.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number} {operation}" for operation, number in ordered)
