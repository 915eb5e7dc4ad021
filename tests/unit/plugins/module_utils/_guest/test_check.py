# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface, and what is said when it is somebody else, or when the guest is not as described."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.agents import AMAZON, HOT_PLUG
from ansible_collections.xeni.aws.plugins.module_utils._guest.check import problems
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Desired, Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed, match
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import (
    NETPLAN,
    NETWORK_MANAGER,
    NETWORKD,
    Owner,
    Owners,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Address, Link, State
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

MAC = "02:42:0a:00:00:0a"
ETH0 = Interface(MAC, "public", ("10.0.0.10", "10.0.0.21"), "10.0.0.0/24", 4000)
PATH = "/etc/systemd/network/05-xeni-02420a00000a.network"
KEEPS_OFF = "/etc/NetworkManager/conf.d/xeni-02420a00000a.conf"
BOTH = "interfaces: eth0 is managed by systemd-networkd and by {}, which undo each other's work; "
OBSERVED = Observed(
    State(
        links=(Link("eth0", MAC),),
        addresses=(Address("eth0", "10.0.0.10", 24, True), Address("eth0", "10.9.9.9", 8)),
    ),
    devices={MAC: "eth0"}, owners=Owners({"eth0": Owner({NETWORKD: ""})}, (NETWORKD,)),
)


def desired(interface, backend="auto", take_over=False):
    return Desired((interface,), 4000, 4000, backend, take_over)


def owned(*managers, running=()):
    return replace(OBSERVED, owners=Owners({"eth0": Owner(dict.fromkeys(managers, ""))}, running))


def test_an_interface_that_is_not_there():
    links = (Link("eth0", MAC), Link("eth1", "02:42:0a:00:01:0a"))
    with pytest.raises(BadInput) as raised:
        match(["02:42:0a:00:09:09", MAC], links)
    assert raised.value.problems == [
        "mac_address: no interface of this guest has '02:42:0a:00:09:09'; "
        "it has 02:42:0a:00:00:0a (eth0), 02:42:0a:00:01:0a (eth1)"
    ]
    assert match([MAC], links) == {MAC: "eth0"}


def test_nothing_to_complain_of():
    assert problems(desired(ETH0), OBSERVED, is_root=True) == []
    assert problems(desired(ETH0), owned(NETPLAN), is_root=True) == []
    assert problems(desired(ETH0), owned(running=(NETWORKD,)), is_root=True) == []


@pytest.mark.parametrize(("backend", "managers"), [
    ("systemd_networkd", (NETWORKD, NETWORK_MANAGER)),
    ("network_manager", (NETPLAN, NETWORK_MANAGER)),
    ("ifupdown", (NETWORKD, NETWORK_MANAGER, "ifupdown")),
])
def test_rivals_that_are_taken_over(backend, managers):
    assert problems(desired(ETH0, backend, take_over=True), owned(*managers), is_root=True) == []


def test_an_agent_of_a_rival_is_no_problem_of_its_own():
    observed = replace(owned(NETWORKD, NETWORK_MANAGER), agents={"eth0": (HOT_PLUG,)})
    [problem] = problems(desired(ETH0, "systemd_networkd"), observed, is_root=True)
    assert problem.startswith(BOTH.format("NetworkManager"))


def test_an_agent_is_a_problem_unless_it_is_taken_over():
    observed = replace(OBSERVED, agents={"eth0": (AMAZON,)})
    problem, = problems(desired(ETH0), observed, is_root=True)
    assert problem.startswith("interfaces: eth0 is also configured by amazon-ec2-net-utils")
    assert problems(desired(ETH0, take_over=True), observed, is_root=True) == []


@pytest.mark.parametrize(("wanted", "observed", "is_root", "message"), [
    (desired(ETH0), OBSERVED, False, "become: changing the network needs root; set become: true"),
    (desired(ETH0), owned(NETWORKD, "ifupdown"), True,
     f"{BOTH.format('ifupdown')}let one of them manage it, or set take_over: true to keep the others from it"),
    (desired(ETH0, take_over=True), owned(NETWORKD, NETWORK_MANAGER), True,
     f"{BOTH.format('NetworkManager')}name the one that stays in backend: systemd_networkd or network_manager"),
    (desired(ETH0, "ifupdown", take_over=True), owned(NETWORKD, NETWORK_MANAGER), True,
     f"{BOTH.format('NetworkManager')}name the one that stays in backend: systemd_networkd or network_manager"),
    (desired(ETH0, "systemd_networkd", take_over=True), owned(NETWORKD, "ifupdown"), True,
     f"{BOTH.format('ifupdown')}only your own files keep ifupdown from it: remove its stanza from "
     "/etc/network/interfaces, or the file of interfaces.d that has it, and reboot"),
    (desired(ETH0, "systemd_networkd", take_over=True),
     replace(owned(NETWORKD, NETWORK_MANAGER), files={KEEPS_OFF: "[keyfile]\n"}), True,
     f"interfaces: {KEEPS_OFF} is there and was not written by this module; remove or rename it"),
    (desired(ETH0), owned(), True,
     "interfaces: no network manager that is known here runs and would take eth0; enable one of systemd-networkd, "
     "netplan, NetworkManager, ifupdown, such as with 'systemctl enable --now systemd-networkd'"),
    (desired(ETH0), replace(OBSERVED, files={PATH: "[Match]\n"}), True,
     f"interfaces: {PATH} is there and was not written by this module; remove or rename it"),
    (desired(replace(ETH0, addresses=("10.0.0.21", "10.0.0.10"))), OBSERVED, True,
     f"private_ip_addresses: the primary address of {MAC} is '10.0.0.21', but DHCP gave eth0 10.0.0.10; list the "
     "primary address first"),
    (desired(replace(ETH0, subnet="10.0.0.0/16")), OBSERVED, True,
     f"subnet_cidr: '10.0.0.0/16' of {MAC}, but DHCP gave eth0 10.0.0.10/24; give the CIDR of the subnet it is in"),
])
def test_problems(wanted, observed, is_root, message):
    assert problems(wanted, observed, is_root) == [message]
