# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A visitor of a web site who never stops asking, and who knows afterwards which server answered when.

``python -m lab.demo.visitor ask ADDRESS LOG`` asks every 100 ms until it is stopped. ``python -m lab.demo.visitor tell LOG``
prints, as JSON, who answered, in turn, and the longest time without an answer.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

INTERVAL = 0.1
PATIENCE = 2.0


def ask(address: str, log: Path) -> None:
    """A line for each answer: when, and what the page said. No answer delays the next question."""
    with log.open("w", buffering=1) as lines:
        while True:
            threading.Thread(target=_ask_once, args=(address, lines), daemon=True).start()
            time.sleep(INTERVAL)


def _ask_once(address: str, lines) -> None:
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/")
        said = connection.getresponse().read().decode().strip()
        lines.write(f"{time.time():.3f} {said}\n")


def tell(lines: Iterable[str]) -> dict:
    """``answered_by``, each server once for each time in a row, and ``longest_silence`` in seconds."""
    answers = sorted((float(at), said) for at, _space, said in (line.strip().partition(" ") for line in lines))
    silences = [later - earlier for (earlier, _said), (later, _other) in itertools.pairwise(answers)]
    return {
        "answered_by": [said for said, _group in itertools.groupby(said for _at, said in answers)],
        "longest_silence": round(max(silences, default=0.0), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.demo.visitor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("ask")
    asking.add_argument("address")
    asking.add_argument("log", type=Path)
    commands.add_parser("tell").add_argument("log", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "ask":
        ask(arguments.address, arguments.log)
    print(json.dumps(tell(arguments.log.read_text().splitlines())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
