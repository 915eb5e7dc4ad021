# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Both sides of PrivateLink as tests need them: a provider's service, and a consumer's VPC for endpoints."""

from __future__ import annotations

from lab.cloud.ec2.zones import zones_of

from .conftest import REGION, Network

PROVIDER, CONSUMER, STRANGER = "444455556666", "111122223333", "777788889999"


def zone(ec2, letter: str) -> str:
    """An account's own name of the zone that the consumer names with this letter."""
    [zone_id] = [each.zone_id for each in zones_of(CONSUMER, REGION) if each.name == f"{REGION}{letter}"]
    return ec2.describe_availability_zones(ZoneIds=[zone_id])["AvailabilityZones"][0]["ZoneName"]


class Provider:
    """An account with a load balancer in zones of its VPC, and a service on it."""

    def __init__(self, client, zones: str = "ab", kind: str = "network", account: str = PROVIDER, **service):
        self.ec2, self.account = client("ec2", account), account
        network = Network(self.ec2)
        subnets = [network.subnet(f"10.0.{at}.0/24", zone(self.ec2, each)) for at, each in enumerate(zones)]
        scheme = {"Scheme": "internal"} if kind == "network" else {}
        self._elbv2 = client("elbv2", account)
        made = self._elbv2.create_load_balancer(Name=f"lb-{zones}", Type=kind, Subnets=subnets, **scheme)
        self.load_balancer_arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        self.member = "NetworkLoadBalancerArns" if kind == "network" else "GatewayLoadBalancerArns"
        made = self.ec2.create_vpc_endpoint_service_configuration(**{self.member: [self.load_balancer_arn], **service})
        self.service_id = made["ServiceConfiguration"]["ServiceId"]
        self.service_name = made["ServiceConfiguration"]["ServiceName"]

    def admit(self, *principals: str) -> None:
        self.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service_id, AddAllowedPrincipals=list(principals)
        )

    def delete_load_balancer(self) -> None:
        self._elbv2.delete_load_balancer(LoadBalancerArn=self.load_balancer_arn)

    def connections(self, **parameters) -> list[dict]:
        return self.ec2.describe_vpc_endpoint_connections(**parameters)["VpcEndpointConnections"]

    def accept(self, *endpoint_ids: str) -> list[dict]:
        """The unsuccessful items."""
        return self.ec2.accept_vpc_endpoint_connections(ServiceId=self.service_id, VpcEndpointIds=list(endpoint_ids))[
            "Unsuccessful"
        ]

    def reject(self, *endpoint_ids: str) -> list[dict]:
        return self.ec2.reject_vpc_endpoint_connections(ServiceId=self.service_id, VpcEndpointIds=list(endpoint_ids))[
            "Unsuccessful"
        ]


class Consumer(Network):
    """A VPC with the DNS attributes that private names need, and subnets in zones."""

    def __init__(self, ec2, zones: str = "abc"):
        super().__init__(ec2)
        ec2.modify_vpc_attribute(VpcId=self.vpc_id, EnableDnsHostnames={"Value": True})
        self.subnets = {each: self.subnet(f"10.0.{at}.0/24", zone(ec2, each)) for at, each in enumerate(zones)}

    def endpoint(self, service: str = "ssm", zones: str = "a", **parameters) -> dict:
        """One of AWS's service of this short name, or of the service of this full name, in the subnets of the zones."""
        name = service if "." in service else f"com.amazonaws.{REGION}.{service}"
        asked = {"VpcId": self.vpc_id, "ServiceName": name, "VpcEndpointType": "Interface"}
        if zones:
            asked["SubnetIds"] = [self.subnets[each] for each in zones]
        asked |= parameters
        return self.ec2.create_vpc_endpoint(**{name: value for name, value in asked.items() if value is not None})[
            "VpcEndpoint"
        ]

    def described(self, endpoint_id: str) -> dict:
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]

    def state(self, endpoint_id: str) -> str:
        return self.described(endpoint_id)["State"]

    def main_route_table(self) -> dict:
        search = [{"Name": "vpc-id", "Values": [self.vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
        return self.ec2.describe_route_tables(Filters=search)["RouteTables"][0]
