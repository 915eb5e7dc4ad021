# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags: the calls that change them, and what is there afterwards."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._cloud.tags import tag_calls, tags_after, text_tags

PRESENT = {"Name": "a", "tier": "1", "aws:made-by": "stack"}


@pytest.mark.parametrize("wanted, purge, after", [
    (None, True, PRESENT),
    ({}, False, PRESENT),
    ({"tier": "1"}, False, PRESENT),
    ({"tier": "2"}, False, {**PRESENT, "tier": "2"}),
    ({"tier": "2", "new": ""}, True, {"tier": "2", "new": "", "aws:made-by": "stack"}),
    ({}, True, {"aws:made-by": "stack"}),
])
def test_tags(wanted, purge, after):
    tags = PRESENT
    for call in tag_calls("web", "vpce-1", PRESENT, wanted, purge):
        assert call.parameters["Resources"] == ["vpce-1"]
        tags = tags_after(tags, call)
    assert tags == after
    assert tag_calls("web", "vpce-1", tags, wanted, purge) == []


def test_tags_are_texts():
    assert text_tags({1: True, "empty": None}) == {"1": "True", "empty": ""}
    assert text_tags(None) is None
