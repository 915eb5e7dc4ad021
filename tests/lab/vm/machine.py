# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A guest in a virtual machine: to the fabric what a guest in a container is."""

from __future__ import annotations

import contextlib
import io
import pathlib
import select
import shlex
import shutil
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable
from functools import partial

from lab import netns
from lab.guests import GuestError, cgroup, nspawn
from lab.guests.first_boot import personalise
from lab.guests.flavours import MACHINE_STACKS, Flavour
from lab.guests.image import copy_tree
from lab.vm import channel, image, qemu
from lab.vm.slots import Slots, changes

LOOK_SECONDS = 1.0
# A stack -> what happens at boot, and now that its files come later has to happen once more.
PREPARATIONS = {"netplan": [("netplan", "generate")], "ifupdown": [("udevadm", "control", "--reload")]}
AGENT_TIMEOUT = 300  # seconds; without KVM, on a machine that has other things to do


class Machine:
    """One guest, from a saved state of a machine that has booted. Its disk lives, over reboots too, until `stop`.

    :param namespace: an existing network namespace: an eth0 in it is the machine's ens5, and so on
    :param name: unique on this host, such as the instance's id
    :param hostname: such as ``ip-10-0-0-5``
    :param authorized_keys: the text of that file: the public keys that log in as ``admin``
    :param flavour: what it boots
    :param run_dir: where the state of running guests is kept, for `lab.guests.nspawn.reap`
    """

    def __init__(
        self,
        namespace: str,
        name: str,
        hostname: str,
        authorized_keys: str,
        flavour: Flavour,
        run_dir: pathlib.Path,
    ):
        self.namespace = namespace
        self.name = name
        self.hostname = hostname
        self.authorized_keys = authorized_keys
        self.flavour = flavour
        self._directory = nspawn.directory(run_dir) / name
        self._process: subprocess.Popen | None = None
        self._follower = threading.Thread(target=self._follow, name=f"guest {name}", daemon=True)
        self._stopped = threading.Event()
        self._ready = threading.Event()
        self._failure = ""
        self._agent_in_use = threading.Lock()  # it takes one conversation at a time

    def start(self, report: Callable[[str], object] = print) -> None:
        """Returns at once; `wait` tells when it is up. Raises `GuestError`.

        If the image is not there yet it is built, which takes minutes: ``report`` gets a line per step.
        """
        try:
            self._directory.mkdir(parents=True)
        except FileExistsError:
            raise GuestError(f"guest {self.name} exists already ({self._directory}): stop it, or reap() it") from None
        try:
            made = image.ensure(self.flavour.release, report)
            qemu.make_disk(self._directory / qemu.DISK, made.disk, "qcow2")
            self._process = self._launch(made.resume())
        except BaseException:
            self.stop()
            raise
        self._follower.start()

    def wait(self, timeout: float = 60) -> None:
        """Return as soon as sshd and the web service answer in it. Raises `GuestError` after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not self._answers():
            if not self.running:
                raise GuestError(f"guest {self.name} ended instead of booting: {self._story()}")
            if time.monotonic() > deadline:
                raise GuestError(f"guest {self.name}: not up after {timeout:g} s: {self._story()}")
            time.sleep(0.2)

    @property
    def running(self) -> bool:
        """Whether the guest is up, booting or rebooting."""
        return self._follower.is_alive()

    def stop(self) -> None:
        """End the guest as a power failure does, and remove its disk."""
        self._stopped.set()
        if self._process:
            self._process.kill()
            self._process.wait()
        if self._follower.ident:
            self._follower.join()
        cgroup.kill(self.name)
        shutil.rmtree(self._directory, ignore_errors=True)

    def addresses(self, mac: str) -> set[str]:
        """The IP addresses of the interface with this MAC, none while the guest does not answer."""
        with contextlib.suppress(GuestError), self._agent_in_use, channel.agent(self._directory / qemu.AGENT) as agent:
            return {
                address["ip-address"]
                for interface in agent.call("guest-network-get-interfaces")
                if interface.get("hardware-address") == mac
                for address in interface.get("ip-addresses", ())
            }
        return set()

    def shell_command(self) -> str:
        """What a user types on the host, as root, to get a root shell inside the guest."""
        return f"socat -,raw,echo=0,escape=0x1d UNIX-CONNECT:{shlex.quote(str(self._directory / qemu.CONSOLE))}"

    def run(self, *argv: str, input: str = "", timeout: float = 60) -> subprocess.CompletedProcess:
        """``argv`` as root inside the guest, its output captured as text."""
        return self._run(argv, input.encode(), timeout)

    def _run(self, argv: tuple[str, ...], data: bytes, timeout: float) -> subprocess.CompletedProcess:
        with self._agent_in_use:
            return channel.run(self._directory / qemu.AGENT, argv, data, timeout)

    def _launch(self, command: list[str]) -> subprocess.Popen:
        # A process's cgroup is inherited: a shell joins the group, then becomes QEMU, whose taps are in the namespace.
        join = ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', str(cgroup.create(self.name))]
        with open(self._directory / "qemu.log", "ab") as log:
            return subprocess.Popen(
                [*join, *netns.command(self.namespace, command)],
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is the caller's to handle
            )

    def _follow(self) -> None:
        try:
            self._personalise()
        except GuestError as error:
            self._failure = str(error)
            return
        self._ready.set()
        slots = Slots(self.namespace, partial(channel.monitor, self._directory / qemu.MONITOR))
        with changes(self.namespace) as changed:
            while self._process.poll() is None and not self._stopped.is_set():
                with contextlib.suppress(OSError):  # nothing more, or more than could be kept
                    while changed.recv(65536):
                        pass
                try:
                    slots.update()
                    self._failure = ""
                except (GuestError, netns.NamespaceError) as error:
                    self._failure = str(error)
                select.select([changed], [], [], LOOK_SECONDS)

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
        if not self._ready.is_set():
            return False
        with contextlib.suppress(GuestError):
            return all(
                self.run(*argv).returncode == 0
                for argv in (("systemctl", "is-active", "ssh"), ("curl", "--silent", "--fail", "http://127.0.0.1/"))
            )
        return False

    def _story(self) -> str:
        logs = (self._directory / name for name in ("qemu.log", qemu.CONSOLE_LOG))
        lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return "\n".join([self._failure, *lines[-20:]])


def _archive(directory: pathlib.Path) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for path in sorted(directory.rglob("*")):
            archive.add(path, path.relative_to(directory), recursive=False)
    return written.getvalue()
