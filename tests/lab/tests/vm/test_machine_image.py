# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pathlib

import pytest

from lab.guests import requirements
from lab.vm import image, qemu


@pytest.fixture
def made(monkeypatch, tmp_path) -> list[str]:
    """The image's builder without Debian and QEMU: what it was asked to make. ``kvm`` works."""
    asked = []

    def build(release: str, building: pathlib.Path, _lock: int, _progress) -> None:
        asked.append(release)
        building.mkdir()

    def save(boot: image.Image, building: pathlib.Path) -> None:
        asked.append(boot.accelerator)
        building.mkdir()

    monkeypatch.setenv("XENI_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(requirements, "ensure", lambda _progress, _needs: None)
    monkeypatch.setattr(qemu, "accelerator", lambda _kernel: "kvm")
    monkeypatch.setattr(image, "_build", build)
    monkeypatch.setattr(image, "_save", save)
    return asked


def ensure(release: str = "bookworm") -> image.Image:
    return image.ensure(release, lambda _line: None)


def test_a_release_is_built_once_and_boots_once(made):
    assert ensure() == ensure()
    ensure("trixie")
    assert made == ["bookworm", "kvm", "trixie", "kvm"]


def test_a_state_that_another_accelerator_saved_is_not_loaded(made, monkeypatch):
    with_kvm = ensure()
    monkeypatch.setattr(qemu, "accelerator", lambda _kernel: "tcg")
    without = ensure()
    assert made == ["bookworm", "kvm", "tcg"]
    assert without.directory == with_kvm.directory and without.disk != with_kvm.disk


def test_other_content_is_another_image(made, monkeypatch, tmp_path):
    first = ensure()
    (tmp_path / "common").mkdir()
    (tmp_path / "common/file").write_text("content")
    monkeypatch.setattr(image, "ROOTFS", tmp_path)
    assert ensure().directory != first.directory
