# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Carry out a plan: what does not depend on each other side by side, one wait for all that is pending."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .calls import resolve

WORKERS = 16


class NotReached(Exception):
    """A call was answered, but the state it was to bring about did not appear in time."""


@dataclass
class Outcome:
    """Of the calls of a plan: replies by call id; failures by call id, as exceptions; those not tried because what they follow failed."""

    calls: list = field(default_factory=list)
    replies: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)


def apply(calls, perform, look, timeout, clock=time.monotonic, sleep=time.sleep) -> Outcome:
    """Perform calls in their order, a wave of independent ones at a time.

    perform(call, parameters) returns the reply or raises; the parameters are the call's with each Ref resolved.
    look([(call, reply), ...]) looks once, for all of them together, and returns the ids of the calls whose state is there.
    timeout bounds each wave's wait, in seconds.
    A failed call stops what comes after it and nothing else.
    """
    remaining = {call.id: call for call in calls}
    if len(remaining) < len(calls):
        raise ValueError(f"the plan has calls of the same id: {sorted(call.id for call in calls)}")
    outcome, lost = Outcome(list(calls)), set()
    while remaining:
        skipped = [call for call in remaining.values() if any(before in lost for before in call.after)]
        wave = [call for call in remaining.values() if all(before in outcome.replies for before in call.after)]
        if not wave and not skipped:
            raise ValueError(f"the plan has calls that wait for each other: {list(remaining)}")
        _perform_wave(wave, perform, outcome)
        _wait(wave, look, timeout, outcome, clock, sleep)
        outcome.skipped += skipped
        lost.update(outcome.failures, (call.id for call in skipped))
        for call in (*wave, *skipped):
            del remaining[call.id]
    return outcome


def _perform_wave(wave, perform, outcome: Outcome) -> None:
    # Not loaded by a run that has nothing to do, which it would take a noticeable part of.
    from concurrent.futures import ThreadPoolExecutor

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


def _wait(wave, look, timeout, outcome: Outcome, clock, sleep) -> None:
    pending = {call.id: call for call in wave if call.wait and call.id in outcome.replies}
    deadline, pause = clock() + timeout, 0.2
    while pending:
        try:
            reached = look([(call, outcome.replies[call.id]) for call in pending.values()])
        except Exception as error:  # which says why nobody knows whether the states are there
            _fail({call_id: error for call_id in pending}, outcome)
            return
        pending = {call_id: call for call_id, call in pending.items() if call_id not in reached}
        if pending and clock() >= deadline:
            _fail({call.id: NotReached(
                f"it was accepted, but the state '{call.wait}' was not reached within {timeout} s"
            ) for call in pending.values()}, outcome)
            return
        if pending:
            sleep(min(pause, max(0.0, deadline - clock())))
            pause = min(pause * 1.5, 3.0)


def _fail(errors: dict, outcome: Outcome) -> None:
    for call_id in errors:
        outcome.replies.pop(call_id)
    outcome.failures.update(errors)
