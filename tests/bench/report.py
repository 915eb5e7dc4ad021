# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""docs/benchmarks.md from the results. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.cells import BARE, FLOOR, LOOP, Cell, Condition, Phase
from bench.figures import Figure, Results, in_words
from bench.job import Job
from bench.measure import Measurement

INTRODUCTION = """\
Written by `make bench`. Each job is done in several ways, **ours** and some of these:

- **floor**: [a script by hand](../tests/bench/floor) with boto3, of the fewest calls that are still safe to repeat;
- **empty**: a playbook of one task `amazon.aws.aws_caller_info`, given the same variables: what Ansible costs;
- **loop**: one task that loops over the module of `amazon.aws` for one thing;
- **amazon.aws**: one task with the module of `amazon.aws`;
- **by hand**: a play with templates and handlers;
- **bare**: one task `ansible.builtin.command: "true"`, what Ansible and SSH cost by themselves.

## How it was measured

1. The lab cloud of this repository stands for AWS, in a process on the same machine. It is emptied before the steps
   of each way and size. States take no time.
2. Time is that of the whole process, `ansible-playbook` or `python`, measured once, with 1000 interfaces the median of
   three. *Over floor* is ours less the empty playbook's, as a multiple of the floor's. It is 0 where the rest is less
   than the noise of starting Ansible.
3. The floor makes as many calls side by side as our engine.
4. Memory is the resident memory of the largest process of a run. Calls are from the lab cloud's log, those that rate
   limits turned away counted apart.
"""


def report(jobs: Sequence[Job], results: Mapping[str, Results], facts: Mapping[str, str]) -> str:
    """results: by the job's name. facts: the machine, the versions and the date, by name."""
    targets = [(job.title, target) for job in jobs for target in job.targets(results[job.name])]
    parts = [
        "# Benchmarks",
        INTRODUCTION.rstrip(),
        _table(("", ""), facts.items()),
        "## Targets",
        _table(
            ("", "", "measured", ""),
            [(title, each.text, each.measured, _verdict(each.met)) for title, each in targets],
        ),
    ]
    for job in jobs:
        parts += [f"## {job.title}", job.introduction]
        for condition in job.conditions:
            parts += _condition(job, results[job.name], condition)
        parts += ["### Not run", "\n".join(f"- {reason}" for reason in job.not_run)]
    return "\n\n".join(parts) + "\n"


def _verdict(met: bool | None) -> str:
    return {True: "met", False: "**not met**", None: "not measured"}[met]


def _condition(job: Job, results: Results, condition: Condition) -> list[str]:
    steps = results.steps(condition)
    if not steps:
        return []
    ratios = [name for way, (name, _value) in RATIOS.items() if way in job.ways]
    return [
        f"### {condition.name}",
        _table(
            ("", "N", *[f"{way}, s" for way in job.ways], *ratios, *[f"{way}, MB" for way in job.ways]),
            [_times(job, results, condition, phase, size) for phase, size in steps],
        ),
        _table(
            ("calls", "N", *job.ways),
            [_calls(job, results, condition, phase, size) for phase, size in steps],
        ),
    ]


def _times(job: Job, results: Results, condition: Condition, phase: Phase, size: int) -> tuple:
    cells = [results.cells.get(Cell(condition, way, size, phase)) for way in job.ways]
    times = [
        _what_is_wrong(cell) or _seconds(results.time(condition, way, size, phase))
        for cell, way in zip(cells, job.ways)
    ]
    ratios = [value(results, condition, size, phase) for way, (_name, value) in RATIOS.items() if way in job.ways]
    return phase.name, size, *times, *ratios, *["" if cell is None else f"{cell.megabytes:.0f}" for cell in cells]


def _what_is_wrong(measurement: Measurement | None) -> str:
    if measurement is None:
        return ""
    return "failed" if measurement.failure else measurement.shortfall


def _speed_up(results: Results, *step) -> str:
    value = results.speed_up(*step)
    return "" if value is None else f"{value:.0f}"


def _over_floor(results: Results, *step) -> str:
    value = results.over_floor(*step)
    return "" if value is None else f"{value:.2f}"


def _over_bare(results: Results, *step) -> str:
    value = results.over_bare(*step)
    return "" if value is None else f"{value:.2f}"


# Beside the times, where a job is done by that way too.
RATIOS = {LOOP: ("loop / ours", _speed_up), FLOOR: ("over floor", _over_floor), BARE: ("ours / bare", _over_bare)}


def _seconds(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"~{figure.seconds:.0f}" if figure.is_extrapolated else f"{figure.seconds:.1f}"


def _calls(job: Job, results: Results, condition: Condition, phase: Phase, size: int) -> tuple:
    return phase.name, size, *[_calls_of(results.cells.get(Cell(condition, way, size, phase))) for way in job.ways]


def _calls_of(measurement: Measurement | None) -> str:
    if measurement is None:
        return ""
    total = f"{sum(measurement.calls.values())}: " if len(measurement.calls) > 1 else ""
    throttled = f"; {measurement.throttled} throttled" if measurement.throttled else ""
    return f"{total}{in_words(measurement.calls)}{throttled}"


def _table(header: Sequence, rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)
