# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags as AWS has them: texts."""

from __future__ import annotations


def text_tags(tags: dict | None) -> dict | None:
    """The tags of a playbook with numbers and booleans as text; no value is an empty one. None when they are not mentioned."""
    if tags is None:
        return None
    return {str(key): "" if value is None else str(value) for key, value in tags.items()}
