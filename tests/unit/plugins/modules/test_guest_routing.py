# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who tells the module what interfaces there are, and what it does while nobody does, or nobody may know."""

from __future__ import annotations

import errno
import json

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.xeni.aws.plugins.module_utils._guest import imds, kernel, observed, owners, source
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import Owner, Owners
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Link, State
from ansible_collections.xeni.aws.plugins.modules import guest_routing

ETH0 = {
    "mac_address": "02:42:0a:00:00:0a", "private_ip_addresses": ["10.0.0.10"], "subnet_cidr": "10.0.0.0/24",
    "role": "public",
}


def outcome(capsys, **parameters) -> dict:
    """What the module prints and ends with."""
    with patch_module_args(parameters), pytest.raises(SystemExit):
        guest_routing.main()
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("parameters", "message"), [
    ({}, "source is parameters but all of the following are missing: interfaces"),
    ({"interfaces": [ETH0], "management_prefixes": ["192.168.0.0/16"]},
     "management_prefixes: 192.168.0.0/16 without source: imds; list them in interfaces"),
    ({"interfaces": [ETH0], "source": "imds"},
     "interfaces: 1 beside source: imds, which tells of them; leave out one of the two"),
])
def test_one_source_tells_of_the_interfaces(capsys, parameters, message):
    ended = outcome(capsys, **parameters)
    assert (ended["failed"], ended["msg"]) == (True, message)


def test_while_the_metadata_cannot_be_read_the_routing_stays_as_it_is(capsys, monkeypatch):
    def unavailable(*_arguments):
        raise imds.Unavailable("PUT /latest/api/token of 169.254.169.254: timed out")

    monkeypatch.setattr(imds, "read", unavailable)
    monkeypatch.setattr(source, "read", lambda: Observed(State(links=(Link("eth0", "02:42:0a:00:00:0a"),))))
    warned = []
    monkeypatch.setattr(guest_routing.AnsibleModule, "warn", lambda _module, text: warned.append(text))
    ended = outcome(capsys, source="imds", management_prefixes=["192.168.0.0/16"])
    assert (ended["changed"], ended["calls"]) == (False, [])
    assert ended["imds"] == "PUT /latest/api/token of 169.254.169.254: timed out"
    assert ended["interfaces"][0]["name"] == "eth0"
    assert warned == [
        "source: the instance metadata cannot be read, so the routing stays as it is: "
        "PUT /latest/api/token of 169.254.169.254: timed out"]


def test_without_root_files_that_only_root_can_read_are_named(capsys, monkeypatch):
    """As those of NetworkManager's profiles, whose mode is 0600."""
    path = "/etc/NetworkManager/system-connections/xeni-1.nmconnection"

    def present(patterns):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(kernel, "read", lambda: State(links=(Link("eth0", ETH0["mac_address"]),)))
    monkeypatch.setattr(owners, "read", lambda devices: Owners({device: Owner() for device in devices}))
    monkeypatch.setattr(observed, "present", present)
    ended = outcome(capsys, interfaces=[ETH0], _ansible_check_mode=True)
    assert (ended["failed"], ended["msg"]) == (True, f"become: {path} can only be read by root; set become: true")


def test_what_the_metadata_tells_is_what_is_wanted(monkeypatch):
    asked, wanted = [], []
    monkeypatch.setattr(imds, "read", lambda *arguments: asked.append(arguments) or [ETH0])
    monkeypatch.setattr(guest_routing, "run", lambda _module, make_family: wanted.append(make_family().desired))
    with patch_module_args({"source": "imds", "management_prefixes": ["192.168.0.0/16"], "management_device_index": 3}):
        guest_routing.main()
    assert asked == [(["192.168.0.0/16"], 3)]
    assert [interface.mac_address for interface in wanted[0].interfaces] == ["02:42:0a:00:00:0a"]
