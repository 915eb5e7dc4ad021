# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A lab cloud in a process of its own, its control API, and the scenes of jobs in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from lab.demo.project import ROOT, environment


class LabError(RuntimeError):
    """The lab cloud, or a scene in it, did not come up or refuses what it was asked; the text is its own."""


class Scene:
    """What there is before a job. ``facts``: what the job needs of it.

    ``environment``, ``prefix``: those of a client's process, the beginning of its command line too.
    """

    prefix: tuple[str, ...] = ()

    def __init__(self, lab: Lab, facts: dict[str, Any]):
        self._lab, self.facts, self.environment = lab, facts, lab.environment

    def forget_calls(self) -> None:
        self._lab.control("DELETE", "calls")

    def calls(self) -> list[dict[str, Any]]:
        """Those of clients since they were forgotten: {operation, error, ...}."""
        return self._lab.control("GET", "calls")


class StayingScene(Scene):
    """One whose process stays, tells how to be its client, and has the calls: see bench.scenes."""

    def __init__(self, lab: Lab, facts: dict[str, Any], process: subprocess.Popen):
        super().__init__(lab, facts)
        self._process = process
        self.environment = lab.environment | facts["client"]["environment"]
        self.prefix = tuple(facts["client"]["prefix"])

    def forget_calls(self) -> None:
        self.calls()

    def calls(self) -> list[dict[str, Any]]:
        with suppress(BrokenPipeError):  # then it tells nothing either
            os.write(self._process.stdin.fileno(), b"\n")
        return _told(self._process)


class Lab:
    """``environment``: that of a client of this cloud."""

    def __init__(self, url: str):
        self._url = url
        # The floor takes the number of its workers from the engine.
        self.environment = environment(url) | {"PYTHONPATH": f"{ROOT}/tests:{ROOT}/plugins/module_utils"}

    @contextmanager
    def scene(self, name: str, size: int, settings: Mapping[str, Any]) -> Iterator[Scene]:
        """An empty cloud but for a scene of bench.scenes, for so many objects.

        States take no time. The settings hold from when the scene is there.
        """
        self.control("POST", "reset")
        self.control("PUT", "settings", {"transition_seconds": 0})
        command = [sys.executable, "-m", f"bench.scenes.{name}", str(size)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, text=True) as process:
            facts = _told(process)
            self.control("PUT", "settings", dict(settings))
            yield StayingScene(self, facts, process) if "client" in facts else Scene(self, facts)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{self._url}/_lab/{name}", data, method=method)) as response:
                return json.load(response)
        except HTTPError as error:
            raise LabError(f"the lab cloud refuses {method} /_lab/{name}: {error.read().decode().strip()}") from error
        except URLError as error:
            raise LabError(f"the lab cloud does not answer {method} /_lab/{name}: {error.reason}") from error


def _told(process: subprocess.Popen) -> Any:
    """A line of what a scene's process prints."""
    line = process.stdout.readline()
    if not line:
        raise LabError(f"the scene of {process.args} is not there; what it said is above")
    return json.loads(line)


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
