# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The jobs as data, the same for each way to do them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from bench.cells import FLOOR, INTERFACES, LOOP, OURS, Phase
from lab.demo.project import ROOT

# Far above what the lab cloud gives out by itself, from the subnet's beginning on.
FIRST_SECONDARY = IPv4Address("10.0.64.0")
TAGS = {"project": "bench"}
PLAYBOOKS = ROOT / "tests" / "bench" / "playbooks"
EMPTY = ["ansible-playbook", "empty.yml"]


def variables(network: dict[str, Any], size: int, phase: Phase) -> dict[str, Any]:
    """Those of the playbooks, which the floor reads too."""
    subnet_id, group = network["subnet_id"], network["groups"][phase.group]
    names = [f"bench-{number:04}" for number in range(1, size + 1)]
    return {
        "task": phase.task,
        "failover": network["failover"],
        "subnet_id": subnet_id,
        "group": group,
        "state": phase.state,
        "bench_tags": TAGS,
        "interfaces": [{"name": name, "secondary": str(FIRST_SECONDARY + n)} for n, name in enumerate(names)],
        "fleet": [
            {
                "name": name, "subnet_id": subnet_id, "security_groups": [group], "tags": TAGS,
                "secondary_private_ip_address_count": 1,
            }
            for name in names
        ],
    }


def command(way: str, size: int, phase: Phase, variables_file: str) -> list[str]:
    if way == FLOOR:
        return [sys.executable, "-m", "bench.floor", variables_file]
    interfaces = {OURS: "one" if size == 1 else "fleet", LOOP: "loop"}[way]
    playbook = interfaces if phase.task == INTERFACES else phase.task
    return ["ansible-playbook", f"{playbook}.yml", "--extra-vars", f"@{variables_file}"]


def shortfall(phase: Phase, size: int, calls: Mapping[str, int]) -> str:
    """What the phase did not do, or did without need, by its {operation: number of calls}; empty when all is well."""
    changes = {operation: number for operation, number in calls.items() if not operation.startswith("Describe")}
    if phase.operation is None:
        return f"nothing was to do, but it made {changes}" if changes else ""
    made = changes.get(phase.operation, 0)
    return "" if made == size else f"it made {made} of {size} {phase.operation}"
