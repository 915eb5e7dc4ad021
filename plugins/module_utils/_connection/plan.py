# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connections to an endpoint service: what is wanted, what is there, and the calls from one to the other. Pure.

https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#accept-reject-connection-requests
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .._cloud.ec2 import tags_of
from .._cloud.names import snake_case
from .._cloud.tags import tag_calls, tags_after
from .._reconcile.calls import Call
from .._reconcile.run import BadInput

ACCEPT = "accept_vpc_endpoint_connections"
REJECT = "reject_vpc_endpoint_connections"
ACCEPTED, REJECTED = "accepted", "rejected"

# botocore's enum State, as DescribeVpcEndpoints writes it; the case differs between replies and filters.
ASKING = {"pendingAcceptance", "rejected"}  # what was rejected can still be accepted
ON_ITS_WAY = {"pending"}
UP = {"available", "partial"}
GONE = {"deleting", "deleted", "expired", "failed"}
STATES = {state.lower(): state for state in ASKING | ON_ITS_WAY | UP | GONE}


@dataclass(frozen=True)
class Wanted:
    """Which connections to a service are accepted, and which are rejected.

    subject: the service as its user calls it. vpc_endpoint_ids or owners: the connections that `state` is about.
    accept_from: the accounts that are accepted while everyone else is rejected; None where no such policy is given.
    """

    subject: str
    state: str = ACCEPTED
    vpc_endpoint_ids: tuple = ()
    owners: tuple = ()
    accept_from: tuple | None = None
    tags: dict | None = None
    purge_tags: bool = True
    wait: bool = True

    def verdict(self, connection: Connection) -> str | None:
        """ACCEPTED, REJECTED, or None for a connection that is not meant."""
        if self.accept_from is not None:
            return ACCEPTED if connection.owner in self.accept_from else REJECTED
        return self.state if connection.id in self.vpc_endpoint_ids or connection.owner in self.owners else None


@dataclass(frozen=True)
class Connection:
    """What DescribeVpcEndpointConnections tells of one. id: the endpoint's, or that of a transit gateway attachment.

    tagged: the id that tags are put on. state: one of STATES' values.
    """

    id: str
    owner: str
    state: str
    tagged: str = ""
    tags: dict = field(default_factory=dict)
    raw: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Observed:
    """The service's id, None if there is no such service, and all connections to it."""

    service_id: str | None
    connections: tuple = ()

    def named(self, ids) -> dict:
        """{id: Connection} of these that are there."""
        return {connection.id: connection for connection in self.connections if connection.id in ids}


def from_reply(item: dict) -> Connection:
    """One element of DescribeVpcEndpointConnections' VpcEndpointConnections."""
    state = item["VpcEndpointState"]
    return Connection(
        item.get("VpcEndpointId") or item["TransitGatewayAttachmentId"],
        item.get("VpcEndpointOwner") or item["TransitGatewayAttachmentOwner"],
        STATES.get(state.lower(), state),
        item.get("VpcEndpointConnectionId", ""),
        tags_of(item),
        item,
    )


def show(connection: Connection) -> dict:
    """A connection as the modules return it: AWS's reply in snake case."""
    shown = snake_case({name: value for name, value in connection.raw.items() if name != "Tags"})
    return {**shown, "vpc_endpoint_state": connection.state, "tags": connection.tags}


def plan(wanted: Wanted, observed: Observed) -> list:
    """The calls from observed to wanted, one for each verdict; BadInput for what cannot be accepted any more.

    An endpoint that is named and not there yet, or pending, may come to ask: it counts until it was waited for.
    """
    if observed.service_id is None:
        return []
    if wanted.state == ACCEPTED:
        _demand_acceptable(wanted, observed)
    accept, reject, tagged = absent(wanted, observed), [], []
    for connection in observed.connections:
        verdict = wanted.verdict(connection)
        if verdict is None or connection.state in GONE:
            continue
        if verdict == ACCEPTED and (connection.state in ASKING or is_on_its_way(wanted, connection)):
            accept.append(connection.id)
        elif verdict == REJECTED and connection.state != "rejected":
            reject.append(connection.id)
        if verdict == wanted.state:
            tagged.append(connection)
    return [
        *_decide(wanted, observed, REJECT, reject, REJECTED),
        *_decide(wanted, observed, ACCEPT, accept, ACCEPTED),
        *_tag(wanted, tagged),
    ]


def absent(wanted: Wanted, observed: Observed) -> list:
    """The ids of endpoints that are to be accepted by name and are not there."""
    there = observed.named(wanted.vpc_endpoint_ids)
    return [each for each in wanted.vpc_endpoint_ids if each not in there] if wanted.state == ACCEPTED else []


def is_on_its_way(wanted: Wanted, connection: Connection) -> bool:
    """Whether it is to be waited for what is to be accepted becomes of it: available, or a request."""
    return wanted.wait and connection.state in ON_ITS_WAY and wanted.verdict(connection) == ACCEPTED


def _demand_acceptable(wanted: Wanted, observed: Observed) -> None:
    there = observed.named(wanted.vpc_endpoint_ids)
    problems = [
        f"vpc_endpoint_ids: {connection.id} of {connection.owner} is {connection.state} and cannot be accepted any more; "
        "its owner has to create another endpoint"
        for connection in there.values() if connection.state in GONE
    ]
    if problems:
        raise BadInput(problems)


def _decide(wanted: Wanted, observed: Observed, operation: str, ids, state: str):
    """One call for all endpoints, and one for all attachments of transit gateways: AWS does not take them together."""
    kinds = {
        "VpcEndpointIds": [each for each in ids if each.startswith("vpce-")],
        "TransitGatewayAttachmentIds": [each for each in ids if not each.startswith("vpce-")],
    }
    for member, kind in kinds.items():
        if kind:
            yield Call(f"{operation}:{member}", wanted.subject, operation, {
                "ServiceId": observed.service_id, member: sorted(kind),
            }, wait=state if wanted.wait else "")


def _tag(wanted: Wanted, connections):
    """One call for all connections that want the same change."""
    alike: dict = {}
    for connection in connections:
        for call in tag_calls(wanted.subject, connection.tagged, connection.tags, wanted.tags, wanted.purge_tags):
            alike.setdefault((call.operation, str(call.parameters["Tags"])), []).append(call)
    for calls in alike.values():
        tagged = [resource for call in calls for resource in call.parameters["Resources"]]
        yield replace(
            calls[0], id=f"{calls[0].operation}:{','.join(tagged)}",
            parameters={**calls[0].parameters, "Resources": tagged})


def ids_of(call: Call) -> list:
    """The ids that a call decides about."""
    return call.parameters.get("VpcEndpointIds") or call.parameters.get("TransitGatewayAttachmentIds") or []


def predict(observed: Observed, calls) -> Observed:
    """What will be there after the calls."""
    connections = {connection.id: connection for connection in observed.connections}
    for call in calls:
        for each in connections.keys() & ids_of(call):
            state = "available" if call.operation == ACCEPT else "rejected"
            connections[each] = replace(connections[each], state=state)
        resources = call.parameters.get("Resources", ())
        for each in [each for each in connections.values() if each.tagged in resources]:
            connections[each.id] = replace(each, tags=tags_after(each.tags, call))
    return replace(observed, connections=tuple(connections.values()))
