# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An endpoint service as its consumers see it, whether it is AWS's own or a customer's.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceDetail.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ServiceDetail:
    """A service of one type: S3 and DynamoDB are two of one name.

    :param dns_name: the domain of its endpoints' names.
    :param dns_wildcard: whether these names have a label of the client's choice before them.
    :param private_dns_names: those that an endpoint can take over in its VPC.
    :param private_dns_default: whether it does so where a request does not say.
    :param has_gateway: whether the service has gateway endpoints beside these.
    :param configuration: a customer's EndpointService; None for AWS's own.
    """

    name: str
    id: str
    type: str
    region: str
    owner: str
    zone_ids: tuple[str, ...]
    dns_name: str
    base_dns_names: tuple[str, ...]
    dns_wildcard: bool = False
    private_dns_names: tuple[str, ...] = ()
    private_dns_state: str | None = None
    private_dns_default: bool = False
    has_gateway: bool = False
    policy_supported: bool = False
    acceptance_required: bool = False
    ip_types: tuple[str, ...] = ("ipv4",)
    payer_responsibility: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    configuration: Any = None

    def as_dict(self, zones: dict[str, str]) -> dict[str, Any]:
        """botocore's ServiceDetail; ``zones`` maps the ids of the caller's zones to its names of them."""
        common = sorted(zones.keys() & self.zone_ids, key=zones.__getitem__)
        return {
            "ServiceName": self.name,
            "ServiceId": self.id,
            "ServiceType": [{"ServiceType": self.type}],
            "ServiceRegion": self.region,
            "AvailabilityZoneIds": common,
            "AvailabilityZones": [zones[zone_id] for zone_id in common],
            "Owner": self.owner,
            "BaseEndpointDnsNames": list(self.base_dns_names),
            "PrivateDnsName": next(iter(self.private_dns_names), None),
            "PrivateDnsNames": [{"PrivateDnsName": each} for each in self.private_dns_names] or None,
            "PrivateDnsNameVerificationState": self.private_dns_state,
            "VpcEndpointPolicySupported": self.policy_supported,
            "AcceptanceRequired": self.acceptance_required,
            "ManagesVpcEndpoints": False,
            "PayerResponsibility": self.payer_responsibility,
            "SupportedIpAddressTypes": list(self.ip_types),
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }
