# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interface permissions: one other account may attach an ENI, or put its Elastic IPs on it.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.utils import random_id

from ..clock import State, clock
from ..settings import settings
from .dispatch import PlainResult
from .network_interfaces import NetworkInterface

INSTANCE_ATTACH, EIP_ASSOCIATE = TYPES = ("INSTANCE-ATTACH", "EIP-ASSOCIATE")


class NetworkInterfacePermission:
    def __init__(self, eni: NetworkInterface, account: str, permission: str):
        self.id = random_id("eni-perm")
        self.eni = eni
        self.account = account
        self.permission = permission
        self.life = State("pending", "granted")

    @property
    def in_use(self) -> bool:
        return self.eni.attachment is not None and self.eni.attachment.instance.owner_id == self.account

    def as_dict(self) -> dict[str, Any]:
        """botocore's NetworkInterfacePermission."""
        return {
            "NetworkInterfacePermissionId": self.id,
            "NetworkInterfaceId": self.eni.id,
            "AwsAccountId": self.account,
            "Permission": self.permission,
            "PermissionState": {"State": self.life.name},
        }


class NetworkInterfacePermissions:
    """Backend; ``network_interface_permissions`` is a dict by id."""

    def __init__(self) -> None:
        self.network_interface_permissions: dict[str, NetworkInterfacePermission] = {}
        self._permissions_of: dict[str, list[NetworkInterfacePermission]] = {}

    def grant(self, eni_id: str, account: str, permission: str) -> NetworkInterfacePermission:
        eni = self.get_network_interface(eni_id)
        if not settings.network_interface_permissions_authorized:
            # The reference says that accounts must be authorized, without a code: this one is for what is not allowed.
            raise EC2ClientError(
                "OperationNotPermitted",
                f"Account {self.account_id} is not authorized to grant permissions for network interfaces.",
            )
        if eni.requester_managed:
            raise EC2ClientError(
                "OperationNotPermitted", f"The network interface '{eni_id}' is managed by the service that made it."
            )
        if account == self.account_id:
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError("OperationNotPermitted", f"Account {account} owns the network interface '{eni_id}'.")
        for other in self._permissions_of.get(eni_id, []):
            # "a single AWS account only, and only one account at a time"; the reference has no code for it.
            if other.account != account or other.permission == permission:
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"The network interface '{eni_id}' already has a permission for {other.account}: {other.id}",
                )
        granted = NetworkInterfacePermission(eni, account, permission)
        self.network_interface_permissions[granted.id] = granted
        self._permissions_of.setdefault(eni_id, []).append(granted)
        return granted

    def get_network_interface_permission(self, permission_id: str) -> NetworkInterfacePermission:
        if permission_id not in self.network_interface_permissions:
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError(
                "InvalidPermissionID.NotFound", f"The network interface permission '{permission_id}' does not exist"
            )
        return self.network_interface_permissions[permission_id]

    def revoke(self, permission_id: str, force: bool) -> None:
        revoked = self.get_network_interface_permission(permission_id)
        if revoked.in_use and not force:
            # The reference documents the refusal without a code: this one is for an interface in use.
            raise EC2ClientError(
                "InvalidNetworkInterface.InUse",
                f"Interface: [{revoked.eni.id}] in use by account {revoked.account}: "
                "detach it first, or specify Force.",
            )
        if revoked.life.name not in ("revoking", "revoked"):
            revoked.life = State("revoking", "revoked")
            clock.after_transition(lambda: self._forget(revoked))

    def _forget(self, permission: NetworkInterfacePermission) -> None:
        # It may have gone with its ENI meanwhile.
        if self.network_interface_permissions.pop(permission.id, None):
            self._permissions_of[permission.eni.id].remove(permission)

    def delete_network_interface(self, eni_id: str) -> None:
        super().delete_network_interface(eni_id)
        for permission in self._permissions_of.pop(eni_id, []):
            del self.network_interface_permissions[permission.id]

    def attachable_interface(self, eni_id: str) -> NetworkInterface:
        """The ENI, if this account may attach it: its own, or one that another account permits it to.

        :raises EC2ClientError: InvalidNetworkInterfaceID.NotFound, neither.
        """
        return self._permitted_interface(eni_id, INSTANCE_ATTACH)

    def associable_interface(self, eni_id: str) -> NetworkInterface:
        """The same for Elastic IPs of this account."""
        return self._permitted_interface(eni_id, EIP_ASSOCIATE)

    def _permitted_interface(self, eni_id: str, permission: str) -> NetworkInterface:
        if eni_id in self.enis:
            return self.enis[eni_id]
        for _account, region, owner in ec2_backends.iter_backends():
            if region == self.region_name:
                for each in owner._permissions_of.get(eni_id, []):
                    if (each.account, each.permission, each.life.name) == (self.account_id, permission, "granted"):
                        return each.eni
        return self.get_network_interface(eni_id)


class NetworkInterfacePermissionHandlers:
    """Responses."""

    def create_network_interface_permission(self) -> ActionResult:
        asked = self.params
        account, permission = asked.get("AwsAccountId"), asked.get("Permission")
        if asked.get("AwsService"):
            # "Currently not supported."
            raise EC2ClientError("InvalidParameterValue", "The parameter AwsService is not supported.")
        if not account:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter AwsAccountId")
        if not re.fullmatch(r"\d{12}", account):
            raise EC2ClientError("InvalidParameterValue", f"Value ({account}) for parameter awsAccountId is invalid.")
        if permission not in TYPES:
            raise EC2ClientError("InvalidParameterValue", f"Value ({permission}) for parameter permission is invalid.")
        granted = self.ec2_backend.grant(asked.get("NetworkInterfaceId"), account, permission)
        return PlainResult({"InterfacePermission": granted.as_dict()})

    def delete_network_interface_permission(self) -> ActionResult:
        self.ec2_backend.revoke(self.params.get("NetworkInterfacePermissionId"), bool(self.params.get("Force")))
        return PlainResult({"Return": True})

    def describe_network_interface_permissions(self) -> ActionResult:
        wanted = self.params.get("NetworkInterfacePermissionIds")
        known = self.ec2_backend.network_interface_permissions
        return PlainResult(
            {
                "NetworkInterfacePermissions": [
                    self.ec2_backend.get_network_interface_permission(each) for each in wanted or known
                ]
            }
        )
