# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from lab.fabric.metadata import find, tree

WEB, MANAGEMENT = {"GroupId": "sg-1", "GroupName": "web"}, {"GroupId": "sg-2", "GroupName": "management"}
MACS = ("meta-data", "network", "interfaces", "macs")


def eni(index: int, address: str, subnet: str, groups: list[dict], **secondary: str) -> dict:
    """``secondary``: nothing, or ``public`` for an Elastic IP on the primary address."""
    public = {"Association": {"PublicIp": secondary["public"]}} if secondary else {}
    addresses = [{"PrivateIpAddress": address, "Primary": True, **public}]
    return {
        "NetworkInterfaceId": f"eni-{index}", "MacAddress": f"02:00:00:00:00:0{index}", "OwnerId": "123456789012",
        "PrivateIpAddress": address, "PrivateIpAddresses": addresses, "SubnetId": subnet, "VpcId": "vpc-1",
        "PrivateDnsName": f"ip-{address.replace('.', '-')}.ec2.internal", "Groups": groups,
        "Attachment": {"DeviceIndex": index}, **public,
    }


@pytest.fixture
def metadata() -> dict:
    first = eni(0, "10.0.0.5", "subnet-1", [WEB], public="54.0.0.5")
    second = eni(1, "10.0.1.5", "subnet-2", [MANAGEMENT, WEB])
    second["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.1.6", "Primary": False})
    return tree(
        {
            "InstanceId": "i-1", "ImageId": "ami-1", "InstanceType": "t3.micro", "KeyName": "me",
            "Placement": {"AvailabilityZone": "us-east-1a"},
        },
        [second, first],
        [
            {"SubnetId": "subnet-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZoneId": "use1-az6"},
            {"SubnetId": "subnet-2", "CidrBlock": "10.0.1.0/24", "AvailabilityZoneId": "use1-az6"},
        ],
        {
            "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16",
            "CidrBlockAssociationSet": [
                {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}},
                {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "disassociated"}},
            ],
        },
        public_key="ssh-ed25519 AAAA me",
        user_data="#cloud-config\n",
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", "meta-data/\nuser-data"),
        ("user-data", "#cloud-config\n"),
        ("meta-data/instance-id", "i-1"),
        ("meta-data/local-ipv4", "10.0.0.5"),
        ("meta-data/public-ipv4", "54.0.0.5"),
        ("meta-data/mac", "02:00:00:00:00:00"),
        ("meta-data/security-groups", "web"),
        ("meta-data/placement/availability-zone", "us-east-1a"),
        ("meta-data/placement/availability-zone-id", "use1-az6"),
        ("meta-data/placement/region", "us-east-1"),
        ("meta-data/public-keys", "0=me"),
        ("meta-data/public-keys/0", "openssh-key"),
        ("meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA me"),
        ("meta-data/network/interfaces", "macs/"),
        ("meta-data/network/interfaces/macs", "02:00:00:00:00:00/\n02:00:00:00:00:01/"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:00/ipv4-associations", "54.0.0.5"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:00/ipv4-associations/54.0.0.5", "10.0.0.5"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:01/ipv4-associations", None),
        ("meta-data/instance-id/more", None),
        ("meta-data/nothing", None),
    ],
)
def test_paths(metadata, path, value):
    assert find(metadata, path.split("/") if path else []) == value


def test_an_interface_tells_all_that_routing_needs(metadata):
    keys = {
        "device-number": "1",
        "interface-id": "eni-1",
        "local-hostname": "ip-10-0-1-5.ec2.internal",
        "local-ipv4s": "10.0.1.5\n10.0.1.6",
        "mac": "02:00:00:00:00:01",
        "owner-id": "123456789012",
        "security-group-ids": "sg-2\nsg-1",
        "security-groups": "management\nweb",
        "subnet-id": "subnet-2",
        "subnet-ipv4-cidr-block": "10.0.1.0/24",
        "vpc-id": "vpc-1",
        "vpc-ipv4-cidr-block": "10.0.0.0/16",
        "vpc-ipv4-cidr-blocks": "10.0.0.0/16\n10.1.0.0/16",
    }
    assert find(metadata, [*MACS, "02:00:00:00:00:01"]).splitlines() == sorted(keys)
    assert {key: find(metadata, [*MACS, "02:00:00:00:00:01", key]) for key in keys} == keys


def test_an_interface_with_ipv6_and_delegated_prefixes():
    interface = eni(0, "10.0.0.5", "subnet-1", [WEB]) | {
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}, {"Ipv4Prefix": "10.0.0.32/28"}],
        "Ipv6Addresses": [{"Ipv6Address": "2600:1f18:0:1::5"}, {"Ipv6Address": "2600:1f18:0:1::6"}],
        "Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f18:0:1:1::/80"}],
        "Attachment": {"DeviceIndex": 0, "NetworkCardIndex": 1},
    }
    associated = {"Ipv6CidrBlockState": {"State": "associated"}}
    whole = tree(
        {"InstanceId": "i-1", "Placement": {"AvailabilityZone": "us-east-1a"}},
        [interface],
        [{
            "SubnetId": "subnet-1", "CidrBlock": "10.0.0.0/24",
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1f18:0:1::/64", **associated}],
        }],
        {
            "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16",
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1f18::/56", **associated}],
        },
    )
    keys = {
        "ipv4-prefix": "10.0.0.16/28\n10.0.0.32/28",
        "ipv6-prefix": "2600:1f18:0:1:1::/80",
        "ipv6s": "2600:1f18:0:1::5\n2600:1f18:0:1::6",
        "network-card": "1",
        "subnet-ipv6-cidr-blocks": "2600:1f18:0:1::/64",
        "vpc-ipv6-cidr-blocks": "2600:1f18::/56",
    }
    assert {key: find(whole, [*MACS, "02:00:00:00:00:00", key]) for key in keys} == keys
    assert find(whole, ["meta-data", "ipv6"]) == "2600:1f18:0:1::5"
    assert find(whole, ["user-data"]) is None
