# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A guest in a virtual machine: to the fabric what a guest in a container is."""

from __future__ import annotations

import contextlib
import io
import pathlib
import select
import shlex
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable
from functools import partial

from lab import netns
from lab.guests import GuestError
from lab.guests.first_boot import personalise
from lab.guests.flavours import MACHINE_STACKS
from lab.guests.guest import LOG, Guest
from lab.guests.image import copy_tree
from lab.vm import channel, image, qemu
from lab.vm.slots import Slots, changes

# A stack -> what happens at boot, and now that its files come later has to happen once more.
PREPARATIONS = {"netplan": [("/lib/netplan/generate",)], "ifupdown": [("udevadm", "control", "--reload")]}
AGENT_TIMEOUT = 900  # seconds; without KVM, on a machine that has other things to do


class Machine(Guest):
    """A guest from a saved state of a machine that has booted: an eth0 in its namespace is its ens5, and so on."""

    LOGS = (LOG, qemu.CONSOLE_LOG)
    LOOK_SECONDS = 1.0

    def __init__(self, *guest):
        super().__init__(*guest)
        self._ready = threading.Event()
        self._agent_in_use = threading.Lock()  # it takes one conversation at a time

    def addresses(self, mac: str) -> set[str]:
        with contextlib.suppress(GuestError), self._agent_in_use, channel.agent(self._directory / qemu.AGENT) as agent:
            return {
                address["ip-address"]
                for interface in agent.call("guest-network-get-interfaces")
                if interface.get("hardware-address") == mac
                for address in interface.get("ip-addresses", ())
            }
        return set()

    def shell_command(self) -> str:
        return f"socat -,raw,echo=0,escape=0x1d UNIX-CONNECT:{shlex.quote(str(self._directory / qemu.CONSOLE))}"

    def run(self, *argv: str, input: str = "", timeout: float = 60) -> subprocess.CompletedProcess:
        return self._run(argv, input.encode(), timeout)

    def _run(self, argv: tuple[str, ...], data: bytes, timeout: float) -> subprocess.CompletedProcess:
        with self._agent_in_use:
            return channel.run(self._directory / qemu.AGENT, argv, data, timeout)

    def _boot(self, report: Callable[[str], object]) -> None:
        made = image.ensure(self.flavour.release, report)
        qemu.make_disk(self._directory / qemu.DISK, made.disk, "qcow2")
        self._launch(netns.command(self.namespace, made.resume()), cwd=self._directory)  # its taps are there

    def _follow(self) -> None:
        try:
            self._personalise()
        except GuestError as error:
            self._failure = str(error)
            return
        self._ready.set()
        slots = Slots(self.namespace, partial(channel.monitor, self._directory / qemu.MONITOR))
        with changes(self.namespace) as changed:
            while self._process.poll() is None:
                with contextlib.suppress(OSError):  # nothing more, or more than could be kept
                    while changed.recv(65536):
                        pass
                try:
                    slots.update()
                    self._failure = ""
                except (GuestError, netns.NamespaceError) as error:
                    self._failure = str(error)
                select.select([changed], [], [], self.LOOK_SECONDS)

    def _personalise(self) -> None:
        """What makes this machine of the saved one, before its first interface is plugged in."""
        with self._agent_in_use:
            channel.wait(self._directory / qemu.AGENT, self._process, AGENT_TIMEOUT)
        seed = self._directory / "seed"
        personalise(seed, self.hostname, self.authorized_keys)
        copy_tree(image.ROOTFS / self.flavour.stack, seed)
        for argv, data in (
            (("date", f"--set=@{time.time():.0f}"), b""),
            (("tar", "--extract", "--numeric-owner", "--no-overwrite-dir", "--directory=/"), _archive(seed)),
            (("sysctl", "--quiet", "--write", f"kernel.hostname={self.hostname}"), b""),
            *((argv, b"") for argv in PREPARATIONS.get(self.flavour.stack, ())),
            # Debian's script that follows for what also has an init script takes longer than all else.
            (("env", "SYSTEMCTL_SKIP_SYSV=1", "systemctl", "enable", "--now", MACHINE_STACKS[self.flavour.stack]), b""),
            (("systemctl", "start", "ssh"), b""),
        ):
            done = self._run(argv, data, AGENT_TIMEOUT)
            if done.returncode != 0:
                raise GuestError(f"guest {self.name}: {' '.join(argv)}: {done.stderr.strip()}")

    def _answers(self) -> bool:
        if not self._ready.is_set():  # to ask would only take its time
            return False
        with contextlib.suppress(GuestError):
            return all(
                self.run(*argv).returncode == 0
                for argv in (("systemctl", "is-active", "ssh"), ("curl", "--silent", "--fail", "http://127.0.0.1/"))
            )
        return False


def _archive(directory: pathlib.Path) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for path in sorted(directory.rglob("*")):
            archive.add(path, path.relative_to(directory), recursive=False)
    return written.getvalue()
