# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags, found by a look-up: moto reads all tags of the account for each resource it describes."""

from __future__ import annotations

from typing import Any

from moto.ec2 import utils
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

#: Where moto's word for a prefix is not botocore's ResourceType.
_RESOURCE_TYPES = EC2_PREFIX_TO_RESOURCE | {"eipalloc": "elastic-ip", "nat": "natgateway"}

#: The same for prefixes that moto takes for those of endpoints and their services.
_OF_ENDPOINTS = {"vpce-con": "vpc-endpoint-connection", "vpce-svc-perm": "vpc-endpoint-service-permission"}


def is_valid_resource_id(resource_id: str) -> bool:
    """In the place of moto's function of this name: whether CreateTags takes the id."""
    return resource_id.rpartition("-")[0] in _OF_ENDPOINTS or utils.is_valid_resource_id(resource_id)


def _resource_type(resource_id: str) -> str:
    prefix = resource_id.rpartition("-")[0]
    return _OF_ENDPOINTS.get(prefix) or _RESOURCE_TYPES.get(get_prefix(resource_id), "")


class Tags:
    """Backend."""

    def describe_tags(self, filters: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
        """Of the resources that moto names, or of all; clients' filters are applied to the reply."""
        wanted = (filters or {}).get("resource-id")
        return [
            {
                "resource_id": resource_id,
                "key": key,
                "value": value,
                "resource_type": _resource_type(resource_id),
            }
            for resource_id in (list(self.tags) if wanted is None else wanted)
            for key, value in self.tags.get(resource_id, {}).items()
        ]
