# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Internet gateways: one to a VPC, and attached while the VPC has public addresses."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError


class InternetGateways:
    """Backend."""

    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> Any:
        for igw in self.internet_gateways.values():
            if igw.vpc and igw.vpc.id == vpc_id and igw.id != internet_gateway_id:
                # Code as seen from AWS; not in its reference.
                raise EC2ClientError(
                    "InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached"
                )
        return super().attach_internet_gateway(internet_gateway_id, vpc_id)

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        for eni in self.enis.values():
            if eni.vpc_id == vpc_id and any(eni.associations.values()):
                raise EC2ClientError(
                    "DependencyViolation",
                    f"Network {vpc_id} has some mapped public address(es). "
                    "Please unmap those before detaching the gateway.",
                )
        super().detach_internet_gateway(internet_gateway_id, vpc_id)

    def delete_internet_gateway(self, internet_gateway_id: str) -> None:
        igw = self.get_internet_gateway(internet_gateway_id)
        if igw.vpc:
            raise EC2ClientError(
                "DependencyViolation",
                f"The internetGateway '{internet_gateway_id}' has dependencies and cannot be deleted.",
            )
        super().delete_internet_gateway(internet_gateway_id)
        self.tags.pop(internet_gateway_id, None)
