# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import dataclasses

from lab.fabric import changes
from lab.fabric.description import Description


def test_nothing_changed(dual_homed):
    assert changes.lines(dual_homed, dual_homed) == []


def test_what_appears(dual_homed):
    lines = changes.lines(Description(), dual_homed)
    assert "+ eni-0 eth0 of i-1 0a:00:00:00:00:00 10.0.0.5 (54.0.0.5) sg-web" in lines
    assert "+ sg-web in tcp:80 0.0.0.0/0" in lines
    assert "+ sg-web out all 0.0.0.0/0" in lines
    assert "+ vgw-1 to 192.168.0.0/16" in lines
    assert "+ rtb-0000001 10.0.0.0/16 to local, 0.0.0.0/0 to igw-1" in lines


def test_a_detached_eni_went(dual_homed):
    kept = {"eni-0": dual_homed.network_interfaces["eni-0"]}
    assert changes.lines(dual_homed, dataclasses.replace(dual_homed, network_interfaces=kept)) == [
        "- eni-1 eth1 of i-1 0a:00:00:00:00:01 10.0.1.5 sg-mgmt"
    ]


def test_an_eni_without_its_check_changed(dual_homed):
    unchecked = dataclasses.replace(dual_homed.network_interfaces["eni-0"], source_dest_check=False)
    interfaces = {**dual_homed.network_interfaces, "eni-0": unchecked}
    assert changes.lines(dual_homed, dataclasses.replace(dual_homed, network_interfaces=interfaces)) == [
        "~ eni-0 eth0 of i-1 0a:00:00:00:00:00 10.0.0.5 (54.0.0.5) sg-web without source/destination check"
    ]


def test_an_eni_tells_all_that_is_its_own(dual_stack):
    lines = changes.lines(Description(), dual_stack)
    own = "10.0.1.5 2600:1f18:0:2::5 2600:1f18:0:2:1::/80"
    assert f"+ eni-1 eth1 of i-1 0a:00:00:00:00:01 {own} sg-mgmt" in lines
    assert "+ vpc-1 10.0.0.0/16 2600:1f18::/56 igw-1 eigw-1 vgw-1" in lines
    assert "+ subnet-2 10.0.1.0/24 2600:1f18:0:2::/64 rtb-0000002 acl-1" in lines
