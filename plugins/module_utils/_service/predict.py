# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS will say of an endpoint service once a plan is carried out. Pure; UNKNOWN stands for what AWS chooses."""

from __future__ import annotations

from dataclasses import replace

from .._cloud.ec2 import tags_of
from .._cloud.tags import tag_list, tags_after
from .._reconcile.calls import UNKNOWN, Call
from . import settings
from .desired import Service
from .observed import Observed
from .plan import CREATE, DELETE, MODIFY, PAYER, PERMISSIONS, REJECT


def predict(service: Service, observed: Observed, calls) -> Observed:
    """What observe() will see after the calls."""
    for call in calls:
        observed = _EFFECTS.get(call.operation, _waited)(service, observed, call)
    return observed


def _created(service: Service, observed: Observed, call: Call) -> Observed:
    kind = "GatewayLoadBalancer" if service.settings.get("gateway_load_balancer_arns") else "Interface"
    item = {"ServiceId": UNKNOWN, "ServiceName": UNKNOWN, "ServiceState": "Available", "ServiceType": [{"ServiceType": kind}]}
    tags = [tag for specification in call.parameters.get("TagSpecifications", ()) for tag in specification["Tags"]]
    wanted = {**settings.INITIAL, **service.settings}
    return Observed({**settings.write(wanted, item), "Tags": tags}, None if service.allowed_principals is None else {})


def _modified(service: Service, observed: Observed, _call: Call) -> Observed:
    changed = settings.changes(service.settings, observed.configuration)
    return replace(observed, configuration=settings.write(changed, observed.configuration))


def _permitted(_service: Service, observed: Observed, call: Call) -> Observed:
    gone = call.parameters.get("RemoveAllowedPrincipals", ())
    new = call.parameters.get("AddAllowedPrincipals", ())
    kept = {principal: item for principal, item in observed.principals.items() if principal not in gone}
    added = {principal: {"Principal": principal, "PrincipalType": UNKNOWN, "ServicePermissionId": UNKNOWN} for principal in new}
    return replace(observed, principals={**kept, **added})


def _paid(_service: Service, observed: Observed, call: Call) -> Observed:
    return _with(observed, PayerResponsibility=call.parameters["PayerResponsibility"])


def _tagged(_service: Service, observed: Observed, call: Call) -> Observed:
    return _with(observed, Tags=tag_list(tags_after(tags_of(observed.configuration), call)))


def _rejected(_service: Service, observed: Observed, _call: Call) -> Observed:
    return replace(observed, connections=())


def _deleted(_service: Service, observed: Observed, _call: Call) -> Observed:
    return Observed(None)


def _waited(service: Service, observed: Observed, call: Call) -> Observed:
    """A state that is reached without being asked for."""
    if call.wait == "deleted":
        return _deleted(service, observed, call)
    return _with(observed, ServiceState="Available")


def _with(observed: Observed, **members) -> Observed:
    return replace(observed, configuration={**observed.configuration, **members})


_EFFECTS = {
    CREATE: _created,
    MODIFY: _modified,
    PERMISSIONS: _permitted,
    PAYER: _paid,
    REJECT: _rejected,
    DELETE: _deleted,
    "create_tags": _tagged,
    "delete_tags": _tagged,
}
