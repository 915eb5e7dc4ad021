# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An instance's metadata as a tree of folders (dict) and values (str), from what the EC2 API says of it.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
"""

from __future__ import annotations

from collections.abc import Iterable

from lab.fabric.cidr_blocks import associated


def tree(
    instance: dict, enis: Iterable[dict], subnets: Iterable[dict], vpc: dict, public_key: str = "", user_data: str = ""
) -> dict:
    """All that is below ``/latest/``. What the instance does not have is not there.

    :param instance: of DescribeInstances
    :param enis: of DescribeNetworkInterfaces, attached to the instance
    :param subnets: of DescribeSubnets, those of the ENIs
    :param vpc: of DescribeVpcs
    :param public_key: of the instance's key pair
    """
    subnets_by_id = {subnet["SubnetId"]: subnet for subnet in subnets}
    enis = sorted(enis, key=_device_index)
    zone = instance["Placement"]["AvailabilityZone"]
    primary = enis[0]
    association = primary.get("Association", {})
    has_cards = any(eni["Attachment"].get("NetworkCardIndex") for eni in enis)
    key_pair = {f"0={instance['KeyName']}": {"openssh-key": public_key}} if public_key else {}
    meta_data = {
        "ami-id": instance.get("ImageId"),
        "ami-launch-index": str(instance.get("AmiLaunchIndex", 0)),
        "hostname": primary.get("PrivateDnsName"),
        "instance-id": instance["InstanceId"],
        "instance-type": instance.get("InstanceType"),
        "ipv6": _lines(_values(primary, "Ipv6Addresses", "Ipv6Address")[:1]),
        "local-hostname": primary.get("PrivateDnsName"),
        "local-ipv4": primary.get("PrivateIpAddress"),
        "mac": primary["MacAddress"],
        "network": {
            "interfaces": {
                "macs": {eni["MacAddress"]: _eni(eni, subnets_by_id[eni["SubnetId"]], vpc, has_cards) for eni in enis}
            }
        },
        "placement": {
            "availability-zone": zone,
            "availability-zone-id": subnets_by_id[primary["SubnetId"]].get("AvailabilityZoneId"),
            "region": zone.rstrip("abcdefghijklmnopqrstuvwxyz"),
        },
        "public-hostname": association.get("PublicDnsName"),
        "public-ipv4": association.get("PublicIp"),
        "public-keys": key_pair,
        "security-groups": _lines(group["GroupName"] for group in primary["Groups"]),
    }
    return {"meta-data": _present(meta_data), **_present({"user-data": user_data})}


def find(tree: dict, path: Iterable[str]) -> str | None:
    """The text at ``path``: a value, or a folder's list with a slash behind each folder; None if there is nothing.

    A key pair is listed as ``0=NAME`` and asked for as ``0``.
    """
    node = tree
    for part in path:
        if isinstance(node, str):
            return None
        node = next((value for key, value in node.items() if part in (key, key.partition("=")[0])), None)
        if node is None:
            return None
    if isinstance(node, str):
        return node
    return _lines(f"{key}/" if isinstance(value, dict) and "=" not in key else key for key, value in node.items())


def _eni(eni: dict, subnet: dict, vpc: dict, has_cards: bool) -> dict:
    addresses = eni.get("PrivateIpAddresses", [])
    associations = {
        address["Association"]["PublicIp"]: address["PrivateIpAddress"]
        for address in addresses
        if address.get("Association", {}).get("PublicIp")
    }
    return _present(
        {
            "device-number": str(_device_index(eni)),
            "interface-id": eni["NetworkInterfaceId"],
            "ipv4-associations": associations,
            "ipv4-prefix": _lines(_values(eni, "Ipv4Prefixes", "Ipv4Prefix")),
            "ipv6-prefix": _lines(_values(eni, "Ipv6Prefixes", "Ipv6Prefix")),
            "ipv6s": _lines(_values(eni, "Ipv6Addresses", "Ipv6Address")),
            "local-hostname": eni.get("PrivateDnsName"),
            "local-ipv4s": _lines(address["PrivateIpAddress"] for address in addresses),
            "mac": eni["MacAddress"],
            "network-card": str(eni["Attachment"].get("NetworkCardIndex", 0)) if has_cards else None,
            "owner-id": eni.get("OwnerId"),
            "public-hostname": eni.get("Association", {}).get("PublicDnsName"),
            "public-ipv4s": _lines(associations),
            "security-group-ids": _lines(group["GroupId"] for group in eni["Groups"]),
            "security-groups": _lines(group["GroupName"] for group in eni["Groups"]),
            "subnet-id": eni["SubnetId"],
            "subnet-ipv4-cidr-block": subnet.get("CidrBlock"),
            "subnet-ipv6-cidr-blocks": _lines(associated(subnet, "Ipv6CidrBlock")),
            "vpc-id": eni["VpcId"],
            "vpc-ipv4-cidr-block": vpc["CidrBlock"],
            "vpc-ipv4-cidr-blocks": _lines(associated(vpc, "CidrBlock")),
            "vpc-ipv6-cidr-blocks": _lines(associated(vpc, "Ipv6CidrBlock")),
        }
    )


def _device_index(eni: dict) -> int:
    return eni["Attachment"]["DeviceIndex"]


def _values(eni: dict, listed: str, key: str) -> list[str]:
    return [entry[key] for entry in eni.get(listed, ())]


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)


def _present(values: dict) -> dict:
    return {key: value for key, value in values.items() if value}
