# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What neither the lab nor moto can carry out: said in AWS's words rather than with a traceback."""

from __future__ import annotations

from typing import Any

from moto.core.utils import camelcase_to_underscores


class Unmodelled:
    """Mixin of the response class, before all others.

    moto knows many operations well enough for its own examples only. Where one of those breaks it counts as not
    implemented, which the server says in the service's protocol. A handler of the lab's own that breaks shows as a
    defect.
    """

    def call_action(self) -> Any:
        try:
            return super().call_action()
        except Exception as error:
            handler = getattr(type(self), camelcase_to_underscores(self._get_action()), None)
            if handler is None or not handler.__module__.startswith("moto."):
                raise
            raise NotImplementedError(f"{error!r}") from error
