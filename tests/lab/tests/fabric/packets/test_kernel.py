# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From one topology to the next, in the kernel itself."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterator

import pytest

from lab import netns
from lab.fabric import nft, topology
from lab.fabric.description import Description, Instance, Route
from lab.fabric.guardian import Guardian
from lab.fabric.kernel import Kernel, KernelError

ROUTER = "xeni-vpc-1"


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    guardian = Guardian()
    yield Kernel()
    guardian.release()


def apply(kernel: Kernel, description: Description) -> None:
    kernel.apply(topology.build(description), nft.rulesets(description))


def ip(namespace: str, *arguments: str) -> str:
    return subprocess.run(["ip", "-n", namespace, *arguments], capture_output=True, text=True, check=True).stdout


def state(namespace: str) -> list[str]:
    """What the settings of IPv4 make of the kernel, without what it counts and numbers."""
    objects = (["rule"], ["route", "show", "table", "all"], ["neigh"], ["-br", "address"])
    shown = (ip(namespace, "-4", *what) for what in objects)
    return sorted(line.split("@")[0] for text in shown for line in text.splitlines())


def on_another_guest(description: Description, eni: str) -> Description:
    moved = dataclasses.replace(description.network_interfaces[eni], instance_id="i-2")
    return dataclasses.replace(
        description,
        instances={**description.instances, "i-2": Instance("i-2", "vpc-1", "ip-10-0-0-6", "", "")},
        network_interfaces={**description.network_interfaces, eni: moved},
    )


def test_an_eni_moves_from_guest_to_guest_in_one_step(kernel, dual_homed):
    moved = on_another_guest(dual_homed, "eni-1")
    apply(kernel, dual_homed)
    apply(kernel, moved)
    assert "link/ether 0a:00:00:00:00:01" in ip("xeni-i-2", "link", "show", "eth1")
    assert "eth1" not in ip("xeni-i-1", "link")
    stepwise = state(ROUTER)
    apply(kernel, Description())
    apply(kernel, moved)
    assert state(ROUTER) == stepwise


def test_what_is_described_no_more_goes(kernel, dual_homed):
    apply(kernel, Description())
    before = netns.names("xeni-"), state("xeni-internet"), state("xeni-corp")
    apply(kernel, dual_homed)
    apply(kernel, Description())
    assert (netns.names("xeni-"), state("xeni-internet"), state("xeni-corp")) == before


def test_ipv6_comes_and_goes_with_the_blocks_of_the_vpc(kernel, dual_homed, dual_stack):
    def ipv6() -> list[str]:
        shown = (ip(ROUTER, "-6", *what) for what in (["address"], ["route", "show", "table", "all"]))
        return [line for text in shown for line in text.splitlines()]

    apply(kernel, dual_homed)
    before = ipv6(), state(ROUTER)
    assert before[0] == []
    apply(kernel, dual_stack)
    assert [line for line in ipv6() if "2600:1f18:0:2:1::/80 via fe80::800:ff:fe00:1 dev eni1" in line]
    apply(kernel, dual_homed)
    assert (ipv6(), state(ROUTER)) == before


def test_a_route_of_ipv6_replaces_the_one_before(kernel, dual_stack):
    def default() -> list[str]:
        return ip(ROUTER, "-6", "route", "show", "default", "table", str(topology.table_number(table.id))).splitlines()

    table = dual_stack.route_tables["rtb-0000001"]
    without = dataclasses.replace(table, routes=(*table.routes[:-1], Route("::/0", "blackhole")))
    apply(kernel, dual_stack)
    assert [line.split()[:3] for line in default()] == [["default", "via", "fe80::2"]]
    apply(kernel, dataclasses.replace(dual_stack, route_tables={**dual_stack.route_tables, table.id: without}))
    assert [line.split()[:2] for line in default()] == [["blackhole", "default"]]
    apply(kernel, dual_stack)
    assert [line.split()[:3] for line in default()] == [["default", "via", "fe80::2"]]


def test_what_the_kernel_refuses_is_named(kernel):
    wrong = topology.Topology(namespaces={ROUTER: True})
    wrong.route(ROUTER, "10.0.0.0/24", "dev nowhere")
    with pytest.raises(KernelError, match=f"{ROUTER}.*nowhere"):
        kernel.apply(wrong, {})
