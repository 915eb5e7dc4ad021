# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What fabric and guests need from the host's Debian packages (Debian 12, Ubuntu 22.04, or newer)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from lab.guests import GuestError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# What must be there (a command, or a file by its absolute path) -> the package that brings it.
PACKAGES = {
    "ip": "iproute2",
    "nft": "nftables",
    "dnsmasq": "dnsmasq-base",
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    KEYRING: "debian-archive-keyring",
    "ssh": "openssh-client",
    "socat": "socat",
}
# What virtual machines need as well.
MACHINES = {"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "mke2fs": "e2fsprogs"}
# An unprivileged user's PATH lacks the sbin directories.
PATH = os.pathsep.join(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])


class RequirementsError(GuestError):
    """Packages are missing and were not installed. The message names the command that installs them."""


def missing(needs: Mapping[str, str]) -> list[str]:
    """The packages that this host lacks, sorted."""
    return sorted({package for need, package in needs.items() if not shutil.which(need, os.F_OK, PATH)})


def ensure(progress: Callable[[str], object] = print, needs: Mapping[str, str] | None = None) -> None:
    """Install what is missing of ``needs``, by default `PACKAGES`, saying so.

    Raises `RequirementsError` without root or when apt-get fails.
    """
    packages = missing(PACKAGES if needs is None else needs)
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        raise RequirementsError(f"missing Debian packages, install them with: sudo {' '.join(command)}")
    progress(f"installing Debian packages: {' '.join(packages)}")
    for step in (["apt-get", "update"], command):
        _apt(step)


def _apt(argv: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise RequirementsError(
            "this host has no apt-get: the lab's fabric runs on Debian 12, Ubuntu 22.04, or newer"
        ) from None
    if done.returncode != 0:
        raise RequirementsError(f"{' '.join(argv)} failed: {done.stderr.strip()}")


if __name__ == "__main__":
    try:
        ensure()
    except RequirementsError as error:
        sys.exit(f"lab: {error}")
