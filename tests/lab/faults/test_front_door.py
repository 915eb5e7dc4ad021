# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The job when a server cannot be confirmed: it keeps its front door, the run says so and fails, and the next run completes it."""

from __future__ import annotations

import pytest

from lab import netns
from lab.cloud import serve
from lab.demo import packets
from lab.demo.project import PlaybookError, Project, environment
from lab.fabric import Fabric, names, probes
from lab.fabric.probes import Probe
from lab.tests.polling import eventually

BLOCK = """
table inet fault {
    chain input {
        type filter hook input priority 0
        iifname "eth1" tcp dport 22 drop
    }
}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    with serve() as url:
        for name, value in environment(url).items():
            monkeypatch.setenv(name, value)
        project = Project(tmp_path / "project")
        project.launch()
        yield project


@pytest.fixture
def fabric(project):
    with Fabric() as fabric:
        fabric.wait_guests()
        yield fabric


def run(project):
    project.playbook("xeni.aws.dual_homed", "--extra-vars", "guest_routing_confirm_timeout=20", namespace=names.CORP)


def ssh(fabric, namespace, server):
    """What becomes of SSH to the server's Elastic IP."""
    fabric.sync()
    eth0 = fabric.description.attached(instance_id=server)[0]
    return probes.tcp(fabric.description, Probe(namespace, eth0.public[eth0.addresses[0]], 22)).answer


def test_a_server_that_is_not_confirmed_keeps_its_front_door(project, fabric, capsys):
    web2 = next(server for server in fabric.description.instances if packets.name(fabric.description, server) == "web2")
    guest = names.namespace(web2)
    netns.run(guest, ["nft", "-f", "-"], input=BLOCK, text=True, check=True)

    with pytest.raises(PlaybookError):
        run(project)
    said = capsys.readouterr().out
    assert "web2 was not confirmed over eth1" in said
    assert "stays as it is" in said
    assert "web1 was not confirmed" not in said and "web3 was not confirmed" not in said
    assert ssh(fabric, names.CORP, web2) == "answered"
    assert ssh(fabric, names.CLIENT, web2) == "timeout"
    assert "4001:" not in netns.run(guest, ["ip", "rule"], capture_output=True, text=True, check=True).stdout

    netns.run(guest, ["nft", "delete", "table", "inet", "fault"], check=True)
    run(project)
    eventually(lambda: ssh(fabric, names.CORP, web2) == "timeout")
    assert packets.show(fabric.description, "after")
