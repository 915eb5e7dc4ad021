#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: guest_routing_commit
short_description: Tell what became of a change by guest_routing, and confirm it
version_added: 0.1.0
description:
  - M(xeni.aws.guest_routing) calls this by itself. Alone, without options, it tells what became of a change whose
    controller went away.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  nonce:
    description:
      - Confirms the change that has this nonce, so that the instance does not go back.
      - Only who connects after the change can know it. Without it nothing is changed.
    type: str
attributes:
  check_mode:
    description: In check mode nothing is confirmed.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
seealso:
  - module: xeni.aws.guest_routing
"""

EXAMPLES = r"""
- name: What became of the last change of the routing?
  become: true
  xeni.aws.guest_routing_commit:
"""

RETURN = r"""
commit:
  description:
    - The last change, by its C(id), and how far it got.
    - The C(state) is V(none), V(changing), V(changed) with the C(nonce) that confirms it, V(confirmed), or
      V(rolled_back).
    - Rolled back, it has the C(reason), the files C(restored), what the new state C(lacked) as the instance saw it,
      and what is C(remaining) to be as it was.
  returned: always
  type: dict
  sample: {id: 5d0f3c1a2b4e6f78, state: confirmed}
interfaces:
  description: As M(xeni.aws.guest_routing) returns them.
  returned: always
  type: list
  elements: dict
rules:
  description: As M(xeni.aws.guest_routing) returns them.
  returned: always
  type: list
  elements: str
routes:
  description: As M(xeni.aws.guest_routing) returns them.
  returned: always
  type: list
  elements: str
files:
  description: As M(xeni.aws.guest_routing) returns them.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.xeni.aws.plugins.module_utils._guest import commit
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import read, show
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput


def main():
    module = AnsibleModule(argument_spec=dict(nonce=dict(type="str", no_log=False)), supports_check_mode=True)
    nonce = module.params["nonce"]
    try:
        confirms = nonce is not None and not module.check_mode
        found = commit.confirm(nonce) if confirms else commit.status()
        module.exit_json(changed=confirms and found["state"] == "confirmed", commit=found, **show(read()))
    except PermissionError as error:
        module.fail_json(msg=f"become: {error.filename} can only be read by root; set become: true")
    except BadInput as error:
        module.fail_json(msg=str(error))
    except (OSError, CommandFailed) as error:
        module.fail_json(msg=f"The state of the last change cannot be told: {error}")


if __name__ == "__main__":
    main()
