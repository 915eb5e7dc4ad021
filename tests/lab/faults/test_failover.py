# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A failover whose controller dies halfway, or whose failed server hangs: the next run finishes it, and the one after that has nothing to do."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import urllib.request

import boto3
import pytest

from lab import netns
from lab.cloud import serve
from lab.demo import packets
from lab.demo.project import EXAMPLE, PlaybookError, Project, environment, set_transition_seconds
from lab.fabric import Fabric, names, probes
from lab.fabric.probes import Probe
from lab.tests.polling import eventually

SHOP, BLOG = {"eni_failover_interface": "shop"}, {"eni_failover_addresses": ["10.0.0.60"]}


class World:
    """Two dual-homed servers, shop and blog on web1, and the playbook that moves them."""

    def __init__(self, project: Project, fabric: Fabric):
        self.project, self.fabric, self.ec2 = project, fabric, boto3.client("ec2")

    def arguments(self, to: str, what: dict, **options) -> list[str]:
        extra = {"eni_failover_to": to, "guest_routing_confirm_timeout": 20, **what, **options}
        return ["xeni.aws.eni_failover", "--extra-vars", json.dumps(extra)]

    def fail_over(self, to: str, what: dict, **options) -> int:
        return self.project.playbook(*self.arguments(to, what, **options), namespace=names.CORP)

    def kill_during(self, done, to: str, what: dict, **options) -> None:
        """Kill all that the controller runs as soon as done() is true."""
        _forget_calls()
        with self.project.start(*self.arguments(to, what, **options), namespace=names.CORP) as process:
            reading = threading.Thread(target=process.stdout.read)
            reading.start()
            eventually(lambda: done(self) or process.poll() is not None, timeout=120)
            assert process.poll() is None, "the playbook ended before it could be killed"
            _kill_the_controller()
            reading.join()

    def holder(self, what: dict) -> tuple[str, str]:
        """(the server that has it, its public address), as the fabric shows it."""
        self.fabric.sync()
        private = "10.0.0.50" if what is SHOP else "10.0.0.60"
        description = self.fabric.description
        eni = next((eni for eni in description.attached() if private in eni.public), None)
        return (packets.name(description, eni.instance_id), eni.public[private]) if eni else ("nobody", "")

    def answers(self, what: dict, server: str) -> bool:
        holder, public = self.holder(what)
        return holder == server and probes.tcp(self.fabric.description, Probe(names.CLIENT, public, 80)).answer == "answered"

    def guest(self, server: str) -> str:
        return next(names.namespace(key) for key in self.fabric.description.instances if packets.name(self.fabric.description, key) == server)

    def state(self, server: str) -> str:
        filters = [{"Name": "tag:Name", "Values": [server]}]
        return self.ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]["State"]["Name"]


def _calls() -> list[dict]:
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_lab/calls") as reply:
        return json.load(reply)


def _forget_calls() -> None:
    urllib.request.urlopen(urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/_lab/calls", method="DELETE")).close()


def _called(operation: str):
    return lambda _world: any(call["operation"] == operation for call in _calls())


def _routed(server: str, address: str):
    """The guest has the rule of the address; nobody has had the time to confirm it."""
    def done(world: World) -> bool:
        rules = subprocess.run(["ip", "-n", world.guest(server), "rule"], capture_output=True, text=True, check=True).stdout
        return f"from {address} " in rules
    return done


def _kill_the_controller() -> None:
    while running := netns.pids(names.CORP):
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, serve() as url:
        for name, value in environment(url).items():
            patch.setenv(name, value)
        project = Project(tmp_path_factory.mktemp("failover") / "project", EXAMPLE.parent / "eni_failover")
        project.launch()
        with Fabric() as fabric:
            fabric.wait_guests()
            project.playbook("xeni.aws.dual_homed", namespace=names.CORP)
            project.playbook("service.yml", namespace=names.CORP)
            world = World(project, fabric)
            world.fail_over("web1", SHOP)
            yield world


@pytest.mark.parametrize("what, done, to", [
    pytest.param(SHOP, _called("DetachNetworkInterface"), "web2", id="detached"),
    pytest.param(SHOP, _called("AttachNetworkInterface"), "web1", id="attached"),
    pytest.param(SHOP, _routed("web2", "10.0.0.50"), "web2", id="not-confirmed"),
    pytest.param(BLOG, _called("AssignPrivateIpAddresses"), "web2", id="assigned"),
])
def test_the_run_after_one_that_was_killed_finishes_it(world, what, done, to):
    assert world.holder(what)[0] != to
    set_transition_seconds(2)
    world.kill_during(done, to, what)
    set_transition_seconds(0.5)
    world.fail_over(to, what)
    assert world.answers(what, to)
    assert world.fail_over(to, what) == 0


def test_what_cannot_be_is_said_before_anything_is_changed(world, capsys):
    _forget_calls()
    with pytest.raises(PlaybookError):
        world.fail_over("web1", SHOP, eni_failover_from="web1", eni_failover_fence=True)
    assert "eni_failover_from: 'web1' is the standby itself" in capsys.readouterr().out
    assert not any(call["operation"].startswith(("Stop", "Detach")) for call in _calls())


def test_a_server_that_hangs_is_stopped_and_its_interface_is_detached_by_force(world):
    set_transition_seconds(6)
    world.kill_during(_called("StopInstances"), "web1", SHOP, eni_failover_from="web2", eni_failover_fence=True)
    assert world.holder(SHOP)[0] == "web2"
    _forget_calls()
    world.fail_over("web1", SHOP, eni_failover_from="web2", eni_failover_fence=True, eni_failover_grace=1)
    set_transition_seconds(0.5)
    detached = [call["parameters"]["Force"] for call in _calls() if call["operation"] == "DetachNetworkInterface"]
    assert (world.state("web2"), detached) == ("stopped", [False, True])
    assert world.answers(SHOP, "web1")
    assert world.fail_over("web1", SHOP, eni_failover_from="web2", eni_failover_fence=True) == 0
