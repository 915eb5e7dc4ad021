# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is observed once a plan is carried out. Pure."""

from __future__ import annotations

from dataclasses import replace

from .desired import PUBLIC, Desired, Interface
from .observed import Observed
from .plan import wanted_goal
from .state import MAIN_TABLE, Address, Goal, Route, State, family


def predict(desired: Desired, observed: Observed, calls) -> Observed:
    for call in calls:
        files = {**observed.files, **call.parameters["files"]}
        observed = replace(
            observed,
            files={path: content for path, content in files.items() if content is not None},
            state=_reached(wanted_goal(desired, observed), desired, observed),
        )
    return observed


def _reached(goal: Goal, desired: Desired, observed: Observed) -> State:
    state = observed.state
    present = {(item.device, item.address) for item in state.addresses}
    added = [
        Address(device, address, 32 if family(address) == 4 else 128)
        for device, address, _length in goal.addresses if (device, address) not in present
    ]
    stays = [route for route in state.routes if _stays(route, goal)]
    public = next(item for item in desired.interfaces if item.role == PUBLIC)
    wanted = [*goal.routes, *_leased_defaults(goal, public, stays)]
    return replace(
        state,
        addresses=(*(item for item in state.addresses if item[:3] not in goal.without_addresses), *added),
        rules=tuple(sorted({*(rule for rule in state.rules if not goal.owns_rule(rule)), *goal.rules})),
        routes=(*stays, *(route for route in wanted if not any(there.reaches(route) for there in stays))),
    )


def _stays(route: Route, goal: Goal) -> bool:
    is_default = (route.table, route.destination) == (MAIN_TABLE, "default") and route.family in goal.families
    return not goal.owns_route(route) and not (is_default and route.device in goal.without_default)


def _leased_defaults(goal: Goal, public: Interface, routes):
    """The default routes of `main` that DHCP and the router bring to the public interface, when it has none yet."""
    there = {(route.table, route.destination, route.device, route.family) for route in routes}
    for number in goal.families:
        gateway = public.gateway if number == 4 else public.ipv6_gateway
        if (MAIN_TABLE, "default", goal.default_device, number) not in there:
            yield Route(MAIN_TABLE, "default", gateway, goal.default_device, family=number, advertised=number == 6)
