# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DHCP of a VPC by dnsmasq(8): each ENI's primary address, by its MAC.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
"""

from __future__ import annotations

import ipaddress
import pathlib
from collections.abc import Iterable

from lab.fabric.dnsmasq import Dnsmasq
from lab.fabric.topology import MTU

LEASE_SECONDS = 3600
# An ENI's address stays with its MAC also when it is attached to another instance, whose client identifier (RFC 2131)
# is another. Answers are broadcast: for a unicast one dnsmasq would overwrite the router's permanent neighbour entry.
OPTIONS = ["port=0", "no-ping", "dhcp-authoritative", "dhcp-ignore-clid", "dhcp-broadcast", "leasefile-ro", "log-dhcp"]


class Dhcp:
    """Serves on all of the namespace's interfaces that carry a subnet's gateway address, also later ones.

    :param run_dir: where configuration and log are kept
    """

    def __init__(self, namespace: str, run_dir: pathlib.Path):
        self._server = Dnsmasq("DHCP", namespace, run_dir)

    def update(self, subnets: Iterable[tuple[str, str, str]], leases: Iterable[tuple[str, str, str]]) -> None:
        """Serve this from now on. Raises `DnsmasqError`.

        :param subnets: CIDR, gateway, DNS server
        :param leases: MAC, address, CIDR of the subnet
        """
        self._server.serve(configuration(sorted(subnets), sorted(leases)))

    def stop(self) -> None:
        """Return when the server is gone. May be called again."""
        self._server.stop()


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
