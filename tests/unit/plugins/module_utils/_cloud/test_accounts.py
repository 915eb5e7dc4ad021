# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Account IDs in parameters."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._cloud.accounts import account_problems


@pytest.mark.parametrize("account", ["", "12345678901", "0123-4567-8901", "1234567890123", "partner", "٠١٢٣٤٥٦٧٨٩٠١"])
def test_what_is_no_account(account):
    problem, = account_problems("owners", "012345678901", account, None)
    assert problem.startswith(f"owners: '{account}' is no account ID; give its 12 digits")
