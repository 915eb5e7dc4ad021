# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench``: measure, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from bench.cells import Cell, Run
from bench.figures import Results, in_words
from bench.job import PLAYBOOKS, Job, shortfall
from bench.jobs import JOBS
from bench.lab import Lab, LabError, start
from bench.measure import Measurement, measure, median
from bench.report import report
from lab.demo.project import ROOT

REPORT = ROOT / "docs" / "benchmarks.md"
AMAZON_AWS = ROOT / ".venv" / "collections" / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"


def main() -> int:
    arguments = _arguments()
    jobs = [job for job in JOBS if job.name in (arguments.only or [job.name])]
    failures: list[str] = []
    try:
        with start() as lab:
            results = {job.name: Results(_measure(lab, job, arguments.up_to, failures)) for job in jobs}
    except LabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    text = report(jobs, results, _facts())
    if arguments.only or arguments.up_to:
        print(text)
    else:
        REPORT.write_text(text, encoding="utf-8")
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure, and write docs/benchmarks.md. What is measured in part is printed, not written.",
    )
    parser.add_argument("--up-to", type=int, metavar="N", help="only runs of at most N objects")
    parser.add_argument("--only", nargs="+", choices=[job.name for job in JOBS], metavar="JOB", help="%(choices)s")
    return parser.parse_args()


def _measure(lab: Lab, job: Job, up_to: int | None, failures: list[str]) -> dict[Cell, Measurement]:
    """Failures get the runs that came to an end before their time."""
    cells = {}
    for run in job.runs:
        if up_to and run.size > up_to:
            continue
        measured: dict[Cell, list[Measurement]] = {}
        try:
            for cell, measurement in chain.from_iterable(_run(lab, job, run) for _repetition in range(run.times)):
                measured.setdefault(cell, []).append(measurement)
                did = measurement.failure or measurement.shortfall or in_words(measurement.calls)
                print(f"{_name(job, cell)}, {cell.phase.name}: {measurement.seconds:.1f} s, {did}", flush=True)
        except LabError as error:
            failures.append(f"{_name(job, run)}: {error}")
        cells |= {cell: median(each) for cell, each in measured.items()}
    return cells


def _name(job: Job, done: Run | Cell) -> str:
    return f"{job.name}, {done.condition.name}, {done.way}, N={done.size}"


def _run(lab: Lab, job: Job, run: Run) -> Iterator[tuple[Cell, Measurement]]:
    """The measurements that came about: one whose process failed is the last."""
    with lab.scene(job.scene, run.size, run.condition.settings) as scene:
        for cell in run.cells:
            with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
                json.dump(job.variables(scene.facts, run.size, cell.phase), file)
                file.flush()
                measured = measure(job.command(cell, file.name), scene, PLAYBOOKS)
            if measured.failure:
                yield cell, measured
                return
            yield cell, replace(measured, shortfall=shortfall(cell.phase, run.size, measured.calls))


def _facts() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    collection = json.loads(AMAZON_AWS.read_text(encoding="utf-8"))["collection_info"]["version"]
    versions = [f"{name} {version(name)}" for name in ("ansible-core", "boto3", "botocore", "moto")]
    return {
        "machine": f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, Linux {platform.release()}",
        "versions": ", ".join([f"Python {platform.python_version()}", f"amazon.aws {collection}", *versions]),
        "date": date.today().isoformat(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
