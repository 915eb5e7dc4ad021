# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Programs of the guest, run without a shell.

This file also runs by itself in the guest (see transition.py): it imports nothing but the standard library.
"""

from __future__ import annotations

import os
import subprocess


class CommandFailed(Exception):
    """A program is not there, failed, or took too long. The message has its words."""


def run(command, timeout: float = 20) -> str:
    """What a command (a list) prints, in English. Raises CommandFailed, also after `timeout` seconds."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
            env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"}, timeout=timeout, check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed(f"{' '.join(command)}: {error}") from error
    if done.returncode:
        raise CommandFailed(f"{' '.join(command)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
