# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2 instances of the lab: Debian guests with a real init, network manager and sshd, in namespaces of their own."""

from __future__ import annotations


class GuestError(RuntimeError):
    """A guest, or what guests are made from, could not be made. The message says what, and what to do."""
