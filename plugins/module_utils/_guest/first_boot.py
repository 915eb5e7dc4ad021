# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Routing at an instance's first boot: what the filter guest_routing_user_data has cloud-init run, once.

The policy, the files and the checks are those of the module ``guest_routing``. What is not here is its confirmation:
an instance that has just been made has nobody in it who could be locked out, and no controller that could confirm. Nor
is there anything of others to be kept, other than the files: a network manager that fails gets them back.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict

from .._reconcile.run import BadInput
from . import imds, transition
from .check import problems
from .desired import trusted
from .observed import Observed, read
from .plan import switch, wanted_goal
from .process import CommandFailed
from .state import Goal

# Seconds: for interfaces to be plugged in, and for DHCP and the network manager.
PLUG_TIMEOUT, CHANGE_TIMEOUT = 60, 60


def main(parameters: dict) -> None:
    """Ends the process with a message unless the kernel has what is wanted: cloud-init reports that as a failure.

    parameters: management_prefixes and management_device_index of imds.read(), and those of desired.trusted()
    but for its interfaces.
    """
    try:
        found = imds.read(parameters["management_prefixes"], parameters["management_device_index"])
        for line in _set_up(trusted({**parameters, "interfaces": found})):
            print(f"xeni.aws: {line}")
    except (imds.Unavailable, BadInput, *transition.ERRORS) as error:
        sys.exit(f"xeni.aws: the network is as it was: {error}")


def _set_up(desired):
    """Yields what was done, in words."""
    observed = _plugged_in([interface.mac_address for interface in desired.interfaces])
    change = switch(desired, observed)
    if change:
        found = problems(desired, observed, is_root=True)
        if found:
            raise BadInput(found)
        _carry_out(change, asdict(wanted_goal(desired, observed)), observed.files)
        yield from (f"wrote {path}" for path in change["files"])
    for interface in desired.interfaces:
        device = observed.devices[interface.mac_address]
        yield f"{device} ({interface.role}) answers by itself from {', '.join(interface.sources)}"


def _plugged_in(mac_addresses) -> Observed:
    """What is there once all of these are."""
    deadline = time.monotonic() + PLUG_TIMEOUT
    while True:
        try:
            return read(mac_addresses)
        except (BadInput, CommandFailed):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _carry_out(change: dict, goal: dict, files: dict) -> None:
    """files: those that are there before."""
    there = {**change, "goal": goal, "restore": []}
    back = {
        "files": {path: files.get(path) for path in change["files"]}, "commands": change["commands_back"],
        "goal": asdict(Goal()), "restore": [], "by_hand": [],
    }
    try:
        transition.carry_out(there, CHANGE_TIMEOUT)
    except transition.ERRORS:
        transition.carry_out(back, transition.ROLLBACK_TIMEOUT)
        raise
