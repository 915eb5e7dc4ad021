# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The HTTP server: every call is read, carried out by moto and the lab's corrections of it, and logged."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.model import OperationNotFoundError
from moto.core import responses
from moto.core.request import Request
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from . import acm, control, ec2, elbv2, route53
from .api import ApiRequest, NotAnApiCall
from .calls import Call, calls
from .clock import clock
from .faults import DROP_AFTER, DROP_BEFORE, HTTP_500, SERVER_ERRORS, faults
from .rate_limits import REFUSALS, rate_limits
from .settings import settings


class PortTaken(OSError):
    """The address cannot be listened on; the text says which, and what to do."""


class ConnectionCut(ConnectionError):
    """Ends a request without a response. The WSGI server takes it for a client that is gone."""


class Cloud:
    """The WSGI application."""

    def __init__(self) -> None:
        acm.install()
        ec2.install()
        elbv2.install()
        route53.install()
        self._moto = DomainDispatcherApplication(create_backend_app)
        # moto finds out both anew for each request, from 175 directories and 400 methods: two thirds of a call's time.
        self._moto.get_backend_for_host = cache(self._moto.get_backend_for_host)
        responses.method_names_from_class = cache(method_names_from_class)
        # moto's models are not safe to change from two threads at once.
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(control.PREFIX):
            with self._lock:
                response = control.respond(request)
        else:
            response = self._respond(request, time.monotonic())
        return response(environ, start_response)

    def _respond(self, request: Request, arrival: float) -> Response:
        body = request.get_data(cache=True, parse_form_data=False)
        environ = request.environ | {"wsgi.input": io.BytesIO(body)}
        with self._lock:
            try:
                call = ApiRequest.read(request)
            except NotAnApiCall as refused:
                return refused.response
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
            clock.catch_up()
            response = self._answer(call, environ)
            due = arrival + settings.latency_ms / 1000
        time.sleep(max(0, due - time.monotonic()))
        if response is None:
            raise ConnectionCut
        return response

    def _answer(self, call: ApiRequest, environ: dict[str, Any]) -> Response | None:
        """Log the call with what becomes of it; None when that is a cut connection."""
        fault = faults.due(settings.faults, call.operation)
        response = None
        if fault != DROP_BEFORE:
            response = _refusal(call, fault) or self._carry_out(call, environ)
        if fault in (DROP_BEFORE, DROP_AFTER):
            response, status, error = None, None, fault
        else:
            status, error = response.status_code, call.error_code(response)
        calls.append(Call(call.account, call.service, call.operation, call.parameters, status, error))
        return response

    def _carry_out(self, call: ApiRequest, environ: dict[str, Any]) -> Response:
        try:
            response = Response.from_app(self._moto, environ, buffered=True)
        except (NotImplementedError, OperationNotFoundError) as error:
            return call.error_response(
                "InvalidAction", f"The action {call.operation} is not valid for this web service. ({error})"
            )
        except Exception as error:
            traceback.print_exc()
            return call.error_response("InternalError", f"An internal error has occurred: {error!r}", 500)
        if response.status_code >= 400 and response.get_data().lstrip()[:15].lower().startswith(b"<!doctype html"):
            return call.error_response("InvalidAction", f"The lab has no answer to {call.service} {call.operation}.")
        return response


def _refusal(call: ApiRequest, fault: str | None) -> Response | None:
    """The answer to a call that is not carried out, or None when it is."""
    if fault == HTTP_500:
        return Response(status=500)
    if fault is not None and fault != DROP_AFTER:
        return call.error_response(fault, f"{fault}, as the setting 'faults' asks for.", SERVER_ERRORS.get(fault, 400))
    if not rate_limits.admit(settings.rate_limit, call):
        return call.error_response(*REFUSALS[call.service])
    return None


class _QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The log of calls says it better."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        self.close_connection = True


def _listen(host: str, port: int) -> BaseWSGIServer:
    try:
        # werkzeug answers a taken port with sys.exit, so the socket is ours.
        listener = socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise PortTaken(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno)}): "
            "stop what listens there, or choose another port (0: any)"
        ) from error
    with listener:
        return make_server(
            host, listener.getsockname()[1], Cloud(), threaded=True, request_handler=_QuietHandler, fd=listener.fileno()
        )


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run an empty cloud in a thread of this process and give its URL; port 0 takes any free one.

    :raises PortTaken: the address cannot be listened on.
    """
    server = _listen(host, port)
    control.reset()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
