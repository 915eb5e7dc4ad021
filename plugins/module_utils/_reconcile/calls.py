# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a plan is made of: calls as data, in an order, with references to what earlier calls return."""

from __future__ import annotations

from dataclasses import dataclass, field


class Unknown:
    """A value that only the server can choose (an id, an address), in a prediction."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Ref:
    """A value in the reply of an earlier call: ``Ref("web1:create", "NetworkInterface.NetworkInterfaceId")``; lists by position, ``Items.0``."""

    call: str
    path: str

    def __str__(self) -> str:
        return f"(from {self.call}: {self.path})"


@dataclass(frozen=True)
class Call:
    """One change that a plan wants.

    id: unique within the plan.
    subject: the object that it serves, as the user calls it.
    operation, parameters: for whoever performs it; for a cloud, the API's own names. Values may hold a Ref.
    after: ids of calls that must have succeeded first, with their wait over. What is not ordered may run side by side.
    wait: the state to wait for when the call has been answered; empty for none.
    """

    id: str
    subject: str
    operation: str
    parameters: dict = field(default_factory=dict)
    after: tuple = ()
    wait: str = ""

    def report(self) -> dict:
        """The call, for a reader of the plan."""
        return {"subject": self.subject, "operation": self.operation, "parameters": _map(self.parameters, str)}


def resolve(parameters, replies: dict):
    """The parameters with each Ref replaced by what the call it names has returned."""

    def look_up(ref: Ref):
        value = replies[ref.call]
        for key in ref.path.split("."):
            value = value[int(key) if isinstance(value, list) else key]
        return value

    return _map(parameters, look_up)


def _map(value, replace):
    if isinstance(value, Ref):
        return replace(value)
    if isinstance(value, dict):
        return {key: _map(item, replace) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map(item, replace) for item in value]
    return value
