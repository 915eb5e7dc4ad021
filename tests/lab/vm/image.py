# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The machines' image: the containers' root file system and a kernel on a disk, and the state of one that has booted.

To boot takes a minute without KVM, to go on from that state takes seconds. It has no network interface and nothing that
manages one: each machine plugs in its own and starts what its flavour has.
"""

from __future__ import annotations

import hashlib
import pathlib
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from lab.guests import image, requirements
from lab.guests.image import ImageError
from lab.vm import channel, qemu

PACKAGES = ["linux-image-cloud-amd64", "netplan.io", "qemu-guest-agent", "udev"]
# The timers would fire as a machine finds out how late it is, the service reads all disks for nothing.
MASKED = ["apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_reap.service"]
ROOTFS = pathlib.Path(__file__).parent / "rootfs"
DISK_SIZE = "3G"
BOOT_TIMEOUT, SAVE_TIMEOUT = 900, 300  # seconds; without KVM, on a machine that has other things to do
STATE = "state"


@dataclass(frozen=True)
class Image:
    """``directory`` has kernel and disk, the directory therein of the accelerator's name what comes after booting."""

    directory: pathlib.Path
    accelerator: str

    @property
    def disk(self) -> pathlib.Path:
        return self.directory / self.accelerator / qemu.DISK

    def boot(self) -> list[str]:
        return qemu.command(self.directory / "vmlinuz", self.directory / "initrd.img", self.accelerator)

    def resume(self) -> list[str]:
        state = shlex.quote(str(self.directory / self.accelerator / STATE))
        return [*self.boot(), "-incoming", f"exec:cat {state}"]


def ensure(release: str, progress: Callable[[str], object] = print) -> Image:
    """Built when this content was never built here (some minutes, 1.5 GB). Raises `ImageError`."""
    requirements.ensure(progress, requirements.MACHINES)

    def build(building: pathlib.Path, lock: int) -> None:
        progress(f"building the machines' image from the packages of Debian {release}: {directory}")
        _build(release, building, lock, progress)

    def save(building: pathlib.Path, _lock: int) -> None:
        progress(f"booting a machine to keep its state: {accelerator}")
        _save(Image(directory, accelerator), building)

    directory = image.cache() / f"vm-{release}-{_content_hash(release)}"
    image.kept(directory, build)
    accelerator = qemu.accelerator(directory / "vmlinuz")
    image.kept(directory / accelerator, save)
    return Image(directory, accelerator)


def _content_hash(release: str) -> str:
    files = [__file__, qemu.__file__, *sorted(path for path in (ROOTFS / image.COMMON).rglob("*") if path.is_file())]
    content = [image.content_hash(release).encode(), *(pathlib.Path(file).read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(content)).hexdigest()[:12]


def _build(release: str, building: pathlib.Path, lock: int, progress: Callable[[str], object]) -> None:
    building.mkdir()
    root = building / "root"
    image.bootstrap(release, [*image.PACKAGES, *PACKAGES], root, lock, progress)
    image.configure(root)
    image.copy_tree(ROOTFS / image.COMMON, root)
    _run("chroot", str(root), "systemctl", "mask", *MASKED)
    for name in ("vmlinuz", "initrd.img"):
        shutil.copyfile(next(root.glob(f"boot/{name}-*")), building / name)
    _run("mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", str(root), str(building / "disk.ext4"), DISK_SIZE)
    shutil.rmtree(root)


def _save(made: Image, building: pathlib.Path) -> None:
    building.mkdir()
    qemu.make_disk(building / qemu.DISK, made.directory / "disk.ext4", "raw")
    streams = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(made.boot(), cwd=building, text=True, **streams) as process:
        try:
            channel.wait(building / qemu.AGENT, process, BOOT_TIMEOUT)
            channel.run(building / qemu.AGENT, ("systemctl", "is-system-running", "--wait"), b"", BOOT_TIMEOUT)
            with channel.monitor(building / qemu.MONITOR) as monitor:
                monitor.call("migrate", uri=f"exec:cat > {STATE}")
                _wait_for_state(monitor)
                monitor.call("quit")
        except channel.ChannelError as error:
            process.kill()
            raise ImageError(f"a machine does not boot: {error}\n{process.stderr.read().strip()}") from error
        finally:
            process.kill()


def _wait_for_state(monitor: channel.Channel) -> None:
    deadline = time.monotonic() + SAVE_TIMEOUT
    while (status := monitor.call("query-migrate").get("status")) != "completed":
        if status == "failed" or time.monotonic() > deadline:
            raise ImageError(f"the machine's state could not be saved: {status}")
        time.sleep(channel.POLL_SECONDS)


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ImageError(f"{' '.join(argv)}: {done.stderr.strip()}")
