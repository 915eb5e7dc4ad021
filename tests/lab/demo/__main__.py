# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.demo``: the main job from an empty account to a proof by packets, on the lab."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from lab.cloud import serve
from lab.demo import packets
from lab.demo.project import ROOT, PlaybookError, Project, environment
from lab.fabric import Fabric, FabricError, host, names

OUTPUT = ROOT / "demo-output"


class NotAsExpected(RuntimeError):
    """The demonstration shows something else than it says."""


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serve() as url:
            replaced = environment(url)
            os.environ.clear()
            os.environ.update(replaced)
            _demonstrate(Project(OUTPUT))
    except (FabricError, PlaybookError, NotAsExpected) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: interrupted; the lab is taken down", file=sys.stderr)
        return 130
    return 0


def _demonstrate(project: Project) -> None:
    _step("Launch three servers in an account of the lab cloud")
    project.launch()
    _step("First run of xeni.aws.dual_homed, the half in AWS: network, VPN, Elastic IPs, an eth1 for each server")
    project.playbook("xeni.aws.dual_homed_cloud")
    if reason := host.obstacle():
        _run_again(project, "xeni.aws.dual_homed_cloud")
        print(f"\nThe servers and their packets could not be shown: {reason}.")
    else:
        _show_servers(project)
    picture = _draw(project)
    print(f"\nThe network as a picture: {picture}", flush=True)


def _show_servers(project: Project) -> None:
    _step("Build the network that AWS now describes: servers that boot, the Internet, the corporate network behind the VPN")
    with Fabric(report=lambda line: print(f"  | {line}", flush=True)) as fabric:
        fabric.wait_guests()
        _step("Packets, before the servers' routing is configured: SSH to eth1 hangs, as the reply leaves by eth0")
        _prove(fabric, "before")
        _step("First run of xeni.aws.dual_homed, the half in the servers, from the corporate network")
        project.playbook("xeni.aws.dual_homed", namespace=names.CORP)
        _step("Packets, after it")
        _prove(fabric, "after")
        _run_again(project, "xeni.aws.dual_homed", namespace=names.CORP)


def _run_again(project: Project, playbook: str, namespace: str | None = None) -> None:
    _step(f"Second run of {playbook}: nothing to do")
    changed = project.playbook(playbook, namespace=namespace)
    if changed:
        raise NotAsExpected(f"the second run reports {changed} changes")
    print("  changed=0", flush=True)


def _prove(fabric: Fabric, state: str) -> None:
    fabric.sync()
    if not packets.show(fabric.description, state):
        raise NotAsExpected(f"packets did not do what was expected {state} the servers' routing was configured")


def _draw(project: Project) -> Path:
    picture = project.directory / "network.svg"
    project.playbook("picture.yml", "--extra-vars", json.dumps({"picture_file": str(picture)}))
    return picture


def _step(text: str) -> None:
    print(f"\n== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
