# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Filters of the modules that describe."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._cloud.filters import from_parameter
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput


def test_values_are_lists_of_texts():
    assert from_parameter({"subnet-id": "subnet-1", "attachment.device-index": [0, 1], "source-dest-check": True}) == [
        {"Name": "subnet-id", "Values": ["subnet-1"]},
        {"Name": "attachment.device-index", "Values": ["0", "1"]},
        {"Name": "source-dest-check", "Values": ["true"]},
    ]
    assert from_parameter(None) == []


@pytest.mark.parametrize("value, words", [
    (None, "None cannot be looked for"), ([], r"\[\] cannot"), (["web", {"a": 1}], r"\{'a': 1\} cannot"), ({}, r"\{\} cannot"),
])
def test_refused(value, words):
    with pytest.raises(BadInput, match=f"filters: tag:Name: {words}"):
        from_parameter({"tag:Name": value})
