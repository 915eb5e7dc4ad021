# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The network that AWS accounts describe, standing and following them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab import netns
from lab.fabric import changes, names, nft, topology
from lab.fabric.describe import Cloud
from lab.fabric.description import Description, NetworkInterface, union
from lab.fabric.forward import Forward
from lab.fabric.guardian import RUN, FabricRunningError, Guardian
from lab.fabric.kernel import Kernel, KernelError
from lab.fabric.services import VpcServices
from lab.guests import GuestError, image, power_cycle, requirements
from lab.guests.cgroup import CgroupError
from lab.guests.flavours import DEFAULT
from lab.guests.guest import Guest
from lab.guests.nspawn import Container
from lab.vm import machine
from lab.vm.machine import Machine

POLL_SECONDS = 1.0
CLIENT_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"max_attempts": 2, "mode": "standard"})


class FabricError(RuntimeError):
    """The fabric cannot stand, or stands no more. The message says why, in words for its user."""


FAILURES = (
    BotoCoreError,
    ClientError,
    CgroupError,
    FabricRunningError,
    GuestError,
    KernelError,
    netns.NamespaceError,
    image.ImageError,
    requirements.RequirementsError,
    OSError,
    subprocess.SubprocessError,
)


class Fabric:
    """Stands while the ``with`` block runs, and follows the endpoint all the time, without ``follow`` by `sync` only. Needs root.

    ``endpoint_url`` and ``region`` are by default those of boto3's chain, the region at last us-east-1. ``report``
    gets a line per event. ``sessions`` are boto3's, one for each account; by default the one of boto3's chain. Raises
    FabricError.
    """

    def __init__(
        self,
        endpoint_url: str | None = None,
        region: str | None = None,
        corporate_address: str = names.CORPORATE_ADDRESS,
        report: Callable[[str], object] = print,
        sessions: Sequence[boto3.Session] = (),
        follow: bool = True,
    ):
        self._clouds = _clouds(endpoint_url, region, sessions)
        self._corporate_address = corporate_address
        self._report = report
        self._follows = follow
        self._kernel = Kernel()
        self._syncing = threading.Lock()
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._guardian: Guardian | None = None
        self._follower = threading.Thread(target=self._follow, name="fabric", daemon=True)
        self._forward: Forward | None = None
        self._services: dict[str, VpcServices] = {}
        self.description = Description()
        self.guests: dict[str, Guest] = {}

    def __enter__(self) -> Fabric:
        try:
            self._start()
        except BaseException as error:
            self.stop()
            if isinstance(error, FAILURES):
                raise FabricError(str(error)) from error
            raise
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    def _start(self) -> None:
        described = self._describe()  # an endpoint that does not answer, before minutes go into an image
        requirements.ensure(self._report)
        for flavour in sorted({DEFAULT, *(each.flavour for each in described.instances.values())}):
            (machine.image if flavour.machine else image).ensure(flavour.release, self._report)
        self._guardian = Guardian()
        self._sync()
        self._start_forward()
        if self._follows:
            self._follower.start()

    def _start_forward(self) -> None:
        """The endpoint's URL means the same in the corporate network, where loopback is another one."""
        url = urllib.parse.urlsplit(self._clouds[0].endpoint_url)
        if url.hostname in ("localhost", "127.0.0.1"):
            self._forward = Forward(names.CORP, "127.0.0.1", url.port or 80, url.hostname, url.port or 80)
            self._forward.start()

    def stop(self) -> None:
        """Take everything down. May be called again."""
        self._stopping.set()
        if self._follower.ident:
            self._follower.join()
        if self._forward:
            self._forward.stop()
        for stopped in (*self._services.values(), *self.guests.values()):
            stopped.stop()
        if self._guardian:
            self._guardian.release()
        self._forward = self._guardian = None
        self._services, self.guests = {}, {}

    def wait(self) -> None:
        """Until the fabric is stopped; raises FabricError if it cannot follow the endpoint any more."""
        self._stopping.wait()
        if self._failure:
            raise self._failure

    def sync(self) -> list[str]:
        """Follow the endpoint now: the changes, a line each. Raises FabricError."""
        if self._failure:
            raise self._failure
        try:
            return self._sync()
        except FAILURES as error:
            raise FabricError(str(error)) from error

    def wait_guests(self, timeout: float = 60) -> None:
        """Until every guest accepts SSH connections and has the primary address of each of its ENIs.

        That is an IPv6 address where the subnet has no others. Raises FabricError after ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        try:
            for guest in list(self.guests.values()):
                guest.wait(deadline - time.monotonic())
        except GuestError as error:
            raise FabricError(str(error)) from error
        while missing := [eni for eni in self.description.attached() if not self._has_address(eni)]:
            if time.monotonic() > deadline:
                eni = missing[0]
                device = names.device(eni.device_index)
                raise FabricError(f"guest {eni.instance_id}: {device} has no {eni.own[0]} after {timeout:g} s")
            time.sleep(0.1)

    def _has_address(self, eni: NetworkInterface) -> bool:
        return eni.own[0] in self.guests[eni.instance_id].addresses(eni.mac)

    def reinstall(self, instance_id: str) -> None:
        """Boot the instance's guest again, from a clean disk and in a namespace that has forgotten it."""
        with self._syncing:
            guest = self.guests.pop(instance_id)
            guest.stop()
            power_cycle.reset(guest.namespace, guest.sysctls)
            self._services[self.description.instances[instance_id].vpc_id].forget_clients(self.description)
            self._start_guest(self.description, instance_id)

    def shells(self) -> dict[str, str]:
        """By namespace, the command that gives root a shell there; in a guest's, inside the guest."""
        guests = {guest.namespace: guest for guest in self.guests.values()}
        return {
            name: guests[name].shell_command() if name in guests else f"ip netns exec {name} bash"
            for name in self._kernel.namespaces
        }

    def _follow(self) -> None:
        reported = ""
        try:
            while not self._stopping.wait(POLL_SECONDS):
                try:
                    self._sync()
                    reported = ""
                except (BotoCoreError, ClientError) as error:
                    if str(error) != reported:
                        self._report(f"the network stays as it is: {error}")
                    reported = str(error)
        except Exception as error:
            self._failure = FabricError(str(error)) if isinstance(error, FAILURES) else error
            self._report(f"the network follows no more: {error}")
            self._stopping.set()

    def _sync(self) -> list[str]:
        with self._syncing:
            description = self._describe()
            if description == self.description and self._kernel.namespaces:
                return []
            changed, shells = changes.lines(self.description, description), self.shells()
            self._apply(description)
            for line in changed:
                self._report(line)
            for name, command in self.shells().items():
                if name not in shells:
                    self._report(f"shell in {name}: {command}")
            return changed

    def _describe(self) -> Description:
        with ThreadPoolExecutor(len(self._clouds)) as accounts:
            return union(list(accounts.map(Cloud.describe, self._clouds)))

    def _apply(self, description: Description) -> None:
        for instance_id in self.guests.keys() - description.instances.keys():
            self.guests.pop(instance_id).stop()
        for vpc_id in self._services.keys() - description.vpcs.keys():
            self._services.pop(vpc_id).stop()
        for services in self._services.values():
            services.update(description)  # ahead of plugging in: an unanswered DHCP client waits before it asks again
        self._kernel.apply(topology.build(description, self._corporate_address), nft.rulesets(description))
        for vpc_id in description.vpcs.keys() - self._services.keys():
            self._services[vpc_id] = VpcServices(description.vpcs[vpc_id])
            self._services[vpc_id].update(description)
        for instance_id in description.instances.keys() - self.guests.keys():
            self._start_guest(description, instance_id)
        self.description = description

    def _start_guest(self, description: Description, instance_id: str) -> None:
        instance = description.instances[instance_id]
        kind = Machine if instance.flavour.machine else Container
        guest = kind(
            names.namespace(instance_id), instance_id, instance.hostname, instance.public_key, instance.flavour, RUN
        )
        guest.start(self._report)
        self.guests[instance_id] = guest


def _clouds(endpoint_url: str | None, region: str | None, sessions: Sequence[boto3.Session]) -> list[Cloud]:
    try:
        return [_cloud(session, endpoint_url, region) for session in sessions or [boto3.Session()]]
    except (BotoCoreError, ValueError) as error:
        raise FabricError(str(error)) from error


def _cloud(session: boto3.Session, endpoint_url: str | None, region: str | None) -> Cloud:
    region = region or session.region_name or os.environ.get("AWS_REGION") or "us-east-1"
    return Cloud(partial(session.client, endpoint_url=endpoint_url, region_name=region, config=CLIENT_CONFIG))
