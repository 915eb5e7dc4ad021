# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m lab.cloud --port 5555``: serve in the foreground until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from .server import PortTaken, serve


def port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a TCP port: give a number from 0 (any free port) to 65535")
    return int(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.cloud", description="AWS for the lab, on loopback.")
    parser.add_argument("--port", type=port, required=True, help="TCP port; 0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    arguments = parser.parse_args()

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with serve(arguments.host, arguments.port) as url:
            print(url, flush=True)
            stop.wait()
    except PortTaken as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
