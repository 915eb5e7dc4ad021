# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.scenes.network``: the network that interfaces are made in, a server with its standby, as JSON."""

from __future__ import annotations

import json
from typing import Any

import boto3

GROUPS = ("bench-a", "bench-b")


def main() -> None:
    ec2 = boto3.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/17")["Subnet"]["SubnetId"]
    for name in GROUPS:
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)
    print(json.dumps({"subnet_id": subnet_id, "groups": GROUPS, "failover": _servers(ec2, vpc_id)}))


def _servers(ec2: Any, vpc_id: str) -> dict[str, Any]:
    """What is to move from a server, and where to on its standby.

    The server's second interface eni_id has a secondary address with an Elastic IP. All of it becomes the device_index
    of the standby instance_id, or the secondary address comes to the standby's first, standby_eni_id.
    """
    gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    # Of their own, as a script that describes the interfaces' subnet would find the servers' in it.
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.128.0/24")["Subnet"]["SubnetId"]
    server, standby = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.small", SubnetId=subnet_id, MinCount=2, MaxCount=2)["Instances"]
    made = ec2.create_network_interface(SubnetId=subnet_id, SecondaryPrivateIpAddressCount=1)["NetworkInterface"]
    eni_id = made["NetworkInterfaceId"]
    ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=server["InstanceId"], DeviceIndex=1)
    addresses = [item["PrivateIpAddress"] for item in made["PrivateIpAddresses"] if not item["Primary"]]
    ec2.associate_address(
        AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"],
        NetworkInterfaceId=eni_id, PrivateIpAddress=addresses[0],
    )
    return {
        "eni_id": eni_id,
        "addresses": addresses,
        "instance_id": standby["InstanceId"],
        "device_index": 1,
        "standby_eni_id": standby["NetworkInterfaces"][0]["NetworkInterfaceId"],
    }


if __name__ == "__main__":
    main()
