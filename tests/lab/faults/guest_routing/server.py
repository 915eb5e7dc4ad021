# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A dual-homed server, who configures it, and what can be done to it."""

from __future__ import annotations

import contextlib
import enum
import pathlib
import time
from collections.abc import Callable, Mapping

from lab import netns
from lab.fabric import Fabric, names
from lab.fabric.description import NetworkInterface
from lab.fabric.topology import host_in
from lab.faults.guest_routing import snapshot
from lab.faults.guest_routing.controller import Controller, Run
from lab.faults.guest_routing.prober import Prober, answers
from lab.faults.guest_routing.stacks import STACKS
from lab.faults.guest_routing.steps import Step
from lab.tests.polling import eventually

CONFIRM_TIMEOUT = 30  # seconds
AMPLE_TIMEOUT = 120  # where no timer is to elapse
ROLLBACK_SECONDS = 25  # in which a guest is back once it has begun to go back, after a reboot if there was one
# Both behind the VPN. The controller comes from the first one, or over the Internet; from the second who only watches.
CONTROLLER_PREFIX, WATCHER_PREFIX = "172.20.0.0/16", "192.168.0.0/16"
CONTROLLER = (host_in(CONTROLLER_PREFIX), names.CORPORATE_ADDRESS)
# The last one swallows the address from which the controller comes to eth0.
MANAGEMENT_PREFIXES = (CONTROLLER_PREFIX, WATCHER_PREFIX, "198.51.100.0/24")


class State(enum.Enum):
    """Of a server's routing: as it booted, after a first run, after another one with more addresses and prefixes."""

    UNCONFIGURED = 0
    FIRST = 1
    SECOND = 2


class Server:
    """One instance of the fabric, of one flavour.

    :param directory: where its controllers keep what is theirs; it has the private key ``key``
    """

    def __init__(self, fabric: Fabric, instance_id: str, flavour: str, directory: pathlib.Path):
        self.fabric, self.instance_id, self.flavour = fabric, instance_id, flavour
        self.stack = STACKS[flavour.partition("-")[2]]
        self.controller, self.other_controller = (Controller(directory, name) for name in ("one", "other"))
        self.state: State | None = None  # unknown
        self._known_hosts = directory / "known_hosts"
        self._deltas: dict[State, snapshot.Delta] = {}

    @property
    def guest(self):
        return self.fabric.guests[self.instance_id]

    def eni(self, device_index: int) -> NetworkInterface:
        return self.fabric.description.attached(instance_id=self.instance_id)[device_index]

    @property
    def public(self) -> str:
        eth0 = self.eni(0)
        return eth0.public[eth0.addresses[0]]

    @property
    def private(self) -> str:
        return self.eni(1).addresses[0]

    def run(self, *command: str, **options) -> str:
        """What a command prints, as root inside."""
        done = self.guest.run(*command, **options)
        assert done.returncode == 0, f"{self.flavour}: {' '.join(command)}: {done.stderr.strip()}"
        return done.stdout.strip()

    def versions(self) -> str:
        """Of what a change of the network goes through."""
        packages = dict.fromkeys(["systemd", self.stack.package, "openssh-server", "python3"])
        shown = self.run("dpkg-query", "--show", "--showformat=${Package} ${Version}\\n", *packages)
        return f"Debian {self.run('cat', '/etc/debian_version')}, {', '.join(sorted(shown.splitlines()))}"

    def bring_to(self, state: State) -> None:
        """In the quickest honest way: from a clean disk, and by the module's own confirmed runs."""
        if self.state is None or (state is State.UNCONFIGURED and self.state is not state):
            self._reinstall()
        if state is not self.state:
            self.state = self._confirmed(state)

    def apply(
        self,
        state: State,
        at: Mapping[Step, Callable[[], object]] | None = None,
        amend: Callable[[dict], object] = lambda parameters: None,
        controller: Controller | None = None,
        confirm_timeout: int = CONFIRM_TIMEOUT,
    ) -> Run:
        """Run the module for this state, over eth1 once that is configured. ``amend`` gets its parameters to spoil."""
        host = self.public if self.state is State.UNCONFIGURED else self.private
        parameters = {"interfaces": self._interfaces(state), "confirm_timeout": confirm_timeout}
        amend(parameters)
        return (controller or self.controller).apply(host, parameters, at)

    def delta(self, state: State) -> snapshot.Delta:
        """What a run without a fault changes, from the state before it. Goes through both once."""
        if not self._deltas:
            deltas = {}
            self.bring_to(State.UNCONFIGURED)
            before = self.rest()
            for reached in (State.FIRST, State.SECOND):
                self.bring_to(reached)
                after = self.rest()
                deltas[reached], before = after - before, after
            self._deltas = deltas
        return self._deltas[state]

    def _confirmed(self, state: State) -> State:
        run = self.apply(state, confirm_timeout=AMPLE_TIMEOUT)
        assert run.result.get("commit", {}).get("state") == "confirmed", f"{self.flavour}: {run.said}"
        return state

    def _interfaces(self, state: State) -> list[dict]:
        prefixes = [*MANAGEMENT_PREFIXES, *(["172.30.0.0/16"] if state is State.SECOND else [])]
        eth0 = {**self._interface(0, state), "role": "public"}
        eth1 = {**self._interface(1, state), "role": "management", "management_prefixes": prefixes}
        return [eth0, eth1]

    def _interface(self, index: int, state: State) -> dict:
        eni, count = self.eni(index), None if state is State.SECOND else 1
        subnet = self.fabric.description.subnets[eni.subnet_id]
        return {
            "mac_address": eni.mac,
            "subnet_cidr": subnet.cidr,
            "private_ip_addresses": list(eni.addresses[:count]),
            "subnet_ipv6_cidr": subnet.ipv6_cidr,
            "ipv6_addresses": list(eni.ipv6_addresses[:count]),
        }

    def _reinstall(self) -> None:
        if self.state or self._known_hosts.exists():
            self.fabric.reinstall(self.instance_id)
        self.wait()
        host_key = self.run("cat", "/etc/ssh/ssh_host_ed25519_key.pub")
        self._known_hosts.write_text(f"{self.public},{self.private} {host_key}\n")
        self._welcome_probers()
        self.state = State.UNCONFIGURED

    def _welcome_probers(self) -> None:
        """Newer sshds turn away, for a while, who comes often and never logs in: sshd_config(5), PerSourcePenalties."""
        if "persourcepenalties" in self.run("sshd", "-T"):
            self.run("tee", "/etc/ssh/sshd_config.d/probers.conf", input="PerSourcePenalties no\n")
            self.run("systemctl", "reload", "ssh")

    def snapshot(self) -> snapshot.Snapshot:
        return snapshot.take(self.guest)

    def rest(self) -> snapshot.Snapshot:
        """The snapshot, once it is the same a second later."""
        seen = [self.snapshot()]

        def at_rest() -> bool:
            time.sleep(1)
            seen.append(self.snapshot())
            return seen[-2] == seen[-1]

        eventually(at_rest)
        return seen[-1]

    def wait(self) -> None:
        """Until it is up, with the first address of each interface and family."""
        self.guest.wait()
        enis = self.eni(0), self.eni(1)
        firsts = [address for eni in enis for address in (*eni.addresses[:1], *eni.ipv6_addresses[:1])]
        eventually(lambda: self._has(firsts))

    def _has(self, addresses: list[str]) -> bool:
        shown = netns.ip("-netns", self.guest.namespace, "address")
        return "tentative" not in shown and all(f" {address}/" in shown for address in addresses)

    def has_begun_to_change(self) -> bool:
        """Once the change is armed. It may be done, too: with ifupdown that takes no second."""
        shown = self.guest.run("systemctl", "show", "--property=SubState", "--value", "xeni-aws-change.timer")
        return shown.stdout.strip() != "waiting"

    def boot_id(self) -> str:
        with contextlib.suppress(OSError, IndexError):  # it may be down just now
            return self.guest.run("cat", "/proc/sys/kernel/random/boot_id").stdout
        return ""

    def logs_in(self) -> list[str]:
        """The interfaces by which the controller logs in."""
        return [name for name, host in (("eth0", self.public), ("eth1", self.private)) if self.controller.logs_in(host)]

    def probers(self) -> dict[str, Prober]:
        """By interface, of those that should answer now."""
        eth0 = {"eth0": Prober(names.CLIENT, self.public)}
        if self.state is State.UNCONFIGURED:
            return eth0
        return eth0 | {"eth1": Prober(names.CORP, self.private, host_in(WATCHER_PREFIX))}

    def reaches(self, address: str, port: int) -> bool:
        """Whether what is started from eth1's address gets there."""
        return answers(self.guest.namespace, address, port, self.private)
