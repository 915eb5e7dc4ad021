# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Routing at an instance's first boot: what the filter guest_routing_user_data has cloud-init run, once.

Policy, files and checks are those of the module ``guest_routing``. What is not here is its confirmation: an instance
that has just been made has nobody in it who could be locked out, and no controller that could confirm. Nor has anybody
set addresses or routes there by hand, which a network manager that takes up new files would drop.
"""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import asdict

from .._reconcile.run import BadInput
from . import imds, transition
from .check import problems
from .desired import Desired, trusted
from .observed import Observed, read
from .plan import switch, wanted_goal
from .process import CommandFailed
from .state import Goal

# Seconds: for all interfaces to be plugged in, and for the network manager and DHCP.
PLUG_TIMEOUT, CHANGE_TIMEOUT = 60, 60


def main(parameters: dict) -> None:
    """Says what was done, or why nothing was and ends the process as failed, which cloud-init reports.

    parameters: management_prefixes and management_device_index of imds.read(); of desired.trusted() all but interfaces.
    """
    try:
        told = imds.read(parameters["management_prefixes"], parameters["management_device_index"])
        desired = trusted({**parameters, "interfaces": told})
        observed = _plugged_in([interface.mac_address for interface in desired.interfaces])
        written = _set_up(desired, observed)
    except (imds.Unavailable, BadInput, *transition.ERRORS) as error:
        sys.exit(f"xeni.aws: no routing by interface, the network is as it was: {error}")
    print(*(f"xeni.aws: wrote {path}" for path in written), sep="\n")
    for interface in desired.interfaces:
        device = observed.devices[interface.mac_address]
        print(f"xeni.aws: {device} ({interface.role}) has its own way for {', '.join(interface.sources)}")


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


def _set_up(desired: Desired, observed: Observed) -> list:
    """The files that were written. Raises BadInput, or transition.ERRORS with those before back in place."""
    change = switch(desired, observed)
    if not change:
        return []
    found = problems(desired, observed, is_root=True)
    if found:
        raise BadInput(found)
    before = {path: observed.files.get(path) for path in change["files"]}
    try:
        transition.carry_out({**change, "goal": asdict(wanted_goal(desired, observed)), "restore": []}, CHANGE_TIMEOUT)
    except transition.ERRORS:
        back = {"files": before, "commands": change["commands_back"], "goal": asdict(Goal()), "restore": [], "by_hand": []}
        with contextlib.suppress(*transition.ERRORS):
            transition.carry_out(back, transition.ROLLBACK_TIMEOUT)
        raise
    return sorted(change["files"])
