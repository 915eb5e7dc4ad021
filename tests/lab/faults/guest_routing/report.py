# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/lockout-proof.md from the outcomes. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from lab.faults.guest_routing.faults import Fault
from lab.faults.guest_routing.server import AMPLE_TIMEOUT, CONFIRM_TIMEOUT
from lab.faults.guest_routing.trial import Outcome

INTRODUCTION = """\
Written by `make lockout-proof` on {date}. In each row `guest_routing` runs on a server of the lab, over real SSH, with
the confirmation due within {timeout} s ({ample} s where it comes, or a reboot does), and what the row says goes wrong.

- *The old state is back*: each file in /etc and in the network managers' other directories byte for byte, and each
  address, rule and route of the kernel, IPv4 and IPv6.
- *The new state is confirmed*: what a run without a fault leaves, to the same measure.
- *Without SSH*: how long somebody outside, who asked four times a second, was not answered by sshd, over eth0 from the
  Internet and over eth1 from the corporate network; a dash where it did not answer before either. Cuts of the
  controller's own SSH do not concern this one.

One thing comes later: when DHCP answers again, systemd-networkd 252 takes the route metric off the address that was set
again meanwhile, and the route to eth1's subnet has metric 0 from then on.
"""


def report(
    faults: Mapping[str, Fault],
    outcomes: Mapping[tuple[str, str], Outcome],
    versions: Mapping[str, str],
    date: datetime.date,
) -> str:
    """outcomes: by the fault's name and the flavour. versions: of what was run, by flavour. date: of the run."""
    rows = [
        _row(fault, flavour, outcomes[name, flavour])
        for name, fault in faults.items() for flavour in sorted(versions) if (name, flavour) in outcomes
    ]
    parts = [
        "# Nobody is locked out: the proof",
        INTRODUCTION.format(date=date, timeout=CONFIRM_TIMEOUT, ample=AMPLE_TIMEOUT).rstrip(),
        _table(("stack", "what was run"), sorted(versions.items())),
        _table(("fault", "stack", "outcome", "s without SSH, eth0", "eth1"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def _row(fault: Fault, flavour: str, outcome: Outcome) -> tuple[str, ...]:
    seconds = (f"{outcome.seconds[name]:.1f}" if name in outcome.seconds else "–" for name in ("eth0", "eth1"))
    return fault.what, flavour, outcome.end.value, *seconds


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
