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

from bench import job
from bench.cells import RUNS, SIZES, Phase, Run
from bench.figures import Cell, Results, in_words
from bench.lab import Lab, LabError, start
from bench.measure import Measurement, measure, median
from bench.report import report
from lab.demo.project import ROOT

REPORT = ROOT / "docs" / "benchmarks.md"
AMAZON_AWS = ROOT / ".venv" / "collections" / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write docs/benchmarks.md.")
    parser.add_argument(
        "--up-to", type=int, metavar="N", help="only runs of at most N interfaces; the report is printed, not written")
    largest = parser.parse_args().up_to
    runs = [run for run in RUNS if run.size <= (largest or max(SIZES))]
    try:
        with start() as lab:
            text = report(_measure(lab, runs), _facts())
    except LabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if largest:
        print(text)
    else:
        REPORT.write_text(text, encoding="utf-8")
    return 0


def _measure(lab: Lab, runs: list[Run]) -> Results:
    lab.fresh()
    empty = [measure(job.EMPTY, lab, job.PLAYBOOKS) for _repetition in range(3)]
    cells = {}
    for run in runs:
        measured = {}
        for phase, measurement in chain.from_iterable(_phases(lab, run) for _repetition in range(run.times)):
            measured.setdefault(phase, []).append(measurement)
            did = measurement.failure or in_words(measurement)
            step = f"{run.condition.name}, {run.way}, N={run.size}, {phase.name}"
            print(f"{step}: {measurement.seconds:.1f} s, {did}", flush=True)
        cells |= {Cell(run.condition, run.way, run.size, phase): median(each) for phase, each in measured.items()}
    return Results(cells, statistics.median(each.seconds for each in empty))


def _phases(lab: Lab, run: Run) -> Iterator[tuple[Phase, Measurement]]:
    """The phases that came about: a failed one is the last."""
    network = lab.fresh(**run.condition.settings)
    for phase in run.phases:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(job.variables(network, run.size, phase), file)
            file.flush()
            measured = measure(job.command(run.way, run.size, phase, file.name), lab, job.PLAYBOOKS)
        failure = measured.failure or job.shortfall(phase, run.size, measured.calls)
        yield phase, replace(measured, failure=failure)
        if failure:
            return


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
