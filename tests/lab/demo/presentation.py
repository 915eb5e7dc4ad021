# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a demonstration runs and what it prints: steps, expected beside observed, second runs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence

from lab.cloud import serve
from lab.demo.project import ROOT, PlaybookError, Project, environment
from lab.fabric import FabricError

OUTPUT = ROOT / "demo-output"


class NotAsExpected(RuntimeError):
    """The demonstration shows something else than it says."""


def run(demonstrate: Callable[[str], None]) -> int:
    """``demonstrate`` with the URL of a lab cloud, as a user who meets it in the place of AWS; the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serve() as url:
            replaced = environment(url)
            os.environ.clear()
            os.environ.update(replaced)
            demonstrate(url)
    except (FabricError, PlaybookError, NotAsExpected) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: interrupted; the lab is taken down", file=sys.stderr)
        return 130
    return 0


def step(text: str) -> None:
    print(f"\n== {text}", flush=True)


def line(text: str) -> None:
    """A line of someone else's output."""
    print(f"  | {text}", flush=True)


def run_again(project: Project, playbook: str, namespace: str | None = None) -> None:
    """Raises NotAsExpected if there is something left to do."""
    step(f"Second run of {playbook}: nothing to do")
    changed = project.playbook(playbook, namespace=namespace)
    if changed:
        raise NotAsExpected(f"the second run reports {changed} changes")
    print("  changed=0", flush=True)


def table(where: str, what: str, rows: Sequence[tuple[str, str, str, str]]) -> bool:
    """Print where, what, expected and observed of each row; whether all is as expected."""
    titles = (where, what, "expected", "observed")
    widths = [max(map(len, column)) for column in zip(titles, *rows)]
    print("  " + "  ".join(f"{text:{width}}" for text, width in zip(titles, widths)).rstrip())
    for row in rows:
        mark = "ok" if row[2] == row[3] else "NOT AS EXPECTED"
        print("  " + "  ".join(f"{text:{width}}" for text, width in zip(row, widths)) + f"  {mark}")
    good = sum(row[2] == row[3] for row in rows)
    print(f"  {good} of {len(rows)} as expected", flush=True)
    return good == len(rows) > 0
