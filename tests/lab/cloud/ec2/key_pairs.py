# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Key pairs, which are named and not identified."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import InvalidKeyPairNameError

from ..visibility import visibility


class KeyPairs:
    """Backend."""

    def describe_key_pairs(self, key_names: list[str], filters: Any = None) -> list[Any]:
        for name in key_names:
            if name not in self.key_pairs or visibility.is_hidden(self.key_pairs[name].id):
                raise InvalidKeyPairNameError(name)
        return super().describe_key_pairs(key_names, filters)
