# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Things that take time. There is no background thread: what has fallen due happens when the next request comes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from time import monotonic

from .settings import settings


class Transition:
    """Lasts as many seconds as a setting had at its beginning; a lower setting since then ends it sooner."""

    def __init__(self, setting: str = "transition_seconds") -> None:
        self._setting = setting
        self.begun, self.seconds = monotonic(), getattr(settings, setting)

    @property
    def is_over(self) -> bool:
        return monotonic() - self.begun >= min(self.seconds, getattr(settings, self._setting))


class State:
    """A state's name, which becomes ``then`` when the transition is over."""

    def __init__(self, name: str, then: str):
        self._name, self._then = name, then
        self._transition = Transition()

    @property
    def name(self) -> str:
        return self._then if self._transition.is_over else self._name


class Clock:
    """Effects that come at the end of a transition, such as the ENIs a terminated instance lets go.

    Those of equal duration end in the order in which they began, whatever the setting has become: with a queue for
    each duration only the first of each is looked at.
    """

    def __init__(self) -> None:
        self._awaited: defaultdict[float, deque[tuple[Transition, Callable[[], None]]]] = defaultdict(deque)

    def after_transition(self, effect: Callable[[], None]) -> None:
        transition = Transition()
        self._awaited[transition.seconds].append((transition, effect))

    def catch_up(self) -> None:
        while due := [queue for queue in self._awaited.values() if queue and queue[0][0].is_over]:
            _transition, effect = min(due, key=lambda queue: queue[0][0].begun).popleft()
            effect()

    def clear(self) -> None:
        self._awaited.clear()


clock = Clock()
