# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be done to a server, or around it. What is a context manager is undone when its block ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from lab import netns
from lab.fabric import names
from lab.faults.guest_routing.server import CONTROLLER, Server
from lab.tests.polling import eventually


def power_cycle(server: Server) -> None:
    """Reboot without a word to any process, and return when it is up."""
    boot = server.boot_id()
    server.guest.run("systemctl", "reboot", "--force", "--force")
    eventually(lambda: server.boot_id() not in (boot, ""), timeout=60)
    server.wait()


@contextlib.contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """But for /tmp, without which Ansible does not even get to the module."""
    server.run("mount", "-t", "tmpfs", "tmpfs", "/tmp")
    filled = server.guest.run("dd", "if=/dev/zero", "of=/var/full", "bs=64k")
    assert "No space left on device" in filled.stderr, filled.stderr
    yield
    server.run("rm", "/var/full")
    server.run("umount", "--lazy", "/tmp")


@contextlib.contextmanager
def read_only_etc(server: Server) -> Iterator[None]:
    server.run("mount", "--bind", "/etc", "/etc")
    server.run("mount", "--options", "remount,bind,ro", "/etc")
    yield
    server.run("umount", "--lazy", "/etc")


@contextlib.contextmanager
def crashing_network_manager(server: Server) -> Iterator[None]:
    """Killed, and whenever it is started again it ends at once, until the server is rebooted."""
    program = server.run("readlink", "--canonicalize", server.stack.program)
    server.run("mount", "--bind", "/bin/false", program)
    if server.stack.daemon:
        server.run("systemctl", "kill", "--signal=KILL", server.stack.daemon)
    yield
    power_cycle(server)


def renew_leases(server: Server) -> None:
    for command in server.stack.renew:
        server.run(*command)


@contextlib.contextmanager
def _dropping(server: Server, family: str, hook: str, rule: str, namespace: str = "") -> Iterator[None]:
    """Packets that match ``rule`` vanish, by default in the guest."""
    namespace, table = namespace or server.guest.namespace, f"fault-{server.instance_id}"
    ruleset = f"table {family} {table} {{ chain fault {{ type filter hook {hook} priority 0; {rule} drop; }}; }}"
    netns.run(namespace, ["nft", ruleset], check=True)
    try:
        yield
    finally:
        netns.run(namespace, ["nft", f"delete table {family} {table}"], check=True)


def lose_controller(server: Server, seconds: int) -> None:
    """For so long nothing comes in from where the controller is. Others are not concerned."""
    elements = ", ".join(f"{address} timeout {seconds}s" for address in CONTROLLER)
    ruleset = f"""
        table inet lost {{
            set controller {{ type ipv4_addr; flags timeout; elements = {{ {elements} }} }}
            chain input {{ type filter hook input priority 0; ip saddr @controller drop; }}
        }}"""
    netns.run(server.guest.namespace, ["nft", "-f", "-"], input=ruleset, text=True, check=True)


@contextlib.contextmanager
def without_gateway(server: Server) -> Iterator[None]:
    """Nobody answers at the address of eth1's gateway."""
    with _dropping(server, "arp", "input", 'iifname "eth1"'):
        netns.ip("-netns", server.guest.namespace, "neighbour", "flush", "dev", "eth1")
        yield


def without_dhcp(server: Server) -> contextlib.AbstractContextManager[None]:
    """The DHCP server does not hear eth1."""
    eth1 = server.eni(1)
    router = names.namespace(eth1.vpc_id)
    return _dropping(server, "inet", "input", f'iifname "{names.interface(eth1.id)}" udp dport 67', router)


def without_metadata(server: Server) -> contextlib.AbstractContextManager[None]:
    """The instance metadata service does not hear the guest."""
    return _dropping(server, "inet", "output", "ip daddr 169.254.169.254")
