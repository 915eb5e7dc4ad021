# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DHCP of a VPC by dnsmasq(8): each ENI's primary IPv4 address and first IPv6 address, by its MAC.

A subnet with an IPv6 block has router advertisements (RFC 4861): the block is on-link, its addresses come by DHCPv6.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
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
# A restarted server is the same one to its clients. The number is the one for examples (RFC 5612).
IPV6_OPTIONS = ["enable-ra", "dhcp-duid=32473,01"]


class Dhcp:
    """Serves on all of the namespace's interfaces that carry a subnet's gateway address, also later ones.

    :param run_dir: where configuration and log are kept
    """

    def __init__(self, namespace: str, run_dir: pathlib.Path):
        self._server = Dnsmasq("DHCP", namespace, run_dir)

    def update(
        self,
        subnets: Iterable[tuple[str, str, str]],
        leases: Iterable[tuple[str, str, str]],
        ipv6_cidrs: Iterable[str] = (),
    ) -> None:
        """Serve this from now on. Raises `DnsmasqError`.

        :param subnets: CIDR, gateway, DNS server
        :param leases: MAC, address of either IP version, client; one that goes to another client is free at once
        :param ipv6_cidrs: of subnets
        """
        self._server.serve(configuration(sorted(subnets), sorted(leases), sorted(ipv6_cidrs)))

    def stop(self) -> None:
        """Return when the server is gone. May be called again."""
        self._server.stop()


def configuration(
    subnets: list[tuple[str, str, str]], leases: list[tuple[str, str, str]], ipv6_cidrs: list[str]
) -> str:
    """dnsmasq.conf for these subnets and leases, as `Dhcp.update` takes them."""
    lines = [*OPTIONS, f"dhcp-option=option:mtu,{MTU}"]
    for index, (cidr, gateway, dns) in enumerate(subnets):
        network, tag = ipaddress.ip_network(cidr), f"subnet{index}"
        lines += [
            f"dhcp-range=set:{tag},{network.network_address},static,{network.netmask},{LEASE_SECONDS}",
            f"dhcp-option=tag:{tag},option:router,{gateway}",
            f"dhcp-option=tag:{tag},option:dns-server,{dns}",
        ]
    if ipv6_cidrs:
        lines += IPV6_OPTIONS
    for cidr in ipv6_cidrs:
        network = ipaddress.ip_network(cidr)
        lines.append(f"dhcp-range={network.network_address},static,{network.prefixlen},{LEASE_SECONDS}")
    # The client's tag changes nothing but the configuration: a new server has forgotten who had the address before.
    lines += [f"dhcp-host={mac},set:{client},{_bracketed(address)}" for mac, address, client in leases]
    return "\n".join(lines) + "\n"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
