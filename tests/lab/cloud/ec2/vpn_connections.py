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

from ..clock import State, clock
from .dispatch import PlainResult
from .vpn_tunnels import as_reply, check_tunnel_options, new_tunnel

#: What ModifyVpnConnectionOptions changes.
_MODIFIABLE = (
    "LocalIpv4NetworkCidr",
    "RemoteIpv4NetworkCidr",
    "LocalIpv6NetworkCidr",
    "RemoteIpv6NetworkCidr",
    "TunnelBandwidth",
)


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
        options = {name: value for name, value in asked.get("Options", {}).items() if value is not None}
        self.tunnels: list[dict[str, Any]] = []
        for each in (options.get("TunnelOptions", []) + [{}, {}])[:2]:
            self.tunnels.append(new_tunnel(each, self.inside_cidrs_in_use()))
        version = options.get("TunnelInsideIpVersion", "ipv4")
        self.options = (
            {
                "EnableAcceleration": False,
                "StaticRoutesOnly": False,
                "OutsideIpAddressType": "PublicIpv4",
                "TunnelInsideIpVersion": version,
                "TunnelBandwidth": "standard",
            }
            | (
                {"LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0"}
                if version == "ipv4"
                else {"LocalIpv6NetworkCidr": "::/0", "RemoteIpv6NetworkCidr": "::/0"}
            )
            | options
            | {"TunnelOptions": self.tunnels}
        )
        self.static_routes: dict[str, StaticRoute] = {}
        self.created = utcnow()
        self.life = State("pending", "available")

    @property
    def state(self) -> str:
        return self.life.name

    @property
    def is_live(self) -> bool:
        return self.state in ("pending", "available")

    def inside_cidrs_in_use(self, but: dict[str, Any] | None = None) -> set[str]:
        """Those of all tunnels at its virtual private gateway, one tunnel excepted."""
        others = [
            each
            for each in self.ec2_backend.vpn_connections.values()
            if each.vpn_gateway_id == self.vpn_gateway_id and each is not self and each.is_live
        ]
        return {tunnel["TunnelInsideCidr"] for each in [self, *others] for tunnel in each.tunnels if tunnel is not but}

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
            # "only if the VPN connection is in the pending or available state"
            "CustomerGatewayConfiguration": (self.customer_gateway_configuration() if self.is_live else None),
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


def _check_network_cidr(name: str, cidr: str) -> None:
    family = ipaddress.IPv6Network if "Ipv6" in name else ipaddress.IPv4Network
    try:
        family(cidr)
    except ValueError:
        raise EC2ClientError("InvalidParameterValue", f"Value ({cidr}) for parameter {name} is invalid.") from None


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
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError(
                "InvalidTransitGatewayID.NotFound", f"Transit Gateway {ends[1]} was deleted or does not exist."
            )
        for connection in self.vpn_connections.values():
            same = (connection.customer_gateway_id, connection.vpn_gateway_id, connection.transit_gateway_id)
            if same == (customer_gateway.id, *ends) and connection.is_live:
                return connection, False
        connection = VpnConnection(self, asked, customer_gateway.ip_address)
        self.vpn_connections[connection.id] = connection
        return connection, True

    def modify_vpn_connection_options(self, vpn_connection_id: str, changes: dict[str, Any]) -> VpnConnection:
        connection = self.live_vpn_connection(vpn_connection_id)
        for name, value in changes.items():
            if name.endswith("NetworkCidr"):
                _check_network_cidr(name, value)
        connection.options.update(changes)
        return connection

    def modify_vpn_tunnel_options(self, vpn_connection_id: str, outside: str, changes: dict[str, Any]) -> VpnConnection:
        connection = self.live_vpn_connection(vpn_connection_id)
        tunnel = next((each for each in connection.tunnels if each["OutsideIpAddress"] == outside), None)
        if tunnel is None:
            raise EC2ClientError(
                "InvalidParameterValue", f"The VPN connection '{vpn_connection_id}' has no tunnel at {outside}"
            )
        check_tunnel_options(changes, connection.inside_cidrs_in_use(but=tunnel))
        tunnel.update(as_reply(changes))
        return connection

    def live_vpn_connection(self, vpn_connection_id: str) -> VpnConnection:
        connection = self.vpn_connections.get(vpn_connection_id)
        if connection is None or not connection.is_live:
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
                "InvalidVpnConnection.InvalidType",
                f"The vpnConnection '{vpn_connection_id}' was not created with StaticRoutesOnly",
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

    def modify_vpn_connection_options(self) -> ActionResult:
        changes = {name: self.params[name] for name in _MODIFIABLE if self.params.get(name) is not None}
        connection = self.ec2_backend.modify_vpn_connection_options(self.params.get("VpnConnectionId"), changes)
        return PlainResult({"VpnConnection": connection.as_dict()})

    def modify_vpn_tunnel_options(self) -> ActionResult:
        connection = self.ec2_backend.modify_vpn_tunnel_options(
            self.params.get("VpnConnectionId"),
            self.params.get("VpnTunnelOutsideIpAddress"),
            self.params.get("TunnelOptions", {}),
        )
        return PlainResult({"VpnConnection": connection.as_dict()})

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
