# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server of each flavour in one lab cloud and one fabric, dual-homed, by boto3 alone. Needs root."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

from lab.cloud import serve
from lab.fabric import Fabric
from lab.faults.guest_routing.server import CONTROLLER_PREFIX, Server
from lab.tests.fabric.packets.world import ACCOUNT, ANY_ADDRESS, SECRET, World
from lab.tests.polling import eventually

SSH_FROM_ANYWHERE = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ANY_ADDRESS}]


def pytest_addoption(parser):
    parser.addoption("--lockout-proof", type=pathlib.Path, metavar="FILE", help="write the table of all faults to FILE")


@pytest.fixture(scope="module")
def flavours(request) -> list[str]:
    """Those of the chosen tests, in order."""
    chosen = (item for item in request.session.items if "flavour" in getattr(item, "fixturenames", ()))
    return sorted({item.callspec.params["flavour"] for item in chosen})


@pytest.fixture(scope="module")
def servers(flavours) -> Iterator[dict[str, Server]]:
    """By flavour."""
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xeni-")))
        key = directory / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        patch, url = stack.enter_context(pytest.MonkeyPatch.context()), stack.enter_context(serve())
        for name, value in {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": SECRET}.items():
            patch.setenv(name, value)
        instances = dict(zip(flavours, _launch(World(url), flavours, key)))
        fabric = stack.enter_context(Fabric(url, "us-east-1"))
        fabric.wait_guests()
        yield {
            flavour: Server(fabric, instance, flavour, _own(directory, flavour))
            for flavour, instance in instances.items()
        }


def _own(directory: pathlib.Path, flavour: str) -> pathlib.Path:
    own = directory / flavour
    own.mkdir()
    (own / "key").symlink_to(directory / "key")
    return own


def _launch(world: World, flavours: list[str], key: pathlib.Path) -> Iterator[str]:
    world.add_ipv6()
    world.ec2.import_key_pair(KeyName="operator", PublicKeyMaterial=key.with_suffix(".pub").read_bytes())
    for group in (world.web, world.management):
        world.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=SSH_FROM_ANYWHERE)
    vpn = world.ec2.describe_vpn_connections()["VpnConnections"][0]
    world.ec2.create_vpn_connection_route(
        VpnConnectionId=vpn["VpnConnectionId"], DestinationCidrBlock=CONTROLLER_PREFIX)
    for flavour in flavours:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "lab:guest", "Value": flavour}]}]
        instance = world.launch(KeyName="operator", TagSpecifications=tags)
        described = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        world.elastic_address(described["NetworkInterfaces"][0]["NetworkInterfaceId"])
        eth1 = world.network_interface(world.management_subnet, world.management)
        world.ec2.assign_private_ip_addresses(NetworkInterfaceId=eth1, SecondaryPrivateIpAddressCount=1)
        world.ec2.assign_ipv6_addresses(NetworkInterfaceId=eth1, Ipv6AddressCount=1)
        world.ec2.attach_network_interface(InstanceId=instance, NetworkInterfaceId=eth1, DeviceIndex=1)
        eventually(lambda: world.described(eth1)["Attachment"]["Status"] == "attached")
        yield instance
