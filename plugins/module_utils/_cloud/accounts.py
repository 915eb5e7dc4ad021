# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS accounts as playbooks name them."""

from __future__ import annotations

import re


def account_problems(option: str, *accounts: str | None) -> list:
    """What is wrong with the account IDs of an option; None is one that is not given."""
    return [
        f"{option}: '{account}' is no account ID; give its 12 digits, without hyphens and in quotes: "
        "YAML takes digits that begin with 0 for another number"
        for account in accounts if account is not None and not re.fullmatch("[0-9]{12}", account)
    ]
