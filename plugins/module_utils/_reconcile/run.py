# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The one way through every module: observe, plan, apply, observe, report."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from datetime import datetime

from .apply import NotReached, Outcome, apply
from .calls import Call


# How often, in seconds, to look for what an earlier run began.
PAUSE = 1

# How many failures the message tells of; the result has all of them.
REASONS = 10


class BadInput(Exception):
    """What is wrong with the parameters, found before anything was changed. Each problem names parameter, value and remedy."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class Family(ABC):
    """A family of objects that can be observed, planned and changed. Everything that decides is pure.

    errors: the exceptions that observing and performing may raise, which explain() puts into words.
    settle: seconds until an observation tells what became of a call whose answer was lost.
    goes_on: whether some of what is to do is seen only when the first calls have brought their states.
    """

    errors: tuple = ()
    settle: float = 5
    goes_on: bool = False

    @abstractmethod
    def observe(self):
        """What is there now. Reads only. Called before the plan, while a state is waited for, and after the changes."""

    @abstractmethod
    def plan(self, observed) -> list:
        """The calls that make what is observed what is desired. Pure; empty when nothing is to do."""

    @abstractmethod
    def predict(self, observed, calls):
        """What observe() will see after the calls, with UNKNOWN for what the server chooses. Pure."""

    @abstractmethod
    def show(self, observed) -> dict:
        """The observed or predicted state as the module's return values."""

    @abstractmethod
    def perform(self, call: Call, parameters: dict) -> dict:
        """Carry out one call, with its parameters resolved, and return its reply. May be called from several threads."""

    def check(self, observed):
        """Raise BadInput for whatever the calls would be refused for; return what is observed with names put into ids.

        Called only when there is something to change, so that a run with nothing to do reads nothing more.
        """
        return observed

    def on_its_way(self, observed) -> list:
        """What an earlier run began, that nothing is to do about but to wait until it is there; each in words. Pure."""
        return []

    def reached(self, pending: list, observed) -> set:
        """Of the answered calls [(call, reply), ...], the ids of those whose wait is over by what is observed now."""
        return {call.id for call, _reply in pending}

    def told(self, call: Call) -> dict:
        """A call that was carried out, for the reader of the result."""
        return call.report()

    def is_uncertain(self, error: Exception) -> bool:
        """Whether a call that failed so may have been carried out all the same: its answer was lost."""
        return False

    def explain(self, error: Exception) -> str:
        """The error, for the person reading the job's log."""
        return str(error)


class _Progress:
    """A family while a plan is carried out: what was seen last holds until the next change."""

    def __init__(self, family: Family):
        self._family = family
        self._seen: list = []

    def perform(self, call: Call, parameters: dict) -> dict:
        self._seen = []
        return self._family.perform(call, parameters)

    def look(self, pending: list) -> set:
        self._seen = [self._family.observe()]
        return self._family.reached(pending, self._seen[0])

    def observe(self):
        return self._seen[0] if self._seen else self._family.observe()


def run(module, make_family, timeout: float = 300) -> None:
    """Take a module from the observed state of its family to the desired one, and exit it.

    make_family() turns the module's parameters into the family; what it raises as BadInput fails the module.
    timeout bounds the wait for each state that takes time, in seconds.
    """
    try:
        family = make_family()
    except BadInput as error:
        module.fail_json(msg=str(error), changed=False)
    try:
        observed, calls = _decide(family, None if module.check_mode else timeout)
    except (BadInput, NotReached, *family.errors) as error:
        module.fail_json(msg=_words(family, error), changed=False)
    predicted = family.predict(observed, calls) if module.check_mode or module._diff else observed
    report = {"changed": bool(calls), "invocation": {"module_args": _given(module.params)}}
    if module._diff:
        report["diff"] = {"before": _printable(family.show(observed)), "after": _printable(family.show(predicted))}
    if module.check_mode or not calls:
        module.exit_json(**report, calls=[call.report() for call in calls], **_printable(family.show(predicted)))

    progress = _Progress(family)
    outcome, done = _carry_out(family, progress, calls, timeout)
    report["calls"] = done
    failure = _failure(family, done, outcome) if outcome.failures else {}
    try:
        observed = progress.observe()
        report.update(_printable(family.show(observed)))
        if not failure and family.on_its_way(observed):
            report.update(_printable(family.show(_arrived(family, observed, timeout))))
    except NotReached as error:
        failure = {"msg": str(error)}
    except (BadInput, *family.errors) as error:
        failure = {"msg": f"The changes were made, but not read back: {_words(family, error)}", **failure}
    if failure:
        module.fail_json(**{**report, **failure})
    module.exit_json(**report)


def _decide(family: Family, timeout: float | None = None) -> tuple:
    """What is observed, and the calls to make. With a timeout, nothing is said to be left to do before what is on its way is there."""
    observed = family.observe()
    calls = family.plan(observed)
    if timeout is not None and not calls and family.on_its_way(observed):
        observed = _arrived(family, observed, timeout)
        calls = family.plan(observed)
    if calls:
        observed = family.check(observed)
        calls = family.plan(observed)
    return observed, calls


def _arrived(family: Family, observed, timeout: float):
    """What is observed when nothing is on its way any more; NotReached if that takes longer than the timeout."""
    deadline = time.monotonic() + timeout
    while waiting := family.on_its_way(observed):
        if time.monotonic() >= deadline:
            raise NotReached("\n".join(f"{each}, for longer than {timeout} s; run again, or with a longer wait_timeout" for each in waiting))
        time.sleep(min(PAUSE, timeout))
        observed = family.observe()
    return observed


def _carry_out(family: Family, progress: _Progress, calls, timeout: float) -> tuple:
    """(the last outcome, reports of the calls that were made): another look follows a lost answer, not the same call."""
    done: list = []
    for last in (False, False, True):
        outcome = apply(calls, progress.perform, progress.look, timeout)
        done += [family.told(call) for call in calls if call.id in outcome.replies]
        uncertain = {call_id for call_id, error in outcome.failures.items() if family.is_uncertain(error)}
        if last or not (uncertain or (family.goes_on and not outcome.failures)):
            break
        if uncertain:
            time.sleep(family.settle)
        try:
            _observed, calls = _decide(family)
        except (BadInput, *family.errors):
            break
        made = uncertain - {call.id for call in calls}
        done += [family.told(call) for call in outcome.calls if call.id in made]
        if not calls:
            return Outcome(), done
    return outcome, done


def _failure(family: Family, done, outcome: Outcome) -> dict:
    """What was done, what failed and why, what was therefore not tried: a second run does the rest."""
    failed = [
        {**call.report(), "msg": _words(family, outcome.failures[call.id])} for call in outcome.calls if call.id in outcome.failures
    ]
    reasons = [f"{item['subject']}: {item['operation']}: {item['msg']}" for item in failed]
    if len(reasons) > REASONS:
        reasons[REASONS:] = [f"... and {len(reasons) - REASONS} more, which failed_calls has."]
    if done:
        left = len(failed) + len(outcome.skipped)
        reasons.insert(0, f"{len(done)} of {len(done) + left} calls done, {len(failed)} failed; a second run does what is left.")
    return {
        "msg": "\n".join(reasons),
        "changed": bool(done) or any(_may_have_changed(family, error) for error in outcome.failures.values()),
        "failed_calls": failed,
        "skipped_calls": [call.report() for call in outcome.skipped],
    }


def _may_have_changed(family: Family, error: Exception) -> bool:
    return isinstance(error, NotReached) or family.is_uncertain(error)


def _words(family: Family, error: Exception) -> str:
    return str(error) if isinstance(error, BadInput) else family.explain(error)


def _given(parameters: dict) -> dict:
    """Without the options that were left out, and without lists of objects: the calls have what was asked for each."""
    return {name: value for name, value in parameters.items() if value is not None and not _is_of_objects(value)}


def _is_of_objects(value) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _printable(value):
    """For JSON: what is unknown becomes its text, a time its ISO 8601 form."""
    if isinstance(value, dict):
        return {str(key): _printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
