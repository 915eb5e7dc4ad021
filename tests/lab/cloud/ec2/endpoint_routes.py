# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The routes to VPC endpoints: AWS keeps those of gateway endpoints, which lead to a service's prefix list.

https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from .endpoint_types import REFUSED


class EndpointRoutes:
    """Backend."""

    def route_tables_of(self, endpoint: Any) -> list[Any]:
        """The route tables that have a route to the endpoint."""
        return [each for each in self.route_tables.values() if any(_leads_to(endpoint, route) for route in each.routes)]

    def endpoint_route_tables(self, endpoint: Any, route_table_ids: list[str]) -> list[Any]:
        """The route tables that can have the gateway endpoint's route.

        :raises EC2ClientError: InvalidRouteTableID.NotFound; InvalidParameter, of another VPC; RouteAlreadyExists.
        """
        route_tables = [self.get_route_table(each) for each in dict.fromkeys(route_table_ids)]
        for table in route_tables:
            if table.vpc_id != endpoint.vpc_id:
                raise EC2ClientError(REFUSED, f"The route table {table.id} is not in the VPC {endpoint.vpc_id}.")
            prefix_list = self._prefix_list_of(endpoint)
            if any(route.destination_prefix_list_id == prefix_list.id for route in table.routes):
                # Words as seen from AWS.
                raise EC2ClientError(
                    "RouteAlreadyExists",
                    f"route table {table.id} already has a route with destination-prefix-list-id {prefix_list.id}",
                )
        return route_tables

    def add_endpoint_routes(self, endpoint: Any, route_tables: Iterable[Any]) -> None:
        for table in route_tables:
            self.create_route(
                table.id, None, destination_prefix_list_id=self._prefix_list_of(endpoint).id, gateway_id=endpoint.id
            )

    def remove_endpoint_routes(self, endpoint: Any, route_tables: Iterable[Any]) -> None:
        for table in route_tables:
            for route in [route for route in table.routes if _leads_to(endpoint, route)]:
                del table._routes[route.id]

    def _prefix_list_of(self, endpoint: Any) -> Any:
        lists = self.managed_prefix_lists.values()
        return next(each for each in lists if each.prefix_list_name == endpoint.service_name)

    def delete_route(
        self, route_table_id: str, ipv4: str | None, ipv6: str | None = None, prefix_list_id: str | None = None
    ) -> Any:
        self._check_own_route("remove", route_table_id, prefix_list_id)
        return super().delete_route(route_table_id, ipv4, ipv6, prefix_list_id)

    def replace_route(
        self,
        route_table_id: str,
        ipv4: str | None,
        ipv6: str | None = None,
        prefix_list_id: str | None = None,
        *target: Any,
        **named: Any,
    ) -> Any:
        self._check_own_route("replace", route_table_id, prefix_list_id)
        return super().replace_route(route_table_id, ipv4, ipv6, prefix_list_id, *target, **named)

    def _check_own_route(self, act: str, route_table_id: str, prefix_list_id: str | None) -> None:
        """Raise if the route is a gateway endpoint's: it comes and goes with what the endpoint names."""
        for route in self.get_route_table(route_table_id).routes:
            to_endpoint = route.gateway is not None and route.gateway.id in self.vpc_end_points
            if to_endpoint and route.destination_prefix_list_id == prefix_list_id:
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"cannot {act} VPC endpoint route {prefix_list_id} in route table {route_table_id}",
                )


def _leads_to(endpoint: Any, route: Any) -> bool:
    return route.gateway is endpoint or route.vpc_endpoint_id == endpoint.id
