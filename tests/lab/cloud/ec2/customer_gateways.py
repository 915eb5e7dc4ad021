# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Customer gateways: the corporate end of a VPN."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError


class CustomerGateways:
    """Backend."""

    def delete_customer_gateway(self, customer_gateway_id: str) -> None:
        for connection in self.vpn_connections.values():
            if connection.customer_gateway_id == customer_gateway_id and connection.state in ("pending", "available"):
                # Code as seen from AWS; not in its reference.
                raise EC2ClientError("IncorrectState", "The customer gateway is in use.")
        super().delete_customer_gateway(customer_gateway_id)


class CustomerGatewayHandlers:
    """Responses."""

    def create_customer_gateway(self) -> ActionResult:
        """The existing one for an identical request, as the API reference has it."""
        asked = self.params
        address = asked.get("IpAddress") or asked.get("PublicIp")
        asn = str(asked.get("BgpAsn") or asked.get("BgpAsnExtended") or 65000)
        device = asked.get("DeviceName")
        for gateway in self.ec2_backend.customer_gateways.values():
            identity = (gateway.type, gateway.ip_address, gateway.bgp_asn, gateway.device_name)
            if gateway.state == "available" and identity == (asked.get("Type"), address, asn, device):
                return ActionResult({"CustomerGateway": gateway})
        if not (address or asked.get("CertificateArn")):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter IpAddress")
        tags = self._parse_tag_specification("customer-gateway").get("customer-gateway", {})
        gateway: Any = self.ec2_backend.create_customer_gateway(asked.get("Type"), address, asn, tags)
        gateway.device_name = device
        gateway.certificate_arn = asked.get("CertificateArn")
        return ActionResult({"CustomerGateway": gateway})

    def describe_customer_gateways(self) -> ActionResult:
        known = self.ec2_backend.customer_gateways
        wanted = self.params.get("CustomerGatewayIds")
        for gateway_id in wanted or []:
            self.ec2_backend.get_customer_gateway(gateway_id)
        return ActionResult({"CustomerGateways": [known[each] for each in wanted or known]})
