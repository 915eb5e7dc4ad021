# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.fabric import host
from lab.guests import image, requirements
from lab.guests.flavours import RELEASES


@pytest.fixture(scope="session")
def images() -> None:
    """Every release's is there."""
    if reason := host.obstacle():
        pytest.fail(reason, pytrace=False)
    requirements.ensure()
    with ThreadPoolExecutor() as builds:
        list(builds.map(image.ensure, RELEASES))


@pytest.fixture(scope="session")
def key(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("ssh") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path
