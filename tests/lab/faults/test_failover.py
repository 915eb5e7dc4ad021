# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A failover whose controller dies halfway, or whose server hangs: the next run finishes it, and then nothing is to do."""

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
            eventually(lambda: done(self, to) or process.poll() is not None, timeout=120)
            assert process.poll() is None, "the playbook ended before it could be killed"
            _kill_the_controller()
            reading.join()

    def interface(self, what: dict) -> dict:
        private = "10.0.0.50" if what is SHOP else "10.0.0.60"
        filters = [{"Name": "addresses.private-ip-address", "Values": [private]}]
        return self.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"][0]

    def is_on(self, what: dict, server: str) -> bool:
        return self.interface(what).get("Attachment", {}).get("InstanceId") == self.instance(server)["InstanceId"]

    def active_and_standby(self, what: dict) -> list[str]:
        return sorted(["web1", "web2"], key=lambda server: not self.is_on(what, server))

    def is_answered_by(self, what: dict, server: str) -> bool:
        """Packets from the Internet to its Elastic IP arrive, and it is that server's."""
        elastic_ip = [address["Association"]["PublicIp"] for address in self.interface(what)["PrivateIpAddresses"]][-1]
        self.fabric.sync()
        outcome = probes.tcp(self.fabric.description, Probe(names.CLIENT, elastic_ip, 80))
        return self.is_on(what, server) and outcome.answer == "answered"

    def instance(self, server: str) -> dict:
        filters = [{"Name": "tag:Name", "Values": [server]}]
        return self.ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]


def _calls() -> list[dict]:
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_lab/calls") as reply:
        return json.load(reply)


def _forget_calls() -> None:
    urllib.request.urlopen(urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/_lab/calls", method="DELETE")).close()


def _called(operation: str):
    return lambda _world, _to: any(call["operation"] == operation for call in _calls())


def _routed(address: str):
    """The standby has the rule of the address; nobody has had the time to confirm it."""
    def done(world: World, to: str) -> bool:
        guest = names.namespace(world.instance(to)["InstanceId"])
        rules = subprocess.run(["ip", "-n", guest, "rule"], capture_output=True, text=True, check=True).stdout
        return f"from {address} " in rules
    return done


def _kill_the_controller() -> None:
    while running := netns.pids(names.CORP):
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def _transition(seconds: float):
    """States that take time take this long for the length of the block."""
    set_transition_seconds(seconds)
    yield
    set_transition_seconds(0.5)


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


@pytest.mark.parametrize("what, done", [
    pytest.param(SHOP, _called("DetachNetworkInterface"), id="detached"),
    pytest.param(SHOP, _called("AttachNetworkInterface"), id="attached"),
    pytest.param(SHOP, _routed("10.0.0.50"), id="not-confirmed"),
    pytest.param(BLOG, _called("AssignPrivateIpAddresses"), id="assigned"),
])
def test_the_run_after_one_that_was_killed_finishes_it(world, what, done):
    _active, to = world.active_and_standby(what)
    with _transition(2):
        world.kill_during(done, to, what)
    world.fail_over(to, what)
    assert world.is_answered_by(what, to)
    assert world.fail_over(to, what) == 0


def test_the_job_of_the_servers_leaves_what_has_moved(world):
    """The playbook that made them dual-homed knows nothing of shop and blog."""
    world.project.playbook("xeni.aws.dual_homed", namespace=names.CORP)
    for what in (SHOP, BLOG):
        active, _standby = world.active_and_standby(what)
        assert world.is_answered_by(what, active)


def test_what_cannot_be_is_said_before_anything_is_changed(world, capsys):
    _active, to = world.active_and_standby(SHOP)
    _forget_calls()
    with pytest.raises(PlaybookError):
        world.fail_over(to, SHOP, eni_failover_from=to, eni_failover_fence=True)
    assert f"eni_failover_from: '{to}' is the standby itself" in capsys.readouterr().out
    assert not any(call["operation"].startswith(("Stop", "Detach")) for call in _calls())


def test_a_server_that_hangs_is_stopped_and_its_interface_is_detached_by_force(world):
    """The last one, as it leaves one server."""
    active, to = world.active_and_standby(SHOP)
    fence = {"eni_failover_from": active, "eni_failover_fence": True}
    with _transition(6):
        world.kill_during(_called("StopInstances"), to, SHOP, **fence)
        assert world.is_on(SHOP, active)
        _forget_calls()
        world.fail_over(to, SHOP, **fence, eni_failover_grace=1)
    detached = [call["parameters"]["Force"] for call in _calls() if call["operation"] == "DetachNetworkInterface"]
    assert (world.instance(active)["State"]["Name"], detached) == ("stopped", [False, True])
    assert world.is_answered_by(SHOP, to)
    assert world.fail_over(to, SHOP, **fence) == 0
