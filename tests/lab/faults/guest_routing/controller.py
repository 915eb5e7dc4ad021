# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one who runs ``guest_routing``: the real Ansible, over the real ssh, in the corporate network."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab import netns
from lab.demo.project import environment
from lab.fabric import names
from lab.faults.guest_routing.steps import Step, Steps
from lab.guests import cgroup
from lab.guests.image import USER

JOIN = ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"']  # a control group: all that comes of the command is in it


@dataclass(frozen=True)
class Run:
    """``result`` is the task's, empty when the controller did not live to tell. ``armed_at`` is of time.monotonic().

    ``said`` is all that the user is told, warnings too, which Ansible takes out of the result.
    """

    result: dict
    armed_at: float | None
    said: str


class Controller:
    """Its connections and processes are its own: others may work beside it.

    :param directory: with the private key ``key`` and ``known_hosts``. Short, as sockets are in it
    :param name: unique in there
    """

    def __init__(self, directory: pathlib.Path, name: str):
        self._directory = directory
        self._group = "-".join([*directory.parts[-2:], name])  # unique on this machine, whoever else works on it
        self._steps, self._ssh, self._control = (directory / f"{name}.{suffix}" for suffix in ("steps", "ssh", "cp"))
        wrapper = pathlib.Path(__file__).with_name("ssh.py")
        self._ssh.write_text(f'#!/bin/sh\nexec {sys.executable} -I {wrapper} {self._steps} "$@"\n')
        self._ssh.chmod(0o755)

    def apply(self, host: str, parameters: dict, at: Mapping[Step, Callable[[], object]] | None = None) -> Run:
        """Run the module on the guest at address ``host``; ``at`` each step happens what is given for it."""
        with Steps(self._steps, at or {}) as steps:
            said = self._run([
                str(pathlib.Path(sys.executable).with_name("ansible")), "guest", "--inventory", "guest,", "--become",
                "--module-name", "xeni.aws.guest_routing",
                "--args", json.dumps(parameters), "--extra-vars", json.dumps({"ansible_host": host}),
            ])
        return Run(_result(said), steps.armed_at, said)

    def logs_in(self, host: str) -> bool:
        """As the one whom the servers know, and as root."""
        login = ["ssh", *self._ssh_options(), "-oConnectTimeout=5", f"{USER}@{host}"]
        return "works" in self._run([*login, "sudo", "echo", "works"])

    def kill(self) -> None:
        """Every process of it, at once, as kill -9 does."""
        cgroup.kill(self._group)

    def _run(self, command: list[str]) -> str:
        """What it prints."""
        command = [*JOIN, str(cgroup.create(self._group)), *netns.command(names.CORP, command)]
        try:
            done = subprocess.run(
                command, cwd=self._directory, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False,
            )
        finally:
            self.kill()  # also the connection that ssh keeps for the next run
        return done.stdout

    def _environment(self) -> dict[str, str]:
        user = environment("")
        return user | {
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", user["ANSIBLE_COLLECTIONS_PATH"]),
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
            "ANSIBLE_REMOTE_USER": USER,
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._control),
            "ANSIBLE_SSH_EXECUTABLE": str(self._ssh),
            "ANSIBLE_SSH_EXTRA_ARGS": " ".join(self._ssh_options()),
        }

    def _ssh_options(self) -> list[str]:
        files = {"IdentityFile": "key", "UserKnownHostsFile": "known_hosts"}
        options = {"BatchMode": "yes", "StrictHostKeyChecking": "yes"}
        options |= {key: str(self._directory / name) for key, name in files.items()}
        return [f"-o{key}={value}" for key, value in options.items()]


def _result(said: str) -> dict:
    found = re.search(r"=> (\{.*\})", said, re.DOTALL)
    return json.loads(found.group(1)) if found else {}
