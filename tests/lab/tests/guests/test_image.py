# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pathlib
import threading

import pytest

from lab.guests import image


@pytest.fixture
def builds(monkeypatch, tmp_path):
    """The image's builder without Debian's packages: the directories that were begun."""
    begun = []

    def bootstrap(_release, _packages, root, _lock, _progress):
        begun.append(root)
        root.mkdir()

    monkeypatch.setenv("XENI_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(image, "bootstrap", bootstrap)
    monkeypatch.setattr(image, "configure", lambda root: (root / "configured").touch())
    return begun


def silent(_line: str) -> None:
    pass


def test_it_is_built_once_for_all_who_ask_at_the_same_time(builds, tmp_path):
    threads = [threading.Thread(target=image.ensure, args=("bookworm", silent)) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(builds) == 1
    assert (image.ensure("bookworm", silent) / "configured").exists()
    assert image.ensure("bookworm", silent).parent == tmp_path / "guests"


def test_a_build_that_failed_leaves_no_image(builds, monkeypatch):
    def fail(_root):
        raise image.ImageError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(image, "configure", fail)
        with pytest.raises(image.ImageError):
            image.ensure("bookworm", silent)
    assert (image.ensure("bookworm", silent) / "configured").exists()
    assert len(builds) == 2


def test_other_content_is_another_image(builds, monkeypatch, tmp_path):
    common = tmp_path / "rootfs" / image.COMMON
    common.mkdir(parents=True)
    monkeypatch.setattr(image, "ROOTFS", common.parent)
    first = image.ensure("bookworm", silent)
    (common / "file").write_text("content")
    assert image.ensure("bookworm", silent) != first


def test_each_release_is_built_when_its_own_packages_change(builds, monkeypatch):
    bookworm, trixie = image.ensure("bookworm", silent), image.ensure("trixie", silent)
    assert bookworm != trixie
    monkeypatch.setitem(image.RELEASES, "trixie", "udhcpc")
    assert image.ensure("bookworm", silent) == bookworm
    assert image.ensure("trixie", silent) != trixie


def test_what_a_stack_is_configured_with_is_not_in_the_image(builds, monkeypatch, tmp_path):
    stack = tmp_path / "rootfs/ifupdown"
    stack.mkdir(parents=True)
    monkeypatch.setattr(image, "ROOTFS", stack.parent)
    first = image.ensure("bookworm", silent)
    (stack / "file").write_text("content")
    assert image.ensure("bookworm", silent) == first


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XENI_LAB_CACHE": "/lab", "XDG_CACHE_HOME": "/xdg"}, "/lab/guests"),
        ({"XENI_LAB_CACHE": "", "XDG_CACHE_HOME": "/xdg"}, "/xdg/xeni-aws/guests"),
        ({"XENI_LAB_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/home/me"}, "/home/me/.cache/xeni-aws/guests"),
    ],
)
def test_where_the_cache_is(monkeypatch, environment, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert image.cache() == pathlib.Path(expected)
