# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The life of a dual-homed server on each network stack, packets from outside. A test goes on from the one before."""

from __future__ import annotations

import pytest

from lab.fabric import names
from lab.fabric.probes import Outcome
from lab.stacks.rig import BOOT_TIMEOUT, CORPORATE_HOST, DualHomed

SSH, WEB = 22, 80


@pytest.fixture(scope="module")
def shop(world) -> str:
    """An ENI that comes and goes."""
    return world.network_interface(world.management_subnet, world.management)


def assert_routed(server: DualHomed) -> None:
    assert server.asked(names.CLIENT, server.public_address, WEB) == Outcome("answered", reply_left_by="eth0")
    for eni in server.fabric.description.attached(instance_id=server.id)[1:]:
        expected = Outcome("answered", reply_left_by=names.device(eni.device_index))
        assert server.asked(names.CORP, eni.addresses[0], SSH) == expected
    assert server.leaves_by(names.CLIENT_ADDRESS) == "eth0"
    if server.eni(1):
        assert server.leaves_by(CORPORATE_HOST) == "eth1"


def test_as_it_comes_up_it_does_not_answer_on_eth1(server):
    assert server.asked(names.CLIENT, server.public_address, WEB) == Outcome("answered", reply_left_by="eth0")
    assert server.asked(names.CORP, server.address(1), SSH) == Outcome("timeout", reply_left_by="eth0")


def test_a_confirmed_run_has_it_answer_by_the_interface_that_was_asked(server, controller):
    done = controller.route(server)
    assert done["changed"] and done["commit"]["state"] == "confirmed"
    assert_routed(server)
    assert not controller.route(server)["changed"]


def test_it_is_so_after_a_reboot(server, fabric, controller):
    server.reboot()
    fabric.wait_guests(BOOT_TIMEOUT)
    assert_routed(server)
    assert not controller.route(server)["changed"]


def test_a_hot_plugged_interface_of_the_same_subnet_answers_too(server, shop, fabric, controller):
    server.attach(shop, 2)
    fabric.wait_guests(BOOT_TIMEOUT)
    assert controller.route(server)["changed"]
    assert_routed(server)


def test_it_comes_back_in_another_slot_and_is_still_right_after_a_reboot(server, fabric, controller):
    server.attach(server.detach(2), 3)
    fabric.wait_guests(BOOT_TIMEOUT)
    controller.route(server)
    assert_routed(server)
    server.reboot()
    fabric.wait_guests(BOOT_TIMEOUT)
    assert_routed(server)
    assert not controller.route(server)["changed"]


def test_it_fails_over_to_the_standby_and_nothing_of_it_stays(server, standby, fabric, controller):
    address = server.address(3)
    standby.attach(server.detach(3), 1)
    fabric.wait_guests(BOOT_TIMEOUT)
    for each in (server, standby):
        controller.route(each)
        assert_routed(each)
    assert address not in server.machine.run("ip", "rule").stdout
    assert not controller.route(server)["changed"]
