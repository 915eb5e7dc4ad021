# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is observed once a plan is carried out. Pure."""

from __future__ import annotations

from dataclasses import replace

from .kernel import MAIN_TABLE, Address, Goal, Route, State
from .observed import Observed
from .policy import goal


def predict(interfaces, observed: Observed, calls) -> Observed:
    for call in calls:
        files = {**observed.files, **call.parameters["files"]}
        observed = replace(
            observed,
            files={path: content for path, content in files.items() if content is not None},
            state=_reached(goal(interfaces, observed.devices), interfaces, observed),
        )
    return observed


def _reached(wanted: Goal, interfaces, observed: Observed) -> State:
    state = observed.state
    present = {(item.device, item.address) for item in state.addresses}
    return replace(
        state,
        addresses=(*state.addresses, *(Address(*item, 32) for item in wanted.addresses if item not in present)),
        rules=tuple(sorted({*(rule for rule in state.rules if rule.priority not in wanted.tables), *wanted.rules})),
        routes=(
            *(route for route in state.routes if _stays(route, wanted)),
            *_new_routes(wanted, state, _dhcp_default(wanted, interfaces, observed)),
        ),
    )


def _stays(route: Route, wanted: Goal) -> bool:
    is_default = (route.table, route.destination) == (MAIN_TABLE, "default")
    return route.table not in wanted.tables and not (is_default and route.device in wanted.without_default)


def _new_routes(wanted: Goal, state: State, dhcp_default: Route) -> list:
    there = {route._replace(metric=0) for route in state.routes if _stays(route, wanted)}
    return [route for route in (*wanted.routes, dhcp_default) if route not in there]


def _dhcp_default(wanted: Goal, interfaces, observed: Observed) -> Route:
    """The default route that DHCP brings to the public interface."""
    public = next(item for item in interfaces if observed.devices[item.mac_address] == wanted.default_device)
    return Route(MAIN_TABLE, "default", public.gateway, wanted.default_device)
