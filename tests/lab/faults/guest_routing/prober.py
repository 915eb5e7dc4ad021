# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Someone outside who never stops asking a server for SSH, and who knows afterwards how long there was none."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable

from lab import netns
from lab.tests.polling import eventually

INTERVAL = 0.25
PATIENCE = 2.0  # an answer to a SYN that is sent again, after a second, counts


class Prober:
    """Asks from ``source`` in ``namespace`` while the ``with`` block runs. No answer delays the next question."""

    def __init__(self, namespace: str, destination: str, source: str = ""):
        self._namespace, self._destination, self._source = namespace, destination, source
        self._answers: list[tuple[float, bool]] = []
        self._stopping = threading.Event()
        self._asking: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Prober:
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._stopping.set()
        self._thread.join()
        for asking in self._asking:
            asking.join()

    def wait(self) -> None:
        """Until it is answered to a question that it asks from now on."""
        now = time.monotonic()
        eventually(lambda: any(answered and asked > now for asked, answered in self._answers))

    @property
    def seconds_without(self) -> float:
        """All the time without SSH, once the block has ended."""
        return silence(self._answers)

    def _ask(self) -> None:
        while not self._stopping.wait(INTERVAL):
            asking = threading.Thread(target=self._ask_once, daemon=True)
            asking.start()
            self._asking = [*(each for each in self._asking if each.is_alive()), asking]

    def _ask_once(self) -> None:
        asked = time.monotonic()
        self._answers.append((asked, answers(self._namespace, self._destination, 22, self._source)))


def answers(namespace: str, destination: str, port: int, source: str = "") -> bool:
    """Whether whoever listens there says something."""
    with contextlib.suppress(OSError), netns.socket_in(namespace, socket.AF_INET, socket.SOCK_STREAM) as asking:
        asking.settimeout(PATIENCE)
        asking.bind((source, 0))
        asking.connect((destination, port))
        return bool(asking.recv(1))
    return False


def silence(answers: Iterable[tuple[float, bool]]) -> float:
    """Seconds in which nobody who asked was answered, until somebody was, of (when asked, whether answered). Pure."""
    total, since = 0.0, None
    for asked, answered in sorted(answers):
        if answered and since is not None:
            total, since = total + asked - since, None
        elif not answered and since is None:
            since = asked
    return total
