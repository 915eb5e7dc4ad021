# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files of this module, whichever network manager reads them."""

from __future__ import annotations

import fnmatch
import glob
import os
import re

MANAGED = "# managed by xeni.aws: changes are lost when guest_routing runs again"


def present(patterns) -> dict:
    """{path: content} of what could be ours by its name; is_ours() tells by the content."""
    found = {}
    for name in sorted(name for pattern in patterns for name in glob.glob(pattern) if os.path.isfile(name)):
        with open(name, encoding="utf-8", errors="replace") as file:
            found[name] = file.read()
    return found


def matching(paths, patterns) -> list:
    """The paths that match one of the patterns of glob(7)."""
    return [path for path in paths if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)]


def sections(named) -> str:
    """A file of [SECTION] and KEY=VALUE lines, the managed line first, from (section, {key: value})."""
    texts = ("\n".join([f"[{name}]", *(f"{key}={value}" for key, value in of.items())]) for name, of in named)
    return "\n\n".join([MANAGED, *texts]) + "\n"


def is_ours(content: str) -> bool:
    """Whether the managed line is the first, or follows the line that tells a program's interpreter."""
    return MANAGED in content.split("\n", 2)[:2]


def sets_address(content: str, address: str) -> bool:
    """Whether a file of ours brings this secondary address."""
    return re.search(rf"(?<![0-9a-f.:]){re.escape(address)}/(32|128)\b", content) is not None


def name_of(mac_address: str) -> str:
    """What the name of an interface's file has of its MAC address."""
    return mac_address.replace(":", "")
