# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Endpoint policies: two texts of one meaning are the same policy. Pure."""

from __future__ import annotations

import json

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies

# What AWS attaches when it is given none:
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy
DEFAULT = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def is_met(wanted: dict, present: str | None) -> bool:
    """Whether the present document, a text, says what the wanted one does, {} being AWS's default."""
    if not present:
        return not wanted
    document = json.loads(present)
    if wanted:
        return not compare_policies(document, wanted)
    # Of the default, AWS writes different versions for different types.
    return not compare_policies({"Statement": document.get("Statement")}, DEFAULT)


def text(wanted: dict) -> str:
    """The document as the API takes it."""
    return json.dumps(wanted or DEFAULT, sort_keys=True)
