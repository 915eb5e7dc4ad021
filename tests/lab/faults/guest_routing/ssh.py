# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stands where ssh(1) is, lets ssh do its work, and tells ``steps`` what the controller sends and is answered.

``python ssh.py SOCKET ARGUMENT...``, the arguments those of ssh. Each telling waits for its answer: so a controller is
stopped at a step of its protocol, and nothing of its own knows. Takes the controller's pipelining and become for given.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys

ESCALATED = b"BECOME-SUCCESS"  # what Ansible has the shell say before it sends the module
MODULE = re.compile(rb"ansible_module='(?:\w+\.)*(\w+)'")


def main(steps: str, *arguments: str) -> int:
    if sys.stdin.isatty() or {"-G", "-O"} & set(arguments):
        os.execvp("ssh", ["ssh", *arguments])
    with subprocess.Popen(["ssh", *arguments], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        for line in iter(ssh.stdout.readline, b""):
            _pass_on(line)
            if line.startswith(ESCALATED):
                break
        else:
            return ssh.wait()
        module = sys.stdin.buffer.read()
        sent = {"module": _name(module), "nonce": b'"nonce"' in module}
        _tell(steps, sent)
        answer, _nothing = ssh.communicate(module)
        _tell(steps, {**sent, "answer": _result(answer)})
        _pass_on(answer)
        return ssh.returncode


def _pass_on(output: bytes) -> None:
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def _name(module: bytes) -> str:
    found = MODULE.search(module)
    return found.group(1).decode() if found else ""


def _result(answer: bytes) -> dict:
    """The module's result, empty without one."""
    try:
        return json.loads(answer)
    except ValueError:
        return {}


def _tell(steps: str, event: dict) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(steps)
        connection.sendall(json.dumps(event).encode() + b"\n")
        connection.recv(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
