# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How long a TCP port gives no answer: asked at a steady rate, whatever becomes of what was asked before."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from dataclasses import dataclass

# Seconds: so often the port is asked, and so long an answer is waited for, less than TCP takes to ask again (RFC 6298).
INTERVAL = 0.1
PATIENCE = 0.9


@dataclass(frozen=True)
class Silence:
    """A time without an answer, in seconds since the epoch. known_start, known_end: whether an answer came before it, after it."""

    start: float
    end: float
    known_start: bool
    known_end: bool

    @property
    def seconds(self) -> float:
        return self.end - self.start


def longest_silence(began: float, answers, ended: float) -> Silence:
    """The longest time between two answers, or between one and the begin or end of the asking. Pure."""
    times = [began, *answers, ended]
    silences = [
        Silence(start, end, position > 0, position < len(answers))
        for position, (start, end) in enumerate(zip(times, times[1:]))
    ]
    return max(silences, key=lambda silence: silence.seconds)


def ask(address: tuple, goes_on, clock=time.time) -> tuple:
    """(begin, times of the answers, end) of asking (host, port) while goes_on(). An answer is an accepted connection."""
    began, answers, asked = clock(), [], {}
    with selectors.DefaultSelector() as selector:
        while goes_on():
            tick = clock()
            connection = _connect(address)
            if connection:
                asked[connection] = tick
                selector.register(connection, selectors.EVENT_WRITE)
            while (left := tick + INTERVAL - clock()) > 0:
                for key, _events in selector.select(left):
                    if key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                        answers.append(clock())
                    _forget(selector, asked, key.fileobj)
            for connection in [each for each, since in asked.items() if since < tick - PATIENCE]:
                _forget(selector, asked, connection)
        for connection in list(asked):
            _forget(selector, asked, connection)
    return began, answers, clock()


def _connect(address: tuple):
    """A socket that is connecting; None when the network refuses at once."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setblocking(False)
    if connection.connect_ex(address) in (0, errno.EINPROGRESS):
        return connection
    connection.close()
    return None


def _forget(selector, asked: dict, connection) -> None:
    selector.unregister(connection)
    del asked[connection]
    connection.close()
