# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from lab.cloud import serve
from lab.fabric import Fabric, host, names
from lab.guests.flavours import DEFAULT, MACHINES
from lab.stacks.rig import BOOT_TIMEOUT, KEY_NAME, Controller, DualHomed
from lab.tests.fabric.packets.world import ACCOUNT, SECRET, World
from lab.tests.polling import eventually
from lab.vm import image

FLAVOURS = [str(flavour) for flavour in MACHINES if flavour.release == DEFAULT.release]


@pytest.fixture(scope="session")
def controller(tmp_path_factory) -> Controller:
    return Controller(tmp_path_factory.mktemp("controller"))


@pytest.fixture(scope="session")
def cloud() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serve() as url:
        patch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield url


@pytest.fixture(scope="session")
def world(cloud, controller) -> World:
    """Its servers are reached from the controller over eth0, too: the first contact."""
    world = World(cloud)
    world.ec2.import_key_pair(KeyName=KEY_NAME, PublicKeyMaterial=controller.public_key)
    own = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": f"{names.CORPORATE_ADDRESS}/32"}]}
    world.ec2.authorize_security_group_ingress(GroupId=world.web, IpPermissions=[own])
    return world


@pytest.fixture(scope="session")
def fabric(world, cloud) -> Iterator[Fabric]:
    if reason := host.obstacle():
        pytest.fail(reason, pytrace=False)
    image.ensure(DEFAULT.release)  # ahead of the first server, which is waited for
    with Fabric(cloud, "us-east-1") as fabric:
        yield fabric


@pytest.fixture(scope="module", params=FLAVOURS)
def flavour(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def server(world, fabric, flavour) -> Iterator[DualHomed]:
    """Dual-homed, as it comes up."""
    with _launched(world, fabric, flavour) as server:
        server.attach(world.network_interface(world.management_subnet, world.management), 1)
        fabric.wait_guests(BOOT_TIMEOUT)
        yield server


@pytest.fixture(scope="module")
def standby(world, fabric, flavour) -> Iterator[DualHomed]:
    """With eth0 only."""
    with _launched(world, fabric, flavour) as standby:
        fabric.wait_guests(BOOT_TIMEOUT)
        yield standby


@contextlib.contextmanager
def _launched(world: World, fabric: Fabric, flavour: str) -> Iterator[DualHomed]:
    server = DualHomed(world, fabric, flavour)
    try:
        yield server
    finally:
        world.ec2.terminate_instances(InstanceIds=[server.id])
    eventually(lambda: server.id not in fabric.guests)
