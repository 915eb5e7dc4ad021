# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Empties the lab cloud, gives two accounts what they have before a handshake, and prints its ids as JSON."""

from __future__ import annotations

import json
import os
from urllib.request import Request, urlopen

import boto3

PROVIDER, CONSUMER = "444455556666", "111122223333"
LAB = os.environ["AWS_ENDPOINT_URL"] + "/_lab/"


def control(method: str, name: str, body=None) -> None:
    with urlopen(Request(LAB + name, None if body is None else json.dumps(body).encode(), method=method)):
        pass


class Account:
    def __init__(self, account: str):
        self.session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="lab-secret-key-not-secret")
        self.ec2 = self.session.client("ec2")

    def vpc(self, *zone_ids: str, hostnames: bool = True) -> dict:
        vpc_id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": hostnames})
        subnets = [
            self.ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.0.{number}.0/24", AvailabilityZoneId=zone_id)
            for number, zone_id in enumerate(zone_ids)
        ]
        return {"id": vpc_id, "subnets": [subnet["Subnet"]["SubnetId"] for subnet in subnets]}

    def load_balancer(self, name: str, kind: str, subnets: list) -> str:
        elbv2 = self.session.client("elbv2")
        made = elbv2.create_load_balancer(Name=name, Type=kind, Scheme="internal", Subnets=subnets)
        return made["LoadBalancers"][0]["LoadBalancerArn"]

    def listen(self, load_balancer: str, vpc_id: str, domain: str) -> None:
        """With a certificate for the domain."""
        elbv2 = self.session.client("elbv2")
        certificate = self.session.client("acm").request_certificate(DomainName=domain)["CertificateArn"]
        group = elbv2.create_target_group(
            Name="servers", Protocol="TCP", Port=8443, VpcId=vpc_id, TargetType="instance"
        )
        elbv2.create_listener(
            LoadBalancerArn=load_balancer,
            Protocol="TLS",
            Port=443,
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}],
        )


def main() -> dict:
    provider, consumer = Account(PROVIDER), Account(CONSUMER)
    home = provider.vpc("euw1-az1", "euw1-az2")
    front = provider.load_balancer("api", "network", home["subnets"][:1])
    provider.listen(front, home["id"], "*.example.com")
    provider.load_balancer("web", "application", home["subnets"])
    provider.session.client("route53").create_hosted_zone(Name="example.com", CallerReference="public")
    return {
        "provider_vpc_id": home["id"],
        "consumer_vpc_id": consumer.vpc("euw1-az1")["id"],
        "far_vpc_id": consumer.vpc("euw1-az3")["id"],
        "deaf_vpc_id": consumer.vpc("euw1-az1", hostnames=False)["id"],
    }


if __name__ == "__main__":
    control("POST", "reset")
    control("PUT", "settings", {"transition_seconds": 0})
    print(json.dumps(main()))
    control("PUT", "settings", {"transition_seconds": 0.5, "visibility_seconds": 0.5})
    control("DELETE", "calls")
