# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The AWS protocols on the wire: reading a call out of an HTTP request, and writing an error as the service would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from botocore.parsers import create_parser
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from .accounts import account_of, credential_scope
from .faults import SERVER_ERRORS

#: What STS takes without credentials.
#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
_UNSIGNED = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")

#: Signing names that two services share, told apart by the version in the request.
_BY_VERSION = {("elasticloadbalancing", "2012-06-01"): "elb", ("elasticloadbalancing", "2015-12-01"): "elbv2"}

# Every service may answer with these, and moto warns of codes that a service's model does not list.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
COMMON_ERROR_CODES.extend(["AccessDenied", "InvalidAction", "MissingAuthenticationToken", "Throttling", *SERVER_ERRORS])


class ApiError(ServiceException):
    """An error of whatever service was called: moto takes those defined in its packages to be of that package's."""


class NotAnApiCall(Exception):
    """The request is of no service that could be told; ``response`` is what to answer."""

    def __init__(self, request: Request, code: str, message: str, status: int):
        super().__init__(message)
        # A client reads errors in the protocol it writes in; any service that speaks it will do.
        service, protocol = ("acm", "json") if "X-Amz-Target" in request.headers else ("sts", "query")
        no_operation = OperationModel({}, get_service_model(service))
        self.response = _error_response(service, protocol, no_operation, code, message, status)


@dataclass
class ApiRequest:
    """A call as botocore would make it: ``parameters`` has its member names and types."""

    account: str
    region: str
    service: str
    operation: str
    parameters: dict[str, Any]
    model: ServiceModel
    protocol: str

    @classmethod
    def read(cls, request: Request) -> ApiRequest:
        """The call that a request makes.

        :raises NotAnApiCall: it is not signed, or for a service that botocore does not know.
        """
        scope = credential_scope(request.headers.get("Authorization", ""))
        if scope is None and request.values.get("Action") in _UNSIGNED:
            scope = "", "us-east-1", "sts"
        if scope is None:
            message = "The request must contain valid credentials: it is not signed."
            raise NotAnApiCall(request, "MissingAuthenticationToken", message, 403)
        access_key_id, region, signing_name = scope
        service = _BY_VERSION.get((signing_name, request.values.get("Version")), signing_name)
        try:
            model = get_service_model(service)
        except UnknownServiceError:
            raise NotAnApiCall(request, "InvalidAction", f"The lab has no service '{signing_name}'.", 400) from None
        protocol = determine_request_protocol(model, request.content_type)
        operation, uri_parameters = _operation(request, service, protocol)
        parameters = _parameters(request, model, protocol, operation, uri_parameters)
        return cls(account_of(access_key_id), region, service, operation, parameters, model, protocol)

    def error_response(self, code: str, message: str, status: int = 400) -> Response:
        """The service's own way to say that a call failed."""
        try:
            operation = self.model.operation_model(self.operation)
        except OperationNotFoundError:
            operation = OperationModel({}, self.model)
        return _error_response(self.service, self.protocol, operation, code, message, status)

    def error_code(self, response: Response) -> str | None:
        """AWS's error code in a response, or None when it reports success."""
        if response.status_code < 300:
            return None
        parser = create_parser(self.model.protocol)
        parsed = parser.parse(
            {
                "status_code": response.status_code,
                "headers": HeadersDict(response.headers),
                "body": response.get_data(),
            },
            None,
        )
        return parsed.get("Error", {}).get("Code") or str(response.status_code)


def _error_response(
    service: str, protocol: str, operation: OperationModel, code: str, message: str, status: int
) -> Response:
    written = get_serializer_class(service, protocol)(operation).serialize(ApiError(code, message))
    return Response(written["body"], status, written["headers"])


def _operation(request: Request, service: str, protocol: str) -> tuple[str, Mapping[str, Any]]:
    if protocol in ("ec2", "query"):
        return request.values.get("Action", ""), {}
    if protocol == "json":
        return request.headers.get("X-Amz-Target", "").rpartition(".")[2], {}
    try:
        operation, uri_parameters = get_service_router(service).match(request)
    except HTTPException:
        return f"{request.method} {request.path}", {}
    return operation.name, uri_parameters


def _parameters(
    request: Request, model: ServiceModel, protocol: str, operation: str, uri_parameters: Mapping[str, Any]
) -> dict[str, Any]:
    received = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.get_data(),
        "url_path": request.path,
        "url_params": uri_parameters,
    }
    try:
        return PROTOCOL_PARSERS[protocol](model.operation_model(operation), map_type=dict).parse(received)
    except (OperationNotFoundError, ValueError):
        # The service will refuse it; the log shows what was sent.
        return request.values.to_dict()
