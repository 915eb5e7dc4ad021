# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Brings the kernel from one topology to the next with ip(8) and nft(8), by differences: what stays is undisturbed."""

from __future__ import annotations

import pathlib
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping

from lab import netns
from lab.fabric.topology import Link, Setting, Topology

ORDER = ("address", "neighbor", "route", "rule")  # each may lean on the ones before it

HOST = {"ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0"}
ROUTER = {
    **HOST,
    "ipv4/ip_forward": "1",
    "ipv4/conf/all/proxy_arp": "1",
    "ipv4/conf/all/send_redirects": "0",
    "ipv4/conf/default/send_redirects": "0",
    # "Fragmentation needed" comes from the subnet's gateway, not from a link-local address between routers.
    "ipv4/icmp_errors_use_inbound_ifaddr": "1",
    "ipv6/conf/all/forwarding": "1",
    "ipv6/conf/default/accept_dad": "0",  # an address serves at once: nobody else is on a link
}


class KernelError(RuntimeError):
    """ip(8) or nft(8) refused. The message holds the namespace, the command and its answer."""


class Kernel:
    """What was applied so far. It begins with no namespace at all."""

    def __init__(self):
        self._topology = Topology()
        self._rulesets: dict[str, str] = {}

    @property
    def namespaces(self) -> list[str]:
        return sorted(self._topology.namespaces)

    def apply(self, topology: Topology, rulesets: Mapping[str, str]) -> None:
        """Filters come before links in new namespaces, so that nothing passes unfiltered."""
        old, self._topology = self._topology, topology
        _remove(old, topology)
        for name in topology.namespaces.keys() - old.namespaces.keys():
            netns.create(name)
            _set_sysctls(name, ROUTER if topology.namespaces[name] else HOST)
        _switch_ipv6(old, topology)
        for name, text in rulesets.items():
            if text != self._rulesets.get(name):
                _run(["ip", "netns", "exec", name, "nft", "-f", "-"], text)
        self._rulesets = dict(rulesets)
        _add(old, topology)


def _remove(old: Topology, new: Topology) -> None:
    # Forced: a link, an address or a whole guest that vanished by itself took its settings along.
    gone = [key for key in old.settings if key not in new.settings and key.namespace in new.namespaces]
    for namespace, keys in _by_namespace(gone, reverse=True).items():
        _batch(namespace, [f"{key.object} delete {key.key}" for key in keys], force=True)
    # Also of a namespace that goes: the kernel deletes its links some time later, their names are needed now.
    for namespace, device in (link.near for link in old.links - new.links):
        _batch(namespace, [f"link delete {device}"], force=True)
    for name in old.namespaces.keys() - new.namespaces.keys():
        netns.delete(name)


def _add(old: Topology, new: Topology) -> None:
    added = sorted(new.links - old.links)
    _batch(None, [_veth(link) for link in added])
    commands = defaultdict(list)
    for link in added:
        namespace, device = link.near
        commands[namespace] += [f"link set {device} up", f"ntable change name arp_cache dev {device} proxy_delay 0"]
        if not link.mac:
            namespace, device = link.far
            commands[namespace].append(f"link set {device} up")
    fresh = {end for link in added for end in (link.near, link.far)}
    changed = [
        key
        for key, rest in new.settings.items()
        # A link that is made again, to another guest, is without the settings that its namesake took along.
        if old.settings.get(key) != rest or (key.namespace, _device(f"{key.key} {rest}".split())) in fresh
    ]
    for namespace, keys in _by_namespace(changed).items():
        commands[namespace] += [f"{key.object} {_verb(key)} {new.settings[key]} {key.key}" for key in keys]
    for namespace, lines in commands.items():
        _batch(namespace, lines)


def _device(arguments: list[str]) -> str | None:
    return arguments[arguments.index("dev") + 1] if "dev" in arguments else None


def _veth(link: Link) -> str:
    (near_namespace, near), (far_namespace, far) = link.near, link.far
    address = f"address {link.mac} " if link.mac else ""
    return (
        f"link add name {far} {address}mtu {link.mtu} netns {far_namespace} "
        f"type veth peer name {near} mtu {link.mtu} netns {near_namespace}"
    )


def _verb(key: Setting) -> str:
    return "add" if key.object in ("rule", "-6 rule") else "replace"


def _by_namespace(keys: Iterable[Setting], reverse: bool = False) -> dict[str, list[Setting]]:
    grouped = defaultdict(list)
    for key in sorted(keys, key=lambda key: (ORDER.index(key.object.removeprefix("-6 ")), key), reverse=reverse):
        grouped[key.namespace].append(key)
    return grouped


def _batch(namespace: str | None, lines: list[str], force: bool = False) -> None:
    """``-6`` at the start of a line is for ip(8) itself, which takes it for a whole batch."""
    options = [*(["-n", namespace] if namespace else []), *(["-force"] if force else [])]
    ipv6 = [line.removeprefix("-6 ") for line in lines if line.startswith("-6 ")]
    for family, batch in ([], [line for line in lines if not line.startswith("-6 ")]), (["-6"], ipv6):
        if batch:
            _run(["ip", *family, *options, "-batch", "-"], "\n".join(batch) + "\n", check=not force)


def _run(argv: list[str], text: str, check: bool = True) -> None:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise KernelError(f"{' '.join(argv)}: {done.stderr.strip()}")


def _switch_ipv6(old: Topology, new: Topology) -> None:
    for name, forwards in new.namespaces.items():
        if forwards and (name not in old.namespaces or (name in old.ipv6) != (name in new.ipv6)):
            off = "0" if name in new.ipv6 else "1"
            _set_sysctls(name, {f"ipv6/conf/{scope}/disable_ipv6": off for scope in ("all", "default")})


def _set_sysctls(namespace: str, values: Mapping[str, str]) -> None:
    with netns.inside(namespace):
        for key, value in values.items():
            path = pathlib.Path("/proc/sys/net", key)
            if path.exists():  # a host may be without IPv6
                path.write_text(value)
