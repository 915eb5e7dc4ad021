# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted interfaces, observed guest) -> the one switch that leads from one to the other. Pure.

A guest's network changes as a whole or not at all, so the plan is a single call, or none.
"""

from __future__ import annotations

from .._reconcile.calls import Call
from . import choice
from .backends import BACKENDS
from .backends.change import Change
from .backends.files import is_ours, matching
from .desired import Desired
from .observed import Observed
from .policy import Policy, goal
from .state import Goal, differences

SWITCH = "switch"


def policy(desired: Desired, observed: Observed) -> Policy:
    return Policy(desired.interfaces, observed.devices, observed.routers, desired.priority)


def wanted_goal(desired: Desired, observed: Observed) -> Goal:
    return goal(policy(desired, observed), desired.table)


def wanted_files(desired: Desired, observed: Observed) -> dict:
    """{backend's name: {path: (content, device)}}."""
    rules_and_routes, chosen = policy(desired, observed), choice.backends(desired, observed)
    wanted = {name: {} for name in BACKENDS}
    for interface in desired.interfaces:
        if interface.mac_address in chosen:
            backend, device = chosen[interface.mac_address], observed.devices[interface.mac_address]
            rendered = backend.render(
                interface, device, rules_and_routes.rules(interface), rules_and_routes.routes(interface))
            wanted[backend.NAME].update({path: (content, device) for path, content in rendered.items()})
    return wanted


def plan(desired: Desired, observed: Observed) -> list:
    parameters = switch(desired, observed)
    return [Call(SWITCH, "network", SWITCH, parameters)] if parameters else []


def switch(desired: Desired, observed: Observed) -> dict:
    """The call's parameters: files to write (content) or remove (None), the commands to run, and the differences found.

    commands_back make the network managers take up what was there. by_hand: devices for which ip(8) itself is called.
    Empty when nothing is to do.
    """
    found = differences(wanted_goal(desired, observed), observed.state)
    changes = _changes(desired, observed, {difference.device for difference in found})
    files = {path: content for change in changes.values() for path, content in change.files.items()}
    if not files and not found:
        return {}
    return {
        "files": files,
        "commands": [command for name, change in changes.items() for command in BACKENDS[name].commands(change)],
        "commands_back": [
            command for name, change in changes.items() for command in BACKENDS[name].commands_back(change)],
        "by_hand": sorted(
            observed.devices[mac_address] for mac_address, backend in choice.backends(desired, observed).items()
            if backend.BY_HAND),
        "differences": [*_file_differences(files, observed.files), *(difference.text for difference in found)],
    }


def _changes(desired: Desired, observed: Observed, concerned: set) -> dict:
    """{backend's name: Change}; concerned: the devices for which the kernel is not as wanted."""
    changes = {}
    for name, wanted in wanted_files(desired, observed).items():
        write = {path: content for path, (content, _device) in wanted.items() if observed.files.get(path) != content}
        present = matching(observed.files, BACKENDS[name].PATTERNS)
        remove = [path for path in present if path not in wanted and is_ours(observed.files[path])]
        devices = {device for _content, device in wanted.values()}
        reads = {wanted[path][1]: observed.owners.of[wanted[path][1]] for path in write}
        changes[name] = Change(
            {**write, **dict.fromkeys(remove)}, reads, tuple(sorted((concerned & devices) - set(reads))))
    return changes


def _file_differences(files: dict, present: dict):
    for path, content in files.items():
        if content is None:
            yield f"{path} is not wanted any more"
        else:
            yield f"{path} {'differs' if path in present else 'is missing'}"
