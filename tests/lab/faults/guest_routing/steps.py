# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The steps of a commit-confirmed change, as seen in what passes between controller and guest."""

from __future__ import annotations

import contextlib
import enum
import json
import pathlib
import socketserver
import threading
import time
from collections.abc import Callable, Mapping


class Step(enum.Enum):
    """Named for what is so in the guest. The controller is held until what is to happen at the step has happened."""

    ARMED = "armed, the answer on its way to the controller"
    ASKED = "asked for the first time how far the change is"
    CHANGED = "changed, the nonce on its way to the controller"
    CONFIRMING = "changed, the nonce on its way to the guest"
    CONFIRMED = "confirmed, the answer on its way to the controller"


class Steps:
    """Listens to ``ssh.py`` at the socket ``path`` and does what is to happen ``at`` each step, once.

    Leaving the block raises what went wrong in that, and AssertionError for a step that the run never came to.
    """

    def __init__(self, path: pathlib.Path, at: Mapping[Step, Callable[[], object]]):
        self.armed_at: float | None = None  # of time.monotonic()
        self._left = dict(at)
        self._errors: list[BaseException] = []
        self._server = socketserver.ThreadingUnixStreamServer(str(path), lambda *request: _Listener(self, *request))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True)

    def __enter__(self) -> Steps:
        self._thread.start()
        return self

    def __exit__(self, kind, *_error) -> None:
        self._server.shutdown()
        self._server.server_close()
        pathlib.Path(self._server.server_address).unlink()
        if self._errors:
            raise self._errors[0]
        assert kind or not self._left, f"the run never came to: {', '.join(step.name for step in self._left)}"

    def see(self, event: dict) -> None:
        step = step_of(event)
        if step is Step.ARMED:
            self.armed_at = time.monotonic()
        happens = self._left.pop(step, None)
        if happens:
            try:
                happens()
            except BaseException as error:  # it belongs to the test, in another thread
                self._errors.append(error)


class _Listener(socketserver.StreamRequestHandler):
    def __init__(self, steps: Steps, *request):
        self._steps = steps
        super().__init__(*request)

    def handle(self) -> None:
        self._steps.see(json.loads(self.rfile.readline()))
        with contextlib.suppress(OSError):  # the controller may have been killed meanwhile
            self.wfile.write(b"\n")


def step_of(event: dict) -> Step | None:
    """The step that an event of ``ssh.py`` is, None for others. Pure."""
    is_answered, commit = "answer" in event, event.get("answer", {}).get("commit", {})
    if event["module"] == "guest_routing":
        return Step.ARMED if commit else None
    if event["module"] != "guest_routing_commit":
        return None
    if not is_answered:
        return Step.CONFIRMING if event["nonce"] else Step.ASKED
    return {"changed": Step.CHANGED, "confirmed": Step.CONFIRMED}.get(commit.get("state"))
