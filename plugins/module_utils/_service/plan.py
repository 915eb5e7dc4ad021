# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted, observed) endpoint service -> the API calls that lead from one to the other. Pure: every decision is taken here."""

from __future__ import annotations

from dataclasses import replace

from .._cloud.ec2 import tags_of
from .._cloud.tags import tag_calls, tag_list
from .._reconcile.calls import Call, Ref
from . import settings
from .desired import Service
from .identity import DESCRIBE
from .observed import Observed

CREATE = "create_vpc_endpoint_service_configuration"
MODIFY = "modify_vpc_endpoint_service_configuration"
DELETE = "delete_vpc_endpoint_service_configurations"
PERMISSIONS = "modify_vpc_endpoint_service_permissions"
PAYER = "modify_vpc_endpoint_service_payer_responsibility"
REJECT = "reject_vpc_endpoint_connections"

# The members of an element of VpcEndpointConnections that say what is connected, each with the one that rejects it.
_CONNECTED = {"VpcEndpointId": "VpcEndpointIds", "TransitGatewayAttachmentId": "TransitGatewayAttachmentIds"}


def plan(service: Service, observed: Observed) -> list:
    """The calls, those that change the service itself one after the other."""
    if service.state == "absent":
        return _delete(service, observed) if observed.configuration else []
    if observed.state == "Deleting":  # what is about to go still has the load balancers
        return _in_order([_wait(service, observed, "deleted"), *_create(service)])
    if observed.configuration is None:
        return _in_order(_create(service))
    return _in_order(_change(service, observed)) + tag_calls(
        service.key, observed.id, tags_of(observed.configuration), service.all_tags, service.purges_tags)


def _create(service: Service) -> list:
    """All that the creation takes goes into it; what is left waits for the id."""
    request = settings.creation(service.settings)
    if service.all_tags:
        request["TagSpecifications"] = [{"ResourceType": "vpc-endpoint-service", "Tags": tag_list(service.all_tags)}]
    create = Call(f"{service.key}:create", service.key, CREATE, request, wait="available")
    service_id = Ref(create.id, "ServiceConfiguration.ServiceId")
    return [create, *_permissions(service, service_id, {}), *_payer(service, service_id, {})]


def _change(service: Service, observed: Observed) -> list:
    """What closes a service comes before who may use it is widened, and what opens it after that is narrowed."""
    changed = settings.changes(service.settings, observed.configuration)
    modify = [Call(f"{service.key}:modify", service.key, MODIFY, {
        "ServiceId": observed.id, **settings.modification(changed, observed.configuration)}, wait="available")] if changed else []
    permissions = _permissions(service, observed.id, observed.principals)
    opens = changed.get("acceptance_required") is False
    waits = [_wait(service, observed, "available")] if observed.state == "Pending" else []
    return [
        *waits, *(permissions + modify if opens else modify + permissions), *_payer(service, observed.id, observed.configuration)]


def _permissions(service: Service, service_id, present) -> list:
    if service.allowed_principals is None:
        return []
    request = {
        "AddAllowedPrincipals": [principal for principal in service.allowed_principals if principal not in present],
        "RemoveAllowedPrincipals": [
            principal for principal in present if service.purge_allowed_principals and principal not in service.allowed_principals],
    }
    changed = {member: principals for member, principals in request.items() if principals}
    return [Call(f"{service.key}:permissions", service.key, PERMISSIONS, {"ServiceId": service_id, **changed})] if changed else []


def _payer(service: Service, service_id, configuration: dict) -> list:
    if service.payer_responsibility in (None, configuration.get("PayerResponsibility")):
        return []
    return [Call(f"{service.key}:payer", service.key, PAYER, {
        "ServiceId": service_id, "PayerResponsibility": service.payer_responsibility})]


def _delete(service: Service, observed: Observed) -> list:
    """AWS deletes no service that something is connected to."""
    if observed.state == "Deleting":
        return [_wait(service, observed, "deleted")]
    connected = {
        members: [item[member] for item in observed.connections if member in item] for member, members in _CONNECTED.items()}
    rejections = [
        Call(f"{service.key}:reject_{members}", service.key, REJECT, {"ServiceId": observed.id, members: ids}, wait="disconnected")
        for members, ids in connected.items() if ids
    ]
    rejected = tuple(call.id for call in rejections)
    return [*rejections, Call(f"{service.key}:delete", service.key, DELETE, {"ServiceIds": [observed.id]}, rejected, wait="deleted")]


def _wait(service: Service, observed: Observed, state: str) -> Call:
    """A look at what is on its way already. By filter: an id that is gone would be an error."""
    return Call(f"{service.key}:{state}", service.key, DESCRIBE[0], {
        "Filters": [{"Name": "service-id", "Values": [observed.id]}]}, wait=state)


def _in_order(calls: list) -> list:
    return [replace(call, after=(calls[position - 1].id,) if position else ()) for position, call in enumerate(calls)]
