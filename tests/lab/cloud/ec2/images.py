# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The catalogue of machine images."""

from __future__ import annotations

from typing import Any


class Images:
    """Backend.

    moto makes the catalogue, thousands of images with their snapshots, along with each account and region. Here it is
    made when somebody first asks for an image.
    """

    @property
    def amis(self) -> dict[str, Any]:
        if not self._catalogued:
            self._catalogued = True
            super()._load_amis()
        return self._amis

    @amis.setter
    def amis(self, amis: dict[str, Any]) -> None:
        self._amis, self._catalogued = amis, False

    def _load_amis(self) -> None:
        """moto's constructor asks for it."""
