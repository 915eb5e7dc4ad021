# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""User data that EC2 takes, that stands for itself, and options that are wrong."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.guest_routing_user_data import LIMIT, guest_routing_user_data
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import BACKENDS

CORPORATE = ["192.168.0.0/16", "2001:db8:aaaa::/48"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_fits_with_what_people_add(backend):
    """Beside twenty networks, and the frame of a multi-part archive."""
    script = guest_routing_user_data([f"10.{number}.0.0/16" for number in range(20)], backend=backend)
    assert len(script.encode()) < LIMIT - 500


def test_it_is_a_script_that_no_template_engine_changes():
    script = guest_routing_user_data(CORPORATE)
    assert script.startswith("#!/usr/bin/env python3\n")
    assert script.isascii() and "{" not in script


@pytest.mark.parametrize("backend", BACKENDS)
def test_its_program_stands_for_itself(backend):
    """All of it but for the last line, which would change the network of whoever runs this test."""
    *loader, call = guest_routing_user_data(CORPORATE, table=4100, backend=backend).splitlines()
    asked = "    from xeni_aws._guest.backends import BACKENDS; print(main.__module__, *BACKENDS)"
    done = subprocess.run(
        [sys.executable, "-I", "-"], input="\n".join([*loader, asked]), capture_output=True, text=True, check=True)
    assert done.stdout == f"xeni_aws._guest.first_boot {backend}\n"
    options = ast.parse(call.strip(), mode="eval").body.args[0].keywords
    assert {option.arg: ast.literal_eval(option.value) for option in options} == {
        "management_prefixes": CORPORATE, "management_device_index": 1, "backend": backend, "table": 4100,
        "priority": 4000, "take_over": False,
    }


@pytest.mark.parametrize(("prefixes", "options", "message"), [
    (["192.168.0.1/16"], {},
     "management_prefixes: '192.168.0.1/16' is not written as a network; did you mean 192.168.0.0/16?"),
    (["10.0.0.0/8", "10.1.0.0/16"], {"management_device_index": 0},
     "management_prefixes: 10.0.0.0/8, 10.1.0.0/16 on an interface with role public; list them on one with role"),
    (["10.0.0.0/8"], {"table": "4950"}, "table: 4950 takes the numbers up to 5049; all must be from 4000 to 4999"),
    (["10.0.0.0/8"], {"priority": "first"}, "argument 'priority' is of type str and we were unable to convert to int"),
    (["10.0.0.0/8"], {"backend": "wicked"}, "value of backend must be one of: systemd_networkd"),
    (["10.0.0.0/8"], {"interfaces": []}, "interfaces. Supported parameters include: backend, "),
    ([f"10.{number}.0.0/16" for number in range(256)], {},
     "management_prefixes: with these 256 the user data has "),
])
def test_what_is_wrong_is_said_before_an_instance_boots(prefixes, options, message):
    with pytest.raises(AnsibleFilterError, match="^guest_routing_user_data: .*" + re.escape(message)):
        guest_routing_user_data(prefixes, **options)
