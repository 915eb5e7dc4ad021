# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Guests in systemd-nspawn(1) containers: each boots its own systemd, in a network namespace that others wire up."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shlex
import socket
import subprocess
from collections.abc import Callable

from lab import netns
from lab.guests import GuestError, cgroup, image, power_cycle
from lab.guests.first_boot import personalise
from lab.guests.guest import Guest

REBOOT = 133  # systemd-nspawn(1), "--keep-unit": the payload asked to be started again
DISK_SIZE = "1g"

NSPAWN = [
    # The container is in the control group that it is started in, and machined, which a host may lack, is not asked.
    "systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--console=pipe",
    "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
    "--resolv-conf=off", "--timezone=off", "--link-journal=no",
]
ENVIRONMENT = {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network", "SYSTEMD_NSPAWN_LOCK": "0"}


class Container(Guest):
    """A guest whose interfaces are its namespace's own."""

    def shell_command(self) -> str:
        return f'nsenter --all --target "$(head -n1 {shlex.quote(str(cgroup.leader(self.name)))})" /bin/bash --login'

    def addresses(self, mac: str) -> set[str]:
        shown = json.loads(netns.ip("-netns", self.namespace, "-json", "address"))
        return {each["local"] for link in shown if link.get("address") == mac for each in link["addr_info"]}

    def run(self, *argv: str, input: str = "", timeout: float = 60) -> subprocess.CompletedProcess:
        leader = cgroup.leader(self.name).read_text().split()[0]
        command = ["nsenter", "--all", "--target", leader, *argv]
        return subprocess.run(command, input=input, timeout=timeout, check=False, capture_output=True, text=True)

    def _boot(self, report: Callable[[str], object]) -> None:
        root = _mount(self._directory, image.ensure(self.flavour.release, report))
        image.enable(self.flavour.stack, root)
        personalise(root, self.hostname, self.authorized_keys)
        self._nspawn()

    def _nspawn(self) -> None:
        options = [
            f"--directory={self._directory / 'disk/root'}",
            f"--machine={self.name}",
            f"--network-namespace-path={netns.NAMESPACES / self.namespace}",
        ]
        self._launch([*NSPAWN, *options], env={**os.environ, **ENVIRONMENT})

    def _follow(self) -> None:
        while self._process.wait() == REBOOT:
            with self._lock:
                if self._stopped:
                    return
                power_cycle.reset(self.namespace, self.sysctls)
                self._nspawn()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), netns.inside(self.namespace):
            with socket.create_connection(("127.0.0.1", 80), timeout=2):
                pass
            with socket.create_connection(("127.0.0.1", 22), timeout=2) as connection:
                return connection.recv(4) == b"SSH-"
        return False


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


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GuestError(f"{' '.join(argv)}: {done.stderr.strip()}")
