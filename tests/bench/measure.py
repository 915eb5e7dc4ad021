# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One process and its children, measured while they work on a scene."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from bench.lab import Scene

THROTTLED = "RequestLimitExceeded"


@dataclass(frozen=True)
class Measurement:
    """seconds: from start to end of the process; megabytes: resident memory of the largest among it and its children.

    calls: those that were answered, by operation; throttled: how many more were turned away by rate limits.
    failure: what a process that failed has said; shortfall: what one that did not has left undone, or did without need.
    Both are empty when all is well.
    """

    seconds: float
    megabytes: float
    calls: Mapping[str, int] = field(default_factory=dict)
    throttled: int = 0
    failure: str = ""
    shortfall: str = ""

    @property
    def is_good(self) -> bool:
        return not self.failure and not self.shortfall


def measure(command: Sequence[str], scene: Scene, directory: Path) -> Measurement:
    """Run the command in the directory, as a client of the scene."""
    scene.forget_calls()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        begun = time.monotonic()
        process = subprocess.Popen(
            [*scene.prefix, *command], cwd=directory, env=scene.environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )
        # wait4(2) tells of the process and of the descendants that it has waited for. A child's peak begins with that
        # of this process, which therefore imports no library of AWS's.
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        failure = output.read()[-20_000:] if process.returncode else ""
    calls, throttled = count(scene.calls())
    return Measurement(seconds, usage.ru_maxrss / 1024, calls, throttled, failure)


def median(measurements: Sequence[Measurement]) -> Measurement:
    """The one of the middle time; one that failed, if any did."""
    failed = [each for each in measurements if not each.is_good]
    ordered = failed or sorted(measurements, key=attrgetter("seconds"))
    return ordered[len(ordered) // 2]


def count(calls: Sequence[Mapping[str, str]]) -> tuple[dict[str, int], int]:
    """The lab's log of calls as (answered calls by operation, number of throttled ones)."""
    answered = Counter(call["operation"] for call in calls if call["error"] != THROTTLED)
    return dict(answered), len(calls) - answered.total()
