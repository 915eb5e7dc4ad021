# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.scenes.servers N``: dual-homed servers that have booted, as an inventory. Needs root.

Its calls are what the servers see: each SSH request, and whose routing is another one.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab import netns
from lab.fabric import Fabric, FabricError, host, names
from lab.fabric.topology import gateway_in
from lab.guests.image import USER
from lab.tests.fabric.packets.world import ANY_ADDRESS, World

REGION = "us-east-1"
MANAGEMENT_PREFIX = "192.168.0.0/16"
BOOT_TIMEOUT = 300  # seconds
SESSION = "Starting session: "  # sshd(8), once for each request on a connection, at LogLevel VERBOSE
AT_ONCE = 8
# To the kernel the programs of all servers are one user's, who may have 128 of these by default: inotify(7).
INOTIFY_INSTANCES, OF_A_SERVER = Path("/proc/sys/fs/inotify/max_user_instances"), 16


class Server:
    """An instance of the fabric and what has happened to it."""

    def __init__(self, fabric: Fabric, instance_id: str):
        self._guest = fabric.guests[instance_id]
        self._eth0, self._eth1 = fabric.description.attached(instance_id=instance_id)
        self._subnets = [fabric.description.subnets[eni.subnet_id].cidr for eni in (self._eth0, self._eth1)]
        self._run("systemctl", "is-system-running", "--wait")
        self._run("tee", "/etc/ssh/sshd_config.d/sessions.conf", input="LogLevel VERBOSE\n")
        self._run("systemctl", "reload", "ssh.service")
        self._sessions, self._routing = [], self._read_routing()

    def variables(self) -> dict[str, Any]:
        """Those of the inventory."""
        roles = {"role": "public"}, {"role": "management", "management_prefixes": [MANAGEMENT_PREFIX]}
        return {
            "ansible_host": self._eth0.public[self._eth0.addresses[0]],
            "management_address": self._eth1.addresses[0],
            "interfaces": [
                {
                    "mac_address": eni.mac, "private_ip_addresses": list(eni.addresses), "subnet_cidr": subnet, **role,
                }
                for eni, subnet, role in zip((self._eth0, self._eth1), self._subnets, roles)
            ],
            "gateways": {subnet: gateway_in(subnet) for subnet in self._subnets},
        }

    def calls(self) -> Iterator[str]:
        """Since the last time."""
        sessions, routing = self._read_sessions(), self._read_routing()
        for line in sessions[len(self._sessions):]:
            yield "SSH exec" if line.startswith(f"{SESSION}command") else "SSH subsystem"
        if routing != self._routing:
            yield "routing change" if self._answers() else "routing change without an answer"
        self._sessions, self._routing = sessions, routing

    def _read_sessions(self) -> list[str]:
        lines = self._run("journalctl", "--quiet", "--identifier=sshd", "--output=cat").splitlines()
        return [line for line in lines if line.startswith(SESSION)]

    def _read_routing(self) -> list[str]:
        shown = (["rule", "show"], ["route", "show", "table", "all"])
        return [netns.ip("-netns", self._guest.namespace, "-4", *arguments) for arguments in shown]

    def _answers(self) -> bool:
        """Whether SSH, asked for by the management interface from the corporate network, comes back."""
        with contextlib.suppress(OSError), netns.inside(names.CORP):
            with socket.create_connection((self._eth1.addresses[0], 22), timeout=5) as connection:
                return connection.recv(4) == b"SSH-"
        return False

    def _run(self, *command: str, **options) -> str:
        return self._guest.run(*command, **options).stdout


def main() -> str | None:
    """What is in the way, if something is."""
    if obstacle := host.obstacle():
        return f"bench.scenes.servers: {obstacle}"
    try:
        with tempfile.TemporaryDirectory(prefix="xeni-") as directory:  # short, as sockets are in it
            with _room_for(size := int(sys.argv[1])):
                _stay(size, Path(directory))
    except FabricError as error:
        return f"bench.scenes.servers: {error}"
    return None


@contextlib.contextmanager
def _room_for(size: int) -> Iterator[None]:
    before = INOTIFY_INSTANCES.read_text()
    INOTIFY_INSTANCES.write_text(str(int(before) + size * OF_A_SERVER))
    try:
        yield
    finally:
        INOTIFY_INSTANCES.write_text(before)


def _stay(size: int, directory: Path) -> None:
    key = directory / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    instances = _launch(World(os.environ["AWS_ENDPOINT_URL"]), size, key.with_suffix(".pub").read_bytes())
    # Nothing changes there any more, and following would take a part of the machine that is measured.
    with Fabric(region=REGION, report=lambda line: None, follow=False) as fabric, ThreadPoolExecutor(AT_ONCE) as pool:
        fabric.wait_guests(BOOT_TIMEOUT)
        servers = list(pool.map(lambda instance_id: Server(fabric, instance_id), instances))
        inventory = directory / "inventory.json"
        inventory.write_text(json.dumps(_inventory(servers, directory)), encoding="utf-8")
        environment = {
            "ANSIBLE_INVENTORY": str(inventory), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(directory / "connections"),
        }
        print(json.dumps({"client": {"prefix": netns.command(names.CORP, []), "environment": environment}}), flush=True)
        for _line in sys.stdin:
            calls = pool.map(lambda server: list(server.calls()), servers)
            print(json.dumps([{"operation": call, "error": None} for each in calls for call in each]), flush=True)


def _launch(world: World, size: int, public_key: bytes) -> list[str]:
    """Ids of instances with a second interface in the management subnet, which has a secondary address."""
    ec2 = world.ec2
    ec2.import_key_pair(KeyName="operator", PublicKeyMaterial=public_key)
    ec2.modify_subnet_attribute(SubnetId=world.public_subnet, MapPublicIpOnLaunch={"Value": True})
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ANY_ADDRESS}
    ec2.authorize_security_group_ingress(GroupId=world.web, IpPermissions=[ssh])
    made = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", MinCount=size, MaxCount=size, KeyName="operator",
        SubnetId=world.public_subnet, SecurityGroupIds=[world.web],
    )["Instances"]
    instances = [instance["InstanceId"] for instance in made]
    for instance_id in instances:
        eni = ec2.create_network_interface(
            SubnetId=world.management_subnet, Groups=[world.management], SecondaryPrivateIpAddressCount=1)
        ec2.attach_network_interface(
            InstanceId=instance_id, NetworkInterfaceId=eni["NetworkInterface"]["NetworkInterfaceId"], DeviceIndex=1)
    return instances


def _inventory(servers: list[Server], directory: Path) -> dict[str, Any]:
    of_all = {
        "ansible_user": USER,
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_pipelining": True,
        "ansible_ssh_private_key_file": str(directory / "key"),
        "ansible_ssh_common_args": (
            f"-o UserKnownHostsFile={directory / 'known_hosts'} "
            "-o HostKeyAlias={{ inventory_hostname }} -o StrictHostKeyChecking=accept-new"
        ),
    }
    hosts = {f"server-{number:02}": server.variables() for number, server in enumerate(servers, start=1)}
    return {"servers": {"hosts": hosts, "vars": of_all}}


if __name__ == "__main__":
    sys.exit(main())
