# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every guest is, in a container or a machine: a directory, a control group, and a thread that follows it."""

from __future__ import annotations

import abc
import contextlib
import os
import pathlib
import shutil
import subprocess
import threading
import time
from collections.abc import Callable

from lab.guests import GuestError, cgroup, power_cycle
from lab.guests.flavours import Flavour

LOG = "log"


class Guest(abc.ABC):
    """One guest. Its disk lives, over reboots from inside too, until `stop`; its namespace is the caller's.

    :param namespace: an existing network namespace; interfaces may come and go while the guest runs
    :param name: unique on this host, such as the instance's id
    :param hostname: such as ``ip-10-0-0-5``
    :param authorized_keys: the text of that file: the public keys that log in as ``admin``
    :param flavour: what it boots
    :param run_dir: where the state of running guests is kept, for `reap`
    """

    LOGS = (LOG,)  # in its directory, whose ends tell why it is not up
    LOOK_SECONDS = 0.1  # between two looks whether it is up

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
        self._failure = ""

    def start(self, report: Callable[[str], object] = print) -> None:
        """Returns at once; `wait` tells when it is up. Raises `GuestError`.

        If the image is not there yet it is built, which takes minutes: ``report`` gets a line per step.
        """
        try:
            self._directory.mkdir(parents=True)
        except FileExistsError:
            raise GuestError(f"guest {self.name} exists already ({self._directory}): stop it, or reap() it") from None
        try:
            self.sysctls = power_cycle.sysctls(self.namespace)
            self._boot(report)
        except BaseException:
            self.stop()
            raise
        self._follower.start()

    def wait(self, timeout: float = 60) -> None:
        """Return as soon as sshd and the web service answer in it. Raises `GuestError` after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not self._answers():
            if not self.running:
                raise GuestError(f"guest {self.name} ended instead of booting:\n{self._story()}")
            if time.monotonic() > deadline:
                raise GuestError(f"guest {self.name}: no answer on ports 22 and 80 after {timeout:g} s:\n{self._story()}")
            time.sleep(self.LOOK_SECONDS)

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

    @abc.abstractmethod
    def shell_command(self) -> str:
        """What a user types on the host, as root, to get a root shell inside the guest."""

    @abc.abstractmethod
    def addresses(self, mac: str) -> set[str]:
        """The IP addresses of the interface with this MAC, none while the guest does not answer."""

    @abc.abstractmethod
    def run(self, *argv: str, input: str | None = None, timeout: float = 60) -> subprocess.CompletedProcess:
        """``argv`` as root inside the guest, its output captured as text."""

    @abc.abstractmethod
    def _boot(self, report: Callable[[str], object]) -> None:
        """Make the disk, and `_launch`."""

    @abc.abstractmethod
    def _follow(self) -> None:
        """Returns when the guest has ended."""

    @abc.abstractmethod
    def _answers(self) -> bool:
        """Whether sshd and the web service answer in it."""

    def _launch(self, argv: list[str], **options) -> None:
        # A process's cgroup is inherited: a shell joins the group, then becomes what is launched.
        join = ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', str(cgroup.create(self.name))]
        with open(self._directory / LOG, "ab") as log:
            self._process = subprocess.Popen(
                [*join, *argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is the caller's to handle
                **options,
            )

    def _story(self) -> str:
        logs = (self._directory / name for name in self.LOGS)
        lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return "\n".join([self._failure, *lines[-20:]]).lstrip("\n")


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


def _clean(directory: pathlib.Path) -> None:
    while os.path.ismount(directory / "disk"):
        subprocess.run(["umount", "--recursive", "--lazy", str(directory / "disk")], check=True)
    shutil.rmtree(directory, ignore_errors=True)
    # systemd-nspawn leaves it when it is killed.
    shutil.rmtree(pathlib.Path("/run/systemd/nspawn/propagate") / directory.name, ignore_errors=True)
