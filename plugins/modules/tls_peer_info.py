#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: tls_peer_info
short_description: Which addresses a name resolves to, and whether the certificate there is valid for it
version_added: 0.1.0
description:
  - Does on a host what any TLS client does. It resolves a name as the host's programs do, connects, and lets the library check the server's
    certificate and its name.
  - Whether that succeeds is in the result. Only what cannot be asked fails the task.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  name:
    description: The DNS name to resolve, to connect to, and to find in the certificate.
    type: str
    required: true
  port:
    description: The TCP port.
    type: int
    default: 443
  ca_path:
    description: A file on the host with the certificates of the authorities to trust, in PEM. Those of the host when omitted.
    type: path
  timeout:
    description: How long to wait for each of the connection and the handshake, in seconds.
    type: float
    default: 5
attributes:
  check_mode:
    description: It changes nothing, so check mode is no different.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: What a client in the consumer's VPC meets
  xeni.aws.tls_peer_info:
    name: api.example.com
    ca_path: /etc/ssl/certs/example-ca.pem
  register: api

- name: The name leads to the endpoint, and the certificate matches
  ansible.builtin.assert:
    that:
      - api.addresses | difference(endpoint_addresses) == []
      - api.verified
"""

RETURN = r"""
addresses:
  description: The addresses that the name resolves to. Empty when it does not resolve.
  returned: always
  type: list
  elements: str
  sample: [10.0.1.20, 10.0.2.20]
verified:
  description: Whether a server answered with a certificate that is trusted and valid for the name.
  returned: always
  type: bool
  sample: true
reason:
  description: Why it is not verified. Empty when it is.
  returned: always
  type: str
  sample: "certificate verify failed: Hostname mismatch, certificate is not valid for 'vpce-0a1b.vpce-svc-0c2d.us-east-1.vpce.amazonaws.com'."
certificate:
  description: The server's certificate, C(subject_alternative_names), C(issuer) and C(not_after).
  returned: when it is verified
  type: dict
  sample: {subject_alternative_names: [api.example.com], issuer: "commonName=Example CA", not_after: "Nov 22 12:00:00 2027 GMT"}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.xeni.aws.plugins.module_utils._tls import CannotTrust, meet


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str", required=True),
            port=dict(type="int", default=443),
            ca_path=dict(type="path"),
            timeout=dict(type="float", default=5),
        ),
        supports_check_mode=True,
    )
    name, port, ca_path, timeout = (module.params[option] for option in ("name", "port", "ca_path", "timeout"))
    if not 0 < port < 65536:
        module.fail_json(msg=f"port: {port} is no TCP port; use 1 to 65535")
    if timeout <= 0:
        module.fail_json(msg=f"timeout: {timeout} is no time to wait; give seconds above 0")
    try:
        module.exit_json(changed=False, **meet(name, port, ca_path, timeout))
    except CannotTrust as error:
        module.fail_json(msg=f"ca_path: '{ca_path}' cannot be used: {error}; give a file of certificates in PEM that the host has")


if __name__ == "__main__":
    main()
