# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Cloud agents: seen where they are at work, named with the way out, switched off by files of ours."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest import agents
from ansible_collections.xeni.aws.plugins.module_utils._guest.agents import AMAZON, HOT_PLUG, NM_CLOUD_SETUP
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.change import Change
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import is_ours
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import Owner

UUID = "6b1f0c52-6a7c-4bde-8d0e-3a4f0b1c2d3e"
OWNERS = {
    "eth0": Owner({"systemd-networkd": "/run/systemd/network/70-eth0.network"}),
    "eth1": Owner({"NetworkManager": UUID}),
    "eth2": Owner({"ifupdown": ""}),
    "eth3": Owner(),
}
INSTALLED = {
    AMAZON: ["lib/systemd/system/policy-routes@.service"],
    NM_CLOUD_SETUP: ["etc/systemd/system/timers.target.wants/nm-cloud-setup.timer"],
    HOT_PLUG: [
        "etc/udev/rules.d/90-cloud-init-hook-hotplug.rules", "lib/systemd/system/cloud-init-hotplugd.socket"],
}
AMAZON_DROP_INS = [
    "/etc/systemd/system/policy-routes@eth0.service.d/xeni-aws.conf",
    "/etc/systemd/system/refresh-policy-routes@eth0.timer.d/xeni-aws.conf",
]
PROFILE = f"""\
[connection]
id=eth1
uuid={UUID}
type=ethernet

[user]
org.freedesktop.nm-cloud-setup.skip=yes
"""


@pytest.fixture
def install(tmp_path):
    """Put files of these agents, and others {path: content}, below a root that it returns."""
    def install(*names, **others):
        for path in (path for name in names for path in INSTALLED[name]):
            others.setdefault(path, "")
        for path, content in others.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        return str(tmp_path)
    return install


def mask(root, unit):
    (root / "etc/systemd/system").mkdir(parents=True, exist_ok=True)
    (root / "etc/systemd/system" / unit).symlink_to("/dev/null")


def test_an_agent_is_named_where_its_network_manager_has_the_interface(install):
    assert agents.read(OWNERS, install(AMAZON, NM_CLOUD_SETUP, HOT_PLUG)) == {
        "eth0": (AMAZON,), "eth1": (NM_CLOUD_SETUP, HOT_PLUG), "eth2": (), "eth3": ()}


def test_what_is_not_installed_or_only_half_is_no_agent(install):
    root = install(**{INSTALLED[HOT_PLUG][0]: ""})
    assert agents.read(OWNERS, root) == {"eth0": (), "eth1": (), "eth2": (), "eth3": ()}


@pytest.mark.parametrize(("name", "device", "unit"), [
    (AMAZON, "eth0", "policy-routes@eth0.service"),
    (AMAZON, "eth0", "policy-routes@.service"),
    (NM_CLOUD_SETUP, "eth1", "nm-cloud-setup.service"),
    (HOT_PLUG, "eth1", "cloud-init-hotplugd.socket"),
])
def test_who_has_masked_an_agent_has_dealt_with_it(install, tmp_path, name, device, unit):
    root = install(name)
    assert agents.read(OWNERS, root)[device] == (name,)
    mask(tmp_path, unit)
    assert agents.read(OWNERS, root)[device] == ()


def test_masked_for_another_interface(install, tmp_path):
    mask(tmp_path, "policy-routes@eth1.service")
    assert agents.read(OWNERS, install(AMAZON))["eth0"] == (AMAZON,)


@pytest.mark.parametrize(("directory", "content", "found"), [
    ("etc", PROFILE, ()),
    ("run", PROFILE.replace("yes", "true"), ()),
    ("etc", PROFILE.replace("yes", "no"), (NM_CLOUD_SETUP,)),
    ("etc", PROFILE.replace(UUID, "another"), (NM_CLOUD_SETUP,)),
])
def test_nm_cloud_setup_skips_the_connection_that_says_so(install, directory, content, found):
    path = f"{directory}/NetworkManager/system-connections/eth1.nmconnection"
    assert agents.read(OWNERS, install(NM_CLOUD_SETUP, **{path: content}))["eth1"] == found


def test_problems_name_the_agent_and_the_way_out():
    found = {"eth0": (AMAZON,), "eth1": (NM_CLOUD_SETUP, HOT_PLUG)}
    assert agents.problems(found, {}) == [
        "interfaces: eth0 is also configured by amazon-ec2-net-utils (policy-routes@eth0.service), which writes "
        "addresses, rules and routes of its own for it to /run/systemd/network every minute; set take_over: true to "
        "switch it off for eth0, or do so with "
        "'systemctl mask --now policy-routes@eth0.service refresh-policy-routes@eth0.timer'",
        "interfaces: eth1 is also configured by nm-cloud-setup (nm-cloud-setup.service), which adds addresses, rules "
        "and routes of its own to its connection, at each start and by a timer; set take_over: true to switch it off "
        "for eth1, or do so with 'systemctl mask --now nm-cloud-setup.service nm-cloud-setup.timer'",
        "interfaces: eth1 is also configured by cloud-init's hot-plug (cloud-init-hotplugd.socket), which brings up a "
        "connection of its own on it whenever it is attached; set take_over: true to switch it off for the whole "
        "instance, or do so with 'systemctl mask --now cloud-init-hotplugd.socket'",
    ]


def test_taken_over_by_drop_ins_of_ours():
    drop_ins = agents.wanted({"eth0": (AMAZON,), "eth1": (NM_CLOUD_SETUP,)}, {}, take_over=True)
    assert list(drop_ins) == AMAZON_DROP_INS
    assert {device for _content, device in drop_ins.values()} == {"eth0"}
    assert all(is_ours(content) and "ConditionPathExists=!/\n" in content for content, _device in drop_ins.values())


def test_an_agent_that_was_taken_over_stays_off_without_being_asked_again():
    found, files = {"eth0": (AMAZON,)}, agents.switched_off(AMAZON, "eth0")
    assert list(agents.wanted(found, files, take_over=False)) == AMAZON_DROP_INS
    assert agents.problems(found, files) == []


def test_one_that_is_off_by_half_is_not_off():
    files = dict([*agents.switched_off(AMAZON, "eth0").items()][:1])
    assert agents.wanted({"eth0": (AMAZON,)}, files, take_over=False) == {}
    assert len(agents.problems({"eth0": (AMAZON,)}, files)) == 1


def test_units_whose_drop_ins_come_are_restarted_and_the_same_takes_them_back():
    change = Change(agents.switched_off(AMAZON, "eth0"), {}, ())
    assert agents.commands(change) == agents.commands_back(change) == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "--no-block", "restart", "policy-routes@eth0.service", "refresh-policy-routes@eth0.timer"],
    ]


def test_units_of_interfaces_that_are_gone_are_left_alone():
    assert agents.commands(Change(dict.fromkeys(AMAZON_DROP_INS), {}, ())) == [["systemctl", "daemon-reload"]]
    assert agents.commands(Change({}, {}, ())) == []
