# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A dnsmasq(8) without memory: all it knows is in its configuration."""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import signal
import subprocess

from lab import netns


class DnsmasqError(OSError):
    """dnsmasq did not start. The message holds its own."""


class Dnsmasq:
    """Serves ``purpose``, such as DHCP, in ``namespace``.

    :param run_dir: where configuration and log are kept
    """

    def __init__(self, purpose: str, namespace: str, run_dir: pathlib.Path):
        self._purpose = purpose
        self._namespace = namespace
        self._directory = pathlib.Path(run_dir) / purpose.lower() / namespace
        self._served = ""

    def serve(self, configuration: str) -> None:
        """Serve by this dnsmasq.conf from now on. Raises `DnsmasqError`."""
        if configuration != self._served:
            self.stop()
            self._start(configuration)
            self._served = configuration

    def stop(self) -> None:
        """Return when the server is gone. May be called again."""
        self._served = ""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            server = os.pidfd_open(int(self._pid_file.read_text()))
            signal.pidfd_send_signal(server, signal.SIGKILL)
            select.select([server], [], [])
            os.close(server)
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> pathlib.Path:
        return self._directory / "pid"

    def _start(self, configuration: str) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        conf = self._directory / "dnsmasq.conf"
        own = f"user=root\nlog-facility={self._directory / 'log'}\npid-file={self._pid_file}\n"
        conf.write_text(configuration + own)
        # dnsmasq goes to the background once its socket is bound, or says why it is not. Started from inside, it keeps
        # no mounts alive, as it would in the mount namespace that "ip netns exec" makes.
        with netns.inside(self._namespace):
            argv = ["dnsmasq", f"--conf-file={conf}"]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DnsmasqError(f"no {self._purpose} in {self._namespace}: {done.stderr.strip()}")
