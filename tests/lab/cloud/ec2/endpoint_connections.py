# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoint connections: the VPC endpoints of any account as the owner of their service sees, accepts and rejects them.

https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#accept-reject-connection-requests
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidID, InvalidVpcEndPointIdError
from moto.ec2.models import ec2_backends

from .dispatch import PlainResult
from .endpoint_services import unsuccessful
from .endpoints import VpcEndpoint

#: A connection that was accepted can be rejected, and the other way round.
_ACCEPTABLE = ("pendingAcceptance", "rejected")
_REJECTABLE = ("pendingAcceptance", "pending", "available")


@dataclass(frozen=True)
class EndpointConnection:
    service: Any
    endpoint: VpcEndpoint

    @property
    def id(self) -> str:
        return self.endpoint.connection_id

    def as_dict(self) -> dict[str, Any]:
        """botocore's VpcEndpointConnection."""
        endpoint = self.endpoint
        tags = self.service.ec2_backend.tags.get(self.id, {})
        return {
            "ServiceId": self.service.id,
            "VpcEndpointId": endpoint.id,
            "VpcEndpointOwner": endpoint.ec2_backend.account_id,
            "VpcEndpointRegion": endpoint.ec2_backend.region_name,
            "VpcEndpointState": endpoint.state,
            "CreationTimestamp": endpoint.created,
            "DnsEntries": endpoint.dns_entries,
            **self.service.load_balancers.as_dict(),
            "IpAddressType": endpoint.ip_type,
            "VpcEndpointConnectionId": self.id,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }


def connections_of(service: Any) -> Iterator[EndpointConnection]:
    """The endpoints of all accounts and Regions that are made for the service."""
    for _account, _region, backend in ec2_backends.iter_backends():
        for endpoint in backend.vpc_end_points.values():
            if endpoint.service_name == service.name:
                yield EndpointConnection(service, endpoint)


class EndpointConnections:
    """Backend."""

    def endpoint_connections(self) -> list[EndpointConnection]:
        """Those to the services of this account."""
        return [each for service in self.endpoint_services.values() for each in connections_of(service)]

    def do_resources_exist(self, resource_ids: list[str]) -> bool:
        """moto's check that what CreateTags names exists."""
        known = {each.id for each in self.endpoint_connections()}
        for each in resource_ids:
            if each.startswith("vpce-con-") and each not in known:
                raise InvalidID(each)
        return super().do_resources_exist(resource_ids)

    def accept_endpoint_connection(self, service: Any, endpoint_id: str) -> None:
        _connected(service, endpoint_id, _ACCEPTABLE, "accepted").accept()

    def reject_endpoint_connection(self, service: Any, endpoint_id: str) -> None:
        _connected(service, endpoint_id, _REJECTABLE, "rejected").reject()


def _connected(service: Any, endpoint_id: str, states: tuple[str, ...], act: str) -> VpcEndpoint:
    for connection in connections_of(service):
        if connection.endpoint.id == endpoint_id:
            if connection.endpoint.life.name not in states:
                # The reference has no code for it: this one is for what is in another state.
                raise EC2ClientError(
                    "InvalidState",
                    f"The VPC endpoint '{endpoint_id}' is {connection.endpoint.state}: it cannot be {act}.",
                )
            return connection.endpoint
    raise InvalidVpcEndPointIdError(endpoint_id)


class EndpointConnectionHandlers:
    """Responses."""

    def describe_vpc_endpoint_connections(self) -> ActionResult:
        return PlainResult({"VpcEndpointConnections": self.ec2_backend.endpoint_connections()})

    def accept_vpc_endpoint_connections(self) -> ActionResult:
        return self._answer_connections(self.ec2_backend.accept_endpoint_connection)

    def reject_vpc_endpoint_connections(self) -> ActionResult:
        return self._answer_connections(self.ec2_backend.reject_endpoint_connection)

    def _answer_connections(self, answer: Any) -> ActionResult:
        service = self.named_endpoint_service()
        endpoints, attachments = (self.params.get(each) for each in ("VpcEndpointIds", "TransitGatewayAttachmentIds"))
        if bool(endpoints) == bool(attachments):
            raise EC2ClientError(
                "InvalidParameterCombination",
                "You must specify either VpcEndpointIds or TransitGatewayAttachmentIds, but not both.",
            )
        items = unsuccessful(endpoints or [], lambda each: answer(service, each))
        # The lab makes no such attachments.
        items += unsuccessful(attachments or [], _no_such_attachment)
        return PlainResult({"Unsuccessful": items})


def _no_such_attachment(attachment_id: str) -> None:
    raise EC2ClientError(
        "InvalidTransitGatewayAttachmentID.NotFound", f"Transit gateway attachment {attachment_id} does not exist."
    )
