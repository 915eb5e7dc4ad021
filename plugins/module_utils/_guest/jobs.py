# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A planned switch as the two jobs of transition.py: there, and back to what is observed. Pure."""

from __future__ import annotations

from dataclasses import asdict

from . import kernel
from .backends import systemd_networkd as backend
from .observed import Observed


def jobs(goal: kernel.Goal, observed: Observed, parameters: dict, before) -> tuple:
    """(there, back). parameters: of the plan's call; before: what kernel.commands() gives at this moment."""
    files, state = parameters["files"], observed.state
    devices = {
        link.name for link in state.links
        if link.mac_address in observed.devices or backend.path(link.mac_address) in files
    }
    foreign = [
        command for command in before
        if _is_foreign(command, goal, observed) and (command[0] == "rule" or kernel.value(command, "dev") in devices)
    ]
    as_it_was = kernel.Goal(
        addresses=tuple((item.device, item.address) for item in state.addresses if item.device in devices),
        rules=state.rules,
        routes=tuple(route for route in state.routes if route.device in devices and route.table != kernel.LOCAL_TABLE),
    )
    there = {
        "files": files,
        "commands": parameters["commands"],
        "goal": asdict(goal),
        "restore": foreign,
    }
    back = {
        "files": {path: observed.files.get(path) for path in files},
        "commands": parameters["commands"],
        "goal": asdict(as_it_was),
        "restore": foreign,
    }
    return there, back


def _is_foreign(command, goal: kernel.Goal, observed: Observed) -> bool:
    """Whether this was set by hand or by some daemon: the switch leaves it there, the network manager would not."""
    if command[0] == "address":
        address = command[2].split("/")[0]
        leased = any(item.address == address and item.dynamic for item in observed.state.addresses)
        return not leased and not any(backend.sets_address(content, address) for content in observed.files.values())
    if kernel.is_managed(command):
        return False
    if command[0] == "rule":
        return int(kernel.value(command, "priority")) not in goal.tables
    table, device = int(kernel.value(command, "table") or kernel.MAIN_TABLE), kernel.value(command, "dev")
    return table not in goal.tables and not ("default" in command and device in goal.without_default)
