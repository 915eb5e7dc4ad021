#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: tcp_silence
short_description: Measure how long a TCP port does not answer
version_added: 0.1.0
description:
  - Opens a TCP connection every 100 ms, and closes it once it is accepted, while a file exists.
  - Then tells the longest time without an answer. Run it with C(async) beside what may interrupt a service.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  host:
    description: The IPv4 address or name to ask.
    type: str
    required: true
  port:
    description: The TCP port to ask.
    type: int
    required: true
  while_exists:
    description: The file whose removal ends the asking.
    type: path
    required: true
attributes:
  check_mode:
    description: It changes nothing, so check mode is no different.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Ask the service until the file is removed
  xeni.aws.tcp_silence:
    host: 203.0.113.10
    port: 443
    while_exists: /tmp/asking
  async: 600
  poll: 0
"""

RETURN = r"""
answers:
  description: How many connections were accepted.
  returned: always
  type: int
  sample: 412
silence:
  description: The longest time without an answer.
  returned: always
  type: dict
  contains:
    seconds:
      description: How long it was.
      type: float
      sample: 3.2
    start:
      description: The last answer before it or, without one, the begin of the asking.
      type: str
      sample: "2026-11-22T01:00:00.100+00:00"
    end:
      description: The first answer after it or, without one, the end of the asking.
      type: str
      sample: "2026-11-22T01:00:03.300+00:00"
    known_start:
      description: Whether there was an answer before it. If not, it may have been longer.
      type: bool
      sample: true
    known_end:
      description: Whether there was an answer after it. If not, it may go on.
      type: bool
      sample: true
"""

import os
import socket
from datetime import datetime, timezone

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.xeni.aws.plugins.module_utils._silence import ask, longest_silence


def main():
    module = AnsibleModule(
        argument_spec=dict(
            host=dict(type="str", required=True),
            port=dict(type="int", required=True),
            while_exists=dict(type="path", required=True),
        ),
        supports_check_mode=True,
    )
    host, port, path = (module.params[name] for name in ("host", "port", "while_exists"))
    if not 0 < port < 65536:
        module.fail_json(msg=f"port: {port} is no TCP port; use 1 to 65535")
    try:
        address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4]
    except OSError as error:
        module.fail_json(msg=f"host: '{host}' is no IPv4 address, and no name of one: {error.strerror}")
    began, answers, ended = ask(address, lambda: os.path.exists(path))
    silence = longest_silence(began, answers, ended)
    module.exit_json(changed=False, answers=len(answers), silence=dict(
        seconds=round(silence.seconds, 1), start=_text(silence.start), end=_text(silence.end),
        known_start=silence.known_start, known_end=silence.known_end,
    ))


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


if __name__ == "__main__":
    main()
