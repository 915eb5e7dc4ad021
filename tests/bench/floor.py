# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.floor JOB``: the job by hand with boto3, in the fewest calls that still make it safe to repeat.

It looks first, with one describe; it knows nothing of check mode, of other parameters, or of what AWS would refuse.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from _reconcile.apply import WORKERS
from botocore.config import Config

# Adaptive slows down to the rate at which AWS answers, so that no call runs out of attempts.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
RETRIES = {"mode": "adaptive", "total_max_attempts": 50}


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    ec2 = boto3.client("ec2", config=Config(retries=RETRIES))
    there = _describe(ec2, job["subnet_id"])
    if job["state"] == "absent":
        _delete(ec2, [there[item["name"]] for item in job["interfaces"] if item["name"] in there])
    else:
        _make(ec2, job, there)


def _describe(ec2: Any, subnet_id: str) -> dict[str, Any]:
    """The subnet's interfaces by name."""
    pages = ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[{"Name": "subnet-id", "Values": [subnet_id]}], MaxResults=1000)
    return {
        tag["Value"]: item
        for page in pages for item in page["NetworkInterfaces"] for tag in item["TagSet"] if tag["Key"] == "Name"
    }


def _make(ec2: Any, job: dict[str, Any], there: dict[str, Any]) -> None:
    missing = [item["name"] for item in job["interfaces"] if item["name"] not in there]
    others = [
        there[item["name"]]["NetworkInterfaceId"] for item in job["interfaces"]
        if item["name"] in there and [group["GroupName"] for group in there[item["name"]]["Groups"]] != [job["group"]]
    ]
    if not missing and not others:
        return
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [job["group"]]}])["SecurityGroups"]
    groups = [group["GroupId"] for group in found]

    def create(name: str) -> None:
        tags = [{"Key": key, "Value": value} for key, value in (job["bench_tags"] | {"Name": name}).items()]
        ec2.create_network_interface(
            SubnetId=job["subnet_id"], Groups=groups, SecondaryPrivateIpAddressCount=1,
            TagSpecifications=[{"ResourceType": "network-interface", "Tags": tags}],
        )

    def change(network_interface_id: str) -> None:
        ec2.modify_network_interface_attribute(NetworkInterfaceId=network_interface_id, Groups=groups)

    _side_by_side(create, missing)
    _side_by_side(change, others)
    if missing:
        _wait_available(ec2, job["subnet_id"], missing)


def _wait_available(ec2: Any, subnet_id: str, names: list[str]) -> None:
    while True:
        there = _describe(ec2, subnet_id)
        if all(name in there and there[name]["Status"] == "available" for name in names):
            return
        time.sleep(0.2)


def _delete(ec2: Any, interfaces: list[dict[str, Any]]) -> None:
    _side_by_side(
        lambda interface: ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"]), interfaces)


def _side_by_side(call: Any, items: list[Any]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(call, items))


if __name__ == "__main__":
    main()
