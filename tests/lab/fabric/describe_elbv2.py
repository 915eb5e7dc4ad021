# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Network Load Balancers as Elastic Load Balancing describes them.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lab.fabric.description import LoadBalancer, Target
from lab.fabric.paging import items

CARRIED = ("TCP", "TCP_UDP")  # a TLS listener ends the client's TLS, which takes its private key: not modelled
TARGET = re.compile(r"i-[0-9a-f]+|[0-9.]+")  # an instance or an IPv4 address; other load balancers are not modelled
CROSS_ZONE = "load_balancing.cross_zone.enabled"


def load_balancers(client, arns: Sequence[str], network_interfaces: Sequence[dict]) -> dict[str, LoadBalancer]:
    """By ARN. ``network_interfaces`` are DescribeNetworkInterfaces' of the account."""
    if not arns:
        return {}
    described = items(client, "describe_load_balancers", "LoadBalancers", LoadBalancerArns=list(arns))
    return {item["LoadBalancerArn"]: _load_balancer(client, item, network_interfaces) for item in described}


def _load_balancer(client, item: dict, network_interfaces: Sequence[dict]) -> LoadBalancer:
    arn = item["LoadBalancerArn"]
    attributes = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    listeners = items(client, "describe_listeners", "Listeners", LoadBalancerArn=arn)
    enforces = item.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off"
    # https://repost.aws/knowledge-center/elb-find-load-balancer-ip: the description is how a load balancer's are found.
    description = "ELB " + arn.partition(":loadbalancer/")[2]
    return LoadBalancer(
        arn=arn,
        vpc_id=item["VpcId"],
        cross_zone={"Key": CROSS_ZONE, "Value": "true"} in attributes,
        network_interfaces=tuple(
            sorted(eni["NetworkInterfaceId"] for eni in network_interfaces if eni.get("Description") == description)
        ),
        enforced_groups=tuple(sorted(item.get("SecurityGroups", ()))) if enforces else (),
        listeners={
            listener["Port"]: _healthy_targets(client, listener)
            for listener in listeners
            if listener["Protocol"] in CARRIED
        },
    )


def _healthy_targets(client, listener: dict) -> tuple[Target, ...]:
    """Of all the target groups that the listener forwards to."""
    arns = {
        group["TargetGroupArn"]
        for action in listener["DefaultActions"]
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or [action]
    }
    described = (
        item
        for arn in sorted(arns)
        for item in client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    )
    return tuple(
        Target(item["Target"]["Id"], item["Target"]["Port"])
        for item in described
        if item["TargetHealth"]["State"] == "healthy" and TARGET.fullmatch(item["Target"]["Id"])
    )
