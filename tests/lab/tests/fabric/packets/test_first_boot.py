# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers that are launched with two interfaces and the user data of `guest_routing_user_data`."""

from __future__ import annotations

import contextlib
import json
import subprocess

import pytest

from lab.demo.project import environment
from lab.fabric import names
from lab.fabric.probes import Outcome
from lab.guests.flavours import DEFAULT
from lab.tests.fabric.packets.world import Server
from lab.tests.polling import eventually

BACKENDS = {"systemd-networkd": "systemd_networkd", "NetworkManager": "network_manager", "ifupdown": "ifupdown"}
# What cloud-init does with a script: https://docs.cloud-init.io/en/latest/explanation/format/user-data-script.html
CLOUD_INIT = r"""
ask() { curl --silent --fail --max-time 5 "$@"; }
token=$(ask --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
ask --header "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/user-data >/root/part-001
chmod 700 /root/part-001
exec /root/part-001
"""


@pytest.fixture(scope="module")
def servers(world, fabric, url, tmp_path_factory) -> dict[str, Server]:
    """By network manager. Launched as a launch template does it, with both interfaces and the user data."""
    rendered = tmp_path_factory.mktemp("rendered")
    servers = {
        stack: Server(fabric, launch(world, stack, user_data(url, backend, rendered / stack)))
        for stack, backend in BACKENDS.items()
    }
    for server in servers.values():
        eventually(lambda server=server: server.eni(0) and server.eni(1))
        world.elastic_address(server.eni(0).id)
    fabric.wait_guests()
    return servers


def user_data(url: str, backend: str, path) -> str:
    """As the user's own Ansible renders it."""
    content = "{{ ['192.168.0.0/16'] | xeni.aws.guest_routing_user_data(backend='%s') }}" % backend
    arguments = json.dumps({"content": content, "dest": str(path)})
    command = ["ansible", "localhost", "--module-name", "ansible.builtin.copy", "--args", arguments]
    subprocess.run(command, env=environment(url), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    return path.read_text()


def launch(world, stack: str, user_data: str) -> str:
    instance = world.ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=1, MaxCount=1, UserData=user_data,
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": world.public_subnet, "Groups": [world.web]},
            {"DeviceIndex": 1, "SubnetId": world.management_subnet, "Groups": [world.management]},
        ],
        TagSpecifications=[{
            "ResourceType": "instance", "Tags": [{"Key": "lab:guest", "Value": f"{DEFAULT.release}-{stack}"}],
        }],
    )["Instances"][0]["InstanceId"]
    world.ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    return instance


def boot_id(guest) -> str:
    with contextlib.suppress(OSError, IndexError):  # there is nothing inside just now
        return guest.run("cat", "/proc/sys/kernel/random/boot_id").stdout
    return ""


def assert_dual_homed(server, probe) -> None:
    assert probe(names.CORP, server.address(1), 22) == Outcome("answered", reply_left_by="eth1")
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("answered", reply_left_by="eth0")
    assert probe(server.namespace, "192.168.0.10", 9) == Outcome("refused", request_left_by="eth1")


@pytest.mark.parametrize("stack", BACKENDS)
def test_a_server_is_dual_homed_from_its_first_boot_on(servers, fabric, probe, stack):
    server = servers[stack]
    assert probe(names.CORP, server.address(1), 22).answer == "timeout"
    done = fabric.guests[server.id].run("sh", "-e", "-c", CLOUD_INIT, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"replies from {server.address(1)} leave by eth1" in done.stdout
    assert_dual_homed(server, probe)


def test_and_after_the_next_ones(servers, fabric, probe):
    before = {}
    for server in servers.values():
        guest = fabric.guests[server.id]
        before[server.id] = boot_id(guest)
        guest.run("systemctl", "reboot")
    for server in servers.values():
        eventually(lambda server=server: boot_id(fabric.guests[server.id]) not in ("", before[server.id]), timeout=60)
    fabric.wait_guests()
    for server in servers.values():
        eventually(lambda server=server: probe(names.CORP, server.address(1), 22).answer == "answered")
        assert_dual_homed(server, probe)
