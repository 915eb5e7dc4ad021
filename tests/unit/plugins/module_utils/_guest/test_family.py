# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The guest's network on the engine: what is done at once, what is left to units, what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import commit, family, transition
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Desired, Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import NETWORKD, Owner, Owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Goal
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

MAC = "02:42:0a:00:00:0a"
DESIRED = Desired((Interface(MAC, "public", ("10.0.0.10",), "10.0.0.0/24", 4000),), 4000, 4000, "auto")
OWNERS = Owners({"eth0": Owner({NETWORKD: ""})})


def routing(guest, confirm="auto"):
    one = family.GuestRouting(DESIRED, {"confirm": confirm, "confirm_host": "web1", "confirm_timeout": 20})
    one.observed = Observed(devices={MAC: "eth0"})
    commands = [["networkctl", "reload"]]
    parameters = {
        "files": {str(guest.configuration): "new\n"}, "commands": commands, "commands_back": commands, "by_hand": [],
    }
    return one, parameters


def test_with_confirmation_only_units_are_started(guest):
    one, parameters = routing(guest)
    one.perform("switch", parameters)
    assert not guest.configuration.exists()
    assert one.show(Observed())["commit"] == {
        "id": commit.status()["id"], "confirm_host": "web1", "confirm_timeout": 20,
    }


def test_without_confirmation_it_is_done_at_once(guest, monkeypatch):
    one, parameters = routing(guest, "never")
    reached = Goal(tables=(4000, 4099), priorities=(4000, 4000))
    monkeypatch.setattr(family, "wanted_goal", lambda desired, observed: reached)
    one.perform("switch", parameters)
    assert guest.content() == "new\n"
    assert "commit" not in one.show(Observed())
    assert not (guest.root / "state").exists()


def test_without_confirmation_it_goes_back_when_the_kernel_does_not_get_there(guest):
    one, parameters = routing(guest, "never")
    with pytest.raises(transition.NotReached, match="eth0: address 10.0.0.10 is missing"):
        one.perform("switch", parameters)
    assert not guest.configuration.exists()


def test_nothing_is_looked_at_while_a_change_is_pending(guest):
    commit.start(guest.job("10.0.0.10"), guest.job(None), [], 20)
    with pytest.raises(commit.Unconfirmed):
        routing(guest)[0].observe()


def test_problems_are_bad_input(guest, monkeypatch):
    monkeypatch.setattr(family.os, "geteuid", lambda: 1000)
    with pytest.raises(BadInput, match="become: changing the network needs root"):
        routing(guest)[0].check(Observed(devices={MAC: "eth0"}, owners=OWNERS))
