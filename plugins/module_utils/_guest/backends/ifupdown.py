# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ifupdown: a program for each interface, which ifup(8) runs, and its DHCP client after each lease and renewal.

interfaces(5) has no words for a rule. Which file has an interface's stanza does not matter, and those of cloud images
come and go with the interface: the program knows it by its MAC address. An interface that has no stanza gets one.

Once an interface is up ifupdown cares no more. So the program is run again, and what still differs is corrected.
"""

from __future__ import annotations

import re
import sys

from ..desired import MANAGEMENT, Interface
from ..owners import IFUPDOWN
from ..state import address_command, route_command, rule_command
from . import files
from .change import Change

NAME = "ifupdown"
MANAGERS = (IFUPDOWN,)
BY_HAND = True
# run-parts(8) passes over names with a dot, in all of these.
PROGRAMS = "/etc/network/if-up.d"
FRAGMENTS = "/etc/network/interfaces.d"
STANZAS = ("/etc/network/interfaces", f"{FRAGMENTS}/*", "/run/network/interfaces.d/*")

HEAD = """\
#!/bin/sh
{managed}
# Run for every interface; it is for the one with this MAC address.
[ "$(cat "/sys/class/net/$IFACE/address" 2>/dev/null)" = {mac_address} ] || exit 0
"""

# A DHCP client has set one, the kernel the other.
WITHOUT_DEFAULT_ROUTES = """
setting="/proc/sys/net/ipv6/conf/$IFACE/accept_ra_defrtr"
[ ! -e "$setting" ] || echo 0 >"$setting"
while ip -4 route delete default dev "$IFACE" table main 2>/dev/null; do :; done
while ip -6 route delete default dev "$IFACE" table main 2>/dev/null; do :; done
"""

# What the shell puts in the place of $IFACE it does not read again.
BATCH = """
ip -{family} -force -batch - <<END
{lines}
END
"""
# A rule that is there already is an error.
RULES = BATCH.replace("<<", "2>/dev/null <<")

# A client sets its default route with each new lease, and has dropped all addresses when it lost the one before.
HOOK = """\
{managed}
case "$reason" in
    BOUND*|RENEW*|REBIND*|REBOOT*|ROUTERADVERT) IFACE="$interface" {program} ;;
esac
"""
# Of dhclient-script(8) and dhcpcd-run-hooks(8). The name of ours sorts after those of others, which set routes too.
DHCLIENT, DHCPCD = HOOKS = ("/etc/dhcp/dhclient-exit-hooks.d", "/lib/dhcpcd/dhcpcd-hooks")
PATTERNS = (f"{PROGRAMS}/xeni-*", *STANZAS, *(f"{directory}/*" for directory in HOOKS))

# The kernel's own default route comes back with a router's answer: RFC 4861, 4.1. There may be no IPv6 at all.
ASK_ROUTERS = """\
import contextlib, socket, sys
with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as icmp:
    icmp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    icmp.sendto(bytes([133, 0, 0, 0, 0, 0, 0, 0]), ("ff02::2", 0, 0, socket.if_nametoindex(sys.argv[1])))
"""


def render(interface: Interface, device: str, rules, routes, present) -> dict:
    """{path: content}: for sh(1), and of interfaces(5) for an interface that nobody else has a stanza for."""
    name = f"xeni-{files.name_of(interface.mac_address)}"
    rendered = {f"{PROGRAMS}/{name}": _program(interface, rules, routes)}
    for directory in HOOKS:
        if _is_installed(directory, present):
            rendered[f"{directory}/{name}"] = HOOK.format(managed=files.MANAGED, program=f"{PROGRAMS}/{name}")
    if not _has_stanza(device, present):
        # For dhcpcd the stanza of IPv4 is that of both, https://bugs.debian.org/1110741.
        ipv6 = interface.ipv6_subnet and _is_installed(DHCLIENT, present)
        rendered[f"{FRAGMENTS}/{name}"] = _fragment(device, ("inet", "inet6") if ipv6 else ("inet",))
    return rendered


def _program(interface: Interface, rules, routes) -> str:
    routes = [route._replace(device="$IFACE") for route in routes]
    return "".join([
        HEAD.format(managed=files.MANAGED, mac_address=interface.mac_address),
        WITHOUT_DEFAULT_ROUTES if interface.role == MANAGEMENT else "",
        *(_batch(BATCH, family, [*_addresses(interface), *(route_command("replace", route) for route in routes)])
          for family in ("4", "6")),
        *(_batch(RULES, family, [rule_command("add", rule) for rule in rules]) for family in ("4", "6")),
        "exit 0\n",
    ])


def _addresses(interface: Interface):
    """DHCP brings the first one of a family."""
    yield from (address_command("replace", "$IFACE", address, 32) for address in interface.addresses[1:])
    yield from (address_command("replace", "$IFACE", address, 128) for address in interface.ipv6_addresses[1:])


def _batch(text: str, family: str, commands) -> str:
    """For ip(8), of those of its commands that are for this family; nothing when none is."""
    lines = [" ".join(words) for option, *words in commands if option == f"-{family}"]
    return text.format(family=family, lines="\n".join(lines)) if lines else ""


def _fragment(device: str, families) -> str:
    stanzas = "".join(f"iface {device} {family} dhcp\n" for family in families)
    return f"{files.MANAGED}\nallow-hotplug {device}\n\n{stanzas}"


def _has_stanza(device: str, present: dict) -> bool:
    stanza = re.compile(rf"^\s*iface\s+{re.escape(device)}\s", re.MULTILINE)
    return any(stanza.search(content) for content in _others(present, STANZAS))


def _is_installed(directory: str, present: dict) -> bool:
    """Whether the DHCP client is that has its hooks there."""
    return bool(_others(present, [f"{directory}/*"]))


def _others(present: dict, patterns) -> list:
    """The contents of others' files."""
    return [present[path] for path in files.matching(present, patterns) if not files.is_ours(present[path])]


def commands(change: Change) -> list:
    """ifup(8), which leaves alone what is up, then the programs.

    In a scope of its own: a DHCP client has to outlive the unit that the change is done in, systemd.kill(5). Forced
    where another manager lets go of the interface, and takes along the address that both have a lease for.
    """
    owners = {**change.reads, **change.lost}
    force = {device: ["--force"] if len(owner.managers) > 1 else [] for device, owner in owners.items()}
    ifup = [["systemd-run", "--scope", "--quiet", "ifup", *force[device], device] for device in sorted(owners)]
    return [*ifup, *(_run_programs(device) for device in sorted(owners))]


def commands_back(change: Change) -> list:
    """What was not up goes down; the programs as they were, if there are any, withhold the router's route again."""
    devices = {*change.reads, *change.lost}
    brought_up = {device for device, owner in change.reads.items() if IFUPDOWN not in owner.managers}
    return [
        *(_ifdown(device) for device in sorted(brought_up)),
        *(command for device in sorted(devices - brought_up) for command in (
            _accept_default_route(device), _run_programs(device), [sys.executable, "-c", ASK_ROUTERS, device])),
    ]


def _run_programs(device: str) -> list:
    return ["env", f"IFACE={device}", "run-parts", "--regex=^xeni-", PROGRAMS]


def _ifdown(device: str) -> list:
    """Its stanza is gone already."""
    return ["sh", "-c", 'echo "iface $0 inet dhcp" | ifdown --interfaces=/dev/stdin "$0"', device]


def _accept_default_route(device: str) -> list:
    setting = f"/proc/sys/net/ipv6/conf/{device}/accept_ra_defrtr"
    return ["sh", "-c", '[ ! -e "$0" ] || echo 1 >"$0"', setting]
