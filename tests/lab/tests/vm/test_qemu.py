# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from lab.vm import qemu

BOOTED = "echo '[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'"


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        pytest.param(BOOTED, "kvm", id="a kernel that boots"),
        pytest.param("echo 'Could not access KVM kernel module' >&2; exit 1", "tcg", id="no KVM"),
        pytest.param("exec sleep 100", "tcg", id="KVM that hangs"),
    ],
)
def test_kvm_is_what_boots_a_kernel(monkeypatch, tmp_path, does, expected):
    program = tmp_path / "qemu"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setattr(qemu, "PROGRAM", str(program))
    monkeypatch.setattr(qemu, "PROBE_TIMEOUT", 1)
    assert qemu.accelerator(tmp_path / "vmlinuz") == expected
