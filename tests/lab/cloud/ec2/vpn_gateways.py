# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Virtual private gateways, the VPC's end of a VPN.

https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment, VpnGateway

from ..clock import State


class Attachment(VPCGatewayAttachment):
    """To a VPC; one that is detached stays in the description, as in AWS."""

    def __init__(self, vpc_id: str):
        super().__init__(vpc_id)
        self.life = State("attaching", "attached")

    @property
    def state(self) -> str:
        return self.life.name

    @state.setter
    def state(self, state: str | None) -> None:
        """moto's constructor proposes one."""


class VpnGateways:
    """Backend."""

    def create_vpn_gateway(
        self,
        gateway_type: str = "ipsec.1",
        amazon_side_asn: Any = None,
        availability_zone: Any = None,
        tags: Any = None,
    ) -> VpnGateway:
        # The default of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnGateway.html
        return super().create_vpn_gateway(gateway_type, amazon_side_asn or "64512", availability_zone, tags)

    def live_vpn_gateway(self, vpn_gateway_id: str) -> VpnGateway:
        gateway = self.get_vpn_gateway(vpn_gateway_id)
        if gateway.state == "deleted":
            raise EC2ClientError(
                "InvalidVpnGatewayID.NotFound", f"The virtual private gateway ID '{vpn_gateway_id}' does not exist"
            )
        return gateway

    def vpc_of(self, gateway: VpnGateway) -> str | None:
        """The VPC a gateway is attached to, not counting one it is on its way to or from."""
        return next((vpc_id for vpc_id, each in gateway.attachments.items() if each.state == "attached"), None)

    def attach_vpn_gateway(self, vpn_gateway_id: str, vpc_id: str) -> Attachment:
        gateway = self.live_vpn_gateway(vpn_gateway_id)
        self.get_vpc(vpc_id)
        for other in self.vpn_gateways.values():
            attachment = other.attachments.get(vpc_id)
            if other is not gateway and attachment and attachment.state != "detached":
                raise EC2ClientError(
                    "InvalidVpcState", f"VPC {vpc_id} is currently attached to the Virtual Private Gateway {other.id}."
                )
        current = next((each for each in gateway.attachments.values() if each.state != "detached"), None)
        if current and current.vpc_id != vpc_id:
            raise EC2ClientError(
                "VpnGatewayAttachmentLimitExceeded",
                f"The vpnGateway '{vpn_gateway_id}' is {current.state} to '{current.vpc_id}', and to one VPC at most",
            )
        if current is None:
            gateway.attachments.clear()
            gateway.attachments[vpc_id] = Attachment(vpc_id)
        return gateway.attachments[vpc_id]

    def detach_vpn_gateway(self, vpn_gateway_id: str, vpc_id: str) -> Attachment:
        gateway = self.live_vpn_gateway(vpn_gateway_id)
        attachment = gateway.attachments.get(vpc_id)
        if attachment is None or attachment.state == "detached":
            raise EC2ClientError(
                "InvalidVpnGatewayAttachment.NotFound",
                f"The attachment with vpn gateway ID '{vpn_gateway_id}' and vpc ID '{vpc_id}' does not exist",
            )
        attachment.life = State("detaching", "detached")
        for route_table in self.route_tables.values():
            route_table.propagating.discard(vpn_gateway_id)
        return attachment

    def delete_vpn_gateway(self, vpn_gateway_id: str) -> VpnGateway:
        gateway = self.live_vpn_gateway(vpn_gateway_id)
        in_use = [each.vpc_id for each in gateway.attachments.values() if each.state != "detached"]
        in_use += [
            each.id
            for each in self.vpn_connections.values()
            if each.vpn_gateway_id == vpn_gateway_id and each.state in ("pending", "available")
        ]
        if in_use:
            raise EC2ClientError(
                "IncorrectState", f"The vpnGateway '{vpn_gateway_id}' is in use by {', '.join(in_use)}"
            )
        gateway.state = "deleted"
        return gateway
