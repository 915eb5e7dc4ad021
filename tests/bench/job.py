# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a job is: one thing that users do, the same for each way to do it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cells import EMPTY, FLOOR, Cell, Condition, Phase, Run
from bench.figures import Results, Target, in_words
from lab.demo.project import ROOT

BENCH = ROOT / "tests" / "bench"
PLAYBOOKS = BENCH / "playbooks"
READS = ("Describe", "Get", "List", "SSH")


@dataclass(frozen=True)
class Job:
    """name: also that of its module in bench.floor. scene: the one in bench.scenes of what is there before.

    variables(scene, size, phase): those of the playbooks, which the floor reads too, scene being what that one printed.
    playbook(way, size, phase): with which arguments ansible-playbook does it, in the directory of the playbooks.
    introduction, not_run: for the report.
    """

    name: str
    title: str
    introduction: str
    scene: str
    runs: Sequence[Run]
    not_run: Sequence[str]
    variables: Callable[[Mapping[str, Any], int, Phase], dict[str, Any]]
    playbook: Callable[[str, int, Phase], Sequence[str]]
    targets: Callable[[Results], list[Target]]

    @property
    def ways(self) -> list[str]:
        return list(dict.fromkeys(way for run in self.runs for way in (run.way, *run.beside)))

    @property
    def conditions(self) -> list[Condition]:
        return list(dict.fromkeys(run.condition for run in self.runs))

    def command(self, cell: Cell, variables_file: str | Path) -> list[str]:
        if cell.way == FLOOR:
            return [sys.executable, "-m", f"bench.floor.{self.name}", str(variables_file)]
        arguments = ["empty.yml"] if cell.way == EMPTY else self.playbook(cell.way, cell.size, cell.phase)
        return ["ansible-playbook", *arguments, "--extra-vars", f"@{variables_file}"]


def shortfall(phase: Phase, size: int, calls: Mapping[str, int]) -> str:
    """What the phase did not do, or did without need, by its {operation: number of calls}; empty when all is well."""
    changes = {operation: number for operation, number in calls.items() if not operation.startswith(READS)}
    if not phase.operations:
        return f"nothing was to do, but it made {in_words(changes)}" if changes else ""
    if not changes:
        return "it changed nothing"
    missing = [
        f"{changes.get(operation, 0)} of {size} {operation}"
        for operation in phase.operations if changes.get(operation, 0) != size
    ]
    return f"it made {', '.join(missing)}" if missing else ""
