# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A lab cloud in a process of its own, and its control API."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from lab.demo.project import ROOT, environment


class LabError(RuntimeError):
    """The lab cloud did not start or refuses what it was asked; the text is its own."""


class Lab:
    """``environment``: that of a client of this cloud."""

    def __init__(self, url: str):
        self._url = url
        # The floor takes the number of its workers from the engine.
        self.environment = environment(url) | {"PYTHONPATH": f"{ROOT}/tests:{ROOT}/plugins/module_utils"}

    def fresh(self, scene: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """An empty cloud but for a scene of bench.scenes; what that one prints.

        States take no time. The settings hold from when the scene is there.
        """
        self._control("POST", "reset")
        self._control("PUT", "settings", {"transition_seconds": 0})
        command = [sys.executable, "-m", f"bench.scenes.{scene}"]
        made = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True)
        self._control("PUT", "settings", dict(settings))
        return json.loads(made.stdout)

    def forget_calls(self) -> None:
        self._control("DELETE", "calls")

    def calls(self) -> list[dict[str, Any]]:
        return self._control("GET", "calls")

    def _control(self, method: str, name: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{self._url}/_lab/{name}", data, method=method)) as response:
                return json.load(response)
        except HTTPError as error:
            raise LabError(f"the lab cloud refuses {method} /_lab/{name}: {error.read().decode().strip()}") from error


@contextmanager
def start() -> Iterator[Lab]:
    command = [sys.executable, "-m", "lab.cloud", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            if not url:
                raise LabError("the lab cloud did not start; what it said is above")
            yield Lab(url)
        finally:
            process.terminate()
