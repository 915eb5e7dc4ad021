# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options that say which endpoint service of this account is meant."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  service_id:
    description:
      - The ID of the endpoint service.
      - A service is found by O(service_id), else by O(service_name), else by O(name). Two matches are an error that lists them.
    type: str
  service_name:
    description: The service name that AWS gave it, which consumers know it by, such as V(com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718).
    type: str
  name:
    description: The service's C(Name) tag.
    type: str
"""
