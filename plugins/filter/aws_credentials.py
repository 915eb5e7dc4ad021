# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: aws_credentials
short_description: Credentials as the options that AWS modules share
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Makes from the credentials of an account the options C(profile), C(access_key), C(secret_key) and C(session_token), all of them, so
    that they replace whatever the play or the environment has.
  - A role is not assumed here; P(xeni.aws.aws_credentials#role) does that.
options:
  _input:
    description:
      - C(profile), or C(access_key) and C(secret_key) with an optional C(session_token), or C(role_arn) with an optional C(external_id) beside
        one of these or alone. Empty for those of the play.
    type: dict
    required: true
  variable:
    description: The name of the variable that has them, for messages.
    type: str
    required: true
positional: variable
"""

EXAMPLES = r"""
- name: Keys alone, so no profile
  ansible.builtin.debug:
    msg: "{{ {'access_key': 'AKIA1EXAMPLE1EXAMPLE', 'secret_key': 'secret'} | xeni.aws.aws_credentials('consumer') }}"
"""

RETURN = r"""
_value:
  description: The four options, or nothing where there are no credentials but a role to assume or nothing at all.
  type: dict
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.module_utils._cloud.credentials import OPTIONS, given
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

SHARED = ("profile", "access_key", "secret_key", "session_token")


def aws_credentials(credentials, variable: str) -> dict:
    unknown = sorted(set(credentials) - set(OPTIONS))
    if unknown:
        raise AnsibleFilterError(f"{variable}: {', '.join(unknown)}: unknown; give {', '.join(OPTIONS)}")
    try:
        found = given(variable, credentials or None)
    except BadInput as error:
        raise AnsibleFilterError(str(error)) from error
    return {name: found.get(name, "") for name in SHARED} if set(SHARED) & set(found) else {}


class FilterModule:
    def filters(self) -> dict:
        return {"aws_credentials": aws_credentials}
