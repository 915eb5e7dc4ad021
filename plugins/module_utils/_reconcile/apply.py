# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Carry out a plan: what does not depend on each other side by side, one wait for all that is pending."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .calls import resolve

WORKERS = 8


class NotReached(Exception):
    """A call was answered, but the state it was to bring about did not appear in time."""


@dataclass
class Outcome:
    """replies by call id; failures by call id, as exceptions; calls that were not tried because what they follow failed."""

    replies: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)


def apply(calls, perform, reached, timeout, clock=time.monotonic, sleep=time.sleep) -> Outcome:
    """Perform calls in their order, a wave of independent ones at a time.

    perform(call, parameters) returns the reply or raises; the parameters are the call's with each Ref resolved.
    reached([(call, reply), ...]) looks once, for all of them together, and returns the ids of the calls whose state is there.
    timeout bounds each wave's wait, in seconds.
    A failed call stops what comes after it and nothing else.
    """
    if len({call.id for call in calls}) < len(calls):
        raise ValueError(f"the plan has calls of the same id: {sorted(call.id for call in calls)}")
    outcome = Outcome()
    remaining = list(calls)
    while remaining:
        lost = [call for call in remaining if any(_is_lost(before, outcome) for before in call.after)]
        outcome.skipped += lost
        wave = [call for call in remaining if call not in lost and all(before in outcome.replies for before in call.after)]
        remaining = [call for call in remaining if call not in lost and call not in wave]
        if not wave and not lost:
            raise ValueError(f"the plan has calls that wait for each other: {[call.id for call in remaining]}")
        _perform_wave(wave, perform, outcome)
        _wait(wave, reached, timeout, outcome, clock, sleep)
    return outcome


def _is_lost(call_id: str, outcome: Outcome) -> bool:
    return call_id in outcome.failures or any(call.id == call_id for call in outcome.skipped)


def _perform_wave(wave, perform, outcome: Outcome) -> None:
    def attempt(call):
        return perform(call, resolve(call.parameters, outcome.replies))

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        futures = {call.id: pool.submit(attempt, call) for call in wave}
    for call_id, future in futures.items():
        error = future.exception()
        if error is None:
            outcome.replies[call_id] = future.result()
        elif isinstance(error, Exception):
            outcome.failures[call_id] = error
        else:
            raise error


def _wait(wave, reached, timeout, outcome: Outcome, clock, sleep) -> None:
    pending = {call.id: call for call in wave if call.wait and call.id in outcome.replies}
    deadline, pause = clock() + timeout, 0.2
    while pending:
        for call_id in reached([(call, outcome.replies[call.id]) for call in pending.values()]):
            pending.pop(call_id, None)
        if not pending:
            return
        if clock() >= deadline:
            break
        sleep(min(pause, max(0.0, deadline - clock())))
        pause = min(pause * 1.5, 3.0)
    for call in pending.values():
        outcome.replies.pop(call.id)
        outcome.failures[call.id] = NotReached(
            f"{call.subject}: {call.operation} was accepted, but the state '{call.wait}' was not reached within {timeout} s"
        )
