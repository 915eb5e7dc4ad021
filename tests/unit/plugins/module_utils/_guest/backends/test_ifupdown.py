# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Programs and fragments for ifupdown, run by a real shell with an ip(8) that writes down what it is given."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import ifupdown
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.change import Change
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import MANAGED, is_ours, sets_address
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import IFUPDOWN, Owner
from ansible_collections.xeni.aws.plugins.module_utils._guest.policy import Policy

ETH0 = Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10",), "10.0.0.0/24", 4000)
ETH1 = Interface(
    "02:42:0a:00:01:0a", "management", ("10.0.1.10", "10.0.1.21"), "10.0.1.0/24", 4001, ("192.168.0.0/16",),
    ipv6_addresses=("2001:db8::10", "2001:db8::11"), ipv6_subnet="2001:db8::/64")
DEVICES = {ETH0.mac_address: "eth0", ETH1.mac_address: "eth1"}
PROGRAM = "/etc/network/if-up.d/xeni-02420a00010a"
FRAGMENT = "/etc/network/interfaces.d/xeni-02420a00010a"
HOOKS = ["/etc/dhcp/dhclient-exit-hooks.d", "/lib/dhcpcd/dhcpcd-hooks"]
STANZA = {
    "/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n",
    "/run/network/interfaces.d/eth1": "iface eth1 inet dhcp\n",
}

# In the order in which they are set: a rule never leads to a table without routes.
EXPECTED = """\
-4 route delete default dev eth9 table main
-6 route delete default dev eth9 table main
-4 address replace 10.0.1.21/32 dev eth9
-4 route replace 10.0.1.0/24 dev eth9 table 4001 proto 120
-4 route replace default via 10.0.1.1 dev eth9 table 4001 proto 120 onlink
-4 route replace 10.0.0.0/24 via 10.0.1.1 dev eth9 table 4001 proto 120 onlink
-4 route replace 192.168.0.0/16 via 10.0.1.1 dev eth9 table 4001 proto 120 onlink
-4 route replace 192.168.0.0/16 via 10.0.1.1 dev eth9 table 254 proto 120 onlink
-6 address replace 2001:db8::11/128 dev eth9
-6 route replace 2001:db8::/64 dev eth9 table 4001 proto 120
-6 route replace default via fe80:ec2::1 dev eth9 table 4001 proto 120 onlink
-4 rule add priority 4001 from 10.0.1.10 lookup 4001 suppress_prefixlength 0
-4 rule add priority 4102 from 10.0.1.10 lookup 4001
-4 rule add priority 4001 from 10.0.1.21 lookup 4001 suppress_prefixlength 0
-4 rule add priority 4102 from 10.0.1.21 lookup 4001
-6 rule add priority 4001 from 2001:db8::10 lookup 4001 suppress_prefixlength 0
-6 rule add priority 4102 from 2001:db8::10 lookup 4001
-6 rule add priority 4001 from 2001:db8::11 lookup 4001 suppress_prefixlength 0
-6 rule add priority 4102 from 2001:db8::11 lookup 4001
"""

IP = """\
#!/bin/sh
case "$*" in
    *-batch*) while read -r line; do echo "$1 $line" >>ip.log; done ;;
    *) echo "$*" >>ip.log ;;
esac
case "$*" in
    *delete*) exit 2 ;;
esac
"""


def rendered(interface, present):
    policy = Policy((ETH0, ETH1), DEVICES, 4000)
    return ifupdown.render(
        interface, policy.device(interface), policy.rules(interface), policy.routes(interface), present)


@pytest.fixture(name="system")
def system_fixture(tmp_path):
    """A directory with an interface that is called eth9 by now, a setting of the kernel's, and ip(8)."""
    interface = tmp_path / "class" / "eth9"
    interface.mkdir(parents=True)
    (interface / "address").write_text(f"{ETH1.mac_address}\n")
    setting = tmp_path / "conf" / "eth9" / "accept_ra_defrtr"
    setting.parent.mkdir(parents=True)
    setting.write_text("1\n")
    ip = tmp_path / "ip"
    ip.write_text(IP)
    ip.chmod(0o755)
    return tmp_path


def run(system, program, **variables):
    """What the program says. sh(1) gets it with the system's directories in the place of the kernel's."""
    text = program.replace("/sys/class/net", str(system / "class")).replace(
        "/proc/sys/net/ipv6/conf", str(system / "conf"))
    environment = {"PATH": f"{system}:{os.environ['PATH']}", **variables}
    done = subprocess.run(
        ["sh", "-eu", "-c", text], cwd=system, env=environment, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


def ip_log(system):
    return (system / "ip.log").read_text() if (system / "ip.log").exists() else ""


def test_program_finds_its_interface_by_the_mac_address_and_sets_all_of_it(system):
    run(system, rendered(ETH1, STANZA)[PROGRAM], IFACE="eth9")
    assert ip_log(system) == EXPECTED
    assert (system / "conf/eth9/accept_ra_defrtr").read_text() == "0\n"


@pytest.mark.parametrize("name", ["lo", "--all", "eth1"])
def test_program_leaves_every_other_interface_alone(system, name):
    run(system, rendered(ETH1, STANZA)[PROGRAM], IFACE=name)
    assert ip_log(system) == ""


def test_public_interface_keeps_its_default_routes(system):
    (system / "class/eth9/address").write_text(f"{ETH0.mac_address}\n")
    [program] = rendered(ETH0, STANZA).values()
    run(system, program, IFACE="eth9")
    assert "delete" not in ip_log(system)
    assert "-4 rule add priority 4100 from all lookup 254 suppress_prefixlength 0\n" in ip_log(system)


def test_files_are_known_as_ours_and_by_what_they_bring():
    files = rendered(ETH1, {})
    assert all(is_ours(content) for content in files.values())
    assert sets_address(files[PROGRAM], "10.0.1.21") and not sets_address(files[PROGRAM], "10.0.1.10")


@pytest.mark.parametrize(("present", "gets_one"), [
    ({}, True),
    ({"/etc/network/interfaces": "iface eth0 inet dhcp\niface eth10 inet dhcp\n# iface eth1 inet dhcp\n"}, True),
    ({FRAGMENT: f"{MANAGED}\niface eth1 inet dhcp\n"}, True),
    (STANZA, False),
    ({"/etc/network/interfaces.d/50-cloud-init": "auto eth1\niface eth1 inet dhcp\n    metric 200\n"}, False),
])
def test_an_interface_without_a_stanza_gets_one(present, gets_one):
    one = f"{MANAGED}\nallow-hotplug eth1\n\niface eth1 inet dhcp\n"
    assert rendered(ETH1, present).get(FRAGMENT) == (one if gets_one else None)


@pytest.mark.parametrize(("interface", "client", "ipv6"), [
    (ETH1, HOOKS[0], True), (ETH1, HOOKS[1], False), (replace(ETH1, ipv6_subnet=""), HOOKS[0], False),
])
def test_dhcpcd_needs_no_stanza_for_ipv6(interface, client, ipv6):
    files = ifupdown.render(interface, "eth1", [], [], {f"{client}/debug": ""})
    assert ("inet6" in files[FRAGMENT]) == ipv6


@pytest.mark.parametrize("directory", HOOKS)
def test_the_dhcp_client_that_is_there_gets_a_hook(directory):
    theirs, ours = {f"{directory}/debug": "#\n"}, {f"{directory}/xeni-02420a00010a": f"{MANAGED}\n"}
    assert set(rendered(ETH1, {**STANZA, **theirs, **ours})) == {PROGRAM, *ours}
    assert set(rendered(ETH1, {**STANZA, **ours})) == {PROGRAM}


@pytest.mark.parametrize(("reason", "runs"), [
    ("BOUND", True), ("RENEW", True), ("REBOOT", True), ("BOUND6", True), ("ROUTERADVERT", True),
    ("PREINIT", False), ("EXPIRE", False), ("RELEASE", False), ("STOP6", False),
])
def test_the_hook_runs_the_program_when_there_is_a_lease(system, reason, runs):
    (system / "program").write_text("#!/bin/sh\necho for $IFACE\n")
    (system / "program").chmod(0o755)
    hook = rendered(ETH1, {f"{HOOKS[0]}/debug": ""})[f"{HOOKS[0]}/xeni-02420a00010a"]
    said = run(system, hook.replace(PROGRAM, str(system / "program")), reason=reason, interface="eth9")
    assert said == ("for eth9\n" if runs else "")


def test_commands():
    ifup = ["systemd-run", "--scope", "--quiet", "ifup"]
    program = ["run-parts", "--regex=^xeni-", "/etc/network/if-up.d"]
    assert ifupdown.commands(Change({}, {"eth1": Owner({IFUPDOWN: ""})}, {"eth0": Owner()})) == [
        [*ifup, "eth0"], [*ifup, "eth1"], ["env", "IFACE=eth0", *program], ["env", "IFACE=eth1", *program]]
    assert ifupdown.commands(Change({PROGRAM: None}, {}, {})) == []


def test_commands_back_take_down_what_was_not_up():
    down, *others = ifupdown.commands_back(Change({}, {"eth1": Owner(), "eth0": Owner({IFUPDOWN: ""})}, ()))
    assert down[2:] == ['echo "iface $0 inet dhcp" | ifdown --interfaces=/dev/stdin "$0"', "eth1"]
    assert [command[-1] for command in others] == [
        "/proc/sys/net/ipv6/conf/eth0/accept_ra_defrtr", "/etc/network/if-up.d", "eth0"]


def test_without_ipv6_the_way_back_goes_on():
    accept, _programs, ask = ifupdown.commands_back(Change({}, {"eth99": Owner({IFUPDOWN: ""})}, ()))
    for command in (accept, ask):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stdout + done.stderr == ""
