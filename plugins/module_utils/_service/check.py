# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse, or what would be regretted, found before the first changing call. Pure."""

from __future__ import annotations

from . import settings
from .desired import Service
from .identity import missing
from .observed import Observed
from .plan import CREATE
from .predict import predict
from .principals import ANYONE_PROBLEM, lets_anyone_in


def problems(service: Service, observed: Observed, calls) -> list:
    """Every problem with the calls, each with parameter, value and remedy."""
    if service.state == "absent":
        return list(_connection_problems(service, observed))
    if any(call.operation == CREATE for call in calls) and service.identity.option != "name":
        return [missing(service.identity)]
    after = predict(service, observed, calls)
    found = [*_setting_problems(settings.read(after.configuration)), *_anyone_problems(service, observed, after)]
    return [f"{service.key}: {problem}" for problem in found]


def _connection_problems(service: Service, observed: Observed):
    if observed.connections and not service.reject_connections:
        listed = ", ".join(_connection(item) for item in observed.connections)
        yield (
            f"{service.key}: state: {observed.id} cannot be deleted while something is connected to it: {listed}; "
            "have their owners delete them, or set reject_connections: true to reject them first"
        )


def _connection(item: dict) -> str:
    connected = item.get("VpcEndpointId") or item.get("TransitGatewayAttachmentId")
    return f"{connected} (owner {item.get('VpcEndpointOwner') or item.get('TransitGatewayAttachmentOwner')}, {item['VpcEndpointState']})"


def _setting_problems(after: dict):
    network, gateway = after["network_load_balancer_arns"], after["gateway_load_balancer_arns"]
    if not network and not gateway:
        yield "network_load_balancer_arns: it does not exist yet, and making it needs what is in front of it; list at least one load balancer"
    if network and gateway:
        yield (
            "gateway_load_balancer_arns: a service has Network or Gateway Load Balancers, not both, and here it would have "
            f"{', '.join((*network, *gateway))}; make a service for each kind"
        )
    if gateway and after["private_dns_name"]:
        yield (
            f"private_dns_name: '{after['private_dns_name']}' needs a service of Network Load Balancers, and this one has Gateway Load Balancers; "
            "leave private_dns_name out"
        )


def _anyone_problems(service: Service, before: Observed, after: Observed):
    was_open, is_open = (
        each.configuration is not None and lets_anyone_in(each.principals, settings.read(each.configuration)["acceptance_required"])
        for each in (before, after)
    )
    if is_open and not was_open and not service.allow_anyone:
        yield ANYONE_PROBLEM
