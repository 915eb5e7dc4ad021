# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The guest's network on the engine: observed whole, changed whole, with a way back."""

from __future__ import annotations

import os

from .._reconcile.calls import Call
from .._reconcile.run import BadInput, Family
from . import commit, kernel, transition
from .check import problems
from .desired import confirm_host
from .jobs import jobs
from .observed import Observed, read, show
from .plan import plan, wanted_goal
from .predict import predict

NEVER = "never"


class GuestRouting(Family):
    """The wanted routing of the guest that this runs in."""

    errors = (*transition.ERRORS, commit.NotArmed, commit.Unconfirmed)

    def __init__(self, desired, parameters: dict):
        self.desired = desired
        self.confirm = parameters["confirm"]
        self.confirm_host = parameters["confirm_host"] or confirm_host(desired.interfaces)
        self.confirm_timeout = parameters["confirm_timeout"]
        self.observed = Observed()
        self.started: dict = {}

    def observe(self) -> Observed:
        if not self.started:
            commit.refuse_while_pending()
        self.observed = read([interface.mac_address for interface in self.desired.interfaces])
        return self.observed

    def plan(self, observed: Observed) -> list:
        return plan(self.desired, observed)

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(self.desired, observed, calls)

    def show(self, observed: Observed) -> dict:
        return {**show(observed), **({"commit": self.started} if self.started else {})}

    def check(self, observed: Observed) -> Observed:
        found = problems(self.desired, observed, os.geteuid() == 0)
        if found:
            raise BadInput(found)
        return observed

    def perform(self, call: Call, parameters: dict) -> dict:
        """Switch: at once when nobody is to confirm, else in units of systemd that outlive this module's connection."""
        before = kernel.commands({link.name for link in self.observed.state.links})
        change, rollback = jobs(wanted_goal(self.desired, self.observed), self.observed, parameters, before)
        if self.confirm == NEVER:
            self._switch(change, rollback)
        else:
            identity = commit.start(change, rollback, before, self.confirm_timeout)
            self.started = {
                "id": identity, "confirm_host": self.confirm_host, "confirm_timeout": self.confirm_timeout,
            }
        return {}

    def _switch(self, change: dict, rollback: dict) -> None:
        try:
            transition.carry_out(change, self.confirm_timeout / 2)
        except transition.ERRORS:
            transition.carry_out(rollback, transition.ROLLBACK_TIMEOUT)
            raise
