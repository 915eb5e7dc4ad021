# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a network manager has to take up."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """files: {path: content, None for "no such file"} of one backend that change.

    reads: {device: owners.Owner} of the interfaces whose files these are; lost: the same of those whose files are
    right, while the kernel is not, or will not stay, as they say. mac_addresses: {device: MAC address} of both.
    """

    files: dict
    reads: dict
    lost: dict
    mac_addresses: dict = {}
