# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers whose eth1 does not answer yet, and whose eth0 never has SSH open: the role comes in by another way."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import yaml

from lab import netns
from lab.cloud import serve
from lab.demo.project import environment
from lab.fabric import Fabric, names
from lab.fabric.probes import Outcome, Probe, run
from lab.guests import cgroup
from lab.stacks.rig import KEY_NAME, DualHomed
from lab.tests.fabric.packets.world import ACCOUNT, SECRET, Server, World
from lab.tests.polling import eventually

HERE = pathlib.Path(__file__).with_name("first_contact")
STAND_IN = HERE / "ansible_collections/amazon/aws/plugins/connection/aws_ssm.py"
SSH, WEB = 22, 80
UNCONFIGURED, CONFIGURED = Outcome("timeout", reply_left_by="eth0"), Outcome("answered", reply_left_by="eth1")
# As the agent of Systems Manager makes its user:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-ssm-user-permissions.html
AGENTS_USER = """\
useradd --create-home ssm-user
echo 'ssm-user ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ssm-agent-users
"""


@pytest.fixture(scope="module")
def world(images, key) -> Iterator[World]:
    """The corporate network and the management subnet reach SSH of its management group; of its web group nobody."""
    with pytest.MonkeyPatch.context() as patch, serve() as url:
        patch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        world = World(url)
        world.ec2.import_key_pair(KeyName=KEY_NAME, PublicKeyMaterial=key.with_suffix(".pub").read_bytes())
        world.ec2.authorize_security_group_ingress(GroupId=world.management, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": SSH, "ToPort": SSH, "IpRanges": [{"CidrIp": "10.0.1.0/24"}]}])
        yield world


@pytest.fixture(scope="module")
def fabric(world) -> Iterator[Fabric]:
    with Fabric(world.url, "us-east-1") as fabric:
        yield fabric


@pytest.fixture(scope="module")
def jump_host(world, fabric) -> Server:
    """In the management subnet, and nowhere else."""
    instance = world.launch(KeyName=KEY_NAME, SubnetId=world.management_subnet, SecurityGroupIds=[world.management])
    server = Server(fabric, instance)
    eventually(lambda: server.eni(0))
    return server


@pytest.fixture(scope="module")
def servers(world, fabric, jump_host) -> list[DualHomed]:
    """As they come up."""
    servers = [DualHomed(world, fabric, "bookworm-systemd-networkd") for _each in range(2)]
    for server in servers:
        server.attach(world.network_interface(world.management_subnet, world.management), 1)
    fabric.wait_guests()
    return servers


@pytest.fixture(scope="module")
def contact(key, tmp_path_factory) -> Callable[[DualHomed, dict], dict]:
    """Runs the role on a server, from the corporate network, with these variables: the result of its module."""
    directory = tmp_path_factory.mktemp("contact")
    ssh_config = directory / "ssh_config"
    ssh_config.write_text(
        f"User admin\nIdentityFile {key}\nUserKnownHostsFile {directory}/known_hosts\n"
        "StrictHostKeyChecking accept-new\n")

    def contact(server: DualHomed, variables: dict) -> dict:
        host = {
            "ansible_host": server.address(1),
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": f"-F {ssh_config}",
            "guest_routing_interfaces": server.interfaces(),
            "guest_routing_connect_timeout": 30,
            **variables,
        }
        inventory = directory / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"server": host}}}))
        program = str(pathlib.Path(sys.executable).with_name("ansible-playbook"))
        argv = [program, "-v", "--inventory", str(inventory), str(HERE / "contact.yml")]
        user = environment("")
        collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", user["ANSIBLE_COLLECTIONS_PATH"])
        settings = {
            "ANSIBLE_COLLECTIONS_PATH": f"{HERE}:{collections}",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(directory / "cp"),
            "LAB_SSM_ENTRANCES": json.dumps({server.id: cgroup.leader(server.id).read_text().split()[0]}),
        }
        done = netns.run(names.CORP, argv, env=user | settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        _before, _task, routed = done.stdout.rpartition("Route replies")
        return json.loads(re.search(r"(?:ok|changed): \[server\] => (\{.*\})", routed)[1])

    return contact


def assert_answers(server: DualHomed, by_eth1: Outcome) -> None:
    """The corporate network at eth1 like this, everybody the web at eth0 and nobody SSH there."""
    server.fabric.sync()
    expected = {
        Probe(names.CORP, server.address(1), SSH): by_eth1,
        Probe(names.CLIENT, server.public_address, WEB): Outcome("answered", reply_left_by="eth0"),
        Probe(names.CLIENT, server.public_address, SSH): Outcome("timeout"),
        Probe(names.CORP, server.public_address, SSH): Outcome("timeout"),
    }
    assert dict(zip(expected, run(server.fabric.description, [*expected], timeout=2))) == expected


def test_through_a_jump_host_and_confirmed_without_it(servers, jump_host, contact):
    server = servers[0]
    assert_answers(server, UNCONFIGURED)
    by_jump_host = {"guest_routing_first_contact": "jump_host", "guest_routing_jump_host": jump_host.address(0)}
    result = contact(server, {**by_jump_host, "ansible_pipelining": True})
    assert (result["changed"], result["commit"]["state"]) == (True, "confirmed")
    assert_answers(server, CONFIGURED)
    assert not contact(server, {"ansible_pipelining": True})["changed"]


def test_by_systems_manager_and_confirmed_by_ssh(servers, contact):
    server = servers[1]
    server.machine.run("sh", "-e", "-c", AGENTS_USER).check_returncode()
    assert_answers(server, UNCONFIGURED)
    result = contact(server, {"guest_routing_first_contact": "ssm", "ansible_aws_ssm_instance_id": server.id})
    assert (result["changed"], result["commit"]["state"]) == (True, "confirmed")
    assert_answers(server, CONFIGURED)
    left = server.machine.run("sh", "-c", "ls --almost-all /home/*/.ansible/tmp")
    assert left.stdout.split() == ["/home/admin/.ansible/tmp:", "/home/ssm-user/.ansible/tmp:"]


def test_the_stand_in_has_variables_of_the_plugin_that_it_stands_for():
    """Of the installed amazon.aws; it has none but these in the place of its own."""
    own, = re.findall(r'^DOCUMENTATION = r"""\n(.*?)^"""', STAND_IN.read_text(), re.DOTALL | re.MULTILINE)
    command = ["ansible-doc", "--type", "connection", "--json", "amazon.aws.aws_ssm"]
    said = subprocess.run(command, env=environment(""), capture_output=True, text=True, check=True).stdout
    real = json.loads(said)["amazon.aws.aws_ssm"]["doc"]["options"]
    for name, option in yaml.safe_load(own)["options"].items():
        assert [each["name"] for each in option["vars"]] == [each["name"] for each in real[name]["vars"]]
