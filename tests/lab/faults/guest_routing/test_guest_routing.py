# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever goes wrong while a server's routing is changed: the new state is confirmed or the old one is back, and SSH works.

Each flavour has its server and its thread, in which its faults happen one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest

from lab.faults.guest_routing.faults import FAULTS
from lab.faults.guest_routing.server import Server
from lab.faults.guest_routing.trial import Outcome, attempt

FLAVOURS = ["bookworm-systemd-networkd"]


@pytest.fixture(scope="module")
def trials(request, servers: dict[str, Server]) -> Iterator[dict[tuple[str, str], Future[Outcome]]]:
    """Those of the chosen tests, under way."""
    threads = {flavour: ThreadPoolExecutor(1, flavour) for flavour in servers}
    chosen = [item.callspec.params for item in request.session.items if "fault" in getattr(item, "fixturenames", ())]
    yield {
        (each["fault"], each["flavour"]): threads[each["flavour"]].submit(partial(attempt, FAULTS[each["fault"]], servers[each["flavour"]]))
        for each in chosen
    }
    for thread in threads.values():
        thread.shutdown(cancel_futures=True)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("fault", FAULTS)
def test_nobody_is_locked_out(fault, flavour, trials):
    outcome = trials[fault, flavour].result()
    assert all(seconds < float("inf") for seconds in outcome.seconds.values())
