# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether this machine can hold the fabric."""

from __future__ import annotations

import os
import subprocess


def obstacle() -> str | None:
    """Why network namespaces cannot be made here, in one line, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root: run it as root"
    try:
        done = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "network namespaces need unshare(1) of util-linux: the fabric runs on Linux only"
    if done.returncode != 0:
        return f"network namespaces are not allowed here ({done.stderr.strip()}): run it outside of the container"
    return None
