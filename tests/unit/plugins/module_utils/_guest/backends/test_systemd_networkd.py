# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files for systemd-networkd, and its own words about which file it uses."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import systemd_networkd
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface

RECORDED = Path(__file__).parent.with_name("recorded")

ETH1 = Interface(
    "02:42:0a:00:01:0a", "management", ("10.0.1.10", "10.0.1.21"), "10.0.1.0/24", 4001,
    ("192.168.0.0/16", "172.16.1.1/32"))

FILE = """\
# managed by xeni.aws: changes are lost when guest_routing runs again

[Match]
MACAddress=02:42:0a:00:01:0a
Type=ether

[Network]
DHCP=ipv4

[DHCPv4]
RouteMetric=4001
UseRoutes=no
RoutesToDNS=no

[Address]
Address=10.0.1.21/32

[Route]
Destination=10.0.1.0/24
Table=4001

[Route]
Destination=0.0.0.0/0
Gateway=10.0.1.1
GatewayOnLink=yes
Table=4001

[Route]
Destination=192.168.0.0/16
Gateway=10.0.1.1
GatewayOnLink=yes

[Route]
Destination=172.16.1.1
Gateway=10.0.1.1
GatewayOnLink=yes

[RoutingPolicyRule]
From=10.0.1.10
Table=4001
Priority=4001

[RoutingPolicyRule]
From=10.0.1.21
Table=4001
Priority=4001
"""


def test_file_of_a_management_interface():
    assert systemd_networkd.render(ETH1) == FILE
    assert systemd_networkd.path(ETH1.mac_address) == "/etc/systemd/network/10-xeni-02420a00010a.network"
    assert systemd_networkd.is_ours(FILE)


def test_public_interface_keeps_the_default_route_of_dhcp():
    file = systemd_networkd.render(Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10",), "10.0.0.0/24", 4000))
    assert "[DHCPv4]\nRouteMetric=100\n\n" in file
    assert "UseRoutes" not in file


def test_secondary_addresses_of_a_file():
    assert systemd_networkd.sets_address(FILE, "10.0.1.21")
    assert not systemd_networkd.sets_address(FILE, "10.0.1.2")


def test_commands():
    assert systemd_networkd.commands(True, set()) == [["networkctl", "reload"]]
    assert systemd_networkd.commands(False, {"eth1", "eth0"}) == [["networkctl", "reconfigure", "eth0", "eth1"]]


def test_status():
    assert systemd_networkd.parse_status((RECORDED / "networkctl_status.txt").read_text()) == {
        "eth0": "/etc/systemd/network/10-xeni-02420a00000a.network",
        "eth1": "/etc/systemd/network/10-xeni-02420a00010a.network",
        "br0": "",
    }


def test_files_are_read_by_their_name(tmp_path, monkeypatch):
    monkeypatch.setattr(systemd_networkd, "DIRECTORY", str(tmp_path))
    (tmp_path / "10-xeni-02420a00010a.network").write_text(FILE)
    (tmp_path / "90-dhcp.network").write_text("[Match]\n")
    assert systemd_networkd.files() == {str(tmp_path / "10-xeni-02420a00010a.network"): FILE}
