# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server that is launched with two interfaces and the user data of `guest_routing_user_data`."""

from __future__ import annotations

import contextlib
import json
import subprocess

import pytest

from lab.demo.project import environment
from lab.fabric import names
from lab.fabric.probes import Outcome
from lab.guests import GuestError
from lab.tests.fabric.packets.world import Server
from lab.tests.polling import eventually

# What cloud-init does with a script: https://docs.cloud-init.io/en/latest/explanation/format/user-data-script.html
CLOUD_INIT = r"""
set -e
ask() { curl --silent --fail --max-time 5 "$@"; }
token=$(ask --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
ask --header "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/user-data >/root/part-001
chmod 700 /root/part-001
exec /root/part-001
"""
BOOT_ID = "/proc/sys/kernel/random/boot_id"


@pytest.fixture(scope="module")
def user_data(url, tmp_path_factory) -> str:
    """As the user's own Ansible renders it."""
    rendered = tmp_path_factory.mktemp("rendered") / "user-data"
    arguments = {"content": "{{ ['192.168.0.0/16'] | xeni.aws.guest_routing_user_data }}", "dest": str(rendered)}
    command = ["ansible", "localhost", "-m", "ansible.builtin.copy", "-a", json.dumps(arguments)]
    subprocess.run(command, env=environment(url), capture_output=True, text=True, check=True)
    return rendered.read_text()


@pytest.fixture(scope="module")
def server(world, fabric, user_data) -> Server:
    """Launched as a launch template does it, with both interfaces."""
    interfaces = [
        {"DeviceIndex": 0, "SubnetId": world.public_subnet, "Groups": [world.web]},
        {"DeviceIndex": 1, "SubnetId": world.management_subnet, "Groups": [world.management]},
    ]
    launched = world.ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=1, MaxCount=1, NetworkInterfaces=interfaces,
        UserData=user_data,
    )["Instances"][0]["InstanceId"]
    world.ec2.get_waiter("instance_running").wait(InstanceIds=[launched], WaiterConfig={"Delay": 1})
    server = Server(fabric, launched)
    eventually(lambda: server.eni(0) and server.eni(1))
    world.elastic_address(server.eni(0).id)
    fabric.wait_guests()
    return server


def boot_id(guest) -> str:
    with contextlib.suppress(OSError, GuestError):  # there is nothing inside just now
        return guest.run("cat", BOOT_ID).stdout
    return ""


def assert_dual_homed(server, probe) -> None:
    assert probe(names.CORP, server.address(1), 22) == Outcome("answered", reply_left_by="eth1")
    assert probe(names.CLIENT, server.public_address, 80) == Outcome("answered", reply_left_by="eth0")
    assert probe(server.namespace, "192.168.0.10", 9) == Outcome("refused", request_left_by="eth1")


def test_it_is_dual_homed_from_its_first_boot_on(server, fabric, probe):
    assert probe(names.CORP, server.address(1), 22) == Outcome("timeout", reply_left_by="eth0")
    guest = fabric.guests[server.id]
    done = guest.run("sh", "-c", CLOUD_INIT, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"replies from {server.address(1)} leave by eth1" in done.stdout
    assert_dual_homed(server, probe)


def test_and_from_the_next_ones(server, fabric, probe):
    guest = fabric.guests[server.id]
    before = boot_id(guest)
    guest.run("systemctl", "reboot")
    eventually(lambda: boot_id(guest) not in ("", before), timeout=60)
    fabric.wait_guests()
    eventually(lambda: probe(names.CORP, server.address(1), 22).answer == "answered")
    assert_dual_homed(server, probe)
