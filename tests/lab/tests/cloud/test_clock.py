# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Effects at the end of transitions: in which order, when the setting is changed meanwhile, and at what cost."""

from __future__ import annotations

import pytest

from lab.cloud.clock import Clock, Transition
from lab.cloud.settings import settings


@pytest.fixture
def at(monkeypatch):
    """at(seconds): what time it is."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr("lab.cloud.clock.monotonic", lambda: seconds)

    set_time(0)
    return set_time


@pytest.fixture
def ended():
    return []


@pytest.fixture
def clock(at, ended):
    """clock(name, seconds): an effect after a transition of so many seconds that begins now; clock() catches up."""
    of_test = Clock()

    def begin_or_catch_up(name: str | None = None, seconds: float = 0) -> None:
        if name is None:
            of_test.catch_up()
        else:
            settings.transition_seconds = seconds
            of_test.after_transition(lambda: ended.append(name))

    return begin_or_catch_up


def test_each_in_its_time(clock, ended, at):
    clock("long", 10)
    clock("short", 1)
    settings.transition_seconds = 10
    at(1)
    clock()
    assert ended == ["short"]
    at(9)
    clock()
    assert ended == ["short"]
    at(10)
    clock()
    assert ended == ["short", "long"]


def test_a_lower_setting_ends_all_of_it_in_the_order_in_which_it_began(clock, ended, at):
    for number, name in enumerate("abcd"):
        at(number / 10)
        clock(name, 60 if name in "ac" else 30)
    settings.transition_seconds = 0
    clock()
    assert ended == list("abcd")


def test_a_higher_setting_prolongs_nothing(clock, ended, at):
    clock("a", 1)
    settings.transition_seconds = 60
    at(1)
    clock()
    assert ended == ["a"]


def test_each_is_looked_at_once(clock, ended, monkeypatch):
    looks = []
    is_over = Transition.is_over.fget
    monkeypatch.setattr(Transition, "is_over", property(lambda self: looks.append(self) or is_over(self)))
    for number in range(1000):
        clock(f"{number}", 60)
    clock()
    assert ended == [] and len(looks) == 1
    settings.transition_seconds = 0
    clock()
    assert len(ended) == 1000 and len(looks) <= 1002
