# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who manages an interface, in the managers' own words."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.xeni.aws.plugins.module_utils._guest import owners

RECORDED = Path(__file__).with_name("recorded")


def test_status():
    assert owners.parse_status((RECORDED / "networkctl_status.txt").read_text()) == {
        "eth0": "/etc/systemd/network/10-xeni-02420a00000a.network",
        "eth1": "/etc/systemd/network/10-xeni-02420a00010a.network",
        "br0": "",
    }
