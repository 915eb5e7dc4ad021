# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stands in for the get-pip.py that ansible-test downloads: installs pip from this Python's own ensurepip, then from the package index."""

from __future__ import annotations

import os
import subprocess
import sys

environment = {key: value for key, value in os.environ.items() if key not in ("GET_PIP", "PIP_CONFIG_FILE")}
packages = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.run([sys.executable, "-m", "ensurepip"], check=True, env=environment)
subprocess.run([sys.executable, "-m", "pip", "install", "--upgrade", *packages], check=True, env=environment)
