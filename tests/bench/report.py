# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""docs/benchmarks.md from the results. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.cells import CONDITIONS, FLOOR, LOOP, NOT_RUN, OURS, Condition, Phase
from bench.figures import Cell, Figure, Results, in_words, targets
from bench.measure import Measurement

WAYS = (OURS, FLOOR, LOOP)

INTRODUCTION = """\
Written by `make bench`. N network interfaces, each with two addresses, one security group given by name, and tags:
made, left as they are, given another group, deleted. Three ways:

- **ours**: one task, `xeni.aws.ec2_eni` for one interface and `xeni.aws.ec2_eni_fleet` for more;
- **floor**: [a script by hand](../tests/bench/floor.py) with boto3, of the fewest calls that are still safe to repeat;
- **loop**: one task that loops over `amazon.aws.ec2_eni`.

And a failover, by ours and the floor, of a server's second interface, which has a secondary address with an Elastic
IP. Either the interface moves to the standby, or only the address moves to the standby's first interface
(`xeni.aws.ec2_eni_addresses`), and the Elastic IP follows. Then the same again, with nothing to do. Where an interface
would have more than two addresses, ours looks up what the instance takes, which is up to two calls more.

## How it was measured

1. The lab cloud of this repository stands for AWS, in a process on the same machine. It is emptied before the steps
   of each way and size. States take no time.
2. Time is that of the whole process, `ansible-playbook` or `python`, measured once, with 1000 interfaces the median of
   three. *Over floor* is ours as a multiple of the floor's, once that of an empty playbook is taken off ours:
   `amazon.aws.aws_caller_info`, {empty:.1f} s, median of three. It is 0 where the rest is less than the noise of starting
   Ansible.
3. The floor makes as many calls side by side as our engine.
4. The loop names its secondary addresses. Asked for a count, `amazon.aws.ec2_eni` waits 27 s more for each interface,
   as it compares that count with the one of all addresses.
5. Memory is the resident memory of the largest process of a run. Calls are from the lab cloud's log, those that rate
   limits turned away counted apart.
"""


def report(results: Results, facts: Mapping[str, str]) -> str:
    """facts: the machine, the versions and the date, by name."""
    parts = [
        "# Benchmarks",
        INTRODUCTION.format(empty=results.empty).rstrip(),
        _table(("", ""), facts.items()),
        "## Targets",
        _table(("", "measured", ""), [(each.text, each.measured, _verdict(each.met)) for each in targets(results)]),
    ]
    for condition in CONDITIONS:
        parts += _condition(results, condition) if results.steps(condition) else []
    parts += ["## Not run", "\n".join(f"- {reason}" for reason in NOT_RUN)]
    return "\n\n".join(parts) + "\n"


def _verdict(met: bool | None) -> str:
    return {True: "met", False: "**not met**", None: "not measured"}[met]


def _condition(results: Results, condition: Condition) -> list[str]:
    steps = results.steps(condition)
    return [
        f"## {condition.name}",
        _table(
            ("", "N", *[f"{way}, s" for way in WAYS], "loop / ours", "over floor", *[f"{way}, MB" for way in WAYS]),
            [_times(results, condition, phase, size) for phase, size in steps],
        ),
        _table(
            ("calls", "N", *WAYS),
            [_calls(results, condition, phase, size) for phase, size in steps],
        ),
    ]


def _times(results: Results, condition: Condition, phase: Phase, size: int) -> tuple:
    cells = [results.cells.get(Cell(condition, way, size, phase)) for way in WAYS]
    failed = ["failed" if cell and cell.failure else "" for cell in cells]
    times = [fail or _seconds(results.time(condition, way, size, phase)) for fail, way in zip(failed, WAYS)]
    speed_up, over_floor = results.speed_up(condition, size, phase), results.over_floor(condition, size, phase)
    return (
        phase.name, size, *times,
        "" if speed_up is None else f"{speed_up:.0f}",
        "" if over_floor is None else f"{over_floor:.2f}",
        *["" if cell is None else f"{cell.megabytes:.0f}" for cell in cells],
    )


def _seconds(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"~{figure.seconds:.0f}" if figure.is_extrapolated else f"{figure.seconds:.1f}"


def _calls(results: Results, condition: Condition, phase: Phase, size: int) -> tuple:
    return phase.name, size, *[_calls_of(results.cells.get(Cell(condition, way, size, phase))) for way in WAYS]


def _calls_of(measurement: Measurement | None) -> str:
    if measurement is None:
        return ""
    return in_words(measurement) + (f"; {measurement.throttled} throttled" if measurement.throttled else "")


def _table(header: Sequence, rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)
