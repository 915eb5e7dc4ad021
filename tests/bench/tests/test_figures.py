# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read out of the measurements."""

from __future__ import annotations

import pytest

from bench.cells import AT_ONCE, CREATE, DELETE, FLOOR, LOOP, OURS, RATE_LIMITS, REPEAT, RUNS
from bench.cells import MOVE, MOVED, REASSIGN, REASSIGNED
from bench.figures import Cell, Figure, Results, allowed, extrapolate, targets
from bench.job import PLAYBOOKS, command, shortfall
from bench.measure import Measurement, count, median
from bench.report import report


def results(cells: dict, empty: float = 2.0) -> Results:
    """{(condition, way, size, phase): Measurement, or seconds alone}."""
    return Results({
        Cell(*cell): each if isinstance(each, Measurement) else Measurement(each, 70) for cell, each in cells.items()
    }, empty)


def verdicts(cells: dict) -> dict:
    """{target's text: whether it is met}."""
    return {each.text: each.met for each in targets(results(cells))}


def test_of_several_measurements_the_middle_one_counts_but_no_failure_is_hidden():
    slow, quick, failed = Measurement(9, 70), Measurement(1, 70), Measurement(2, 70, failure="it made 1 of 2")
    assert median([slow, quick, Measurement(3, 70)]).seconds == 3
    assert median([slow, failed, quick]) is failed


def test_a_line_through_the_two_largest_sizes():
    assert extrapolate({1: 50, 20: 100, 100: 500}, 1000) == 5000


def test_a_bucket_admits_what_it_holds_at_once_and_the_rest_as_it_refills():
    assert (allowed(100), allowed(1000)) == (0, 180)


def test_only_the_loop_is_extrapolated():
    times = results({(AT_ONCE, way, size, CREATE): size for way in (OURS, LOOP) for size in (1, 20)})
    assert times.time(AT_ONCE, LOOP, 20, CREATE) == Figure(20)
    assert times.time(AT_ONCE, LOOP, 100, CREATE) == Figure(100, is_extrapolated=True)
    assert times.time(AT_ONCE, OURS, 100, CREATE) is None


def test_nothing_is_extrapolated_from_one_size_or_from_a_failure():
    failed = Measurement(900, 70, failure="it made 3 of 20")
    times = results({(AT_ONCE, LOOP, 1, CREATE): 5, (AT_ONCE, LOOP, 20, CREATE): failed})
    assert times.time(AT_ONCE, LOOP, 100, CREATE) is None


@pytest.mark.parametrize("ours, over_floor", [(15, 1.3), (12, 1.0), (1.9, 0)])
def test_the_empty_playbook_is_taken_off_ours_and_not_off_the_floor(ours, over_floor):
    measured = results({(AT_ONCE, OURS, 1000, CREATE): ours, (AT_ONCE, FLOOR, 1000, CREATE): 10})
    assert measured.over_floor(AT_ONCE, 1000, CREATE) == over_floor


@pytest.mark.parametrize("calls, met", [
    ({"DescribeNetworkInterfaces": 1}, True),
    ({"DescribeNetworkInterfaces": 5}, False),
    ({"DescribeNetworkInterfaces": 1, "DescribeSubnets": 1}, False),
])
def test_nothing_to_do_is_one_describe(calls, met):
    found = verdicts({(AT_ONCE, OURS, 1000, REPEAT): Measurement(3, 70, calls)})
    assert found["nothing to do, N=1000: one describe in all"] is met
    assert found["nothing to do, N=1: one describe in all"] is None


@pytest.mark.parametrize("describes, met", [(2, True), (3, True), (4, False)])
def test_calls_are_counted_against_the_floor(describes, met):
    found = verdicts({
        (AT_ONCE, OURS, 1000, CREATE): Measurement(9, 70, {"Create": 1000, "Describe": describes}),
        (AT_ONCE, FLOOR, 1000, CREATE): Measurement(9, 70, {"Create": 1000, "Describe": 2}),
    })
    assert found["create, N=1000: at most one call more than the floor"] is met


@pytest.mark.parametrize("seconds, failure, for_good, in_time", [
    (200, "", True, True), (217, "", True, False), (30, "it made 3 of 1000", False, False),
])
def test_a_run_that_fails_under_rate_limits_is_never_in_time(seconds, failure, for_good, in_time):
    found = verdicts({(RATE_LIMITS, OURS, 1000, CREATE): Measurement(seconds, 70, failure=failure)})
    assert [met for text, met in found.items() if "rate limits" in text] == [for_good, in_time]


@pytest.mark.parametrize("phase, other", [(MOVE, REASSIGN), (REASSIGN, MOVE)])
@pytest.mark.parametrize("describes, met", [(4, True), (5, False)])
def test_each_kind_of_failover_has_a_floor_of_its_own(phase, other, describes, met):
    found = verdicts({
        (AT_ONCE, OURS, 1, phase): Measurement(3, 70, {"Move": 1, "Describe": describes}),
        (AT_ONCE, FLOOR, 1, phase): Measurement(1, 70, {"Move": 1, "Describe": 3}),
    })
    assert found[f"{phase.name}, N=1: at most one call more than the floor"] is met
    assert found[f"{other.name}, N=1: at most one call more than the floor"] is None


@pytest.mark.parametrize("phase", [MOVED, REASSIGNED])
def test_a_failover_that_was_done_is_one_describe(phase):
    found = verdicts({(AT_ONCE, OURS, 1, phase): Measurement(3, 70, {"DescribeNetworkInterfaces": 2})})
    assert found[f"{phase.name}, N=1: one describe in all"] is False
    assert found["nothing to do, N=1: one describe in all"] is None


def test_no_run_overwrites_the_cell_of_another():
    cells = [Cell(run.condition, run.way, run.size, phase) for run in RUNS for phase in run.phases]
    assert len(set(cells)) == len(cells)


def test_each_run_but_the_floors_has_its_playbook():
    runs = [run for run in RUNS if run.way != FLOOR]
    named = {command(run.way, run.size, phase, "job.json")[1] for run in runs for phase in run.phases}
    assert named == {path.name for path in PLAYBOOKS.glob("*.yml")} - {"empty.yml"}


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


@pytest.mark.parametrize("phase, calls, wrong", [
    (CREATE, {"CreateNetworkInterface": 20, "DescribeSubnets": 1}, False),
    (CREATE, {"CreateNetworkInterface": 19}, True),
    (REPEAT, {"DescribeNetworkInterfaces": 3}, False),
    (REPEAT, {"ModifyNetworkInterfaceAttribute": 1}, True),
    (DELETE, {}, True),
    (MOVED, {"DetachNetworkInterface": 1}, True),
])
def test_a_phase_that_did_not_do_its_job_is_no_measurement(phase, calls, wrong):
    assert bool(shortfall(phase, 20, calls)) is wrong


def test_the_report_says_what_failed_and_what_was_not_measured():
    text = report(results({
        (AT_ONCE, OURS, 20, CREATE): Measurement(3.14, 70, {"CreateNetworkInterface": 20}, throttled=4),
        (AT_ONCE, FLOOR, 20, CREATE): Measurement(1, 66, failure="it made 3 of 20"),
    }), {"machine": "2 cores"})
    assert "| machine | 2 cores |" in text
    assert "| create | 20 | 3.1 | failed |  |" in text
    assert "| create | 20 | 20 CreateNetworkInterface; 4 throttled |" in text
    assert "create, N=100: at least 50 times faster than the loop |  | not measured |" in text
    assert "## 100 ms a call" not in text
