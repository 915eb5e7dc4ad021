# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.filter.names_covering import names_covering


@pytest.mark.parametrize("name, dns_name, covers", [
    ("api.example.com", "api.example.com", True),
    ("API.example.com", "api.Example.com.", True),
    ("*.example.com", "api.example.com", True),
    ("*.example.com", "example.com", False),
    ("*.example.com", "v1.api.example.com", False),
    ("*.example.com", "*.example.com", True),
    ("a*.example.com", "api.example.com", False),
    ("*", "localhost", False),
    ("example.com", "api.example.com", False),
])
def test_a_wildcard_stands_for_one_whole_label(name, dns_name, covers):
    assert (names_covering([name], dns_name) == [name]) is covers


def test_every_name_that_covers_it_is_kept():
    names = ["other.example.com", "*.example.com", "api.example.com"]
    assert names_covering(names, "api.example.com") == ["*.example.com", "api.example.com"]
