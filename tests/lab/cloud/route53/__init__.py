# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Route 53 as AWS documents it, on moto's: zones and their VPCs across accounts, records that a DNS server could serve.

Each file is a resource: mixins of moto's backend (state and rules of one account; Route 53 has no Regions) and of its
response class (a handler for each operation, where ``self.params`` and the reply have botocore's members). What is not
here is moto's: tags, health checks, query logging. Other services ask ``lookups`` what is in DNS.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.route53 import models, responses, urls

from .changes import ChangeHandlers, Changes
from .hosted_zones import HostedZoneHandlers, HostedZones
from .records import RecordHandlers, Records
from .vpc_associations import VpcAssociationHandlers, VpcAssociations

_NEW_PATHS = ("authorizevpcassociation", "deauthorizevpcassociation")


class Route53Backend(Changes, HostedZones, Records, VpcAssociations, models.Route53Backend):
    """The state of one account."""

    def __init__(self, region_name: str, account_id: str):
        models.Route53Backend.__init__(self, region_name, account_id)
        Changes.__init__(self)
        HostedZones.__init__(self)


class Route53Response(ChangeHandlers, HostedZoneHandlers, RecordHandlers, VpcAssociationHandlers, responses.Route53):
    """The operations."""

    def serialized(self, action_result: ActionResult) -> Any:
        """AccessDenied is in no service's model, from which moto takes the status of an error."""
        status, headers, body = super().serialized(action_result)
        return 403 if getattr(action_result.result, "code", None) == "AccessDenied" else status, headers, body


def install() -> None:
    """Put the lab's Route 53 in the place of moto's, before the first request; again makes no difference."""
    models.route53_backends.backend = Route53Backend
    for name in _NEW_PATHS:
        urls.url_paths[rf"{{0}}/(?P<api_version>[\d_-]+)/hostedzone/(?P<zone_id>[^/]+)/{name}$"] = None
    for path in urls.url_paths:
        urls.url_paths[path] = Route53Response.dispatch
    # moto derives the URLs from the backend class's module, which is ours now.
    Route53Backend._url_module = urls
