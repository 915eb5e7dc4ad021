# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: guest_routing_user_data
short_description: Routing by interface from an instance's first boot on
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Renders what M(xeni.aws.guest_routing) does with O(xeni.aws.guest_routing#module:source=imds) as user data for
    cloud-init, so that an instance, or each one of an Auto Scaling group, answers on the interface that was asked from
    its first boot on. Nobody has to reach it for that.
  - The script carries the code of the module, reads the instance metadata (IMDSv2), writes the files of the network
    manager, and ends with an error, which cloud-init reports, unless the kernel then is as wanted. The files stay, so
    that nothing is left to do at later boots.
  - Cloud agents that configure the interfaces, too, are not looked for. The module does that in a later run.
  - The options are checked here. A management prefix inside the public interface's subnet, which only the instance
    knows, is not refused as the module does; an instance that did nothing for it would be out of reach.
  - It needs Python 3.8 or later in the image.
options:
  _input:
    description: The networks that manage the instance. They are reached by its management interface.
    type: list
    elements: str
    required: true
  management_device_index:
    description: The device index of the management interface.
    type: int
    default: 1
  backend:
    description:
      - The network manager of the image, as O(xeni.aws.guest_routing#module:backend).
      - User data has no room for all of them, so that it cannot be left to the boot to find out.
    type: str
    choices: [systemd_networkd, network_manager, ifupdown]
    default: systemd_networkd
  table:
    description: As O(xeni.aws.guest_routing#module:table).
    type: int
    default: 4000
  priority:
    description: As O(xeni.aws.guest_routing#module:priority).
    type: int
    default: 4000
seealso:
  - module: xeni.aws.guest_routing
  - name: Run commands when you launch an EC2 instance with user data input
    description: What user data is, and its limit of 16 KB.
    link: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
notes:
  - The result is one part of the type C(text/x-shellscript), for those who combine it with others into a multi-part
    archive.
"""

EXAMPLES = r"""
- name: One server that comes up dual-homed
  amazon.aws.ec2_instance:
    name: web1
    image_id: "{{ image }}"
    user_data: "{{ ['192.168.0.0/16'] | xeni.aws.guest_routing_user_data }}"

- name: A launch template, whose user data is Base64
  amazon.aws.ec2_launch_template:
    name: web
    user_data: "{{ ['192.168.0.0/16'] | xeni.aws.guest_routing_user_data | b64encode }}"
    network_interfaces:
      - device_index: 0
        subnet_id: "{{ public_subnet }}"
      - device_index: 1
        subnet_id: "{{ management_subnet }}"
"""

RETURN = r"""
_value:
  description: A script for C(/usr/bin/env python3) of at most 16384 bytes.
  type: str
"""

import base64
import bz2
import re

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.xeni.aws.plugins.module_utils._guest import imds
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import BACKENDS
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._guest.parameters import SHORTEST_CONFIRM_TIMEOUT
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.plugin_utils._program import sources

LIMIT = 16384
# Without an opening brace, by which template engines would take the text for theirs: a comma stands for it.
SCRIPT = """\
#!/usr/bin/env python3
# Routing by interface at the first boot, made by the filter xeni.aws.guest_routing_user_data.
import base64, bz2, pathlib, sys, tempfile
if sys.version_info < (3, 8):
    sys.exit("xeni.aws: routing by interface needs Python 3.8 or later, and this is " + sys.version)
program = bz2.decompress(base64.b85decode("%s".replace(",", "\\x7b"))).decode().split("\\0")
with tempfile.TemporaryDirectory() as directory:
    for path, source in zip(program[::2], program[1::2]):
        file = pathlib.Path(directory, "xeni_aws", path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    sys.path.insert(0, directory)
    from xeni_aws._guest.first_boot import main
    main(dict(%s))
"""


OPTIONS = ArgumentSpecValidator({
    "management_prefixes": {"type": "list", "elements": "str", "required": True},
    "management_device_index": {"type": "int", "default": 1},
    "backend": {"type": "str", "choices": list(BACKENDS), "default": "systemd_networkd"},
    "table": {"type": "int", "default": 4000},
    "priority": {"type": "int", "default": 4000},
})
# In the place of the package of all network managers.
ONE_BACKEND = """\
from . import %s as backend
BACKENDS = {backend.NAME: backend}
def patterns():
    return list(backend.PATTERNS)
"""
# What an instance would read, to try the options with: its addresses are for documentation, RFC 5737 and 3849.
PUBLIC = {"device-number": "0", "local-ipv4s": "192.0.2.10", "subnet-ipv4-cidr-block": "192.0.2.0/24"}
MANAGEMENT = {
    "local-ipv4s": "198.51.100.10", "subnet-ipv4-cidr-block": "198.51.100.0/24",
    "ipv6s": "2001:db8::10", "subnet-ipv6-cidr-blocks": "2001:db8::/64",
}


def guest_routing_user_data(management_prefixes, **options) -> str:
    given = OPTIONS.validate({**options, "management_prefixes": management_prefixes})
    parameters = {**given.validated_parameters, "take_over": False}
    problems = given.error_messages or _problems(parameters)
    if problems:
        raise AnsibleFilterError("guest_routing_user_data: " + "\n".join(problems))
    script = SCRIPT % (
        _program(parameters["backend"]), ", ".join(f"{name}={value!r}" for name, value in parameters.items()))
    if len(script) > LIMIT:
        raise AnsibleFilterError(
            f"guest_routing_user_data: management_prefixes: with these {len(parameters['management_prefixes'])} "
            f"the user data has {len(script)} bytes, and EC2 takes {LIMIT}; list fewer and wider ones"
        )
    return script


def _problems(parameters: dict) -> list:
    """What the module would say of them, in an instance that has what they ask for."""
    index, prefixes = parameters["management_device_index"], parameters["management_prefixes"]
    metadata = {"02:00:00:00:00:00": PUBLIC, "02:00:00:00:00:01": {**MANAGEMENT, "device-number": str(index or 1)}}
    try:
        interfaces = imds.interfaces(metadata, prefixes, index)
        from_parameters({**parameters, "interfaces": interfaces, "confirm_timeout": SHORTEST_CONFIRM_TIMEOUT})
    except BadInput as error:
        return [re.sub(r"^interfaces\[\d]\.", "", problem) for problem in error.problems]
    return []


def _program(backend: str) -> str:
    found = sources("_guest.first_boot", "main", {"_guest.backends": ONE_BACKEND % backend})
    parts = [part for path_and_source in found.items() for part in path_and_source]
    return base64.b85encode(bz2.compress("\0".join(parts).encode())).decode().replace("{", ",")


class FilterModule:
    def filters(self) -> dict:
        return {"guest_routing_user_data": guest_routing_user_data}
