# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ENIs and instances come and go while the fabric stands."""

from __future__ import annotations

import subprocess

from lab import netns
from lab.fabric import names
from lab.tests.fabric.packets.world import metadata
from lab.tests.polling import eventually


def test_an_eni_attached_later_is_plugged_in_and_gets_its_address(server):
    eni = server.eni(1)
    assert f"link/ether {eni.mac}" in server.ip("link", "show", "eth1")
    assert f"inet {eni.addresses[0]}/24" in server.ip("-4", "address", "show", "eth1")
    assert "default via 10.0.1.1 dev eth1" in server.ip("route")


def test_metadata_knows_the_attached_enis(server):
    assert metadata(server, "meta-data/instance-id") == server.id
    macs = metadata(server, "meta-data/network/interfaces/macs/").split()
    assert sorted(macs) == sorted(f"{server.eni(index).mac}/" for index in (0, 1))
    assert metadata(server, f"meta-data/network/interfaces/macs/{server.eni(1).mac}/device-number") == "1"
    assert metadata(server, "meta-data/public-ipv4") == server.public_address


def test_an_eni_moves_to_the_neighbour_with_its_mac_and_address(world, server, neighbour):
    eni = world.network_interface(world.management_subnet, world.management)
    world.ec2.attach_network_interface(InstanceId=server.id, NetworkInterfaceId=eni, DeviceIndex=2)
    eventually(lambda: server.eni(2))
    server.fabric.wait_guests()
    moving = server.eni(2)
    world.ec2.detach_network_interface(AttachmentId=world.described(eni)["Attachment"]["AttachmentId"])
    eventually(lambda: world.described(eni)["Status"] == "available")
    server.fabric.sync()
    assert "eth2" not in server.ip("link")
    world.ec2.attach_network_interface(InstanceId=neighbour.id, NetworkInterfaceId=eni, DeviceIndex=1)
    eventually(lambda: neighbour.eni(1))
    server.fabric.wait_guests()
    assert neighbour.eni(1).addresses == moving.addresses
    assert moving.mac in neighbour.ip("link", "show", "eth1")


def test_a_tag_chooses_what_an_instance_boots(world, fabric):
    tags = [{"Key": "lab:guest", "Value": "trixie-ifupdown"}]
    instance = world.launch(TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
    fabric.sync()
    fabric.wait_guests()
    guest = fabric.guests[instance]
    assert "VERSION_CODENAME=trixie" in guest.run("cat", "/etc/os-release").stdout
    assert guest.run("ifquery", "--state", "eth0").stdout == "eth0=eth0\n"
    assert "nameserver 10.0.0.2" in guest.run("cat", "/etc/resolv.conf").stdout  # as the VPC's DHCP tells it


def test_a_terminated_instance_takes_its_guest_along(world, fabric):
    instance = world.launch()
    fabric.sync()
    fabric.wait_guests()
    assert names.namespace(instance) in netns.names()
    world.ec2.terminate_instances(InstanceIds=[instance])

    def gone() -> bool:
        fabric.sync()
        return names.namespace(instance) not in netns.names()

    eventually(gone)
    assert instance not in fabric.guests


def test_the_operator_logs_in_from_the_corporate_network(world, fabric, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    world.ec2.import_key_pair(KeyName="operator", PublicKeyMaterial=key.with_suffix(".pub").read_bytes())
    instance = world.launch(KeyName="operator")
    fabric.sync()
    public = world.elastic_address(fabric.description.attached(instance_id=instance)[0].id)
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "ConnectTimeout=10"]
    ssh = ["ssh", "-i", str(key), *(part for option in options for part in ("-o", option)), f"admin@{public}"]
    own = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": f"{names.CORPORATE_ADDRESS}/32"}]}
    with world.allowed(world.web, own):
        fabric.sync()
        fabric.wait_guests()
        done = netns.run(names.CORP, [*ssh, "hostname; sudo id -u"], capture_output=True, text=True)
    assert done.stdout.split() == [fabric.description.instances[instance].hostname, "0"], done.stderr
