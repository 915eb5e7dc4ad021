# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What differs between application, network and gateway load balancers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What differs between botocore's LoadBalancerTypeEnum.

    :param arn_type: the part of the ARN that tells the type.
    :param interface_type: that of its ENIs.
    :param attributes: its attributes and their defaults, beside those that all have.
    """

    arn_type: str
    interface_type: str
    attributes: dict[str, str]


_ACCESS_LOGS = {"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": ""}

#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
KINDS = {
    "application": Kind(
        "app",
        "interface",
        _ACCESS_LOGS
        | {
            "load_balancing.cross_zone.enabled": "true",
            "idle_timeout.timeout_seconds": "60",
            "routing.http2.enabled": "true",
        },
    ),
    "network": Kind(
        "net",
        "network_load_balancer",
        _ACCESS_LOGS
        | {
            "load_balancing.cross_zone.enabled": "false",
            "dns_record.client_routing_policy": "any_availability_zone",
            "zonal_shift.config.enabled": "false",
        },
    ),
    "gateway": Kind("gwy", "gateway_load_balancer", {"load_balancing.cross_zone.enabled": "false"}),
}
