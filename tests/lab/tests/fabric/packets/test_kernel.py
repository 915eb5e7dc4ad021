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
from lab.fabric.description import Description, Instance
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
    """What the settings make of the kernel, without what it counts and numbers."""
    shown = (
        ip(namespace, *what) for what in (["rule"], ["route", "show", "table", "all"], ["neigh"], ["-br", "address"])
    )
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


def test_what_the_kernel_refuses_is_named(kernel):
    wrong = topology.Topology(namespaces={ROUTER: True})
    wrong.route(ROUTER, "10.0.0.0/24", "dev nowhere")
    with pytest.raises(KernelError, match=f"{ROUTER}.*nowhere"):
        kernel.apply(wrong, {})
