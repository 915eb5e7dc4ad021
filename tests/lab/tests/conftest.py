# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from lab import netns
from lab.fabric import host


@pytest.fixture
def new_namespace() -> Iterator[Callable[[], str]]:
    """Makes namespaces that end with the test."""
    if reason := host.obstacle():
        pytest.fail(reason, pytrace=False)
    made = []
    numbers = itertools.count()

    def make() -> str:
        made.append(f"lab-test-{os.getpid()}-{next(numbers)}")
        netns.create(made[-1])
        return made[-1]

    yield make
    for name in made:
        netns.delete(name)


@pytest.fixture
def namespace(new_namespace) -> str:
    return new_namespace()
