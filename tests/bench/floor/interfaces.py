# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network interfaces by hand, as many calls side by side as our engine makes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from _reconcile.apply import WORKERS
from bench.floor import script


def main() -> None:
    job = script.job()
    ec2 = boto3.client("ec2", config=script.CONFIG)
    there = _describe(ec2, job["subnet_id"])
    if job["state"] == "absent":
        _delete(ec2, [there[item["name"]] for item in job["fleet"] if item["name"] in there])
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
    missing = [item["name"] for item in job["fleet"] if item["name"] not in there]
    others = [
        there[item["name"]]["NetworkInterfaceId"] for item in job["fleet"]
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
        script.until(lambda: _are_available(ec2, job["subnet_id"], missing))


def _are_available(ec2: Any, subnet_id: str, names: list[str]) -> bool:
    there = _describe(ec2, subnet_id)
    return all(name in there and there[name]["Status"] == "available" for name in names)


def _delete(ec2: Any, interfaces: list[dict[str, Any]]) -> None:
    _side_by_side(
        lambda interface: ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"]), interfaces)


def _side_by_side(call: Any, items: list[Any]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(call, items))


if __name__ == "__main__":
    main()
