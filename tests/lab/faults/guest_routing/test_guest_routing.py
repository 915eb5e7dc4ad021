# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever goes wrong while routing is changed: the new state is confirmed or the old one is back, and SSH works.

Each flavour has its server and its thread, in which its faults happen one after the other.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest

from lab.faults.guest_routing.faults import FAULTS
from lab.faults.guest_routing.report import report
from lab.faults.guest_routing.server import Server
from lab.faults.guest_routing.trial import Outcome, attempt

FLAVOURS = ["bookworm-ifupdown", "bookworm-systemd-networkd", "trixie-NetworkManager"]

Trials = dict[tuple[str, str], Future[Outcome]]


@pytest.fixture(scope="module")
def trials(request, servers: dict[str, Server]) -> Iterator[Trials]:
    """Those of the chosen tests, under way."""
    chosen = [item.callspec.params for item in request.session.items if "trials" in getattr(item, "fixturenames", ())]
    threads = {flavour: ThreadPoolExecutor(1, flavour) for flavour in servers}
    trials = {}
    for fault, flavour in ((each["fault"], each["flavour"]) for each in chosen):
        trials[fault, flavour] = threads[flavour].submit(partial(attempt, FAULTS[fault], servers[flavour]))
    yield trials
    for thread in threads.values():
        thread.shutdown(cancel_futures=True)


@pytest.fixture(scope="module", autouse=True)
def table(request, servers: dict[str, Server], trials: Trials) -> Iterator[None]:
    """Written only when asked for, as its figures are of this run, and only whole."""
    file = request.config.getoption("--lockout-proof", None)
    if file and len(trials) < len(FAULTS) * len(FLAVOURS):
        pytest.fail("--lockout-proof: the table is of all faults and flavours; leave -k out", pytrace=False)
    yield
    if file and not request.session.testsfailed:
        outcomes = {key: trial.result() for key, trial in trials.items()}
        versions = {flavour: server.versions() for flavour, server in servers.items()}
        file.write_text(report(FAULTS, outcomes, versions, datetime.date.today()), encoding="utf-8")


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("fault", FAULTS)
def test_nobody_is_locked_out(fault, flavour, trials):
    assert trials[fault, flavour].result().end in FAULTS[fault].ends
