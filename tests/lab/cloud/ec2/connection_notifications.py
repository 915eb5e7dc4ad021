# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connection notifications: an SNS topic that hears what becomes of the endpoints of a service, or of one endpoint.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidVpcEndPointIdError
from moto.ec2.utils import random_id

from .dispatch import PlainResult
from .endpoint_services import unsuccessful
from .parameters import check_choice, required

EVENTS = ("Accept", "Connect", "Delete", "Reject")


class ConnectionNotification:
    """``source`` is what it is about: botocore's ServiceId or VpcEndpointId, as a dict of one."""

    def __init__(self, source: dict[str, str], region: str, topic_arn: str, events: list[str]):
        self.id = random_id("vpce-nfn")
        self.source = source
        self.region = region
        self.topic_arn = topic_arn
        self.events = events

    def as_dict(self) -> dict[str, Any]:
        """botocore's ConnectionNotification."""
        return {
            "ConnectionNotificationId": self.id,
            **self.source,
            "ConnectionNotificationType": "Topic",
            "ConnectionNotificationArn": self.topic_arn,
            "ConnectionEvents": self.events,
            "ConnectionNotificationState": "Enabled",
            "ServiceRegion": self.region,
        }


def _checked(topic_arn: str | None, events: list[str] | None) -> None:
    """Raise unless what is given is a topic's ARN and events; the reference has no codes for these."""
    if topic_arn is not None and not re.fullmatch(r"arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}", topic_arn):
        raise EC2ClientError("InvalidParameter", f"The notification ARN '{topic_arn}' is not of an SNS topic")
    for each in events or []:
        check_choice("ConnectionEvents", each, EVENTS)


class ConnectionNotifications:
    """Backend; ``connection_notifications`` is a dict by id."""

    def __init__(self) -> None:
        self.connection_notifications: dict[str, ConnectionNotification] = {}

    def get_connection_notification(self, notification_id: str) -> ConnectionNotification:
        if notification_id not in self.connection_notifications:
            # Code as seen from AWS; not in its reference.
            raise EC2ClientError(
                "InvalidConnectionNotification", f"The connection notification ID '{notification_id}' does not exist"
            )
        return self.connection_notifications[notification_id]

    def create_connection_notification(
        self, source: dict[str, str], topic_arn: str, events: list[str]
    ) -> ConnectionNotification:
        _checked(topic_arn, events)
        self._check_source(source)
        made = ConnectionNotification(source, self.region_name, topic_arn, list(dict.fromkeys(events)))
        self.connection_notifications[made.id] = made
        return made

    def _check_source(self, source: dict[str, str]) -> None:
        endpoint_id = source.get("VpcEndpointId")
        if endpoint_id and endpoint_id not in self.vpc_end_points:
            raise InvalidVpcEndPointIdError(endpoint_id)
        is_about = self.vpc_end_points[endpoint_id] if endpoint_id else self.get_endpoint_service(source["ServiceId"])
        if is_about.type != "Interface":
            # "You can create a connection notification for interface endpoints only."
            raise EC2ClientError("InvalidParameter", "Connection notifications are for interface endpoints only.")

    def modify_connection_notification(
        self, notification_id: str, topic_arn: str | None, events: list[str] | None
    ) -> None:
        notification = self.get_connection_notification(notification_id)
        _checked(topic_arn, events)
        notification.topic_arn = topic_arn or notification.topic_arn
        notification.events = list(dict.fromkeys(events or notification.events))

    def delete_connection_notification(self, notification_id: str) -> None:
        del self.connection_notifications[self.get_connection_notification(notification_id).id]

    def forget_endpoint_service(self, service: Any) -> None:
        """A service takes its notifications along."""
        super().forget_endpoint_service(service)
        self.connection_notifications = {
            name: each
            for name, each in self.connection_notifications.items()
            if each.source != {"ServiceId": service.id}
        }


class ConnectionNotificationHandlers:
    """Responses."""

    def create_vpc_endpoint_connection_notification(self) -> ActionResult:
        topic_arn, events = required(self.params, "ConnectionNotificationArn", "ConnectionEvents")
        source = {name: self.params[name] for name in ("ServiceId", "VpcEndpointId") if self.params.get(name)}
        if len(source) != 1:
            raise EC2ClientError("InvalidParameterCombination", "Specify either ServiceId or VpcEndpointId")
        made = self.ec2_backend.create_connection_notification(source, topic_arn, events)
        return PlainResult({"ConnectionNotification": made.as_dict(), "ClientToken": self.params.get("ClientToken")})

    def describe_vpc_endpoint_connection_notifications(self) -> ActionResult:
        wanted = self.params.get("ConnectionNotificationId")
        known = self.ec2_backend.connection_notifications
        return PlainResult(
            {
                "ConnectionNotificationSet": [
                    self.ec2_backend.get_connection_notification(each) for each in ([wanted] if wanted else known)
                ]
            }
        )

    def modify_vpc_endpoint_connection_notification(self) -> ActionResult:
        [notification_id] = required(self.params, "ConnectionNotificationId")
        self.ec2_backend.modify_connection_notification(
            notification_id, self.params.get("ConnectionNotificationArn"), self.params.get("ConnectionEvents")
        )
        return PlainResult({"ReturnValue": True})

    def delete_vpc_endpoint_connection_notifications(self) -> ActionResult:
        [ids] = required(self.params, "ConnectionNotificationIds")
        return PlainResult({"Unsuccessful": unsuccessful(ids, self.ec2_backend.delete_connection_notification)})
