# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Dual-homed servers in virtual machines, and the controller in the corporate network that configures them."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys

from lab import netns
from lab.fabric import Fabric, names
from lab.fabric.probes import Outcome, Probe, tcp
from lab.fabric.watch import Watch
from lab.guests import GuestError
from lab.tests.fabric.packets.world import Server, World
from lab.tests.polling import eventually
from lab.vm.machine import Machine

CORPORATE_PREFIX, CORPORATE_HOST = "192.168.0.0/16", "192.168.0.10"
KEY_NAME = "operator"
# A machine without KVM is some ten times slower than one of EC2's.
BOOT_TIMEOUT = 600  # seconds
CONFIRM_TIMEOUT = 600
BOOT_ID = ("cat", "/proc/sys/kernel/random/boot_id")


class DualHomed(Server):
    """A server of the flavour that its tag names, with an Elastic IP on eth0."""

    def __init__(self, world: World, fabric: Fabric, flavour: str):
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "lab:guest", "Value": flavour}]}]
        super().__init__(fabric, world.launch(KeyName=KEY_NAME, TagSpecifications=tags))
        self._world = world
        eventually(lambda: self.eni(0))
        world.elastic_address(self.eni(0).id)
        eventually(lambda: self.eni(0).public)

    @property
    def machine(self) -> Machine:
        return self.fabric.guests[self.id]

    def attach(self, eni: str, device_index: int) -> None:
        """Returns when the fabric has plugged it in."""
        self._world.ec2.attach_network_interface(InstanceId=self.id, NetworkInterfaceId=eni, DeviceIndex=device_index)
        eventually(lambda: self.eni(device_index))

    def detach(self, device_index: int) -> str:
        """The ENI, which is available and out of the machine when this returns."""
        eni = self.eni(device_index)
        attachment = self._world.described(eni.id)["Attachment"]["AttachmentId"]
        self._world.ec2.detach_network_interface(AttachmentId=attachment)
        eventually(lambda: self._world.described(eni.id)["Status"] == "available")
        eventually(lambda: not self.eni(device_index))
        eventually(lambda: eni.mac not in self.machine.run("ip", "link").stdout)
        return eni.id

    def reboot(self) -> None:
        before = self.machine.run(*BOOT_ID).stdout
        with contextlib.suppress(GuestError):  # the agent may be stopped before it has answered
            self.machine.run("systemctl", "--no-block", "reboot")
        eventually(lambda: self._boot_id() not in ("", before), timeout=BOOT_TIMEOUT)
        self.machine.wait(BOOT_TIMEOUT)

    def _boot_id(self) -> str:
        try:
            return self.machine.run(*BOOT_ID).stdout
        except GuestError:  # its agent is not up just now
            return ""

    def asked(self, namespace: str, address: str, port: int) -> Outcome:
        """What becomes of a connection from outside."""
        self.fabric.sync()
        return tcp(self.fabric.description, Probe(namespace, address, port), timeout=6)

    def leaves_by(self, destination: str) -> str | None:
        """The device by which the server's own packets to ``destination`` leave, None if none does."""
        devices = {names.interface(eni.id): names.device(eni.device_index) for eni in self._attached()}
        with Watch(names.namespace(self._world.vpc)) as watch:
            self.machine.run("curl", "--silent", "--max-time", "3", f"http://{destination}/")
            seen = [packet for packet in watch.packets() if packet.incoming and packet.destination == destination]
        return next((devices[packet.interface] for packet in seen if packet.interface in devices), None)

    def interfaces(self) -> list[dict]:
        """For O(xeni.aws.guest_routing#module:interfaces)."""
        subnets = self.fabric.description.subnets
        return [
            {
                "mac_address": eni.mac,
                "private_ip_addresses": list(eni.addresses),
                "subnet_cidr": subnets[eni.subnet_id].cidr,
                "role": "management" if eni.device_index else "public",
                "management_prefixes": [CORPORATE_PREFIX] if eni.device_index == 1 else [],
            }
            for eni in self._attached()
        ]

    def _attached(self) -> list:
        return self.fabric.description.attached(instance_id=self.id)


class Controller:
    """The user's Ansible, in the corporate network."""

    def __init__(self, directory: pathlib.Path):
        self._directory = directory
        self._key = directory / "id_ed25519"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._key], check=True)

    @property
    def public_key(self) -> bytes:
        return self._key.with_suffix(".pub").read_bytes()

    def route(self, server: DualHomed) -> dict:
        """What guest_routing returns, run over eth0 and confirmed over eth1."""
        arguments = {"interfaces": server.interfaces(), "confirm_timeout": CONFIRM_TIMEOUT}
        program = pathlib.Path(sys.executable).with_name("ansible")
        argv = [
            str(program), "--inventory", str(self._inventory(server)), server.id, "--become",
            "--module-name", "xeni.aws.guest_routing", "--args", json.dumps(arguments),
        ]
        environment = {**os.environ, "ANSIBLE_PIPELINING": "true", "ANSIBLE_NOCOLOR": "true"}
        done = netns.run(names.CORP, argv, env=environment, capture_output=True, text=True)
        _host, _arrow, result = done.stdout.partition(" => ")
        assert done.returncode == 0 and result, done.stdout + done.stderr
        return json.loads(result)

    def _inventory(self, server: DualHomed) -> pathlib.Path:
        ssh = {
            "HostKeyAlias": server.id,
            "StrictHostKeyChecking": "accept-new",
            "UserKnownHostsFile": self._directory / "known_hosts",
        }
        host = {
            "ansible_host": server.public_address,
            "ansible_user": "admin",
            "ansible_ssh_private_key_file": str(self._key),
            "ansible_ssh_common_args": " ".join(f"-o {name}={value}" for name, value in ssh.items()),
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_timeout": 60,
        }
        path = self._directory / "inventory.json"
        path.write_text(json.dumps({"all": {"hosts": {server.id: host}}}))
        return path
