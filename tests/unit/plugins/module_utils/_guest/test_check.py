# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface, and what is said when it is somebody else, or when the guest is not as described."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.check import problems
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.kernel import Address, Link, State
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed, match
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

MAC = "02:42:0a:00:00:0a"
ETH0 = Interface(MAC, "public", ("10.0.0.10", "10.0.0.21"), "10.0.0.0/24", 4000)
PATH = "/etc/systemd/network/10-xeni-02420a00000a.network"
OBSERVED = Observed(
    State(
        links=(Link("eth0", MAC),),
        addresses=(Address("eth0", "10.0.0.10", 24, True), Address("eth0", "10.9.9.9", 8)),
    ),
    devices={MAC: "eth0"}, owners={"eth0": "systemd-networkd"},
)


@pytest.mark.parametrize(("networkd", "network_manager", "ifupdown", "owner"), [
    ({"eth0": "/etc/systemd/network/90-dhcp.network"}, set(), set(), "systemd-networkd"),
    ({"eth0": "/run/systemd/network/10-netplan-eth0.network"}, set(), set(), "netplan"),
    ({"eth0": "/run/systemd/network/70-eth0.network"}, set(), set(), "amazon-ec2-net-utils"),
    ({"eth0": ""}, {"eth0"}, set(), "NetworkManager"),
    ({"eth0": ""}, set(), {"eth0"}, "ifupdown"),
    ({"eth0": ""}, set(), set(), ""),
    ({}, {"eth0"}, set(), "NetworkManager"),
    ({}, set(), set(), None),
])
def test_owner(networkd, network_manager, ifupdown, owner):
    assert owners.decide(["eth0"], networkd, network_manager, ifupdown).get("eth0") == owner


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
    assert problems([ETH0], OBSERVED, is_root=True) == []
    assert problems([ETH0], replace(OBSERVED, owners={"eth0": ""}), is_root=True) == []


@pytest.mark.parametrize(("interface", "observed", "is_root", "message"), [
    (ETH0, OBSERVED, False, "become: changing the network needs root; set become: true"),
    (ETH0, replace(OBSERVED, owners={"eth0": "netplan"}), True,
     "interfaces: eth0 is managed by netplan, for which there is no backend here yet; let systemd-networkd manage it, or "
     "leave it out of interfaces"),
    (ETH0, replace(OBSERVED, owners={}), True,
     "interfaces: systemd-networkd does not run, and nothing that is known manages eth0; enable it with 'systemctl enable "
     "--now systemd-networkd'"),
    (ETH0, replace(OBSERVED, files={PATH: "[Match]\n"}), True,
     f"interfaces: {PATH} is there and was not written by this module; remove or rename it"),
    (replace(ETH0, addresses=("10.0.0.21", "10.0.0.10")), OBSERVED, True,
     f"private_ip_addresses: the primary address of {MAC} is '10.0.0.21', but DHCP gave eth0 10.0.0.10; list the "
     "primary address first"),
    (replace(ETH0, subnet="10.0.0.0/16"), OBSERVED, True,
     f"subnet_cidr: '10.0.0.0/16' of {MAC}, but DHCP gave eth0 10.0.0.10/24; give the CIDR of the subnet it is in"),
])
def test_problems(interface, observed, is_root, message):
    assert problems([interface], observed, is_root) == [message]
