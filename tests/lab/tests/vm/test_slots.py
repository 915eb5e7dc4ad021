# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The slots of a machine whose QEMU is only half there: it makes taps, and lets go of devices when told to."""

from __future__ import annotations

import contextlib
import json
import select

import pytest

from lab import netns
from lab.vm.channel import ChannelError
from lab.vm.slots import Slots, changes

MAC, OTHER_MAC = "02:00:00:00:00:05", "02:00:00:00:00:06"


class Qemu:
    """``devices`` are in the machine, by id. ``lets_go`` tells whether its kernel does as it is asked."""

    def __init__(self, namespace: str):
        self._namespace = namespace
        self.devices: dict[str, dict] = {}
        self.lets_go = True
        self.refuses: str | None = None

    @contextlib.contextmanager
    def monitor(self):
        yield self

    def call(self, command: str, **arguments) -> object:
        if command == self.refuses:
            raise ChannelError(f"{command}: refused")
        return {
            "netdev_add": self._netdev_add,
            "netdev_del": lambda id: netns.ip("-n", self._namespace, "link", "delete", id),
            "device_add": lambda id, **properties: self.devices.update({id: properties}),
            "device_del": self._device_del,
            "qom-list": lambda path: [{"name": name} for name in self.devices],
        }[command](**arguments)

    def _netdev_add(self, ifname: str, **_options) -> None:
        netns.ip("-n", self._namespace, "tuntap", "add", ifname, "mode", "tap")

    def _device_del(self, id: str) -> None:
        if id not in self.devices:
            raise ChannelError(f"device_del: Device '{id}' not found")
        if self.lets_go:
            del self.devices[id]


@pytest.fixture
def qemu(namespace) -> Qemu:
    return Qemu(namespace)


@pytest.fixture
def slots(namespace, qemu) -> Slots:
    return Slots(namespace, qemu.monitor)


def plug(namespace: str, device: str, mac: str = MAC) -> None:
    link = [device, "address", mac, "mtu", "9001", "type", "veth", "peer", "name", f"port-{device}"]
    netns.ip("-n", namespace, "link", "add", *link)


def unplug(namespace: str, device: str) -> None:
    netns.ip("-n", namespace, "link", "delete", device)


def links(namespace: str) -> dict[str, dict]:
    return {link["ifname"]: link for link in json.loads(netns.ip("-n", namespace, "-json", "link"))}


def redirected_to(namespace: str, device: str) -> str:
    shown = netns.run(namespace, ["tc", "filter", "show", "dev", device, "ingress"], capture_output=True, text=True)
    return shown.stdout.partition("Egress Redirect to device ")[2].partition(")")[0]


def test_an_interface_becomes_a_card_with_its_mac_in_its_slot(namespace, qemu, slots):
    plug(namespace, "eth1")
    assert slots.update()
    card = qemu.devices["eth1"]
    assert (card["mac"], card["addr"], card["netdev"]) == (MAC, "0x6", "tap1")
    assert (redirected_to(namespace, "eth1"), redirected_to(namespace, "tap1")) == ("tap1", "eth1")
    assert {link["mtu"] for name, link in links(namespace).items() if name in ("eth1", "tap1")} == {9001}


def test_the_namespace_itself_stays_silent(namespace, slots):
    plug(namespace, "eth0")
    slots.update()
    assert netns.ip("-n", namespace, "-6", "address", "show", "dev", "eth0") == ""


def test_what_goes_is_asked_for_until_the_machine_has_let_go(namespace, qemu, slots):
    plug(namespace, "eth1")
    slots.update()
    unplug(namespace, "eth1")
    qemu.lets_go = False
    assert not slots.update()
    assert "tap1" in links(namespace)
    qemu.lets_go = True
    assert slots.update()
    assert "tap1" not in links(namespace) and not qemu.devices


@pytest.mark.parametrize("mac", [pytest.param(MAC, id="same"), pytest.param(OTHER_MAC, id="another")])
def test_an_interface_that_was_replaced_between_two_looks_is_plugged_in_anew(namespace, qemu, slots, mac):
    plug(namespace, "eth1")
    slots.update()
    unplug(namespace, "eth1")
    plug(namespace, "eth1", mac)
    assert slots.update()
    assert qemu.devices["eth1"]["mac"] == mac
    assert redirected_to(namespace, "eth1") == "tap1"


def test_a_card_that_qemu_refuses_leaves_no_tap(namespace, qemu, slots):
    plug(namespace, "eth0")
    qemu.refuses = "device_add"
    with pytest.raises(ChannelError):
        slots.update()
    assert "tap0" not in links(namespace)
    qemu.refuses = None
    assert slots.update()


def test_a_change_of_links_is_told(namespace):
    with changes(namespace) as changed:
        assert not select.select([changed], [], [], 0)[0]
        plug(namespace, "eth0")
        assert select.select([changed], [], [], 5)[0]
