# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Guests in systemd-nspawn(1) containers: each boots its own systemd, in a network namespace that others wire up."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable

from lab import netns
from lab.guests import GuestError, cgroup, image, power_cycle
from lab.guests.first_boot import personalise
from lab.guests.flavours import Flavour

REBOOT = 133  # systemd-nspawn(1), "--keep-unit": the payload asked to be started again
DISK_SIZE = "1g"

NSPAWN = [
    # The container is in the control group that it is started in, and machined, which a host may lack, is not asked.
    "systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--console=pipe",
    "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
    "--resolv-conf=off", "--timezone=off", "--link-journal=no",
]
ENVIRONMENT = {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network", "SYSTEMD_NSPAWN_LOCK": "0"}


class Guest:
    """One guest. Its disk lives, over reboots from inside too, until `stop`; its namespace is the caller's.

    :param namespace: an existing network namespace; interfaces may come and go while the guest runs
    :param name: unique on this host, such as the instance's id
    :param hostname: such as ``ip-10-0-0-5``
    :param authorized_keys: the text of that file: the public keys that log in as ``admin``
    :param flavour: what it boots
    :param run_dir: where the state of running guests is kept, for `reap`
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
        self._directory = directory(run_dir) / name
        self._process: subprocess.Popen | None = None
        self._follower = threading.Thread(target=self._follow, name=f"guest {name}", daemon=True)
        self._lock = threading.Lock()
        self._stopped = False

    def start(self, report: Callable[[str], object] = print) -> None:
        """Boot. Returns at once; `wait` tells when it is up. Raises `GuestError`.

        If the image is not there yet it is built, which takes minutes: ``report`` gets a line per step.
        """
        try:
            self._directory.mkdir(parents=True)
        except FileExistsError:
            raise GuestError(f"guest {self.name} exists already ({self._directory}): stop it, or reap() it") from None
        try:
            root = _mount(self._directory, image.ensure(self.flavour.release, report))
            image.enable(self.flavour.stack, root)
            personalise(root, self.hostname, self.authorized_keys)
            self.sysctls = power_cycle.sysctls(self.namespace)
            self._boot()
        except BaseException:
            cgroup.kill(self.name)
            _clean(self._directory)
            raise
        self._follower.start()

    def wait(self, timeout: float = 60) -> None:
        """Return as soon as sshd and the web service answer inside the namespace. Raises `GuestError` after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not self._answers():
            if not self.running:
                raise GuestError(f"guest {self.name} ended instead of booting:\n{self._console_end()}")
            if time.monotonic() > deadline:
                raise GuestError(f"guest {self.name}: no answer on ports 22 and 80 after {timeout:g} s:\n{self._console_end()}")
            time.sleep(0.1)

    @property
    def running(self) -> bool:
        """Whether the guest is up, booting or rebooting."""
        return self._follower.is_alive()

    def stop(self) -> None:
        """End the guest as a power failure does, and remove its disk."""
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()  # it may not have joined its control group yet
            cgroup.kill(self.name)
        if self._follower.ident:
            self._follower.join()
        _clean(self._directory)

    def shell_command(self) -> str:
        """What a user types on the host, as root, to get a root shell inside the guest."""
        return f'nsenter --all --target "$(head -n1 {shlex.quote(str(cgroup.leader(self.name)))})" /bin/bash --login'

    def addresses(self, mac: str) -> set[str]:
        """The IP addresses of the interface with this MAC."""
        shown = json.loads(netns.ip("-netns", self.namespace, "-json", "address"))
        return {each["local"] for link in shown if link.get("address") == mac for each in link["addr_info"]}

    def run(self, *argv: str, **options) -> subprocess.CompletedProcess:
        """``subprocess.run(argv, **options)`` as root inside the guest, its output captured as text."""
        leader = cgroup.leader(self.name).read_text().split()[0]
        command = ["nsenter", "--all", "--target", leader, *argv]
        return subprocess.run(command, check=False, capture_output=True, text=True, **options)

    def _boot(self) -> None:
        # A process's cgroup is inherited: a shell joins the group, then becomes systemd-nspawn.
        join = ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', str(cgroup.create(self.name))]
        options = [
            f"--directory={self._directory / 'disk/root'}",
            f"--machine={self.name}",
            f"--network-namespace-path={netns.NAMESPACES / self.namespace}",
        ]
        with open(self._directory / "console.log", "ab") as console:
            self._process = subprocess.Popen(
                [*join, *NSPAWN, *options],
                env={**os.environ, **ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is the caller's to handle
            )

    def _follow(self) -> None:
        while self._process.wait() == REBOOT:
            with self._lock:
                if self._stopped:
                    return
                power_cycle.reset(self.namespace, self.sysctls)
                self._boot()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), netns.inside(self.namespace):
            with socket.create_connection(("127.0.0.1", 80), timeout=2):
                pass
            with socket.create_connection(("127.0.0.1", 22), timeout=2) as connection:
                return connection.recv(4) == b"SSH-"
        return False

    def _console_end(self) -> str:
        return "\n".join((self._directory / "console.log").read_text(errors="replace").splitlines()[-20:])


def reap(run_dir: pathlib.Path) -> None:
    """End and remove every guest that was started with this ``run_dir``, also when its starter was killed."""
    for left in directory(run_dir).glob("*"):
        cgroup.kill(left.name)
        _clean(left)
    with contextlib.suppress(FileNotFoundError):
        directory(run_dir).rmdir()


def directory(run_dir: pathlib.Path) -> pathlib.Path:
    """Where each guest has a directory of its name."""
    return pathlib.Path(run_dir) / "guests"


def _mount(directory: pathlib.Path, lower: pathlib.Path) -> pathlib.Path:
    """The guest's disk: what it writes lies in memory, over the image that all share."""
    disk = directory / "disk"
    disk.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"mode=0755,size={DISK_SIZE}", "xeni-lab", str(disk))
    upper, work, root = (disk / name for name in ("upper", "work", "root"))
    for part in (upper, work, root):
        part.mkdir()
    layers = f"lowerdir={lower},upperdir={upper},workdir={work}"
    _run("mount", "-t", "overlay", "-o", layers, "xeni-lab", str(root))
    return root


def _clean(directory: pathlib.Path) -> None:
    while os.path.ismount(directory / "disk"):
        _run("umount", "--recursive", "--lazy", str(directory / "disk"))
    shutil.rmtree(directory, ignore_errors=True)
    # systemd-nspawn leaves it when it is killed.
    shutil.rmtree(pathlib.Path("/run/systemd/nspawn/propagate") / directory.name, ignore_errors=True)


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GuestError(f"{' '.join(argv)}: {done.stderr.strip()}")
