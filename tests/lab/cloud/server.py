# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The HTTP server: every call is read, carried out by moto and the lab's corrections of it, and logged."""

from __future__ import annotations

import io
import os
import socket
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.model import OperationNotFoundError
from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from . import control, ec2
from .api import ApiRequest
from .calls import Call, calls
from .clock import clock


class PortTaken(OSError):
    """The address cannot be listened on; the text says which, and what to do."""


class Cloud:
    """The WSGI application."""

    def __init__(self) -> None:
        ec2.install()
        self._moto = DomainDispatcherApplication(create_backend_app)
        # moto's models are not safe to change from two threads at once.
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(control.PREFIX):
            with self._lock:
                response = control.respond(request)
        else:
            response = self._respond(request)
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        body = request.get_data(cache=True, parse_form_data=False)
        call = ApiRequest.read(request)
        environ = request.environ | {"wsgi.input": io.BytesIO(body)}
        if call is None:
            with self._lock:
                return Response.from_app(self._moto, environ, buffered=True)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        with self._lock:
            clock.catch_up()
            response = self._carry_out(call, environ)
            calls.append(
                Call(
                    call.account,
                    call.service,
                    call.operation,
                    call.parameters,
                    response.status_code,
                    call.error_code(response),
                )
            )
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


class _QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The log of calls says it better."""


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
