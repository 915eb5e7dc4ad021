# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.network``: the network that the interfaces are made in, printed as JSON."""

from __future__ import annotations

import json

import boto3

GROUPS = ("bench-a", "bench-b")


def main() -> None:
    ec2 = boto3.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/16")["Subnet"]["SubnetId"]
    for name in GROUPS:
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)
    print(json.dumps({"subnet_id": subnet_id, "groups": GROUPS}))


if __name__ == "__main__":
    main()
