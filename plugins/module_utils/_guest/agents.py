# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Cloud agents: what would configure an interface behind the back of its network manager's files, and how not to.

An agent is switched off by drop-ins for its units that systemd never finds fulfilled (systemd.unit(5), "Conditions"):
files of ours, so that going back is their removal, and reversible by anybody who can delete a file.

cloud-init's hot-plug matters to NetworkManager only. It brings up the connection it has written for an interface that
is attached, whichever other connection would be the better one. networkd goes by the first file that matches, which is
ours, and ifupdown runs our program whoever has written the interface's stanza: there hot-plug may do its work.
"""

from __future__ import annotations

import glob
import os
import re
from typing import NamedTuple

from .backends.change import Change
from .backends.files import MANAGED
from .owners import NETPLAN, NETWORK_MANAGER, NETWORKD

UNITS = "/etc/systemd/system"
PATTERNS = (f"{UNITS}/*.d/xeni-aws.conf",)
DROP_IN = f"""\
{MANAGED}
[Unit]
ConditionPathExists=!/
"""
CONNECTIONS = "{root}/{directory}/NetworkManager/system-connections/*"
CONNECTION_DIRECTORIES = ("etc", "run", "usr/lib")
# nm-cloud-setup(8): it skips a connection that says so, which all those that we write do.
SKIPPED = re.compile(r"^org\.freedesktop\.nm-cloud-setup\.skip=(yes|true|on|1)$", re.MULTILINE | re.IGNORECASE)


class Agent(NamedTuple):
    """A cloud agent.

    managers: names of owners.py, whose interfaces it configures. signs: patterns of glob(7), below the root, that all
    match where it is at work. units: of systemd, without which it is not; what it does to an interface; whether those
    units are for this interface alone.
    """

    managers: tuple
    signs: tuple
    units: tuple
    does: str
    of_interface: bool = False


AMAZON, NM_CLOUD_SETUP, HOT_PLUG = "amazon-ec2-net-utils", "nm-cloud-setup", "cloud-init's hot-plug"
AGENTS = {
    # https://github.com/amazonlinux/amazon-ec2-net-utils: udev/99-vpc-policy-routes.rules, lib/lib.sh
    AMAZON: Agent(
        (NETWORKD, NETPLAN), ("lib/systemd/system/policy-routes@.service",),
        ("policy-routes@{device}.service", "refresh-policy-routes@{device}.timer"),
        "writes addresses, rules and routes of its own for it to /run/systemd/network every minute", True),
    # https://networkmanager.dev/docs/api/latest/nm-cloud-setup.html
    NM_CLOUD_SETUP: Agent(
        (NETWORK_MANAGER,), ("etc/systemd/system/*.wants/nm-cloud-setup.*",),
        ("nm-cloud-setup.service", "nm-cloud-setup.timer"),
        "adds addresses, rules and routes of its own to its connection, at each start and by a timer"),
    # https://docs.cloud-init.io/en/latest/explanation/events.html, cloudinit/cmd/devel/hotplug_hook.py
    HOT_PLUG: Agent(
        (NETWORK_MANAGER,),
        ("etc/udev/rules.d/*-cloud-init-hook-hotplug.rules", "lib/systemd/system/cloud-init-hotplugd.socket"),
        ("cloud-init-hotplugd.socket",),
        "brings up a connection of its own on it whenever it is attached"),
}


def read(owners: dict, root: str = "") -> dict:
    """{device: names of the agents at work on it}, those that only drop-ins of ours keep from it among them.

    owners: {device: owners.Owner}. An agent whose unit is masked, or whom the active connection tells to skip it, is
    not at work. Only root can read connections.
    """
    present = [name for name, agent in AGENTS.items() if all(glob.glob(f"{root}/{sign}") for sign in agent.signs)]
    return {
        device: tuple(name for name in present if _is_at_work(name, device, owner, root))
        for device, owner in owners.items()
    }


def _is_at_work(name: str, device: str, owner, root: str) -> bool:
    if not set(owner.managers) & set(AGENTS[name].managers) or _is_masked(units(name, device)[0], root):
        return False
    return name != NM_CLOUD_SETUP or not _is_skipped(owner.handles[NETWORK_MANAGER], root)


def _is_masked(unit: str, root: str) -> bool:
    """systemctl(1), "mask": a link to /dev/null for the unit, or for the template that it is an instance of."""
    return any(
        os.path.realpath(f"{root}/{directory}/systemd/system/{name}") == os.devnull
        for directory in ("etc", "run") for name in (unit, re.sub("@.*[.]", "@.", unit))
    )


def _is_skipped(uuid: str, root: str) -> bool:
    for directory in CONNECTION_DIRECTORIES:
        for path in glob.glob(CONNECTIONS.format(root=root, directory=directory)):
            content = _content(path)
            if f"\nuuid={uuid}\n" in content:
                return bool(SKIPPED.search(content))
    return False


def _content(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def units(name: str, device: str) -> list:
    return [unit.format(device=device) for unit in AGENTS[name].units]


def switched_off(name: str, device: str) -> dict:
    """{path: content} of what keeps an agent from an interface. For nm-cloud-setup our connection does, so none."""
    if name == NM_CLOUD_SETUP:
        return {}
    return {f"{UNITS}/{unit}.d/xeni-aws.conf": DROP_IN for unit in units(name, device)}


def wanted(found: dict, files: dict, take_over: bool) -> dict:
    """{path: (content, device)} of the drop-ins that should be there: for all agents, or for those that are off. Pure.

    found: of read(); files: {path: content} of what is there.
    """
    return {
        path: (content, device) for device, names in found.items() for name in names
        if take_over or _is_off(name, device, files) for path, content in switched_off(name, device).items()
    }


def acting(found: dict, files: dict) -> dict:
    """{device: names} of those that nothing switches off. Pure; parameters as those of wanted()."""
    return {
        device: tuple(name for name in names if not _is_off(name, device, files)) for device, names in found.items()
    }


def problems(found: dict, files: dict):
    """A text about each agent that is acting(), in words that name the way out. Pure."""
    return [_problem(name, device) for device, names in acting(found, files).items() for name in names]


def _is_off(name: str, device: str, files: dict) -> bool:
    drop_ins = switched_off(name, device)
    return bool(drop_ins) and all(files.get(path) == content for path, content in drop_ins.items())


def _problem(name: str, device: str) -> str:
    agent, own = AGENTS[name], units(name, device)
    scope = device if agent.of_interface or not switched_off(name, device) else "the whole instance"
    return (
        f"interfaces: {device} is also configured by {name} ({own[0]}), which {agent.does}; set take_over: true to "
        f"switch it off for {scope}, or do so with 'systemctl mask --now {' '.join(own)}'"
    )


def commands(change: Change) -> list:
    """What makes systemd take up drop-ins that came or went: an agent that is switched off stops, and the other way."""
    if not change.files:
        return []
    written = [path for path, content in change.files.items() if content is not None]
    # One whose condition is not fulfilled only stops. One that is back may take minutes to start: nothing waits for it.
    restart = ["systemctl", "--no-block", "restart", *(path.split("/")[-2][:-len(".d")] for path in written)]
    return [["systemctl", "daemon-reload"], *([restart] if written else [])]


def commands_back(change: Change) -> list:
    """The same: what was stopped starts."""
    return commands(change)
