# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The ENIs that AWS's services make for themselves, and that go with what they were made for.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.utils import random_id

from .network_interfaces import NetworkInterface


class ServiceAttachment:
    """Where an instance would be there is a service of AWS's."""

    instance = None

    def __init__(self) -> None:
        self.id = random_id("ela-attach")
        self.time = utcnow()

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterfaceAttachment."""
        return {
            "AttachTime": self.time,
            "AttachmentId": self.id,
            "DeleteOnTermination": False,
            "DeviceIndex": 1,
            "NetworkCardIndex": 0,
            "InstanceOwnerId": "amazon-aws",
            "Status": "attached",
        }


def hand_over(eni: NetworkInterface, interface_type: str | None = None) -> None:
    """Make an ENI one of AWS's own.

    :param interface_type: botocore's InterfaceType, where it is not that of the user's ENIs.
    """
    eni.requester_managed, eni.requester_id = True, "amazon-aws"
    eni.attachment = ServiceAttachment()
    eni.interface_type = interface_type or eni.interface_type


def check_changeable(eni: NetworkInterface) -> None:
    """Raise if the ENI is a service's: its attributes, attachment and addresses are not the user's to change."""
    if eni.requester_managed:
        # Code as seen from AWS; not in its reference.
        raise EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")


class RequesterManaged:
    """Backend."""

    def create_network_interface(
        self,
        subnet: Any,
        private_ip_address: str | None = None,
        group_ids: list[str] | None = None,
        description: str | None = None,
        **_moto: Any,
    ) -> NetworkInterface:
        """What moto's services call. Some propose an address, outside of the subnet: they get a free one of it."""
        subnet_id = subnet if isinstance(subnet, str) else subnet.id
        eni = self.make_network_interface({"SubnetId": subnet_id, "Groups": group_ids, "Description": description})
        hand_over(eni)
        return eni

    def create_nat_gateway(self, *args: Any, **kwargs: Any) -> Any:
        gateway = super().create_nat_gateway(*args, **kwargs)
        gateway._eni.interface_type = "nat_gateway"
        gateway._eni.description = f"Interface for NAT Gateway {gateway.id}"
        gateway._eni.source_dest_check = False
        return gateway

    def delete_nat_gateway(self, nat_gateway_id: str) -> Any:
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
        gateway = super().delete_nat_gateway(nat_gateway_id)
        if gateway._eni.id in self.enis:
            self.delete_network_interface(gateway._eni.id)
        return gateway
