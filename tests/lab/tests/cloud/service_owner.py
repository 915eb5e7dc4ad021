# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An account that offers a service: a VPC with two zones, load balancers, what stands behind them."""

from __future__ import annotations

from itertools import count

from .conftest import Network


class ServiceOwner:
    def __init__(self, ec2, elbv2):
        self.ec2, self.elbv2 = ec2, elbv2
        self.network = Network(ec2)
        self.subnet_ids = [
            self.network.subnet("10.0.1.0/24", "us-east-1a"),
            self.network.subnet("10.0.2.0/24", "us-east-1b"),
        ]
        self._numbers = count(1)

    def balancer(self, **parameters) -> dict:
        """An internal Network Load Balancer in both zones, unless the parameters say otherwise."""
        asked = {"Name": f"nlb-{next(self._numbers)}", "Type": "network"}
        if parameters.get("Type", "network") == "network":
            asked["Scheme"] = "internal"
        if not {"Subnets", "SubnetMappings"} & parameters.keys():
            asked["Subnets"] = self.subnet_ids
        return self.elbv2.create_load_balancer(**(asked | parameters))["LoadBalancers"][0]

    def network_arn(self, **parameters) -> str:
        return self.balancer(**parameters)["LoadBalancerArn"]

    def gateway_arn(self, **parameters) -> str:
        return self.balancer(Type="gateway", **parameters)["LoadBalancerArn"]

    def service(self, **parameters) -> dict:
        """A service on a Network Load Balancer of its own, unless the parameters name one."""
        if not {"NetworkLoadBalancerArns", "GatewayLoadBalancerArns"} & parameters.keys():
            parameters["NetworkLoadBalancerArns"] = [self.network_arn()]
        return self.ec2.create_vpc_endpoint_service_configuration(**parameters)["ServiceConfiguration"]

    def described(self, service_id: str) -> dict:
        found = self.ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])
        return found["ServiceConfigurations"][0]

    def target_group(self, **parameters) -> str:
        asked = {"Name": f"tg-{next(self._numbers)}", "Protocol": "TCP", "Port": 443, "VpcId": self.network.vpc_id}
        made = self.elbv2.create_target_group(**(asked | {"TargetType": "ip"} | parameters))
        return made["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, load_balancer_arn: str, target_group_arn: str, **parameters) -> dict:
        asked = {
            "LoadBalancerArn": load_balancer_arn,
            "Protocol": "TCP",
            "Port": 443,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": target_group_arn}],
        }
        return self.elbv2.create_listener(**(asked | parameters))["Listeners"][0]
