# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A planned switch as the two jobs of transition.py: there, and back to what is observed. Pure."""

from __future__ import annotations

from dataclasses import asdict

from . import kernel
from .backends.files import is_ours, name_of, sets_address
from .observed import Observed
from .state import LOCAL_TABLE, MAIN_TABLE, Goal


def jobs(goal: Goal, observed: Observed, parameters: dict, before) -> tuple:
    """(there, back). parameters: of the plan's call; before: what kernel.commands() gives at this moment."""
    files, state = parameters["files"], observed.state
    devices = {
        link.name for link in state.links
        if link.mac_address in observed.devices or any(name_of(link.mac_address) in path for path in files)
    }
    foreign = [
        command for command in before
        if _is_foreign(command, goal, observed) and (command[1] == "rule" or kernel.value(command, "dev") in devices)
    ]
    as_it_was = Goal(
        addresses=tuple(
            (item.device, item.address, 0 if item.dynamic else item.prefix_length)
            for item in state.addresses if item.device in devices
        ),
        rules=state.rules,
        routes=tuple(route for route in state.routes if route.device in devices and route.table != LOCAL_TABLE),
        tables=goal.tables,
        priorities=goal.priorities,
        without_addresses=tuple(
            (device, address, length) for device, address, length in goal.addresses
            if not any((item.device, item.address) == (device, address) for item in state.addresses)
        ),
    )
    restore = [
        command for command in before if command in foreign or _is_nobodys(command, parameters["by_hand"])
    ]
    there = {
        "files": files,
        "commands": parameters["commands"],
        "goal": asdict(goal),
        "restore": foreign,
        "by_hand": parameters["by_hand"],
    }
    back = {
        "files": {path: observed.files.get(path) for path in files},
        "commands": parameters["commands_back"],
        "goal": asdict(as_it_was),
        "restore": restore,
        "by_hand": parameters["by_hand"],
    }
    return there, back


def _is_foreign(command, goal: Goal, observed: Observed) -> bool:
    """Whether this was set by hand or by some daemon: the switch leaves it there, the network manager would not."""
    if command[1] == "address":
        address = command[3].split("/")[0]
        leased = any(item.address == address and item.dynamic for item in observed.state.addresses)
        ours = [content for content in observed.files.values() if is_ours(content)]
        return not leased and not any(sets_address(content, address) for content in ours)
    if kernel.is_managed(command):
        return False
    if command[1] == "rule":
        return not _within(int(kernel.value(command, "priority")), goal.priorities)
    table, device = int(kernel.value(command, "table") or MAIN_TABLE), kernel.value(command, "dev")
    return not _within(table, goal.tables) and not ("default" in command and device in goal.without_default)


def _is_nobodys(command, by_hand) -> bool:
    """Whether no network manager brings this back. A router still does."""
    return kernel.value(command, "dev") in by_hand and kernel.value(command, "proto") != kernel.ADVERTISED_PROTOCOL


def _within(number: int, first_and_last: tuple) -> bool:
    return first_and_last[0] <= number <= first_and_last[1]
