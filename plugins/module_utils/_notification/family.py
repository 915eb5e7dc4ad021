# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an SNS topic is told about the connections of an endpoint service or an endpoint, on the engine.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from .._cloud.creations import Creations
from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.names import snake_case
from .._reconcile.calls import UNKNOWN, Call
from .._reconcile.run import BadInput
from .._service import identity as service_identity
from .._service.identity import Identity

DESCRIBE = ("describe_vpc_endpoint_connection_notifications", "ConnectionNotificationSet")
CREATE = "create_vpc_endpoint_connection_notification"
MODIFY = "modify_vpc_endpoint_connection_notification"
DELETE = "delete_vpc_endpoint_connection_notifications"

EVENTS = ("Accept", "Connect", "Delete", "Reject")


@dataclass(frozen=True)
class Wanted:
    """Of which events a topic is told. topic: its ARN; events: some of EVENTS, in this order."""

    subject: str
    topic: str
    events: tuple = ()
    state: str = "present"


@dataclass(frozen=True)
class Observed:
    """What is there of the notifications for a topic.

    target: what they are about as a member of the API's, {ServiceId: ...} or {VpcEndpointId: ...}; None if that is not there.
    notifications: elements of ConnectionNotificationSet.
    """

    target: dict | None
    notifications: tuple = ()


def from_parameters(parameters: dict) -> tuple:
    """(the service's Identity or the endpoint's id, Wanted) of the parameters; BadInput when they cannot be meant."""
    topic, problems = parameters["connection_notification_arn"], []
    if not re.fullmatch(r"arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]+(\.fifo)?", topic):
        problems.append(
            f"connection_notification_arn: '{topic}' is no SNS topic's ARN; "
            "give one such as arn:aws:sns:us-east-1:012345678901:connections"
        )
    if parameters["connection_events"] == []:
        problems.append(
            f"connection_events: an empty list tells of nothing; give some of {', '.join(EVENTS)}, or use state: absent")
    if problems:
        raise BadInput(problems)
    target = parameters["vpc_endpoint_id"] or service_identity.from_parameters(parameters)
    events = tuple(event for event in EVENTS if event in (parameters["connection_events"] or ()))
    return target, Wanted(getattr(target, "key", target), topic, events, parameters["state"])


def plan(wanted: Wanted, observed: Observed) -> list:
    """The calls from observed to wanted. Of several notifications one stays, as each tells the topic of the same. Pure."""
    if wanted.state == "absent":
        return _delete(wanted, observed.notifications)
    if not observed.notifications:
        return [Call("create", wanted.subject, CREATE, {
            **observed.target, "ConnectionNotificationArn": wanted.topic, "ConnectionEvents": list(wanted.events),
        }, wait="created")]
    kept, *surplus = sorted(observed.notifications, key=lambda item: not _tells_of(item, wanted))
    modify = [] if _tells_of(kept, wanted) else [Call("modify", wanted.subject, MODIFY, {
        "ConnectionNotificationId": kept["ConnectionNotificationId"], "ConnectionEvents": list(wanted.events)})]
    return modify + _delete(wanted, surplus)


def _tells_of(item: dict, wanted: Wanted) -> bool:
    return set(item["ConnectionEvents"]) == set(wanted.events)


def _delete(wanted: Wanted, notifications) -> list:
    ids = [item["ConnectionNotificationId"] for item in notifications]
    return [Call("delete", wanted.subject, DELETE, {"ConnectionNotificationIds": ids}, wait="deleted")] if ids else []


def predict(observed: Observed, calls) -> Observed:
    """What will be there after the calls. Pure."""
    notifications = {item["ConnectionNotificationId"]: item for item in observed.notifications}
    for call in calls:
        if call.operation == CREATE:
            notifications[UNKNOWN] = {
                **call.parameters, "ConnectionNotificationId": UNKNOWN,
                "ConnectionNotificationType": "Topic", "ConnectionNotificationState": "Enabled",
            }
        elif call.operation == MODIFY:
            modified = notifications[call.parameters["ConnectionNotificationId"]]
            notifications[modified["ConnectionNotificationId"]] = {**modified, **call.parameters}
        else:
            for each in call.parameters["ConnectionNotificationIds"]:
                del notifications[each]
    return replace(observed, notifications=tuple(notifications.values()))


class Notifications(Ec2Family):
    """The notifications of one topic about one service or endpoint. observe() returns Observed."""

    def __init__(self, ec2: Ec2, about: Identity | str, wanted: Wanted):
        super().__init__(ec2)
        self.about = about
        self.wanted = wanted
        self.creations = Creations(super().perform)

    @cached_property
    def target(self) -> dict | None:
        if isinstance(self.about, str):
            return {"VpcEndpointId": self.about}
        if self.about.service_id:
            return {"ServiceId": self.about.service_id}
        service = service_identity.find(self.ec2, self.about)
        return {"ServiceId": service["ServiceId"]} if service else None

    def observe(self) -> Observed:
        if self.target is None:
            return Observed(None)
        (member, target), = self.target.items()
        about = "service-id" if member == "ServiceId" else "vpc-endpoint-id"
        return Observed(self.target, tuple(self.ec2.describe(*DESCRIBE, Filters=[
            {"Name": about, "Values": [target]}, {"Name": "connection-notification-arn", "Values": [self.wanted.topic]},
        ])))

    def plan(self, observed: Observed) -> list:
        if observed.target is None and self.wanted.state == "present":
            raise BadInput([service_identity.missing(self.about)])
        return plan(self.wanted, observed)

    def check(self, observed: Observed) -> Observed:
        if self.wanted.state == "present" and not observed.notifications:
            self._demand_target()
        return observed

    def _demand_target(self) -> None:
        if not isinstance(self.about, str):
            service_identity.get(self.ec2, self.about)
        elif not self.ec2.describe_by("describe_vpc_endpoints", "VpcEndpoints", "vpc-endpoint-id", [self.about]):
            raise BadInput([
                f"vpc_endpoint_id: this account has no endpoint '{self.about}' in this region; "
                "check the account, the region and the spelling"
            ])

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(observed, calls)

    def show(self, observed: Observed) -> dict:
        return {"connection_notifications": [snake_case(item) for item in observed.notifications]}

    def perform(self, call: Call, parameters: dict) -> dict:
        send = self.creations.create if call.operation == CREATE else super().perform
        return send(call, parameters)

    def reached(self, pending: list, observed: Observed) -> set:
        there = {item["ConnectionNotificationId"] for item in observed.notifications}
        reached = set()
        for call, reply in pending:
            if call.operation == DELETE:
                is_there = not there & set(call.parameters["ConnectionNotificationIds"])
            else:
                is_there = reply["ConnectionNotification"]["ConnectionNotificationId"] in there
            if is_there:
                reached.add(call.id)
            elif call.operation == CREATE:
                self.creations.missed(call, reply)
        return reached
