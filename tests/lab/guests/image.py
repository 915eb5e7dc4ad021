# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The guests' root file system: Debian as its cloud image is after boot, built once by mmdebstrap(1) and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable

from lab.guests import GuestError
from lab.guests.requirements import KEYRING

RELEASE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = [
    "curl",
    "dbus",
    "iproute2",
    "iputils-ping",
    "libpam-systemd",
    "nftables",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd-sysv",
]
SERVICES = ["systemd-networkd", "ssh", "web"]
USER, USER_ID = "admin", 1000  # the login of Debian's AMIs; rootfs/etc/sudoers.d lets it do everything
ROOTFS = pathlib.Path(__file__).parent / "rootfs"  # copied over what the packages bring


class ImageError(GuestError):
    """The image could not be built. The message ends with what mmdebstrap said."""


def cache() -> pathlib.Path:
    """``$XENI_LAB_CACHE`` or ``$XDG_CACHE_HOME/xeni-aws`` (by default ``~/.cache/xeni-aws``), ``guests`` therein."""
    default = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "xeni-aws"
    return pathlib.Path(os.environ.get("XENI_LAB_CACHE") or default) / "guests"


def ensure(progress: Callable[[str], object] = print) -> pathlib.Path:
    """The directory of the image, built when this content was never built here (a minute or two, 300 MB).

    Whoever comes while another builds waits for that one's image. Raises `ImageError`.
    """
    image = cache() / f"{RELEASE}-{_content_hash()}"
    image.parent.mkdir(parents=True, exist_ok=True)
    with open(image.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.exists():
            progress(f"building the guests' image from Debian's packages: {image}")
            building = image.with_suffix(".building")
            _remove(building)
            _bootstrap(building, lock.fileno(), progress)
            _configure(building)
            building.rename(image)
    return image


def _content_hash() -> str:
    content = hashlib.sha256(pathlib.Path(__file__).read_bytes())
    for path in sorted(ROOTFS.rglob("*")):
        if path.is_file():
            content.update(f"\0{path.relative_to(ROOTFS)}\0".encode() + path.read_bytes())
    return content.hexdigest()[:12]


def _bootstrap(root: pathlib.Path, lock: int, progress: Callable[[str], object]) -> None:
    """Install the packages. The child inherits ``lock``: should this process die, nobody builds beside it."""
    argv = [
        "unshare", "--mount", "--",  # mounts below the root end with the build, however it ends
        "mmdebstrap", "--mode=root", "--variant=minbase", f"--keyring={KEYRING}", f"--include={','.join(PACKAGES)}",
        *(f"--dpkgopt=path-exclude=/usr/share/{unread}/*" for unread in ("doc", "info", "locale", "man")),
        RELEASE, str(root), MIRROR,
    ]
    said = []
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, pass_fds=[lock]) as build:
        for line in build.stderr:
            said.append(line.rstrip())
            if line.startswith("I: "):
                progress(f"  {said[-1][3:]}")
    if build.returncode != 0:
        _remove(root)
        raise ImageError("mmdebstrap failed:\n" + "\n".join(said[-20:]))


def _configure(root: pathlib.Path) -> None:
    shutil.copytree(ROOTFS, root, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for copied in (root / path.relative_to(ROOTFS) for path in ROOTFS.rglob("*")):
        copied.chmod(0o755 if copied.is_dir() else 0o644)  # sudo refuses what the checkout's umask may have left
    for host_key in root.glob("etc/ssh/ssh_host_*"):
        host_key.unlink()
    (root / "etc/machine-id").write_text("")  # each guest gets its own at boot
    for of_the_host in ("etc/hostname", "etc/resolv.conf"):
        (root / of_the_host).write_text("")
    _chroot(root, "useradd", "--create-home", "--uid", str(USER_ID), "--shell", "/bin/bash", USER)
    _chroot(root, "systemctl", "enable", *SERVICES)


def _chroot(root: pathlib.Path, *argv: str) -> None:
    done = subprocess.run(["chroot", str(root), *argv], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ImageError(f"{' '.join(argv)} failed in {root}: {done.stderr.strip()}")


def _remove(root: pathlib.Path) -> None:
    subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)
