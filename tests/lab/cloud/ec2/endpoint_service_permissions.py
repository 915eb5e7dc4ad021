# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who may use an endpoint service: accounts, users, roles, organizational units, AWS services, or everyone.

https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.utils import random_id

from .dispatch import PlainResult
from .parameters import check_choice

VPC_ENDPOINT, TRANSIT_GATEWAY_ATTACHMENT = PERMISSION_TYPES = ("vpc-endpoint", "transit-gateway-attachment")

_NAME = r"[\w+=,.@-]+"

#: botocore's PrincipalType -> the form of its principals. "Principal ARNs with path components aren't supported."
#: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpointServicePermissions.html
_FORMS = {
    "All": r"\*",
    "Account": r"arn:[\w-]+:iam::\d{12}:root",
    "User": rf"arn:[\w-]+:iam::\d{{12}}:user/{_NAME}",
    "Role": rf"arn:[\w-]+:iam::\d{{12}}:role/{_NAME}",
    "OrganizationUnit": r"arn:[\w-]+:organizations::\d{12}:ou/o-[a-z0-9]+/ou-[a-z0-9-]+",
    "Service": r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?",
}


class Permission:
    def __init__(self, service: Any, principal: str, permission_type: str):
        self.id = random_id("vpce-svc-perm")
        self.service = service
        self.principal = principal
        self.permission_type = permission_type

    def as_added(self) -> dict[str, Any]:
        """botocore's AddedPrincipal."""
        return {
            "PrincipalType": principal_type(self.principal),
            "Principal": self.principal,
            "ServicePermissionId": self.id,
            "ServiceId": self.service.id,
            "PermissionType": self.permission_type,
        }

    def as_dict(self) -> dict[str, Any]:
        """botocore's AllowedPrincipal."""
        tags = self.service.ec2_backend.tags.get(self.id, {})
        return self.as_added() | {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def principal_type(principal: str) -> str:
    """
    :raises EC2ClientError: InvalidPrincipal, it has none of the forms that are supported.
    """
    for name, form in _FORMS.items():
        if re.fullmatch(form, principal):
            return name
    # As seen from AWS; not in its reference.
    raise EC2ClientError("InvalidPrincipal", f"Invalid Principal: '{principal}'")


def admits(service: Any, account: str, caller_arn: str | None = None) -> bool:
    """Whether an account may find the service and make endpoints for it: the owner, or one that is permitted to.

    :param caller_arn: who in the account it is, as GetCallerIdentity tells it; without it only what is permitted to
        the whole account counts.
    """
    if account == service.owner:
        return True
    permitted = {principal for principal, kind in service.permissions if kind == VPC_ENDPOINT}
    return "*" in permitted or any(
        re.fullmatch(rf"arn:[\w-]+:iam::{account}:root", each) or each == _iam_arn(caller_arn) for each in permitted
    )


def _iam_arn(caller_arn: str | None) -> str | None:
    """The role of an assumed role's session; any other caller as it is."""
    return caller_arn and re.sub(r":sts::(\d+):assumed-role/([^/]+)/.*", r":iam::\1:role/\2", caller_arn)


class EndpointServicePermissions:
    """Backend."""

    def get_endpoint_service_permission(self, permission_id: str) -> Permission:
        for service in self.endpoint_services.values():
            for each in service.permissions.values():
                if each.id == permission_id:
                    return each
        # Its kind of code; the reference has none for it.
        raise EC2ClientError(
            "InvalidVpcEndpointServicePermissionId.NotFound",
            f"The VpcEndpointServicePermission Id '{permission_id}' does not exist",
        )

    def modify_endpoint_service_permissions(
        self, service: Any, added: list[str], removed: list[str], permission_type: str
    ) -> list[Permission]:
        """Those that were not there before."""
        check_choice("PermissionType", permission_type, PERMISSION_TYPES)
        for each in (*added, *removed):
            kind = principal_type(each)
            if permission_type == TRANSIT_GATEWAY_ATTACHMENT:
                _check_attachable(service, each, kind)
        new = [
            Permission(service, each, permission_type)
            for each in dict.fromkeys(added)
            if (each, permission_type) not in service.permissions
        ]
        service.permissions |= {(each.principal, permission_type): each for each in new}
        for each in removed:
            gone = service.permissions.pop((each, permission_type), None)
            self.tags.pop(gone.id if gone else None, None)
        return new


def _check_attachable(service: Any, principal: str, kind: str) -> None:
    # "supported only for Gateway Load Balancer endpoint services", "only to Amazon Web Services accounts"
    if service.type != "GatewayLoadBalancer":
        raise EC2ClientError(
            "InvalidParameter", f"{TRANSIT_GATEWAY_ATTACHMENT} is for Gateway Load Balancer endpoint services only."
        )
    if kind != "Account":
        raise EC2ClientError("InvalidPrincipal", f"Invalid Principal: '{principal}'")


class EndpointServicePermissionHandlers:
    """Responses."""

    def modify_vpc_endpoint_service_permissions(self) -> ActionResult:
        service = self.named_endpoint_service()
        added, removed = self.params.get("AddAllowedPrincipals", []), self.params.get("RemoveAllowedPrincipals", [])
        if not (added or removed):
            raise EC2ClientError(
                "MissingParameter", "The request must contain AddAllowedPrincipals or RemoveAllowedPrincipals"
            )
        new = self.ec2_backend.modify_endpoint_service_permissions(
            service, added, removed, self.params.get("PermissionType") or VPC_ENDPOINT
        )
        return PlainResult({"AddedPrincipals": [each.as_added() for each in new], "ReturnValue": True})

    def describe_vpc_endpoint_service_permissions(self) -> ActionResult:
        return PlainResult({"AllowedPrincipals": list(self.named_endpoint_service().permissions.values())})
