# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.floor JOB``: each job by hand with boto3, in the fewest calls that still make it safe to repeat.

It looks first, with one describe; it knows nothing of check mode, of other parameters, or of what AWS would refuse.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from _reconcile.apply import WORKERS
from bench.cells import FAILOVER_OF_ADDRESSES, FAILOVER_OF_INTERFACE, INTERFACES
from botocore.config import Config

# Adaptive slows down to the rate at which AWS answers, so that no call runs out of attempts.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
RETRIES = {"mode": "adaptive", "total_max_attempts": 50}


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    ec2 = boto3.client("ec2", config=Config(retries=RETRIES))
    jobs = {
        INTERFACES: _interfaces,
        FAILOVER_OF_INTERFACE: _failover_of_interface,
        FAILOVER_OF_ADDRESSES: _failover_of_addresses,
    }
    jobs[job["task"]](ec2, job)


def _interfaces(ec2: Any, job: dict[str, Any]) -> None:
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
        _until(lambda: _are_available(ec2, job["subnet_id"], missing))


def _are_available(ec2: Any, subnet_id: str, names: list[str]) -> bool:
    there = _describe(ec2, subnet_id)
    return all(name in there and there[name]["Status"] == "available" for name in names)


def _delete(ec2: Any, interfaces: list[dict[str, Any]]) -> None:
    _side_by_side(
        lambda interface: ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"]), interfaces)


def _side_by_side(call: Any, items: list[Any]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(call, items))


def _failover_of_interface(ec2: Any, job: dict[str, Any]) -> None:
    eni_id, instance_id, index = (job["failover"][key] for key in ("eni_id", "instance_id", "device_index"))
    attachment = _attachment(ec2, eni_id)
    if attachment and attachment["InstanceId"] == instance_id:
        return
    if attachment:
        ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
        _until(lambda: not _attachment(ec2, eni_id))
    ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=index)
    _until(lambda: _attachment(ec2, eni_id).get("Status") == "attached")


def _attachment(ec2: Any, eni_id: str) -> dict[str, Any]:
    """Empty while the interface is attached to nothing."""
    [interface] = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni_id])["NetworkInterfaces"]
    return interface.get("Attachment", {})


def _failover_of_addresses(ec2: Any, job: dict[str, Any]) -> None:
    standby, eni_ids = job["failover"]["standby_eni_id"], [job["failover"][key] for key in ("eni_id", "standby_eni_id")]
    before = _places(ec2, eni_ids)
    wanted = {address: (standby, before[address][1]) for address in job["failover"]["addresses"]}
    moving = [address for address in wanted if before[address] != wanted[address]]
    if not moving:
        return
    ec2.assign_private_ip_addresses(NetworkInterfaceId=standby, PrivateIpAddresses=moving, AllowReassignment=True)
    _until(lambda: wanted.items() <= _places(ec2, eni_ids).items())


def _places(ec2: Any, eni_ids: list[str]) -> dict[str, tuple[str, str | None]]:
    """{address: (its interface's id, the allocation id of its Elastic IP)}."""
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=eni_ids)["NetworkInterfaces"]
    return {
        item["PrivateIpAddress"]: (interface["NetworkInterfaceId"], item.get("Association", {}).get("AllocationId"))
        for interface in interfaces for item in interface["PrivateIpAddresses"]
    }


def _until(is_reached: Callable[[], bool]) -> None:
    while not is_reached():
        time.sleep(0.2)


if __name__ == "__main__":
    main()
