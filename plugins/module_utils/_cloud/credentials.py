# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A second account's credentials beside a module's own: a profile, keys, or a role to assume with them."""

from __future__ import annotations

import re

from .._reconcile.run import BadInput
from .service import Service

OPTIONS = dict(
    profile=dict(type="str"),
    access_key=dict(type="str", no_log=False),
    secret_key=dict(type="str", no_log=True),
    session_token=dict(type="str", no_log=True),
    role_arn=dict(type="str"),
    external_id=dict(type="str"),
)

SESSION = "xeni.aws"
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


def given(option: str, credentials: dict | None) -> dict:
    """What is given of an option of OPTIONS, empty for nothing at all; BadInput for what cannot be meant together."""
    found = {name: value for name, value in (credentials or {}).items() if value}
    problems = []
    if credentials is not None and not {"profile", "access_key", "secret_key", "role_arn"} & set(found):
        problems.append(f"{option}: nothing says whose they are; give profile, access_key and secret_key, or role_arn")
    if "profile" in found and {"access_key", "secret_key", "session_token"} & set(found):
        problems.append(f"{option}: profile '{found['profile']}' and keys exclude each other; give one of them")
    if ("access_key" in found) != ("secret_key" in found):
        problems.append(f"{option}: access_key and secret_key belong together; give both")
    if "external_id" in found and "role_arn" not in found:
        problems.append(f"{option}: external_id is for a role to assume; give role_arn")
    if "role_arn" in found and not _ROLE.fullmatch(found["role_arn"]):
        problems.append(
            f"{option}: role_arn: '{found['role_arn']}' is no ARN of a role, such as arn:aws:iam::111122223333:role/name")
    if problems:
        raise BadInput(problems)
    return found


def connection(module, credentials: dict) -> dict:
    """What given() returns, as Service takes it. A role is assumed with the other credentials, or else with the module's."""
    base = {name: value for name, value in credentials.items() if name not in ("role_arn", "external_id")}
    own = _keys(base.get("access_key"), base.get("secret_key"), base.get("session_token"), base.get("profile")) if base else {}
    if "role_arn" not in credentials:
        return own
    role = {"RoleArn": credentials["role_arn"], "RoleSessionName": SESSION}
    if "external_id" in credentials:
        role["ExternalId"] = credentials["external_id"]
    assumed = Service(module, "sts", **own).read("assume_role", role)["Credentials"]
    return _keys(assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"])


def _keys(access_key, secret_key, session_token, profile=None) -> dict:
    """All of them, as each replaces the module's own."""
    return {
        "aws_access_key_id": access_key, "aws_secret_access_key": secret_key, "aws_session_token": session_token, "profile_name": profile,
    }
