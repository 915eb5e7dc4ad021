# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS's names as Ansible writes them."""

from __future__ import annotations

from functools import lru_cache

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict


@lru_cache(maxsize=None)
def snake(name: str) -> str:
    """``NetworkInterfaceId`` -> ``network_interface_id``, by the rules of all modules for AWS."""
    return next(iter(camel_dict_to_snake_dict({name: None})))


def snake_case(reply):
    """A reply with the names of its members in snake case, as camel_dict_to_snake_dict() does, which asks anew for each occurrence of a name."""
    if isinstance(reply, dict):
        return {snake(name): snake_case(value) for name, value in reply.items()}
    return [snake_case(item) for item in reply] if isinstance(reply, list) else reply
