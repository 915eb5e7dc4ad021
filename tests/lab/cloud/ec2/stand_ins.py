# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What another branch brings."""

from __future__ import annotations

from typing import Any


class StandIns:
    """Backend."""

    def attachable_interface(self, eni_id: str) -> Any:
        return self.get_network_interface(eni_id)
