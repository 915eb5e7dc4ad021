# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The machine that QEMU makes: a PC whose slots from 5 on are for network interfaces, as on EC2's Nitro instances.

Source: https://www.qemu.org/docs/master/system/invocation.html
"""

from __future__ import annotations

import functools
import pathlib
import subprocess

from lab.vm.channel import ChannelError

PROGRAM = "qemu-system-x86_64"
# What a state was saved from, it must be loaded into: one processor for whatever the host has.
HARDWARE = [
    "-nodefaults", "-no-user-config", "-display", "none",
    "-machine", "pc", "-cpu", "Westmere", "-smp", "2", "-m", "512",
]
ACCELERATORS = {"kvm": "kvm", "tcg": "tcg,thread=multi"}
PROBE_TIMEOUT = 20  # seconds
# Without KVM, what keeps processors from being spied on makes each system call a cold start.
KERNEL_OPTIONS = "root=/dev/vda rw console=ttyS0 mitigations=off"

# Relative to the directory that QEMU is started in: the path of a socket has little room (unix(7)).
MONITOR, AGENT, CONSOLE, CONSOLE_LOG, DISK = "monitor.sock", "agent.sock", "console.sock", "console.log", "disk.qcow2"


@functools.cache
def accelerator(kernel: pathlib.Path) -> str:
    """``kvm`` where the kernel boots with it until it finds no disk, else ``tcg``: /dev/kvm alone promises nothing."""
    argv = [
        PROGRAM, *HARDWARE, "-accel", "kvm", "-kernel", str(kernel), "-append", "console=ttyS0 panic=-1",
        "-no-reboot", "-serial", "stdio",
    ]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return "tcg"
    return "kvm" if b"Unable to mount root fs" in done.stdout else "tcg"


def command(kernel: pathlib.Path, initrd: pathlib.Path, accelerated_by: str) -> list[str]:
    """The command line of a machine without any network interface, whose files are in the current directory."""
    return [
        PROGRAM, *HARDWARE, "-accel", ACCELERATORS[accelerated_by],
        "-kernel", str(kernel), "-initrd", str(initrd), "-append", KERNEL_OPTIONS,
        "-drive", f"if=none,id=disk,format=qcow2,cache=unsafe,file={DISK}",
        "-device", "virtio-blk-pci,addr=2,drive=disk",
        "-device", "virtio-rng-pci,addr=3",
        "-device", "virtio-serial-pci,addr=4",
        "-chardev", f"socket,id=agent,server=on,wait=off,path={AGENT}",
        "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
        "-chardev", f"socket,id=console,server=on,wait=off,path={CONSOLE},logfile={CONSOLE_LOG}",
        "-serial", "chardev:console",
        "-qmp", f"unix:{MONITOR},server=on,wait=off",
    ]


def make_disk(path: pathlib.Path, base: pathlib.Path, base_format: str) -> None:
    """A disk that keeps only what differs from ``base``. Raises `ChannelError`."""
    argv = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(base), "-F", base_format, str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ChannelError(f"{' '.join(argv)}: {done.stderr.strip()}")
