# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Route tables: propagation from a virtual private gateway, and routes whose target is gone.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.route_tables import Route as MotoRoute
from moto.ec2.models.route_tables import RouteTable as MotoRouteTable


class Route(MotoRoute):
    @property
    def state(self) -> str:
        backend = self.route_table.ec2_backend
        if self.interface:
            alive = self.interface.id in backend.enis and self.interface.attachment
        elif self.instance:
            alive = self.instance.state == "running"
        elif self.gateway and self.gateway.id.startswith(("igw-", "vgw-")):
            alive = backend.gateway_vpc(self.gateway) == self.route_table.vpc_id
        else:
            alive = True
        return "active" if alive else "blackhole"


class PropagatedRoute(Route):
    origin = "EnableVgwRoutePropagation"


class RouteTable(MotoRouteTable):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.propagating: set[str] = set()

    @property
    def propagating_vgws(self) -> list[dict[str, str]]:
        return [{"GatewayId": gateway_id} for gateway_id in sorted(self.propagating)]

    @property
    def routes(self) -> list[MotoRoute]:
        """Its own and the propagated ones; to the same destination its own has priority."""
        own = list(self._routes.values())
        destinations = {route.destination_cidr_block for route in own}
        return own + [route for route in self._propagated() if route.destination_cidr_block not in destinations]

    def _propagated(self) -> list[MotoRoute]:
        backend = self.ec2_backend
        gateways = [backend.vpn_gateways[each] for each in sorted(self.propagating)]
        found = {
            destination: PropagatedRoute(self, destination, None, gateway=gateway)
            for gateway in gateways
            if backend.vpc_of(gateway) == self.vpc_id
            for connection in backend.vpn_connections.values()
            if connection.vpn_gateway_id == gateway.id
            for destination in connection.available_routes
        }
        return list(found.values())


class RouteTables:
    """Backend."""

    def gateway_vpc(self, gateway: Any) -> str | None:
        if gateway.id.startswith("igw-"):
            alive = gateway.id in self.internet_gateways and gateway.vpc
            return gateway.vpc.id if alive else None
        return self.vpc_of(gateway) if gateway.state == "available" else None

    def create_route(self, route_table_id: str, *args: Any, gateway_id: str | None = None, **kwargs: Any) -> Any:
        if gateway_id and gateway_id.startswith(("igw-", "vgw-")):
            route_table = self.get_route_table(route_table_id)
            find = self.get_internet_gateway if gateway_id.startswith("igw-") else self.live_vpn_gateway
            if self.gateway_vpc(find(gateway_id)) != route_table.vpc_id:
                # Code as seen from AWS; not in its reference.
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"route table {route_table_id} and network gateway {gateway_id} belong to different networks",
                )
        return super().create_route(route_table_id, *args, gateway_id=gateway_id, **kwargs)

    def delete_route_table(self, route_table_id: str) -> None:
        super().delete_route_table(route_table_id)
        self.tags.pop(route_table_id, None)


class RouteTableHandlers:
    """Responses."""

    def enable_vgw_route_propagation(self) -> ActionResult:
        route_table = self.ec2_backend.get_route_table(self.params.get("RouteTableId"))
        gateway = self.ec2_backend.live_vpn_gateway(self.params.get("GatewayId"))
        if self.ec2_backend.vpc_of(gateway) != route_table.vpc_id:
            raise EC2ClientError(
                "Gateway.NotAttached", f"Virtual private gateway {gateway.id} is not attached to {route_table.vpc_id}"
            )
        route_table.propagating.add(gateway.id)
        return EmptyResult()

    def disable_vgw_route_propagation(self) -> ActionResult:
        route_table = self.ec2_backend.get_route_table(self.params.get("RouteTableId"))
        gateway = self.ec2_backend.get_vpn_gateway(self.params.get("GatewayId"))
        route_table.propagating.discard(gateway.id)
        return EmptyResult()
