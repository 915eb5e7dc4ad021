# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What cloud-init does to an instance: host name, host key, authorized keys; and the resolver of every VPC."""

from __future__ import annotations

import os
import pathlib
import subprocess

from lab.guests import GuestError
from lab.guests.image import USER, USER_ID

RESOLVER = "169.254.169.253"  # https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html


def personalise(root: pathlib.Path, hostname: str, authorized_keys: str) -> None:
    """Write it below ``root``, which need not have anything yet. Raises `GuestError`."""
    ssh = root / "home" / USER / ".ssh"
    (root / "etc/ssh").mkdir(parents=True, exist_ok=True)
    ssh.mkdir(parents=True, mode=0o700)
    (root / "etc/resolv.conf").write_text(f"nameserver {RESOLVER}\n")
    (root / "etc/hostname").write_text(f"{hostname}\n")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {hostname}\n::1 localhost\n")
    _make_host_key(root / "etc/ssh/ssh_host_ed25519_key", hostname)
    (ssh / "authorized_keys").write_text(f"{authorized_keys.strip()}\n")
    for path in (ssh, ssh / "authorized_keys"):
        os.chown(path, USER_ID, USER_ID)


def _make_host_key(path: pathlib.Path, comment: str) -> None:
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GuestError(f"{' '.join(argv)}: {done.stderr.strip()}")
