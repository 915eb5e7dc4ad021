# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two companies that do not know of each other: an account each, and the same addresses in both.

What they have before there is any PrivateLink between them, made by boto3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import boto3

CIDR = "10.0.0.0/16"
ANYWHERE = [{"CidrIp": "0.0.0.0/0"}]
AMI = "ami-12c6146b"
SECRET = "lab-secret-key-not-secret"


class Company:
    """An account with a VPC and a subnet in each of ``zone_ids``; ``subnets`` maps these to subnet ids.

    :param account: its id, which is an access key of the lab cloud
    """

    def __init__(self, account: str, endpoint_url: str, region: str, zone_ids: Iterable[str]):
        self.account = account
        self.session = boto3.Session(aws_access_key_id=account, aws_secret_access_key=SECRET, region_name=region)
        self._endpoint_url = endpoint_url
        self.vpc = self.ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.subnets = {zone_id: self._subnet(number, zone_id) for number, zone_id in enumerate(zone_ids)}

    @cached_property
    def ec2(self):
        return self._client("ec2")

    @cached_property
    def elbv2(self):
        return self._client("elbv2")

    @cached_property
    def route53(self):
        return self._client("route53")

    def _client(self, service: str):
        return self.session.client(service, endpoint_url=self._endpoint_url)

    def _subnet(self, number: int, zone_id: str) -> str:
        cidr = f"10.0.{number}.0/24"
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZoneId=zone_id)
        return subnet["Subnet"]["SubnetId"]

    def group(self, name: str, *ports: int) -> str:
        """A security group that lets TCP to ``ports`` in, and everything out."""
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        if ports:
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(port) for port in ports])
        return group

    def launch(self, name: str, zone_id: str, group: str, public_key: str = "") -> str:
        """A server, running, which ``public_key`` logs in to."""
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        key = {}
        if public_key:
            self.ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public_key.encode())
            key["KeyName"] = name
        instance_id = self.ec2.run_instances(
            ImageId=AMI,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.subnets[zone_id],
            SecurityGroupIds=[group],
            TagSpecifications=tags,
            **key,
        )["Instances"][0]["InstanceId"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id], WaiterConfig={"Delay": 1})
        return instance_id

    def load_balancer(self, name: str, ports: Mapping[int, int], instances: Iterable[str]) -> str:
        """The ARN of an internal Network Load Balancer in all zones. ``ports`` maps a listener's to the instances'."""
        arn = self.elbv2.create_load_balancer(
            Name=name, Type="network", Scheme="internal", Subnets=list(self.subnets.values())
        )["LoadBalancers"][0]["LoadBalancerArn"]
        targets = [{"Id": instance_id} for instance_id in instances]
        for port, target_port in ports.items():
            group = self.elbv2.create_target_group(
                Name=f"{name}-{port}", Protocol="TCP", Port=target_port, VpcId=self.vpc, TargetType="instance"
            )["TargetGroups"][0]["TargetGroupArn"]
            self.elbv2.register_targets(TargetGroupArn=group, Targets=targets)
            action = {"Type": "forward", "TargetGroupArn": group}
            self.elbv2.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=port, DefaultActions=[action])
        return arn


def tcp(port: int) -> dict:
    """The IpPermission of TCP to ``port`` from anywhere."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ANYWHERE}
