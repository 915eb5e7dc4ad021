# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Routing at an instance's first boot: what the filter guest_routing_user_data has cloud-init run, once.

Policy, files and plan are those of the module ``guest_routing``. What is not here is its confirmation: an instance that
has just been made has nobody in it who could be locked out, and no controller that could confirm.
"""

from __future__ import annotations

import contextlib
import sys
import time

from .._reconcile.run import BadInput
from . import backends, choice, imds, kernel, owners, transition
from .backends.files import present
from .desired import Desired, trusted
from .jobs import jobs
from .observed import Observed, match
from .plan import switch, wanted_goal
from .process import CommandFailed

# Seconds: for all interfaces to be plugged in, and for the network manager and DHCP.
PLUG_TIMEOUT, CHANGE_TIMEOUT = 60, 60


def main(parameters: dict) -> None:
    """Says what was done, or why nothing was and ends the process as failed, which cloud-init reports.

    parameters: management_prefixes and management_device_index of imds.read(); of desired.trusted() all but interfaces,
    with the one backend that is carried along.
    """
    try:
        told = imds.read(parameters["management_prefixes"], parameters["management_device_index"])
        desired = trusted({**parameters, "interfaces": told})
        observed = _plugged_in([interface.mac_address for interface in desired.interfaces])
        done = _set_up(desired, observed)
    except (imds.Unavailable, BadInput, *transition.ERRORS) as error:
        raise SystemExit(f"xeni.aws: no routing by interface, the network is as it was: {error}") from error
    sys.stdout.writelines(f"xeni.aws: {line}\n" for line in done)


def _plugged_in(mac_addresses) -> Observed:
    """What is there once all of these are."""
    deadline = time.monotonic() + PLUG_TIMEOUT
    while True:
        try:
            state = kernel.read()
            devices = match(mac_addresses, state.links)
            owned = owners.read(list(devices.values()))
            return Observed(state=state, devices=devices, owners=owned, files=present(backends.patterns()))
        except (BadInput, CommandFailed):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _set_up(desired: Desired, observed: Observed) -> list:
    """What was done, in words. Raises BadInput, or transition.ERRORS with what was there back in place."""
    for mac_address, device in observed.devices.items():
        others = [name for name in choice.owner(mac_address, observed).managers if name not in choice.READS]
        if others:
            raise BadInput([f"backend: '{desired.backend}', but {device} is managed by {' and by '.join(others)}"])
    change = switch(desired, observed)
    if change:
        before = kernel.commands(set(observed.devices.values()))
        _carry_out(*jobs(wanted_goal(desired, observed), observed, change, before))
    return [
        *(f"{path} is written" for path in change.get("files", ())),
        *(f"replies from {', '.join(item.sources)} leave by {observed.devices[item.mac_address]}"
          for item in desired.interfaces),
    ]


def _carry_out(there: dict, back: dict) -> None:
    try:
        transition.carry_out(there, CHANGE_TIMEOUT)
    except transition.ERRORS:
        with contextlib.suppress(*transition.ERRORS):
            transition.carry_out(back, transition.ROLLBACK_TIMEOUT)
        raise
