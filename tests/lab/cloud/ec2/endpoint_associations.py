# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoint associations: the resources and service networks that VPC endpoints lead to, and their names.

https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from .dispatch import PlainResult
from .endpoint_types import TYPES
from .endpoints import VpcEndpoint


def association(endpoint: VpcEndpoint) -> dict[str, Any]:
    """botocore's VpcEndpointAssociation of an endpoint for a resource or a service network."""
    region = endpoint.ec2_backend.region_name
    resource_id = endpoint.target.rpartition("/")[2]
    is_network = TYPES[endpoint.type].target == "ServiceNetworkArn"
    tags = endpoint.ec2_backend.tags.get(_id(endpoint), {})
    return {
        "Id": _id(endpoint),
        "VpcEndpointId": endpoint.id,
        "AssociatedResourceAccessibility": "Accessible" if endpoint.state == "Available" else "Inaccessible",
        "AssociatedResourceArn": None if is_network else endpoint.target,
        "ServiceNetworkArn": endpoint.target if is_network else None,
        "ServiceNetworkName": resource_id if is_network else None,
        "DnsEntry": endpoint.names.entry(f"{endpoint.id}.{resource_id}.vpc-lattice-rsc.{region}.on.aws"),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def _id(endpoint: VpcEndpoint) -> str:
    return endpoint.id.replace("vpce-", "vpce-rsc-asc-")


class EndpointAssociationHandlers:
    """Responses."""

    def describe_vpc_endpoint_associations(self) -> ActionResult:
        wanted = self.params.get("VpcEndpointIds") or self.ec2_backend.vpc_end_points
        endpoints = [self.ec2_backend.get_vpc_end_point(each) for each in wanted]
        return PlainResult({"VpcEndpointAssociations": [association(each) for each in endpoints if not each.service]})
