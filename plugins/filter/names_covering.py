# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: names_covering
short_description: Which names of a certificate cover a DNS name
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Keeps those of a certificate's names by which a client would take it for the server of a DNS name, as RFC 9525 has it. A wildcard is the whole
    first label, and stands for one label.
options:
  _input:
    description: The certificate's names, as M(xeni.aws.acm_certificate_names_info) returns them.
    type: list
    elements: str
    required: true
  dns_name:
    description: The name that clients use.
    type: str
    required: true
positional: dns_name
"""

EXAMPLES = r"""
- name: One label below the wildcard
  ansible.builtin.assert:
    that: "['*.example.com', 'example.com'] | xeni.aws.names_covering('api.example.com') == ['*.example.com']"
"""

RETURN = r"""
_value:
  description: The names that cover it. Empty when none does.
  type: list
  elements: str
"""


def names_covering(names, dns_name: str) -> list:
    return [name for name in names if _covers(_labels(name), _labels(dns_name))]


def _covers(names: list, wanted: list) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9525.html#section-6.3"""
    if names[0] == "*":
        return len(names) > 1 and names[1:] == wanted[1:]
    return names == wanted


def _labels(name: str) -> list:
    return name.lower().rstrip(".").split(".")


class FilterModule:
    def filters(self) -> dict:
        return {"names_covering": names_covering}
