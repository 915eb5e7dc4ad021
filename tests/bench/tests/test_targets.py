# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether the targets of each job are met."""

from __future__ import annotations

import pytest

from bench.cells import AT_ONCE, BARE, FLOOR, OURS
from bench.jobs import endpoint, failover, handshake, interfaces, servers
from bench.jobs.failover import MOVE, MOVED, REASSIGN, REASSIGNED
from bench.jobs.interfaces import CREATE, RATE_LIMITS, REPEAT, allowed
from bench.measure import Measurement

from .measured import results


def verdicts(module, cells: dict) -> dict:
    """{target's text: whether it is met}."""
    return {each.text: each.met for each in module.targets(results(cells))}


def test_a_bucket_admits_what_it_holds_at_once_and_the_rest_as_it_refills():
    assert (allowed(100), allowed(1000)) == (0, 180)


@pytest.mark.parametrize("calls, met", [
    ({"DescribeNetworkInterfaces": 1}, True),
    ({"DescribeNetworkInterfaces": 5}, False),
    ({"DescribeNetworkInterfaces": 1, "DescribeSubnets": 1}, False),
])
def test_nothing_to_do_is_one_describe(calls, met):
    found = verdicts(interfaces, {(AT_ONCE, OURS, 1000, REPEAT): Measurement(3, 70, calls)})
    assert found["nothing to do, N=1000: one describe in all"] is met
    assert found["nothing to do, N=1: one describe in all"] is None


@pytest.mark.parametrize("describes, met", [(2, True), (3, True), (4, False)])
def test_calls_are_counted_against_the_floor(describes, met):
    found = verdicts(interfaces, {
        (AT_ONCE, OURS, 1000, CREATE): Measurement(9, 70, {"Create": 1000, "Describe": describes}),
        (AT_ONCE, FLOOR, 1000, CREATE): Measurement(9, 70, {"Create": 1000, "Describe": 2}),
    })
    assert found["create, N=1000: at most one call more than the floor"] is met


@pytest.mark.parametrize("seconds, shortfall, for_good, in_time", [
    (200, "", True, True), (217, "", True, False), (30, "it made 3 of 1000", False, False),
])
def test_a_run_that_fails_under_rate_limits_is_never_in_time(seconds, shortfall, for_good, in_time):
    found = verdicts(interfaces, {(RATE_LIMITS, OURS, 1000, CREATE): Measurement(seconds, 70, shortfall=shortfall)})
    assert [met for text, met in found.items() if "rate limits" in text] == [for_good, in_time]


@pytest.mark.parametrize("phase, other", [(MOVE, REASSIGN), (REASSIGN, MOVE)])
@pytest.mark.parametrize("describes, met", [(4, True), (5, False)])
def test_each_kind_of_failover_has_a_floor_of_its_own(phase, other, describes, met):
    found = verdicts(failover, {
        (AT_ONCE, OURS, 1, phase): Measurement(3, 70, {"Move": 1, "Describe": describes}),
        (AT_ONCE, FLOOR, 1, phase): Measurement(1, 70, {"Move": 1, "Describe": 3}),
    })
    assert found[f"{phase.name}, N=1: at most one call more than the floor"] is met
    assert found[f"{other.name}, N=1: at most one call more than the floor"] is None


@pytest.mark.parametrize("phase", [MOVED, REASSIGNED])
def test_a_failover_that_was_done_is_one_describe(phase):
    found = verdicts(failover, {(AT_ONCE, OURS, 1, phase): Measurement(3, 70, {"DescribeNetworkInterfaces": 2})})
    assert found[f"{phase.name}, N=1: one describe in all"] is False


@pytest.mark.parametrize("calls, met", [({"DescribeVpcEndpoints": 1}, True), ({"DescribeVpcEndpoints": 2}, False)])
def test_an_endpoint_that_is_as_it_should_be_is_one_describe(calls, met):
    found = verdicts(endpoint, {(AT_ONCE, OURS, 1, endpoint.REPEAT): Measurement(3, 70, calls)})
    assert found == {"nothing to do, N=1: one describe in all": met}


@pytest.mark.parametrize("shortfall, met", [("", True), ("nothing was to do, but it made 1", False)])
def test_a_handshake_that_is_done_changes_nothing(shortfall, met):
    measured = Measurement(30, 70, {"DescribeSubnets": 4}, shortfall=shortfall)
    found = verdicts(handshake, {(AT_ONCE, OURS, 1, handshake.REPEAT): measured})
    assert found == {"nothing to do: nothing is changed": met}


@pytest.mark.parametrize("calls, met", [
    ({"SSH exec": 50}, True),
    ({"SSH exec": 51}, False),
    ({"SSH exec": 50, "SSH subsystem": 50}, False),
])
def test_a_server_with_nothing_to_do_is_one_round_trip(calls, met):
    found = verdicts(servers, {(AT_ONCE, OURS, 50, servers.REPEAT): Measurement(9, 70, calls)})
    assert found["nothing to do, N=50: one task, one round trip to each server"] is met
    assert found["nothing to do, N=10: one task, one round trip to each server"] is None


@pytest.mark.parametrize("seconds, met", [(13, True), (13.1, False)])
def test_servers_with_nothing_to_do_are_measured_against_a_bare_command(seconds, met):
    found = verdicts(servers, {(AT_ONCE, way, 50, servers.REPEAT): time for way, time in ((OURS, seconds), (BARE, 10))})
    assert found["nothing to do, N=50: at most 1.3 times a bare command"] is met
    assert found["nothing to do, N=1: at most 1.3 times a bare command"] is None
