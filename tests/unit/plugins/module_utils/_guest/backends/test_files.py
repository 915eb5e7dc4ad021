# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which files are ours, and what they bring."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import files


@pytest.mark.parametrize(("content", "ours"), [
    (f"{files.MANAGED}\n[Match]\n", True),
    (f"#!/bin/sh\n{files.MANAGED}\n", True),
    ("[Match]\n", False),
    (f"[Match]\n\n{files.MANAGED}\n", False),
    ("", False),
])
def test_ours(content, ours):
    assert files.is_ours(content) == ours


@pytest.mark.parametrize(("address", "there"), [
    ("10.0.1.21", True), ("10.0.1.2", False), ("0.0.1.21", False), ("2001:db8::11", True), ("db8::11", False),
    ("10.0.1.10", False),
])
def test_secondary_addresses_of_a_file(address, there):
    content = "Address=10.0.1.21/32\naddress1=2001:db8::11/128\nFrom=10.0.1.10\n"
    assert files.sets_address(content, address) == there


def test_files_are_read_by_their_name(tmp_path):
    (tmp_path / "05-xeni-02420a00010a.network").write_text("ours")
    (tmp_path / "90-dhcp.network").write_text("theirs")
    (tmp_path / "05-xeni-old.network").mkdir()
    pattern = str(tmp_path / "05-xeni-*.network")
    assert files.present([pattern]) == {str(tmp_path / "05-xeni-02420a00010a.network"): "ours"}
    assert files.matching(["/a/b", str(tmp_path / "05-xeni-1.network")], [pattern]) == [
        str(tmp_path / "05-xeni-1.network")]
