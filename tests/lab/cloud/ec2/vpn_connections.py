# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Site-to-Site VPN connections with their tunnels and static routes.

https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import random_vpn_connection_id
from moto.moto_api._internal import mock_random as random

from ..clock import State, clock
from .dispatch import PlainResult
from .elastic_addresses import next_public_address

#: Tunnel options whose name in the reply is not that in the request.
_RENAMED = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}


@dataclass
class StaticRoute:
    destination: str
    life: State = field(default_factory=lambda: State("pending", "available"))


class VpnConnection(TaggedEC2Resource):
    def __init__(self, ec2_backend: Any, asked: dict[str, Any], customer_address: str | None):
        self.ec2_backend = ec2_backend
        self.id = random_vpn_connection_id()
        self.type = asked.get("Type", "ipsec.1")
        self.customer_gateway_id = asked["CustomerGatewayId"]
        self.customer_address = customer_address
        self.vpn_gateway_id = asked.get("VpnGatewayId")
        self.transit_gateway_id = asked.get("TransitGatewayId")
        options = asked.get("Options", {})
        self.tunnels = [_tunnel(each) for each in (options.get("TunnelOptions", []) + [{}, {}])[:2]]
        self.options = (
            {
                "EnableAcceleration": False,
                "StaticRoutesOnly": False,
                "LocalIpv4NetworkCidr": "0.0.0.0/0",
                "RemoteIpv4NetworkCidr": "0.0.0.0/0",
                "OutsideIpAddressType": "PublicIpv4",
                "TunnelInsideIpVersion": "ipv4",
            }
            | {name: value for name, value in options.items() if value is not None}
            | {"TunnelOptions": self.tunnels}
        )
        self.static_routes: dict[str, StaticRoute] = {}
        self.created = utcnow()
        self.life = State("pending", "available")

    @property
    def state(self) -> str:
        return self.life.name

    @property
    def available_routes(self) -> list[str]:
        """The destinations it forwards to now."""
        if self.state != "available":
            return []
        return [route.destination for route in self.static_routes.values() if route.life.name == "available"]

    def as_dict(self) -> dict[str, Any]:
        """botocore's VpnConnection."""
        up = self.state == "available"
        return {
            "Category": "VPN",
            "CustomerGatewayConfiguration": self.customer_gateway_configuration(),
            "CustomerGatewayId": self.customer_gateway_id,
            "GatewayAssociationState": "associated",
            "Options": self.options,
            "Routes": [
                {"DestinationCidrBlock": each.destination, "Source": "Static", "State": each.life.name}
                for each in self.static_routes.values()
            ],
            "State": self.state,
            "Tags": [{"Key": key, "Value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()],
            "TransitGatewayId": self.transit_gateway_id,
            "Type": self.type,
            "VgwTelemetry": [
                {
                    "AcceptedRouteCount": len(self.available_routes),
                    "LastStatusChange": self.created,
                    "OutsideIpAddress": tunnel["OutsideIpAddress"],
                    "Status": "UP" if up else "DOWN",
                    "StatusMessage": "",
                }
                for tunnel in self.tunnels
            ],
            "VpnConnectionId": self.id,
            "VpnGatewayId": self.vpn_gateway_id,
        }

    def customer_gateway_configuration(self) -> str:
        """The XML a customer configures the gateway device from, as far as addresses and keys go."""
        tunnels = [self._tunnel_configuration(tunnel) for tunnel in self.tunnels]
        root = _element(
            "vpn_connection",
            {
                "customer_gateway_id": self.customer_gateway_id,
                "vpn_gateway_id": self.vpn_gateway_id or self.transit_gateway_id,
                "vpn_connection_type": self.type,
                "vpn_connection_attributes": "NoBGPVPNConnection" if self.options["StaticRoutesOnly"] else "",
            },
        )
        root.set("id", self.id)
        root.extend(tunnels)
        return ElementTree.tostring(root, "unicode", xml_declaration=True)

    def _tunnel_configuration(self, tunnel: dict[str, Any]) -> ElementTree.Element:
        inside = ipaddress.ip_network(tunnel["TunnelInsideCidr"])

        def end(outside: str | None, host: int) -> dict[str, Any]:
            return {
                "tunnel_outside_address": {"ip_address": outside},
                "tunnel_inside_address": {
                    "ip_address": str(inside[host]),
                    "network_mask": str(inside.netmask),
                    "network_cidr": str(inside.prefixlen),
                },
            }

        return _element(
            "ipsec_tunnel",
            {
                "customer_gateway": end(self.customer_address, 2),
                "vpn_gateway": end(tunnel["OutsideIpAddress"], 1),
                "ike": {"mode": "main", "pre_shared_key": tunnel["PreSharedKey"]},
                "ipsec": {"protocol": "esp", "mode": "tunnel"},
            },
        )


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, dict):
        element.extend(_element(child, value) for child, value in content.items())
    else:
        element.text = content
    return element


def _tunnel(asked: dict[str, Any]) -> dict[str, Any]:
    """botocore's TunnelOption: what was asked for, the rest chosen by AWS."""
    # Below 169.254.6.0 AWS reserves blocks of its own.
    inside = f"169.254.{random.randint(6, 253)}.{4 * random.randint(0, 62)}/30"
    chosen = {
        "OutsideIpAddress": next_public_address(),
        "TunnelInsideCidr": inside,
        "PreSharedKey": "".join(random.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789._") for _each in range(32)),
    }
    return chosen | {_RENAMED.get(name, name): value for name, value in asked.items()}


class VpnConnections:
    """Backend."""

    def make_vpn_connection(self, asked: dict[str, Any]) -> tuple[VpnConnection, bool]:
        """(the connection, whether it is new): the operation is idempotent."""
        customer_gateway = self.get_customer_gateway(asked.get("CustomerGatewayId"))
        ends = (asked.get("VpnGatewayId"), asked.get("TransitGatewayId"))
        if len([end for end in ends if end]) != 1:
            raise EC2ClientError(
                "InvalidParameterCombination", "Specify either a virtual private gateway or a transit gateway"
            )
        if ends[0]:
            self.live_vpn_gateway(ends[0])
        elif ends[1] not in self.transit_gateways:
            raise EC2ClientError(
                "InvalidTransitGatewayID.NotFound", f"Transit Gateway {ends[1]} was deleted or does not exist."
            )
        for connection in self.vpn_connections.values():
            same = (connection.customer_gateway_id, connection.vpn_gateway_id, connection.transit_gateway_id)
            if same == (customer_gateway.id, *ends) and connection.state in ("pending", "available"):
                return connection, False
        connection = VpnConnection(self, asked, customer_gateway.ip_address)
        self.vpn_connections[connection.id] = connection
        return connection, True

    def live_vpn_connection(self, vpn_connection_id: str) -> VpnConnection:
        connection = self.vpn_connections.get(vpn_connection_id)
        if connection is None or connection.state in ("deleting", "deleted"):
            raise EC2ClientError(
                "InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{vpn_connection_id}' does not exist"
            )
        return connection

    def delete_vpn_connection(self, vpn_connection_id: str) -> VpnConnection:
        connection = self.live_vpn_connection(vpn_connection_id)
        connection.life = State("deleting", "deleted")
        return connection

    def create_vpn_connection_route(self, vpn_connection_id: str, destination: str) -> None:
        connection = self.live_vpn_connection(vpn_connection_id)
        if not connection.options["StaticRoutesOnly"]:
            raise EC2ClientError(
                "UnsupportedOperation", f"The vpnConnection '{vpn_connection_id}' was not created with StaticRoutesOnly"
            )
        try:
            ipaddress.IPv4Network(destination)
        except ValueError:
            raise EC2ClientError(
                "InvalidParameterValue", f"Value ({destination}) for parameter destinationCidrBlock is invalid."
            ) from None
        current = connection.static_routes.get(destination)
        if current is None or current.life.name == "deleting":
            connection.static_routes[destination] = StaticRoute(destination)

    def delete_vpn_connection_route(self, vpn_connection_id: str, destination: str) -> None:
        routes = self.live_vpn_connection(vpn_connection_id).static_routes
        if destination not in routes:
            raise EC2ClientError(
                "InvalidRoute.NotFound", f"no route with destination {destination} in {vpn_connection_id}"
            )
        leaving = routes[destination]
        leaving.life = State("deleting", "deleted")
        clock.after_transition(lambda: routes.pop(destination) if routes.get(destination) is leaving else None)


class VpnConnectionHandlers:
    """Responses."""

    def create_vpn_connection(self) -> ActionResult:
        tags = self._parse_tag_specification("vpn-connection").get("vpn-connection", {})
        connection, is_new = self.ec2_backend.make_vpn_connection(self.params)
        if is_new:
            connection.add_tags(tags)
            if connection.transit_gateway_id:
                self.ec2_backend.create_transit_gateway_vpn_attachment(
                    vpn_id=connection.id, transit_gateway_id=connection.transit_gateway_id
                )
        return PlainResult({"VpnConnection": connection.as_dict()})

    def describe_vpn_connections(self) -> ActionResult:
        known = self.ec2_backend.vpn_connections
        wanted = self.params.get("VpnConnectionIds") or list(known)
        for connection_id in wanted:
            if connection_id not in known:
                raise EC2ClientError(
                    "InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{connection_id}' does not exist"
                )
        return PlainResult({"VpnConnections": [known[each] for each in wanted]})

    def create_vpn_connection_route(self) -> ActionResult:
        self.ec2_backend.create_vpn_connection_route(
            self.params.get("VpnConnectionId"), self.params.get("DestinationCidrBlock")
        )
        return EmptyResult()

    def delete_vpn_connection_route(self) -> ActionResult:
        self.ec2_backend.delete_vpn_connection_route(
            self.params.get("VpnConnectionId"), self.params.get("DestinationCidrBlock")
        )
        return EmptyResult()
