# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stands where amazon.aws's plugin of this name is, which needs AWS's own data channel: it enters a guest of the lab.

What it is to those who use it is what the real one is: no SSH and no pipelining; the user of AWS's agent, whoever
`ansible_user` is; a terminal, on which errors are among the output; a play context that it changes.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: aws_ssm
short_description: enter a guest of the lab
description: Enters a guest of the lab by nsenter(1).
options:
  instance_id:
    description: The EC2 instance ID.
    vars:
      - name: ansible_aws_ssm_instance_id
"""

import getpass
import json
import os
import pathlib
import subprocess

from ansible.plugins.connection import ConnectionBase

AGENTS_USER = "ssm-user"
ENTRANCES = "LAB_SSM_ENTRANCES"  # JSON, {instance's ID: process ID of its guest's init}


class Connection(ConnectionBase):
    transport = "amazon.aws.aws_ssm"
    allow_executable = False
    has_pipelining = False

    def _connect(self):
        self._play_context.remote_user = getpass.getuser()
        return self

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        done = self._enter(["/bin/sh", "-c", cmd])
        return done.returncode, done.stdout, b""

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        self._enter(["tee", out_path], input=pathlib.Path(in_path).read_bytes()).check_returncode()

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        pathlib.Path(out_path).write_bytes(self._enter(["cat", in_path]).stdout)

    def reset(self):
        self.close()

    def close(self):
        self._connected = False

    def _enter(self, command, **options):
        instance = self.get_option("instance_id") or self._play_context.remote_addr
        process = json.loads(os.environ[ENTRANCES])[instance]
        entered = ["nsenter", "--all", "--target", process, "runuser", "--login", AGENTS_USER, "--command"]
        return subprocess.run(
            [*entered, 'exec "$@"', "--", "sh", *command], check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **{"input": b"", **options})
