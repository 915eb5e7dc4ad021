# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A user's project on the lab: the documented example, with a key of its own, run by the real ansible-playbook."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "dual_homed"
REGION = "eu-west-1"


def environment(endpoint_url: str) -> dict[str, str]:
    """The environment of a user who meets the lab cloud in the place of AWS, with none of this user's own settings for either."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "EC2_", "ANSIBLE_"))} | {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "lab-access-key-not-secret",
        "AWS_SECRET_ACCESS_KEY": "lab-secret-key-not-secret",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
    }


class PlaybookError(RuntimeError):
    """A playbook failed; its output has been shown."""


class Project:
    """The example in ``directory``, whose servers are launched as in the first one. ``variables`` are its extra ones."""

    def __init__(self, directory: Path, example: Path = EXAMPLE):
        self.directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(example, directory)
        self._key = directory / "id_ed25519"
        _make_key(self._key)
        self.variables: dict[str, object] = self._of_the_lab()

    @property
    def public_key(self) -> str:
        """The key to log in with, as a line of authorized_keys."""
        return self._key.with_suffix(".pub").read_text()

    def launch(self) -> None:
        """Launch the servers, in a cloud whose states take no time: amazon.aws's waiters look every 15 s only."""
        set_transition_seconds(0)
        self.playbook(str(EXAMPLE / "launch.yml"))
        set_transition_seconds(0.5)

    def playbook(self, name: str, *arguments: str, namespace: str | None = None) -> int:
        """Run a playbook as the user would, in ``namespace`` if given; how many changes it reports. Raises PlaybookError."""
        recap = []
        with self.start(name, *arguments, namespace=namespace) as process:
            for line in process.stdout:
                if line.strip():
                    print(f"  | {line.rstrip()}", flush=True)
                recap += re.findall(r"^\S+ +: ok=.* changed=(\d+)", line)
        if process.returncode != 0:
            raise PlaybookError(f"ansible-playbook {name} ended with {process.returncode}")
        return sum(map(int, recap))

    def start(self, name: str, *arguments: str, namespace: str | None = None) -> subprocess.Popen:
        """The same under way; its output is on ``stdout``."""
        command = ["ansible-playbook", name, "--extra-vars", json.dumps(self.variables), *arguments]
        if namespace:
            command = ["ip", "netns", "exec", namespace, *command]
        return subprocess.Popen(
            command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )

    def _of_the_lab(self) -> dict[str, str]:
        """What the lab has instead of the user's own key and known hosts, and of checkip.amazonaws.com."""
        return {
            "server_public_key_file": f"{self._key}.pub",
            "ansible_ssh_private_key_file": str(self._key),
            "ansible_ssh_extra_args": f"-o UserKnownHostsFile='{self.directory}/known_hosts'",
            "dual_homed_network_controller_prefix": "198.51.100.10/32",
        }


def _make_key(path: Path) -> None:
    """A key to log in with, as ssh-keygen(1) writes it."""
    key = Ed25519PrivateKey.generate()
    path.touch(0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.with_suffix(".pub").write_bytes(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n")


def set_transition_seconds(seconds: float) -> None:
    """How long the lab cloud's states that take time last."""
    body = json.dumps({"transition_seconds": seconds}).encode()
    settings = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/_lab/settings", body, method="PUT")
    urllib.request.urlopen(settings).close()
