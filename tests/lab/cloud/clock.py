# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Things that take time. There is no background thread: what has fallen due happens when the next request comes."""

from __future__ import annotations

import time
from collections.abc import Callable

from .settings import settings


class Transition:
    """Lasts as many seconds as a setting had at its beginning; a lower setting since then ends it sooner."""

    def __init__(self, setting: str = "transition_seconds") -> None:
        self._setting = setting
        self._begun, self._seconds = time.monotonic(), getattr(settings, setting)

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._begun >= min(self._seconds, getattr(settings, self._setting))


class State:
    """A state's name, which becomes ``then`` when the transition is over."""

    def __init__(self, name: str, then: str):
        self._name, self._then = name, then
        self._transition = Transition()

    @property
    def name(self) -> str:
        return self._then if self._transition.is_over else self._name


class Clock:
    """Effects that come at the end of a transition, such as the ENIs a terminated instance lets go."""

    def __init__(self) -> None:
        self._awaited: list[tuple[Transition, Callable[[], None]]] = []

    def after_transition(self, effect: Callable[[], None]) -> None:
        self._awaited.append((Transition(), effect))

    def catch_up(self) -> None:
        due = [(transition, effect) for transition, effect in self._awaited if transition.is_over]
        for each in due:
            self._awaited.remove(each)
            each[1]()

    def clear(self) -> None:
        self._awaited.clear()


clock = Clock()
