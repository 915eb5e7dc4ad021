# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which way a packet would take, in the kernel's own words: ``ip route get``, ip-route(8)."""

from __future__ import annotations

import json

from .kernel import ip
from .process import CommandFailed
from .state import State, family


def read(peer: str, state: State) -> dict:
    """{peer, interface, source, gateway, problem, replies}: the way to a peer, and from each of the guest's addresses.

    The first is what the guest itself would start, replies what it would answer, which has its source already.
    interface: by which the packet leaves; gateway: empty when the peer is on the link; problem: empty when there is
    a way, else why there is none, as the kernel tells it. Each of replies: {interface, source, gateway, problem}.
    """
    devices = {link.name for link in state.links}
    sources = [
        item.address for item in state.addresses
        if item.device in devices and family(item.address) == family(peer)
    ]
    return {"peer": peer, **_way(peer), "replies": [_way(peer, source) for source in sources]}


def _way(peer: str, source: str = "") -> dict:
    try:
        reply = ip("-N", "-j", "route", "get", peer, *(("from", source) if source else ()))
    except CommandFailed as error:
        return {"interface": "", "source": source, "gateway": "", "problem": _reason(str(error))}
    return parse(reply, source)


def parse(reply: str, source: str = "") -> dict:
    """A way from what ``ip -N -j route get`` prints. Pure. source: asked for, empty for the kernel's choice."""
    route, = json.loads(reply)
    return {
        "interface": route["dev"],
        # With a source IPv6 tells beside it which one it would have chosen.
        "source": source or route.get("prefsrc", ""),
        "gateway": route.get("gateway", ""),
        "problem": "",
    }


def _reason(message: str) -> str:
    """Such as "Network is unreachable", of "ip ... : RTNETLINK answers: Network is unreachable"."""
    return message.rpartition("RTNETLINK answers: ")[2]
