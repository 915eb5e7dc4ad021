# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab cloud with a dual-homed server and a neighbour in it, and the fabric of it. Needs root."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from lab import netns
from lab.fabric import Fabric, host, names
from lab.fabric.probes import Outcome, Probe, run
from lab.tests.fabric.packets.world import ACCOUNT, SECRET, Server, World
from lab.tests.polling import eventually


def pytest_collect_file(file_path, parent):
    if reason := host.obstacle():
        raise parent.CollectError(f"{parent.name} tests cannot run: {reason}")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    cloud = subprocess.Popen([sys.executable, "-m", "lab.cloud", "--port", "0"], stdout=subprocess.PIPE, text=True)
    with cloud:
        yield cloud.stdout.readline().strip()
        cloud.terminate()


@pytest.fixture(scope="module")
def world(url) -> World:
    return World(url)


@pytest.fixture(scope="module")
def fabric(world, url, credentials) -> Iterator[Fabric]:
    with Fabric(url, "us-east-1") as fabric:
        yield fabric


@pytest.fixture(scope="module")
def credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield


@pytest.fixture(scope="module")
def server(world, fabric) -> Server:
    """Dual-homed, its guest as it comes up: nothing in it knows of two ways out."""
    server = Server(fabric, world.launch())
    eventually(lambda: server.eni(0))
    world.elastic_address(server.eni(0).id)
    management = world.network_interface(world.management_subnet, world.management)
    world.ec2.attach_network_interface(InstanceId=server.id, NetworkInterfaceId=management, DeviceIndex=1)
    eventually(lambda: server.eni(1))
    fabric.wait_guests()
    return server


@pytest.fixture(scope="module")
def neighbour(world, fabric) -> Server:
    neighbour = Server(fabric, world.launch())
    eventually(lambda: neighbour.eni(0))
    fabric.wait_guests()
    return neighbour


@pytest.fixture
def probe(fabric) -> Callable[[str, str, int], Outcome]:
    """Probes the network as it is described this moment."""

    def probe(namespace: str, destination: str, port: int, source: str | None = None) -> Outcome:
        fabric.sync()
        return run(fabric.description, [Probe(namespace, destination, port, source)], timeout=2)[0]

    return probe


@pytest.fixture
def internet_server() -> Iterator[int]:
    """A port that the Internet's client listens on, over IPv4 and IPv6."""
    with netns.socket_in(names.CLIENT, socket.AF_INET6, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(("", 0))
        listening.listen()
        yield listening.getsockname()[1]
