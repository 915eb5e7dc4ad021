# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DHCP of a VPC by dnsmasq(8): each ENI's primary address, by its MAC.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import pathlib
import select
import signal
import subprocess
from collections.abc import Iterable

from lab import netns
from lab.fabric.topology import MTU

LEASE_SECONDS = 3600
# A server without memory: all it knows is in its configuration. An ENI's address stays with its MAC also when it is
# attached to another instance, whose client identifier (RFC 2131) is another. Answers are broadcast, as for a unicast one
# dnsmasq would overwrite the router's permanent neighbour entry.
OPTIONS = [
    "port=0", "no-ping", "dhcp-authoritative", "dhcp-ignore-clid", "dhcp-broadcast", "leasefile-ro", "user=root", "log-dhcp",
]


class DhcpError(OSError):
    """dnsmasq did not start. The message holds its own."""


class Dhcp:
    """Serves on all of the namespace's interfaces that carry a subnet's gateway address, also later ones.

    :param run_dir: where configuration and log are kept
    """

    def __init__(self, namespace: str, run_dir: pathlib.Path):
        self._namespace = namespace
        self._directory = pathlib.Path(run_dir) / "dhcp" / namespace
        self._served = ""

    def update(self, subnets: Iterable[tuple[str, str, str]], leases: Iterable[tuple[str, str, str]]) -> None:
        """Serve this from now on. Raises `DhcpError`.

        :param subnets: CIDR, gateway, DNS server
        :param leases: MAC, address, CIDR of the subnet
        """
        wanted = configuration(sorted(subnets), sorted(leases))
        if wanted != self._served:
            self.stop()
            self._start(wanted)
            self._served = wanted

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

    def _start(self, wanted: str) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        conf = self._directory / "dnsmasq.conf"
        conf.write_text(f"{wanted}log-facility={self._directory / 'log'}\npid-file={self._pid_file}\n")
        # dnsmasq goes to the background once its socket is bound, or says why it is not. Started from inside, it keeps
        # no mounts alive, as it would in the mount namespace that "ip netns exec" makes.
        with netns.inside(self._namespace):
            argv = ["dnsmasq", f"--conf-file={conf}"]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DhcpError(f"no DHCP in {self._namespace}: {done.stderr.strip()}")


def configuration(subnets: list[tuple[str, str, str]], leases: list[tuple[str, str, str]]) -> str:
    """dnsmasq.conf for these subnets and leases, as `Dhcp.update` takes them."""
    lines = [*OPTIONS, f"dhcp-option=option:mtu,{MTU}"]
    tags = {cidr: f"subnet{index}" for index, (cidr, _gateway, _dns) in enumerate(subnets)}
    for cidr, gateway, dns in subnets:
        network, tag = ipaddress.ip_network(cidr), tags[cidr]
        lines += [
            f"dhcp-range=set:{tag},{network.network_address},static,{network.netmask},{LEASE_SECONDS}",
            f"dhcp-option=tag:{tag},option:router,{gateway}",
            f"dhcp-option=tag:{tag},option:dns-server,{dns}",
        ]
    lines += [f"dhcp-host={mac},{address}" for mac, address, _cidr in leases]
    return "\n".join(lines) + "\n"
