# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from lab import netns
from lab.guests import GuestError, cgroup, nspawn
from lab.guests.flavours import DEFAULT
from lab.guests.guest import reap
from lab.guests.nspawn import Container
from lab.tests.guests.router import Router
from lab.tests.polling import eventually

LAB = str(pathlib.Path(__file__).parents[3])

BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
KERNEL_STATE = (
    "ip rule; ip -6 rule; ip -brief -4 address; ip -4 route show table all; sudo nft list ruleset;"
    " grep . /proc/sys/net/ipv4/conf/*/rp_filter"
)
DISTURBANCE = """
ip rule add from 10.9.9.9 lookup 99
ip route add default via 10.0.0.1 table 99
ip address add 10.0.0.77/24 dev eth0
nft add table ip mine
for scope in all default eth0; do echo 2 > /proc/sys/net/ipv4/conf/$scope/rp_filter; done
"""
EARLY_UNIT = """
[Unit]
DefaultDependencies=no
After=local-fs.target
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'ip -4 address > /etc/early'

[Install]
WantedBy=multi-user.target
"""


@pytest.fixture
def router(new_namespace, tmp_path) -> Iterator[Router]:
    router = Router(new_namespace(), tmp_path)
    yield router
    router.stop()


@pytest.fixture
def guest(new_namespace, images, key, tmp_path) -> Iterator[Container]:
    namespace = new_namespace()
    guest = Container(namespace, namespace, "ip-10-0-0-5", key.with_suffix(".pub").read_text(), DEFAULT, tmp_path)
    guest.start()
    yield guest
    guest.stop()


def default_routes(guest: Container) -> str:
    return netns.ip("-n", guest.namespace, "route", "show", "default")


def remains(guest_name: str, run_dir: pathlib.Path) -> list[str]:
    """What a guest left: mounts, control groups, processes, state."""
    mounts = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    groups = pathlib.Path("/sys/fs/cgroup").glob(f"**/{cgroup.ROOT}/{guest_name}")
    files = [run_dir / "guests", pathlib.Path("/run/systemd/nspawn/propagate", guest_name)]
    return [
        *(line for line in mounts if str(run_dir) in line),
        *map(str, groups),
        *map(str, netns.pids(guest_name)),
        *(str(path) for path in files if path.exists()),
    ]


def test_an_instance_is_as_debian_boots_it(guest, ssh):
    guest.wait()
    assert ssh(guest, "hostname") == "ip-10-0-0-5"
    assert ssh(guest, "sudo id -un") == "root"
    assert ssh(guest, "curl -s http://127.0.0.1/") == "ready"
    assert ssh(guest, "systemctl is-system-running --wait; systemctl --failed --no-legend") == "running"
    assert ssh(guest, "systemctl is-active systemd-networkd ssh web").split() == ["active"] * 3


def test_a_transient_timer_fires_after_its_ssh_session_has_ended(guest, ssh):
    guest.wait()
    ssh(guest, "sudo systemd-run --on-active=1 --timer-property=AccuracySec=100ms touch /run/fired")
    eventually(lambda: ssh(guest, "ls /run").count("fired"))


def test_a_reboot_keeps_the_disk_and_forgets_the_kernels_state(guest, router, ssh):
    router.plug("eth0", guest.namespace)
    guest.wait()
    eventually(lambda: "eth0" in default_routes(guest))
    boot, pristine = ssh(guest, BOOT_ID), ssh(guest, KERNEL_STATE)
    ssh(guest, "sudo tee /etc/systemd/system/early.service", stdin=EARLY_UNIT)
    ssh(guest, "sudo systemctl enable early.service")
    ssh(guest, "sudo sh -e", stdin=DISTURBANCE)
    assert ssh(guest, KERNEL_STATE) != pristine
    ssh(guest, "sudo systemd-run --on-active=1 --timer-property=AccuracySec=100ms systemctl reboot")

    def rebooted() -> bool:
        with contextlib.suppress(AssertionError):  # there may be no sshd just now
            return ssh(guest, BOOT_ID) != boot
        return False

    eventually(rebooted, timeout=60)
    assert guest.running
    eventually(lambda: "eth0" in default_routes(guest))
    assert ssh(guest, KERNEL_STATE) == pristine
    assert "10.0.0.5" not in ssh(guest, "cat /etc/early")  # the unit ran, before the network was up


def test_the_shell_command_gives_a_root_shell_inside(guest):
    guest.wait()
    line = "id -un; hostname; cat /etc/ssh/sshd_config.d/cloud.conf; exit"
    done = subprocess.run(guest.shell_command(), shell=True, input=line, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.splitlines()[:2] == ["root", "ip-10-0-0-5"]
    assert "PasswordAuthentication no" in done.stdout


def test_a_name_is_taken_once_and_the_first_is_not_disturbed(guest, tmp_path):
    twin = Container(guest.namespace, guest.name, "ip-10-0-0-6", "", DEFAULT, tmp_path)
    with pytest.raises(GuestError, match=f"guest {guest.name} exists already"):
        twin.start()
    guest.wait()


def test_a_guest_that_does_not_boot_tells_what_its_console_said(namespace, images, tmp_path, monkeypatch):
    monkeypatch.setattr(nspawn, "NSPAWN", [*nspawn.NSPAWN, "--no-such-option"])
    broken = Container(namespace, namespace, "ip-10-0-0-5", "", DEFAULT, tmp_path)
    with contextlib.ExitStack() as ending:
        ending.callback(broken.stop)
        broken.start()
        with pytest.raises(GuestError, match=f"guest {namespace} ended.*:\n.*--no-such-option"):
            broken.wait()


def test_stop_leaves_nothing(guest, tmp_path):
    guest.wait()
    guest.stop()
    assert not guest.running
    reap(tmp_path)  # which removes the then empty directory
    assert remains(guest.name, tmp_path) == []


def test_reap_leaves_nothing_after_kill_9(namespace, images, tmp_path):
    program = (
        "import pathlib, sys, time\n"
        "from lab.guests.flavours import DEFAULT\n"
        "from lab.guests.nspawn import Container\n"
        "name, run_dir = sys.argv[1:]\n"
        "guest = Container(name, name, 'ip-10-0-0-5', '', DEFAULT, pathlib.Path(run_dir))\n"
        "guest.start()\n"
        "guest.wait()\n"
        "print('up', flush=True)\n"
        "time.sleep(1000)\n"
    )
    argv = [sys.executable, "-c", program, namespace, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": LAB}) as starter:
        assert starter.stdout.readline() == "up\n"
        starter.send_signal(signal.SIGKILL)
    assert netns.pids(namespace)  # it outlived its starter
    reap(tmp_path)
    assert remains(namespace, tmp_path) == []
    reap(tmp_path)
