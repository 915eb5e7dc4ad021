# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS's own endpoint services: a few that differ in what matters to an endpoint.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from .service_detail import ServiceDetail

#: The service's part of the name -> what differs from an interface service that supports endpoint policies, in all
#: zones and over IPv4, with the private DNS name of its API.
_INTERFACE: dict[str, dict[str, Any]] = {
    "dynamodb": {"private_dns_names": ()},
    "ec2": {"ip_types": ("ipv4", "ipv6")},
    "ec2messages": {},
    "ecr.api": {"private_dns_names": ("api.ecr.{region}.amazonaws.com",)},
    "ecr.dkr": {"private_dns_names": ("dkr.ecr.{region}.amazonaws.com", "*.dkr.ecr.{region}.amazonaws.com")},
    "ecs-agent": {"private_dns_names": ("ecs-a.{region}.amazonaws.com",), "policy_supported": False},
    "elasticloadbalancing": {},
    # https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
    "email-smtp": {"not_in": ("use1-az2", "use1-az3", "use1-az5", "usw1-az2", "usw2-az4", "apne2-az4", "cac1-az3")},
    "execute-api": {
        "private_dns_names": ("execute-api.{region}.amazonaws.com", "*.execute-api.{region}.amazonaws.com")
    },
    "kms": {},
    "logs": {},
    "monitoring": {},
    "s3": {
        "private_dns_names": (
            "s3.{region}.amazonaws.com",
            "*.s3.{region}.amazonaws.com",
            "*.s3-accesspoint.{region}.amazonaws.com",
            "*.s3-control.{region}.amazonaws.com",
        ),
        "private_dns_default": False,
        "dns_wildcard": True,
    },
    "secretsmanager": {},
    "sns": {},
    "sqs": {},
    "ssm": {},
    "ssmmessages": {},
    "sts": {},
}

#: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
_GATEWAY = ("dynamodb", "s3")


def aws_services(region: str, zone_ids: list[str]) -> list[ServiceDetail]:
    """All of them in a region that has these zones."""
    gateways = [
        _service(each, "Gateway", region, zone_ids, base_dns_names=(f"{each}.{region}.amazonaws.com",))
        for each in _GATEWAY
    ]
    return gateways + [_interface(name, region, zone_ids, **facts) for name, facts in _INTERFACE.items()]


def _interface(
    name: str,
    region: str,
    zone_ids: list[str],
    not_in: tuple[str, ...] = (),
    private_dns_names: tuple[str, ...] = ("{service}.{region}.amazonaws.com",),
    **facts: Any,
) -> ServiceDetail:
    private = tuple(each.format(service=name, region=region) for each in private_dns_names)
    facts = {"private_dns_default": bool(private), **facts}
    return _service(
        name,
        "Interface",
        region,
        [each for each in zone_ids if each not in not_in],
        base_dns_names=(f"{name}.{region}.vpce.amazonaws.com",),
        private_dns_names=private,
        private_dns_state="verified" if private else None,
        **facts,
    )


def _service(name: str, kind: str, region: str, zone_ids: list[str], **facts: Any) -> ServiceDetail:
    full_name = f"com.amazonaws.{region}.{name}"
    return ServiceDetail(
        **{
            "name": full_name,
            "id": f"vpce-svc-{sha256(f'{full_name} {kind}'.encode()).hexdigest()[:17]}",
            "type": kind,
            "region": region,
            "owner": "amazon",
            "zone_ids": tuple(zone_ids),
            "has_gateway": name in _GATEWAY,
            "dns_name": f"{name}.{region}.vpce.amazonaws.com",
            "policy_supported": True,
            **facts,
        }
    )
