# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read out of the measurements."""

from __future__ import annotations

import pytest

from bench.cells import AT_ONCE, EMPTY, FLOOR, LOOP, OURS
from bench.figures import Figure, extrapolate
from bench.jobs.failover import MOVE
from bench.jobs.interfaces import CREATE, DELETE, RATE_LIMITS, REPEAT
from bench.measure import Measurement, count, median

from .measured import results


@pytest.mark.parametrize("wrong", [{"failure": "fatal: [localhost]"}, {"shortfall": "it made 1 of 2"}])
def test_of_several_measurements_the_middle_one_counts_but_none_that_is_wrong_is_hidden(wrong):
    slow, quick, bad = Measurement(9, 70), Measurement(1, 70), Measurement(2, 70, **wrong)
    assert median([slow, quick, Measurement(3, 70)]).seconds == 3
    assert median([slow, bad, quick]) is bad


def test_a_line_through_the_two_largest_sizes():
    assert extrapolate({1: 50, 20: 100, 100: 500}, 1000) == 5000


def test_only_the_loop_is_extrapolated():
    times = results({(AT_ONCE, way, size, CREATE): size for way in (OURS, LOOP) for size in (1, 20)})
    assert times.time(AT_ONCE, LOOP, 20, CREATE) == Figure(20)
    assert times.time(AT_ONCE, LOOP, 100, CREATE) == Figure(100, is_extrapolated=True)
    assert times.time(AT_ONCE, OURS, 100, CREATE) is None


def test_nothing_is_extrapolated_from_one_size_or_from_a_failure():
    failed = Measurement(900, 70, shortfall="it made 3 of 20")
    times = results({(AT_ONCE, LOOP, 1, CREATE): 5, (AT_ONCE, LOOP, 20, CREATE): failed})
    assert times.time(AT_ONCE, LOOP, 100, CREATE) is None


@pytest.mark.parametrize("ours, over_floor", [(15, 1.3), (12, 1.0), (1.9, 0)])
def test_the_empty_playbook_is_taken_off_ours_and_not_off_the_floor(ours, over_floor):
    measured = results({
        (AT_ONCE, OURS, 1000, CREATE): ours, (AT_ONCE, FLOOR, 1000, CREATE): 10, (AT_ONCE, EMPTY, 1000, REPEAT): 2,
    })
    assert measured.over_floor(AT_ONCE, 1000, CREATE) == over_floor


def test_steps_are_in_the_order_of_their_runs():
    measured = results({
        (AT_ONCE, way, size, phase): 1
        for size in (20, 1) for way in (OURS, FLOOR) for phase in (CREATE, REPEAT)
    } | {(AT_ONCE, OURS, 1, MOVE): 1, (RATE_LIMITS, OURS, 1000, DELETE): 1})
    assert measured.steps(AT_ONCE) == [(CREATE, 1), (CREATE, 20), (REPEAT, 1), (REPEAT, 20), (MOVE, 1)]


def test_throttled_calls_are_counted_apart():
    log = [
        {"operation": "CreateNetworkInterface", "error": "RequestLimitExceeded"},
        {"operation": "CreateNetworkInterface", "error": None},
        {"operation": "DescribeSubnets", "error": "InvalidSubnetID.NotFound"},
    ]
    assert count(log) == ({"CreateNetworkInterface": 1, "DescribeSubnets": 1}, 1)
