# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The jobs as data."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from bench.cells import AT_ONCE, BARE, FLOOR, OURS, Cell, Run
from bench.job import PLAYBOOKS, shortfall
from bench.jobs import JOBS, endpoint, handshake, servers
from bench.jobs.failover import MOVE, MOVED
from bench.jobs.interfaces import CREATE, DELETE, REPEAT

each_job = pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])


@each_job
def test_no_run_overwrites_the_cell_of_another(job):
    cells = [cell for run in job.runs for cell in set(run.cells)]
    assert len(set(cells)) == len(cells)


@each_job
def test_a_job_has_its_scene_and_where_it_needs_one_its_floor(job):
    assert find_spec(f"bench.scenes.{job.scene}")
    assert bool(find_spec(f"bench.floor.{job.name}")) is (FLOOR in job.ways)


def test_what_is_done_beside_another_way_changes_nothing():
    run = Run(AT_ONCE, OURS, 1, (servers.FIRST, servers.REPEAT), beside=(BARE,))
    ways = (OURS, servers.FIRST), (OURS, servers.REPEAT), (BARE, servers.REPEAT)
    assert run.cells == [Cell(AT_ONCE, way, 1, phase) for way, phase in ways]


def test_each_run_but_the_floors_has_its_playbook():
    named = {
        job.command(cell, "job.json")[1]
        for job in JOBS for run in job.runs for cell in run.cells if cell.way != FLOOR
    }
    assert named == {path.name for path in PLAYBOOKS.glob("*.yml")} | {"xeni.aws.privatelink"}


def test_the_ways_to_make_an_endpoint_are_asked_for_the_same():
    scene = {"consumer": {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2"], "group_id": "sg-1"}}
    asked = [endpoint.variables(scene, 1, phase) for phase in endpoint.PHASES]
    assert [each["subnet_ids"] for each in asked] == [["subnet-1"]] * 3 + [["subnet-1", "subnet-2"]] * 2
    assert asked[0] == asked[1]
    assert asked[1]["endpoint_policy"] != asked[2]["endpoint_policy"]


@pytest.mark.parametrize("phase, size, calls, wrong", [
    (CREATE, 20, {"CreateNetworkInterface": 20, "DescribeSubnets": 1}, ""),
    (CREATE, 20, {"CreateNetworkInterface": 19}, "it made 19 of 20 CreateNetworkInterface"),
    (REPEAT, 20, {"DescribeNetworkInterfaces": 3}, ""),
    (REPEAT, 20, {"CreateNetworkInterface": 1}, "nothing was to do, but it made 1 CreateNetworkInterface"),
    (DELETE, 20, {}, "it changed nothing"),
    (MOVE, 1, {"AttachNetworkInterface": 1}, "it made 0 of 1 DetachNetworkInterface"),
    (MOVED, 1, {"DetachNetworkInterface": 1}, "nothing was to do, but it made 1 DetachNetworkInterface"),
    (handshake.REPEAT, 1, {"ListHostedZones": 1, "GetHostedZone": 1, "GetCallerIdentity": 1}, ""),
    (servers.FIRST, 10, {"SSH exec": 90, "routing change": 10}, ""),
    (servers.FIRST, 10, {"SSH exec": 90, "routing change": 9, "routing change without an answer": 1},
     "it made 9 of 10 routing change"),
    (servers.REPEAT, 10, {"SSH exec": 20, "SSH subsystem": 10}, ""),
    (servers.REPEAT, 10, {"SSH exec": 10, "routing change": 1}, "nothing was to do, but it made 1 routing change"),
    (endpoint.ADD_SUBNET, 1, {"DescribeVpcEndpoints": 2, "DescribeTags": 1}, "it changed nothing"),
])
def test_a_phase_that_did_not_do_its_job_is_no_measurement(phase, size, calls, wrong):
    assert shortfall(phase, size, calls) == wrong
