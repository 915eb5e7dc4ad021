# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes a namespace forget, as a machine's kernel does when it reboots.

A guest's namespace outlives the guest's reboot, and with it rules, routes and sysctls that no file holds any more: a
test of what persists would pass with nothing persisted.
"""

from __future__ import annotations

import contextlib
import json
import pathlib

from lab import netns

SYSCTLS = pathlib.Path("/proc/sys/net")
SCOPES = ("ipv4/conf/all", "ipv4/conf/default", "ipv6/conf/all", "ipv6/conf/default")
RULES = {"-4": {"main": 32766, "default": 32767}, "-6": {"main": 32766}}  # fib_default_rules of the kernel


def sysctls(namespace: str) -> dict[str, str]:
    """The settings of ``namespace`` that no interface takes with it, by path below /proc/sys/net."""
    values = {}
    with netns.inside(namespace):
        for path in (path for scope in SCOPES for path in (SYSCTLS / scope).glob("*")):
            with contextlib.suppress(OSError):  # some have no value until one is set (stable_secret)
                values[str(path.relative_to(SYSCTLS))] = path.read_text()
    return values


def reset(namespace: str, values: dict[str, str]) -> None:
    """Bring ``namespace`` back to no addresses, routes and filters, the kernel's rules, and these ``sysctls``."""
    with netns.inside(namespace):
        for key, value in values.items():
            path = SYSCTLS / key
            if path.read_text() != value:
                path.write_text(value)
    _renew_interfaces(namespace)  # after the sysctls, whose defaults an interface takes as it comes back
    _batch(namespace, ["address flush dev lo", "link set lo down"])
    for family, tables in RULES.items():
        added = [f"rule add lookup {table} priority {number} protocol kernel" for table, number in tables.items()]
        _batch(namespace, ["rule flush", *added], family)
    netns.run(namespace, ["nft", "flush", "ruleset"], check=True)


def _renew_interfaces(namespace: str) -> None:
    """Out of the namespace and back: an interface leaves addresses, routes, neighbours and sysctls behind.

    A bridge and the like, which only the kernel remembers, goes.
    """
    links = json.loads(netns.ip("-netns", namespace, "-details", "-json", "link", "show"))
    kinds = {link["ifname"]: link.get("linkinfo", {}).get("info_kind") for link in links if link["link_type"] == "ether"}
    names = [name for name, kind in kinds.items() if kind in (None, "veth")]
    _batch(namespace, [f"link delete {name}" for name in kinds if name not in names])
    elsewhere = f"{namespace}-off"
    netns.create(elsewhere)
    try:
        _batch(namespace, [f"link set {name} netns {elsewhere}" for name in names])
        _batch(elsewhere, [f"link set {name} netns {namespace}" for name in names])
    finally:
        netns.delete(elsewhere)


def _batch(namespace: str, lines: list[str], *options: str) -> None:
    netns.ip("-netns", namespace, *options, "-batch", "-", lines="\n".join(lines) + "\n")
