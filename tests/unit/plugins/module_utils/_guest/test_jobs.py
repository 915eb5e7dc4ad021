# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The way there and the way back, as data: what each writes, waits for, and sets again."""

from __future__ import annotations

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import systemd_networkd as backend
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import MANAGED
from ansible_collections.xeni.aws.plugins.module_utils._guest.jobs import jobs
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Address, Goal, Link, Route, Rule, State

MAC = "02:42:0a:00:01:0a"
PATH = backend.path(MAC)
OLD = f"{MANAGED}\n[Address]\nAddress=10.0.1.22/32\n"
GOAL = Goal(tables=(4000, 4099), priorities=(4000, 4200), without_default=("eth1",))
OBSERVED = Observed(
    State(
        links=(Link("eth1", MAC), Link("eth2", "02:42:0a:00:02:0a")),
        addresses=(
            Address("eth1", "10.0.1.10", 24, True), Address("eth1", "10.0.1.22", 32), Address("eth1", "10.9.9.9", 24),
            Address("eth2", "10.0.2.10", 24, True)),
        rules=(Rule(0, "all", 255), Rule(500, "9.9.9.9", 99)),
        routes=(Route(254, "7.7.7.0/24", "", "eth1"), Route(254, "10.0.2.0/24", "", "eth2")),
    ),
    devices={MAC: "eth1"},
    files={PATH: OLD},
)
PARAMETERS = {"files": {PATH: "new\n"}, "commands": [["there"]], "commands_back": [["back"]], "by_hand": ["eth9"]}
FOREIGN = [
    "-4 address add 10.9.9.9/24 dev eth1",
    "-4 route add 7.7.7.0/24 dev eth1 table 254 proto 3 scope 253",
    "-4 rule add priority 500 from 9.9.9.9 lookup 99 proto 0",
]
BEFORE = [
    "-4 address add 10.0.1.10/24 dev eth1",  # DHCP brings it
    "-4 address add 10.0.1.22/32 dev eth1",  # the old file brought it
    "-4 route add default via 10.0.1.1 dev eth1 table 254 proto 3",  # it is to go
    "-4 route add 8.8.8.0/24 via 10.0.1.1 dev eth1 table 4001 proto 3",  # in a table of ours
    "-4 route add 10.0.1.0/24 dev eth1 table 254 proto 2 scope 253",  # the kernel's
    "-4 route add 6.6.6.0/24 dev eth2 table 254 proto 3",  # on an interface that is not concerned
    "-4 rule add priority 4001 from 10.0.1.99 lookup 4001 proto 0",  # at a priority of ours
    "-4 rule add priority 32766 from all lookup 254 proto 2",
    *FOREIGN,
]


def test_there():
    there, _back = jobs(GOAL, OBSERVED, PARAMETERS, [line.split() for line in BEFORE])
    assert there["files"] == {PATH: "new\n"}
    assert (there["commands"], there["by_hand"]) == ([["there"]], ["eth9"])
    assert Goal.from_json(there["goal"]) == GOAL
    assert there["restore"] == [line.split() for line in FOREIGN]


def test_back_is_what_was_observed_on_the_interfaces_concerned():
    _there, back = jobs(GOAL, OBSERVED, PARAMETERS, [line.split() for line in BEFORE])
    assert back["files"] == {PATH: OLD}
    assert (back["commands"], back["by_hand"]) == ([["back"]], ["eth9"])
    assert Goal.from_json(back["goal"]) == Goal(
        addresses=(("eth1", "10.0.1.10", 0), ("eth1", "10.0.1.22", 32), ("eth1", "10.9.9.9", 24)),
        rules=OBSERVED.state.rules,
        routes=(Route(254, "7.7.7.0/24", "", "eth1"),),
        tables=GOAL.tables,
        priorities=GOAL.priorities,
    )
    assert back["restore"] == [line.split() for line in FOREIGN]


def test_back_sets_all_of_an_interface_again_that_was_corrected_by_hand_but_for_what_its_router_brings():
    advertised = "-6 route add default via fe80::1 dev eth1 table 254 proto 9 metric 1024"
    _there, back = jobs(GOAL, OBSERVED, {**PARAMETERS, "by_hand": ["eth1"]}, [
        line.split() for line in [*BEFORE, advertised]])
    assert back["restore"] == [line.split() for line in BEFORE if "dev eth1" in line or line in FOREIGN]


def test_back_removes_a_file_that_was_not_there():
    other = backend.path("02:42:0a:00:02:0a")
    _there, back = jobs(GOAL, OBSERVED, {**PARAMETERS, "files": {other: "new\n"}}, [])
    assert back["files"] == {other: None}
