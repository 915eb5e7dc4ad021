# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted interfaces, observed guest) -> the one switch that leads from one to the other. Pure.

A guest's network changes as a whole or not at all, so the plan is a single call, or none.
"""

from __future__ import annotations

from dataclasses import replace

from .._reconcile.calls import Call
from . import agents, choice, rivals
from .backends import BACKENDS
from .backends.change import Change
from .backends.files import is_ours, matching, name_of, sets_address
from .desired import Desired
from .observed import Observed
from .policy import Policy, goal
from .state import Goal, differences

SWITCH = "switch"


def policy(desired: Desired, observed: Observed) -> Policy:
    return Policy(desired.interfaces, observed.devices, desired.priority)


def wanted_goal(desired: Desired, observed: Observed) -> Goal:
    wanted = goal(policy(desired, observed), desired.table)
    kept = {(device, address) for device, address, _length in wanted.addresses}
    return replace(wanted, without_addresses=tuple(
        item for item in _set_by_our_files(observed) if item[:2] not in kept))


def _set_by_our_files(observed: Observed):
    names = {link.name: name_of(link.mac_address) for link in observed.state.links}
    for device, address, length, *_lease in observed.state.addresses:
        for path, content in observed.files.items():
            if names.get(device, path) in path and is_ours(content) and sets_address(content, address):
                yield device, address, length


def wanted_files(desired: Desired, observed: Observed) -> dict:
    """{backend's name: {path: (content, device)}}."""
    rules_and_routes, chosen = policy(desired, observed), choice.backends(desired, observed)
    wanted = {name: {} for name in BACKENDS}
    for interface in desired.interfaces:
        if interface.mac_address in chosen:
            backend, device = chosen[interface.mac_address], observed.devices[interface.mac_address]
            rendered = backend.render(
                interface, device, rules_and_routes.rules(interface), rules_and_routes.routes(interface),
                observed.files)
            wanted[backend.NAME].update({path: (content, device) for path, content in rendered.items()})
    return wanted


def plan(desired: Desired, observed: Observed) -> list:
    off = agents.wanted(agents_of(desired, observed), observed.files, desired.take_over)
    kept_off = _change(rivals.PATTERNS, rivals_kept_off(desired, observed), observed, set())
    # Whoever lets go of an interface drops what is set there, also what the manager that stays has set alike.
    devices = {link.name: link.mac_address for link in observed.state.links}
    kept_off = kept_off._replace(reads={}, lost=kept_off.reads, mac_addresses=devices)
    others = [(agents, _change(agents.PATTERNS, off, observed, set())), (rivals, kept_off)]
    parameters = switch(desired, observed, others)
    return [Call(SWITCH, "network", SWITCH, parameters)] if parameters else []


def rivals_kept_off(desired: Desired, observed: Observed) -> dict:
    """{path: (content, device)} of what keeps rivals off: all with take_over, otherwise those that it has kept off."""
    wanted = {}
    for mac_address, stays in choice.backends(desired, observed).items():
        managers = choice.owner(mac_address, observed).managers if desired.take_over else ()
        there = {choice.READS[name] for name in managers}
        for name in BACKENDS:
            files = rivals.kept_off(name, mac_address)
            if name != stays.NAME and (name in there or files.items() <= observed.files.items()):
                wanted.update({path: (content, observed.devices[mac_address]) for path, content in files.items()})
    return wanted


def agents_of(desired: Desired, observed: Observed) -> dict:
    """{device: names} of the agents of agents.py that configure it by the network manager that it stays with."""
    stays = {
        observed.devices[mac_address]: set(backend.MANAGERS)
        for mac_address, backend in choice.backends(desired, observed).items()
    }
    return {
        device: tuple(name for name in names if stays.get(device, set()) & set(agents.AGENTS[name].managers))
        for device, names in observed.agents.items()
    }


def switch(desired: Desired, observed: Observed, others=()) -> dict:
    """The call's parameters: files to write (content) or remove (None), the commands to run, and the differences found.

    commands_back make the network managers take up what was there. by_hand: devices for which ip(8) itself is called.
    Empty when nothing is to do. others: (who writes files, its Change) beside those of the network managers.
    """
    found = differences(wanted_goal(desired, observed), observed.state)
    concerned = {difference.device for difference in found}.union(*(change.lost for _writer, change in others))
    changes = [*others, *_changes(desired, observed, concerned)]
    files = {path: content for _writer, change in changes for path, content in change.files.items()}
    if not files and not found:
        return {}
    return {
        "files": files,
        "commands": [command for writer, change in changes for command in writer.commands(change)],
        "commands_back": [command for writer, change in changes for command in writer.commands_back(change)],
        "by_hand": _by_hand(desired, observed, files),
        "differences": [*_file_differences(files, observed.files), *(difference.text for difference in found)],
    }


def _changes(desired: Desired, observed: Observed, concerned: set):
    """(who writes files, its Change) of each; concerned: the devices for which the kernel is not, or will not be, as wanted."""
    for name, wanted in wanted_files(desired, observed).items():
        yield BACKENDS[name], _change(BACKENDS[name].PATTERNS, wanted, observed, concerned)


def _change(patterns, wanted: dict, observed: Observed, concerned: set) -> Change:
    """wanted: {path: (content, device)} of all files that these patterns are for."""
    write = {path: content for path, (content, _device) in wanted.items() if observed.files.get(path) != content}
    present = matching(observed.files, patterns)
    remove = [path for path in present if path not in wanted and is_ours(observed.files[path])]
    devices = {device for _content, device in wanted.values()}
    reads = {wanted[path][1] for path in write}
    of = observed.owners.of
    return Change(
        {**write, **dict.fromkeys(remove)},
        {device: of[device] for device in reads}, {device: of[device] for device in (concerned & devices) - reads},
        {device: mac_address for mac_address, device in observed.devices.items() if device in devices})


def _by_hand(desired: Desired, observed: Observed, changing) -> list:
    """The devices that no network manager looks after once they are up; also those that were so until now."""
    paths = [
        path for name, wanted in wanted_files(desired, observed).items() if BACKENDS[name].BY_HAND
        for path in (*wanted, *matching(changing, BACKENDS[name].PATTERNS))]
    return sorted(
        link.name for link in observed.state.links if any(name_of(link.mac_address) in path for path in paths))


def _file_differences(files: dict, present: dict):
    for path, content in files.items():
        if content is None:
            yield f"{path} is not wanted any more"
        else:
            yield f"{path} {'differs' if path in present else 'is missing'}"
