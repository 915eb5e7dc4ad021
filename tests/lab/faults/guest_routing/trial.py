# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fault on a server: the new state is confirmed or the old one is back, while somebody outside asks for SSH."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from lab.faults.guest_routing.faults import End, Fault
from lab.faults.guest_routing.server import CONFIRM_TIMEOUT, ROLLBACK_SECONDS, Server, State
from lab.faults.guest_routing.snapshot import Delta, Snapshot

WITHIN = CONFIRM_TIMEOUT + ROLLBACK_SECONDS
LOOK_INTERVAL = 1.0  # a look reads every file and costs what a run of the module does


@dataclass(frozen=True)
class Outcome:
    """``seconds`` without SSH, by interface; without those that had none before either."""

    end: End
    seconds: dict[str, float]


def attempt(fault: Fault, server: Server) -> Outcome:
    """Raises AssertionError for what must never be."""
    try:
        expected = server.delta(fault.state)
        server.bring_to(State(fault.state.value - 1))
        outcome = _attempt(fault, server, expected)
    except BaseException:
        server.state = None
        raise
    if outcome.end is End.CONFIRMED:
        server.state = fault.state
    return outcome


def _attempt(fault: Fault, server: Server, expected: Delta) -> Outcome:
    with fault.beside(server), contextlib.ExitStack() as probing:
        before = server.rest()
        after = before + expected
        probers = {name: probing.enter_context(prober) for name, prober in server.probers().items()}
        with fault.inject(server) as run:
            is_new = _settle(server, before, after, (run.armed_at or time.monotonic()) + WITHIN)
            for prober in probers.values():
                prober.wait()
            probing.close()
        assert _settle(server, before, after, time.monotonic() + ROLLBACK_SECONDS) is is_new
    assert fault.says in run.said or not run.result, run.said
    assert server.logs_in() == (["eth0", "eth1"] if "eth1" in probers or is_new else ["eth0"])
    end = End.CONFIRMED if is_new else End.BACK if run.armed_at else End.UNTOUCHED
    return Outcome(end, {name: prober.seconds_without for name, prober in probers.items()})


def _settle(server: Server, before: Snapshot, after: Snapshot, deadline: float) -> bool:
    """Whether it is the new state, and not the old one. One of them it must be before the deadline."""
    while True:
        with contextlib.suppress(OSError, IndexError, AssertionError):  # it is rebooting
            now = server.snapshot()
            if now in (before, after):
                return now == after
        assert time.monotonic() < deadline, f"not the old state:\n{now - before}\nnor the new one:\n{now - after}"
        time.sleep(LOOK_INTERVAL)
