# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.demo``: the main job from an empty account to a proof by packets, on the lab."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lab.demo import packets
from lab.demo.project import Project
from lab.demo.presentation import OUTPUT, NotAsExpected, line, run, run_again, step
from lab.fabric import Fabric, host, names


def _demonstrate(_url: str) -> None:
    project = Project(OUTPUT)
    step("Launch three servers in an account of the lab cloud")
    project.launch()
    step("First run of xeni.aws.dual_homed, the half in AWS: network, VPN, Elastic IPs, an eth1 for each server")
    project.playbook("xeni.aws.dual_homed_cloud")
    if reason := host.obstacle():
        run_again(project, "xeni.aws.dual_homed_cloud")
        print(f"\nThe servers and their packets could not be shown: {reason}.")
    else:
        _show_servers(project)
    picture = _draw(project)
    print(f"\nThe network as a picture: {picture}", flush=True)


def _show_servers(project: Project) -> None:
    step("Build the network that AWS now describes: servers that boot, the Internet, the corporate network behind the VPN")
    with Fabric(report=line) as fabric:
        fabric.wait_guests()
        step("Packets, before the servers' routing is configured: SSH to eth1 hangs, as the reply leaves by eth0")
        _prove(fabric, "before")
        step("First run of xeni.aws.dual_homed, the half in the servers, from the corporate network")
        project.playbook("xeni.aws.dual_homed", namespace=names.CORP)
        step("Packets, after it")
        _prove(fabric, "after")
        run_again(project, "xeni.aws.dual_homed", namespace=names.CORP)


def _prove(fabric: Fabric, state: str) -> None:
    fabric.sync()
    if not packets.show(fabric.description, state):
        raise NotAsExpected(f"packets did not do what was expected {state} the servers' routing was configured")


def _draw(project: Project) -> Path:
    picture = project.directory / "network.svg"
    project.playbook("picture.yml", "--extra-vars", json.dumps({"picture_file": str(picture)}))
    return picture


if __name__ == "__main__":
    sys.exit(run(_demonstrate))
