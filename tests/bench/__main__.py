# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench``: measure, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from bench.cells import Cell, Phase, Run
from bench.figures import Results, in_words
from bench.job import EMPTY, PLAYBOOKS, Job, shortfall
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
    try:
        with start() as lab:
            empty = _empty(lab)
            results = {job.name: Results(_measure(lab, job, arguments.up_to), empty) for job in jobs}
    except LabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    text = report(jobs, results, empty, _facts())
    if arguments.only or arguments.up_to:
        print(text)
    else:
        REPORT.write_text(text, encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure, and write docs/benchmarks.md. What is measured in part is printed, not written.",
    )
    parser.add_argument("--up-to", type=int, metavar="N", help="only runs of at most N objects")
    parser.add_argument("--only", nargs="+", choices=[job.name for job in JOBS], metavar="JOB", help="%(choices)s")
    return parser.parse_args()


def _empty(lab: Lab) -> float:
    return statistics.median(measure(EMPTY, lab, PLAYBOOKS).seconds for _repetition in range(3))


def _measure(lab: Lab, job: Job, up_to: int | None) -> dict[Cell, Measurement]:
    cells = {}
    for run in job.runs:
        if up_to and run.size > up_to:
            continue
        measured = {}
        for phase, measurement in chain.from_iterable(_phases(lab, job, run) for _repetition in range(run.times)):
            measured.setdefault(phase, []).append(measurement)
            did = measurement.failure or measurement.shortfall or in_words(measurement.calls)
            step = f"{job.name}, {run.condition.name}, {run.way}, N={run.size}, {phase.name}"
            print(f"{step}: {measurement.seconds:.1f} s, {did}", flush=True)
        cells |= {Cell(run.condition, run.way, run.size, phase): median(each) for phase, each in measured.items()}
    return cells


def _phases(lab: Lab, job: Job, run: Run) -> Iterator[tuple[Phase, Measurement]]:
    """The phases that came about: one whose process failed is the last."""
    scene = lab.fresh(job.scene, run.condition.settings)
    for phase in run.phases:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(job.variables(scene, run.size, phase), file)
            file.flush()
            measured = measure(job.command(run, phase, file.name), lab, PLAYBOOKS)
        if measured.failure:
            yield phase, measured
            return
        yield phase, replace(measured, shortfall=shortfall(phase, run.size, measured.calls))


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
