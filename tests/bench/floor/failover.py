# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Failover by hand."""

from __future__ import annotations

from typing import Any

import boto3
from bench.floor import script


def main() -> None:
    job = script.job()
    move = {"interface": _interface, "addresses": _addresses}[job["of"]]
    move(boto3.client("ec2", config=script.CONFIG), job["failover"])


def _interface(ec2: Any, failover: dict[str, Any]) -> None:
    eni_id, instance_id, index = (failover[key] for key in ("eni_id", "instance_id", "device_index"))
    attachment = _attachment(ec2, eni_id)
    if attachment and attachment["InstanceId"] == instance_id:
        return
    if attachment:
        ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
        script.until(lambda: not _attachment(ec2, eni_id))
    ec2.attach_network_interface(NetworkInterfaceId=eni_id, InstanceId=instance_id, DeviceIndex=index)
    script.until(lambda: _attachment(ec2, eni_id).get("Status") == "attached")


def _attachment(ec2: Any, eni_id: str) -> dict[str, Any]:
    """Empty while the interface is attached to nothing."""
    [interface] = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni_id])["NetworkInterfaces"]
    return interface.get("Attachment", {})


def _addresses(ec2: Any, failover: dict[str, Any]) -> None:
    standby, eni_ids = failover["standby_eni_id"], [failover[key] for key in ("eni_id", "standby_eni_id")]
    before = _places(ec2, eni_ids)
    wanted = {address: (standby, before[address][1]) for address in failover["addresses"]}
    moving = [address for address in wanted if before[address] != wanted[address]]
    if not moving:
        return
    ec2.assign_private_ip_addresses(NetworkInterfaceId=standby, PrivateIpAddresses=moving, AllowReassignment=True)
    script.until(lambda: wanted.items() <= _places(ec2, eni_ids).items())


def _places(ec2: Any, eni_ids: list[str]) -> dict[str, tuple[str, str | None]]:
    """{address: (its interface's id, the allocation id of its Elastic IP)}."""
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=eni_ids)["NetworkInterfaces"]
    return {
        item["PrivateIpAddress"]: (interface["NetworkInterfaceId"], item.get("Association", {}).get("AllocationId"))
        for interface in interfaces for item in interface["PrivateIpAddresses"]
    }


if __name__ == "__main__":
    main()
