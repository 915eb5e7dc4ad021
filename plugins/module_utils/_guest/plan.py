# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted interfaces, observed guest) -> the one switch that leads from one to the other. Pure.

A guest's network changes as a whole or not at all, so the plan is a single call, or none.
"""

from __future__ import annotations

from .._reconcile.calls import Call
from .backends import systemd_networkd as backend
from .kernel import differences
from .observed import Observed
from .policy import goal

SWITCH = "switch"


def plan(interfaces, observed: Observed) -> list:
    """The call, with the files to write (content) or remove (None), the commands to run, and the differences found."""
    wanted = {backend.path(interface.mac_address): backend.render(interface) for interface in interfaces}
    surplus = [path for path, content in observed.files.items() if path not in wanted and backend.is_ours(content)]
    files = {
        **{path: content for path, content in wanted.items() if observed.files.get(path) != content},
        **{path: None for path in surplus},
    }
    found = differences(goal(interfaces, observed.devices), observed.state)
    if not files and not found:
        return []
    reads_its_file = {device for mac_address, device in observed.devices.items() if backend.path(mac_address) in files}
    lost = {difference.device for difference in found} - reads_its_file
    return [Call(SWITCH, "network", SWITCH, {
        "files": files,
        "commands": backend.commands(bool(files), lost),
        "differences": [*_file_differences(files, observed.files), *(difference.text for difference in found)],
    })]


def _file_differences(files: dict, present: dict):
    for path, content in files.items():
        if content is None:
            yield f"{path} is not wanted any more"
        else:
            yield f"{path} {'differs' if path in present else 'is missing'}"
