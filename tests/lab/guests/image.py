# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The guests' root file systems: Debian as its cloud image is after boot, built once by mmdebstrap(1) and kept.

One of a release has every network stack; a guest's own disk over it has one of them enabled. So a release is built
once, and what is of no concern to the stack in use is there and off, as on many a server.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable

from lab.guests import GuestError
from lab.guests.flavours import RELEASES, STACKS
from lab.guests.requirements import KEYRING

MIRROR = "http://deb.debian.org/debian"
PACKAGES = [
    "curl",
    "dbus",
    "ifupdown",
    "iproute2",
    "iputils-ping",
    "libpam-systemd",
    "network-manager",
    "nftables",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd-sysv",
]
SERVICES = ["ssh", "web"]
USER, USER_ID = "admin", 1000  # the login of Debian's AMIs; /etc/sudoers.d lets it do everything
ROOTFS = pathlib.Path(__file__).parent / "rootfs"  # trees that are copied over what the packages bring
COMMON = "common"


class ImageError(GuestError):
    """The image could not be built. The message ends with what mmdebstrap said."""


def cache() -> pathlib.Path:
    """``$XENI_LAB_CACHE`` or ``$XDG_CACHE_HOME/xeni-aws`` (by default ``~/.cache/xeni-aws``), ``guests`` therein."""
    default = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "xeni-aws"
    return pathlib.Path(os.environ.get("XENI_LAB_CACHE") or default) / "guests"


def ensure(release: str, progress: Callable[[str], object] = print) -> pathlib.Path:
    """The directory of the release's image, built when this content was never built here (a minute or two, 400 MB).

    Whoever comes while another builds waits for that one's image. Raises `ImageError`.
    """
    def build(building: pathlib.Path, lock: int) -> None:
        progress(f"building the guests' image from the packages of Debian {release}: {image}")
        bootstrap(release, PACKAGES, building, lock, progress)
        configure(building)

    image = cache() / f"{release}-{content_hash(release)}"
    return kept(image, build)


def kept(image: pathlib.Path, build: Callable[[pathlib.Path, int], object]) -> pathlib.Path:
    """``image``, which ``build`` makes if it is not there: under another name, given a lock that others wait for."""
    image.parent.mkdir(parents=True, exist_ok=True)
    with open(image.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.exists():
            building = image.with_suffix(".building")
            _remove(building)
            build(building, lock.fileno())
            building.rename(image)
    return image


def enable(stack: str, root: pathlib.Path) -> None:
    """Have the guest with this root file system boot with ``stack``. Raises `ImageError`."""
    copy_tree(ROOTFS / stack, root)
    _chroot(root, "systemctl", "enable", STACKS[stack])


def content_hash(release: str) -> str:
    """Another one for whatever makes another image."""
    content = hashlib.sha256(pathlib.Path(__file__).read_bytes() + RELEASES[release].encode())
    for path in sorted((ROOTFS / COMMON).rglob("*")):
        if path.is_file():
            content.update(f"\0{path.relative_to(ROOTFS)}\0".encode() + path.read_bytes())
    return content.hexdigest()[:12]


def bootstrap(
    release: str, packages: list[str], root: pathlib.Path, lock: int, progress: Callable[[str], object]
) -> None:
    """Install the packages. The child inherits ``lock``: should this process die, nobody builds beside it."""
    packages = [*packages, RELEASES[release]]
    argv = [
        "unshare", "--mount", "--",  # mounts below the root end with the build, however it ends
        "mmdebstrap", "--mode=root", "--variant=minbase", f"--keyring={KEYRING}", f"--include={','.join(packages)}",
        *(f"--dpkgopt=path-exclude=/usr/share/{unread}/*" for unread in ("doc", "info", "locale", "man")),
        release, str(root), MIRROR,
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


def configure(root: pathlib.Path) -> None:
    """What all guests have in common. Raises `ImageError`."""
    copy_tree(ROOTFS / COMMON, root)
    for host_key in root.glob("etc/ssh/ssh_host_*"):
        host_key.unlink()
    (root / "etc/machine-id").write_text("")  # each guest gets its own at boot
    for of_the_host in ("etc/hostname", "etc/resolv.conf"):
        (root / of_the_host).write_text("")
    _chroot(root, "useradd", "--create-home", "--uid", str(USER_ID), "--shell", "/bin/bash", USER)
    _chroot(root, "systemctl", "disable", *STACKS.values())
    _chroot(root, "systemctl", "enable", *SERVICES)


def copy_tree(tree: pathlib.Path, root: pathlib.Path) -> None:
    """The files of ``tree`` over those in ``root``."""
    shutil.copytree(tree, root, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for copied in (root / path.relative_to(tree) for path in tree.rglob("*")):
        copied.chmod(0o755 if copied.is_dir() else 0o644)  # sudo refuses what the checkout's umask may have left


def _chroot(root: pathlib.Path, *argv: str) -> None:
    done = subprocess.run(["chroot", str(root), *argv], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ImageError(f"{' '.join(argv)} failed in {root}: {done.stderr.strip()}")


def _remove(root: pathlib.Path) -> None:
    subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)
