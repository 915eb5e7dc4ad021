# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""This account's endpoint services for ``ec2_vpc_endpoint_service_configuration_info``. Reads only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .._cloud import filters
from .._cloud.ec2 import Ec2
from .._reconcile.apply import WORKERS
from .identity import DESCRIBE
from .observed import CONNECTIONS, principals_of, show, show_item


def describe(ec2: Ec2, parameters: dict) -> list:
    """The services that are asked for, with what the option `include` adds to each."""
    items = _services(ec2, parameters)
    ids = [item["ServiceId"] for item in items]
    principals = _principals(ec2, ids) if "allowed_principals" in parameters["include"] else {}
    services = [show(item, principals.get(item["ServiceId"])) for item in items]
    if "connections" not in parameters["include"]:
        return services
    connections = [show_item(item) for item in ec2.describe_by(*CONNECTIONS, "service-id", ids)]
    return [
        {**service, "connections": [each for each in connections if each["service_id"] == service["service_id"]]} for service in services
    ]


def _services(ec2: Ec2, parameters: dict) -> list:
    if parameters["service_ids"] is not None:  # as a filter: an id that does not exist is an error otherwise
        return ec2.describe_by(*DESCRIBE, "service-id", parameters["service_ids"])
    if parameters["names"] is not None:
        return ec2.describe_by(*DESCRIBE, "tag:Name", parameters["names"])
    return ec2.describe(*DESCRIBE, Filters=filters.from_parameter(parameters["filters"]))


def _principals(ec2: Ec2, ids: list) -> dict:
    """{service id: who may use it}, side by side: AWS tells it for one service at a time."""
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return dict(zip(ids, pool.map(lambda service_id: principals_of(ec2, service_id), ids)))
