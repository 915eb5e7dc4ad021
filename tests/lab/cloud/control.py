# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The lab's own API, under ``/_lab``: the log of calls, the settings, a fresh start. None of it is logged."""

from __future__ import annotations

import json
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.request import Request
from moto.ec2.models import ec2_backends
from werkzeug.wrappers import Response

from .calls import calls
from .clock import clock
from .faults import faults
from .rate_limits import rate_limits
from .settings import InvalidSetting, settings
from .visibility import visibility

PREFIX = "/_lab/"

#: What begins anew when a setting is set.
_COUNTS = {"faults": faults, "rate_limit": rate_limits}


def _read_calls(_request: Request) -> Any:
    return calls.as_list()


def _forget_calls(_request: Request) -> Any:
    calls.clear()
    return {}


def _read_settings(_request: Request) -> Any:
    return settings.as_dict()


def _change_settings(request: Request) -> Any:
    try:
        changes = json.loads(request.get_data())
    except ValueError as error:
        raise InvalidSetting(f"the body is not JSON ({error}): send an object of settings and their values") from error
    settings.update(changes)
    for name in _COUNTS.keys() & changes.keys():
        _COUNTS[name].clear()
    return settings.as_dict()


def reset(_request: Request | None = None) -> Any:
    """Back to an empty cloud with default settings and an empty log, as if just started."""
    # moto builds each backend anew before it drops it, and EC2's takes a fifth of a second.
    ec2_backends.clear()
    BackendDict.reset()
    reset_model_data()
    for each in (clock, calls, faults, rate_limits, visibility):
        each.clear()
    settings.reset()
    return {}


ROUTES = {
    ("GET", "calls"): _read_calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "settings"): _read_settings,
    ("PUT", "settings"): _change_settings,
    ("POST", "reset"): reset,
}


def respond(request: Request) -> Response:
    route = ROUTES.get((request.method, request.path.removeprefix(PREFIX)))
    if route is None:
        known = ", ".join(f"{method} {PREFIX}{name}" for method, name in ROUTES)
        return _json({"message": f"there is no {request.method} {request.path}: there is {known}"}, 404)
    try:
        return _json(route(request), 200)
    except InvalidSetting as error:
        return _json({"message": str(error)}, 400)


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body, default=_as_text) + "\n", status, mimetype="application/json")


def _as_text(value: Any) -> str:
    """What a call's parameters have that JSON has not: bytes and times."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
