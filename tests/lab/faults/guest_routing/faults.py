# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The faults: what goes wrong, when, and how it may end. In order of the table.

A fault is a generator: it yields the controller's run while what is wrong is still so.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lab.faults.guest_routing import damage
from lab.faults.guest_routing.container import CONTAINER, PORT, container
from lab.faults.guest_routing.controller import Run
from lab.faults.guest_routing.server import AMPLE_TIMEOUT, CONFIRM_TIMEOUT, MANAGEMENT_PREFIXES, Server, State
from lab.faults.guest_routing.steps import Step
from lab.tests.polling import eventually


class End(enum.Enum):
    CONFIRMED = "the new state is confirmed"
    BACK = "the old state is back"
    UNTOUCHED = "nothing was changed"


Inject = Callable[[Server], Iterator[Run]]


@dataclass(frozen=True)
class Fault:
    """
    :param what: for the table
    :param state: what the run is to bring the server to, from the state before it
    :param ends: the ends that it may have
    :param says: part of what the run says, where it lives to say it
    :param beside: what stands in the server meanwhile, and is not the module's
    """

    what: str
    state: State
    inject: Callable[[Server], contextlib.AbstractContextManager[Run]]
    ends: frozenset[End]
    says: str = ""
    beside: Callable[[Server], contextlib.AbstractContextManager[None]] = lambda _server: contextlib.nullcontext()


FAULTS: dict[str, Fault] = {}


def _fault(what: str, state: State, *ends: End, name: str = "", **more) -> Callable[[Inject], None]:
    def register(inject: Inject) -> None:
        FAULTS[name or inject.__name__] = Fault(what, state, contextlib.contextmanager(inject), frozenset(ends), **more)

    return register


def _kept_from(step: Step) -> End:
    return End.CONFIRMED if step is Step.CONFIRMED else End.BACK


def _eth1(parameters: dict) -> dict:
    return parameters["interfaces"][1]


@_fault("subnet_cidr of another subnet, so another gateway", State.FIRST, End.UNTOUCHED, says="subnet_cidr")
def wrong_gateway_by_subnet(server):
    yield server.apply(State.FIRST, amend=lambda parameters: _eth1(parameters).update(subnet_cidr="10.0.0.0/20"))


@_fault("a route to the controller by a gateway that is nobody", State.SECOND, End.BACK, says="was not confirmed")
def wrong_gateway_by_route(server):
    def spoil(parameters: dict) -> None:
        prefixes = _eth1(parameters).pop("management_prefixes")
        _eth1(parameters)["routes"] = [{"destination": prefix, "gateway": "10.0.1.200"} for prefix in prefixes]

    yield server.apply(State.SECOND, amend=spoil)


@_fault("eth1's gateway does not answer", State.FIRST, End.BACK, says="does not answer")
def silent_gateway(server):
    with damage.without_gateway(server):
        yield server.apply(State.FIRST)


@_fault("a management prefix that swallows the controller's own address", State.FIRST, End.CONFIRMED)
def swallowed_controller(server):
    yield server.apply(State.FIRST, confirm_timeout=AMPLE_TIMEOUT)  # as each run does: see MANAGEMENT_PREFIXES


@_fault("a primary address that the server has not", State.SECOND, End.UNTOUCHED, says="private_ip_addresses")
def missing_address(server):
    yield server.apply(
        State.SECOND, amend=lambda parameters: _eth1(parameters).update(private_ip_addresses=["10.0.1.250"]))


@_fault("the instance metadata that the interfaces are to be taken from do not answer", State.SECOND, End.UNTOUCHED,
        says="169.254.169.254")
def silent_metadata(server):
    def ask(parameters: dict) -> None:
        del parameters["interfaces"]
        parameters.update(source="imds", management_prefixes=[*MANAGEMENT_PREFIXES])

    with damage.without_metadata(server):
        yield server.apply(State.SECOND, amend=ask)


def _at(step: Step, happens: Callable[[Server], object], confirm_timeout: int) -> Inject:
    def inject(server):
        def happen() -> None:
            if step is Step.ASKED:
                eventually(server.has_begun_to_change)
            happens(server)

        yield server.apply(State.SECOND, at={step: happen}, confirm_timeout=confirm_timeout)

    return inject


for _step in Step:
    _fault(
        f"controller killed with -9: {_step.value}", State.SECOND, _kept_from(_step),
        name=f"killed_{_step.name.lower()}",
    )(_at(
        _step, lambda server: server.controller.kill(),
        AMPLE_TIMEOUT if _kept_from(_step) is End.CONFIRMED else CONFIRM_TIMEOUT,
    ))


@_fault("the controller's SSH is cut before it confirms", State.SECOND, End.BACK, says="was not confirmed within")
def cut(server):
    yield server.apply(State.SECOND, at={Step.CHANGED: lambda: damage.lose_controller(server, CONFIRM_TIMEOUT + 2)})


@_fault("two controllers, the second while the first is yet to confirm", State.SECOND, End.CONFIRMED)
def two_controllers(server):
    def interfere() -> None:
        second = server.apply(State.FIRST, controller=server.other_controller)
        assert "is not confirmed yet" in second.said, second.said

    yield server.apply(State.SECOND, at={Step.CHANGED: interfere}, confirm_timeout=AMPLE_TIMEOUT)


@_fault("the network manager crashes when it is to take the change up", State.SECOND, End.BACK, says="Restored")
def crashing_network_manager(server):
    with contextlib.ExitStack() as crashing:
        yield server.apply(
            State.SECOND, at={Step.ARMED: lambda: crashing.enter_context(damage.crashing_network_manager(server))})


@_fault("a full disk", State.SECOND, End.UNTOUCHED, says="nothing was changed")
def full_disk(server):
    with damage.full_disk(server):
        yield server.apply(State.SECOND)


@_fault("the disk is full from the change on", State.SECOND, End.BACK)
def disk_filling_up(server):
    with contextlib.ExitStack() as full:
        def fill_and_kill() -> None:
            full.enter_context(damage.full_disk(server))
            server.controller.kill()

        yield server.apply(State.SECOND, at={Step.CHANGED: fill_and_kill})


@_fault("a read-only /etc", State.SECOND, End.UNTOUCHED, says="nothing was changed")
def read_only_etc(server):
    with damage.read_only_etc(server):
        yield server.apply(State.SECOND)


for _step in Step:
    _fault(
        f"reboot without notice: {_step.value}", State.SECOND, _kept_from(_step), name=f"rebooted_{_step.name.lower()}",
        says="" if _step is Step.CONFIRMED else "rebooted",
    )(_at(_step, damage.power_cycle, AMPLE_TIMEOUT))  # it goes back as it boots, whatever the time


@contextlib.contextmanager
def _without_dhcp(server: Server) -> Iterator[None]:
    with damage.without_dhcp(server):
        yield
    server.state = None  # networkd 252 takes the metric off an address that it finds set when its lease comes


@_fault("DHCP does not answer eth1", State.FIRST, End.CONFIRMED, End.BACK, beside=_without_dhcp)
def silent_dhcp(server):
    yield server.apply(State.FIRST)


@_fault("DHCP leases renewed, before the confirmation and after it", State.SECOND, End.CONFIRMED)
def renewed_leases(server):
    renewal = {Step.CHANGED: lambda: damage.renew_leases(server)}
    run = server.apply(State.SECOND, at=renewal, confirm_timeout=AMPLE_TIMEOUT)
    damage.renew_leases(server)
    yield run


@_fault("a container's bridge and a rule of somebody else, confirmed", State.FIRST, End.CONFIRMED, beside=container)
def container_and_confirmed(server):
    asked_meanwhile = {Step.CHANGED: lambda: eventually(lambda: server.reaches(CONTAINER, PORT))}
    run = server.apply(State.FIRST, at=asked_meanwhile, confirm_timeout=AMPLE_TIMEOUT)
    assert server.reaches(CONTAINER, PORT)
    yield run


@_fault("a container's bridge and a rule of somebody else, taken back", State.SECOND, End.BACK, beside=container)
def container_and_back(server):
    yield server.apply(State.SECOND, at={Step.CHANGED: server.controller.kill})
    assert server.reaches(CONTAINER, PORT)
