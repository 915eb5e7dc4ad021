# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Routing in servers, beside a play by hand and a command that does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.cells import AT_ONCE, BARE, BY_HAND, OURS, Phase, Run
from bench.figures import Results, Target, in_words
from bench.job import Job

FIRST = Phase("first run", ("routing change",))
REPEAT = Phase("nothing to do")
EXEC = "SSH exec"  # RFC 4254, section 6.5: what each round trip of Ansible's begins with

SIZES = (1, 10, 50)
RUNS = tuple(
    run for size in SIZES for run in (
        # A change that was confirmed leaves no connection: the first repetition opens one, which the median then has.
        Run(AT_ONCE, OURS, size, (FIRST, REPEAT, REPEAT, REPEAT), beside=(BARE,)),
        Run(AT_ONCE, BY_HAND, size, (FIRST, REPEAT)),
    )
)
NOT_RUN = (
    "By linux-system-roles.network: it comes from Ansible Galaxy or as RPM, from where the benchmark installs nothing. "
    "Its two providers are NetworkManager and initscripts, and these servers have systemd-networkd.",
)
INTRODUCTION = """\
N servers with a public and a management interface, the latter with two addresses, each server a systemd-nspawn guest of
Debian 12 with a systemd, systemd-networkd and sshd of its own, on the machine that also runs Ansible. Ours is one task,
`xeni.aws.guest_routing`, which on the first run confirms each server over a new connection to its management interface.
By hand it is [a play](../tests/bench/playbooks/servers_by_hand.yml) with a template for each interface and a handler,
which also waits for a connection by the management interface, but leaves the server as it is if none comes, and never
looks at the kernel. All ways have Ansible's defaults (five forks, ControlPersist) and pipelining. A first run counts if
the management interface of each server then answers the corporate network. With nothing to do the connections are open
already; ours and bare take turns, and the median of three counts. Calls are the SSH requests that the servers' sshd
logs, which are Ansible's round trips, and the servers whose rules or routes are others than before."""


def variables(_servers: Mapping[str, Any], _size: int, _phase: Phase) -> dict[str, Any]:
    return {}  # the scene's inventory has all of them


def playbook(way: str, _size: int, _phase: Phase) -> list[str]:
    return [{OURS: "servers.yml", BY_HAND: "servers_by_hand.yml", BARE: "servers_bare.yml"}[way]]


def targets(results: Results) -> list[Target]:
    return [target for size in SIZES for target in (_one_round_trip(results, size), _near_bare(results, size))]


def _one_round_trip(results: Results, size: int) -> Target:
    text = f"nothing to do, N={size}: one task, one round trip to each server"
    ours = results.good(AT_ONCE, OURS, size, REPEAT)
    return Target(text, in_words(ours.calls), dict(ours.calls) == {EXEC: size}) if ours else Target(text)


def _near_bare(results: Results, size: int) -> Target:
    text = f"nothing to do, N={size}: at most 1.3 times a bare command"
    ratio = results.over_bare(AT_ONCE, size, REPEAT)
    return Target(text, f"{ratio:.2f} times", ratio <= 1.3) if ratio else Target(text)


JOB = Job("servers", "Routing in servers", INTRODUCTION, "servers", RUNS, NOT_RUN, variables, playbook, targets)
