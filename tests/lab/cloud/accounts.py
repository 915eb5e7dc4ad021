# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whose call it is.

A lab needs accounts without making users first: an access key id of twelve digits is that account.
"""

from __future__ import annotations

import re

from moto.iam.models import get_account_id_from

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]+/([^/]+)/([^/]+)/aws4_request")


def credential_scope(authorization: str) -> tuple[str, str, str] | None:
    """(access key id, region, signing name) of a Signature Version 4 header, or None if it is not one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
    """
    match = _CREDENTIAL.search(authorization)
    return (match[1], match[2], match[3]) if match else None


def account_of(access_key_id: str) -> str:
    """The account id an access key belongs to: itself, that of an IAM user or assumed role, else moto's default."""
    if re.fullmatch(r"\d{12}", access_key_id):
        return access_key_id
    return get_account_id_from(access_key_id)
