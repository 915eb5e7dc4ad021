#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: ec2_vpc_endpoint_notification
short_description: Tell an SNS topic about the connections of an endpoint service or an endpoint
version_added: 0.1.0
description:
  - Has AWS PrivateLink tell an SNS topic when an endpoint connects, is accepted, rejected or deleted - for all endpoints of a service of yours,
    or for an endpoint of yours.
  - A service or endpoint has one notification for each topic. Of several for the same topic, one stays.
  - The topic's policy must let C(vpce.amazonaws.com) publish to it, see
    U(https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html).
author:
  - xeni.aws contributors (@xeni-aws)
options:
  vpc_endpoint_id:
    description: The endpoint that the topic is told about, in place of a service.
    type: str
  connection_notification_arn:
    description: The ARN of the SNS topic.
    type: str
    required: true
  connection_events:
    description: The events that the topic is told about, as an exact set. Needed with O(state=present).
    type: list
    elements: str
    choices: [Accept, Connect, Delete, Reject]
  state:
    description: Whether the topic is told.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description: How long to wait until the notification is there or gone, in seconds.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and returns the calls that it would make.
    support: full
  diff_mode:
    description: Returns the notification before and after, with C((known after apply)) for what AWS chooses.
    support: full
extends_documentation_fragment:
  - xeni.aws.endpoint_service
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: xeni.aws.ec2_vpc_endpoint_service
  - module: xeni.aws.ec2_vpc_endpoint
"""

EXAMPLES = r"""
- name: Who wants to connect, and who has left
  xeni.aws.ec2_vpc_endpoint_notification:
    name: payments
    connection_notification_arn: arn:aws:sns:us-east-1:012345678901:connections
    connection_events: [Connect, Delete]

- name: What becomes of our endpoint
  xeni.aws.ec2_vpc_endpoint_notification:
    vpc_endpoint_id: vpce-0a1b2c3d4e5f60718
    connection_notification_arn: arn:aws:sns:us-east-1:012345678901:connections
    connection_events: [Accept, Reject]

- name: No news
  xeni.aws.ec2_vpc_endpoint_notification:
    name: payments
    connection_notification_arn: arn:aws:sns:us-east-1:012345678901:connections
    state: absent
"""

RETURN = r"""
connection_notifications:
  description: The notification for the topic, none if there is none.
  returned: always
  type: list
  elements: dict
  contains:
    connection_notification_id:
      description: The notification's ID.
      type: str
      sample: vpce-nfn-0a1b2c3d4e5f60718
    connection_notification_arn:
      description: The SNS topic.
      type: str
      sample: arn:aws:sns:us-east-1:012345678901:connections
    connection_notification_type:
      description: V(Topic).
      type: str
      sample: Topic
    connection_notification_state:
      description: V(Enabled) or V(Disabled).
      type: str
      sample: Enabled
    connection_events:
      description: The events that the topic is told about.
      type: list
      elements: str
      sample: [Connect, Delete]
    service_id:
      description: The endpoint service that it is told about.
      returned: for a service
      type: str
      sample: vpce-svc-0a1b2c3d4e5f60718
    vpc_endpoint_id:
      description: The endpoint that it is told about.
      returned: for an endpoint
      type: str
      sample: vpce-0a1b2c3d4e5f60718
    service_region:
      description: The service's Region.
      returned: where AWS tells it
      type: str
      sample: us-east-1
calls:
  description: The API calls made or, in check mode, planned, then with their C(parameters).
  returned: always
  type: list
  elements: dict
  sample:
    - subject: payments
      operation: modify_vpc_endpoint_connection_notification
      parameters: {ConnectionNotificationId: vpce-nfn-0a1b2c3d4e5f60718, ConnectionEvents: [Connect, Delete]}
failed_calls:
  description: The calls that failed, each with its reason in C(msg).
  returned: when a call failed
  type: list
  elements: dict
skipped_calls:
  description: The calls that were not tried because one they follow failed. A second run does them.
  returned: when a call failed
  type: list
  elements: dict
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import Ec2
from ansible_collections.xeni.aws.plugins.module_utils._notification.family import Notifications, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import IDENTITY


def main():
    module = AnsibleAWSModule(
        argument_spec=dict(
            IDENTITY,
            vpc_endpoint_id=dict(type="str"),
            connection_notification_arn=dict(type="str", required=True),
            connection_events=dict(type="list", elements="str", choices=["Accept", "Connect", "Delete", "Reject"]),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            wait_timeout=dict(type="int", default=300),
        ),
        required_if=[("state", "present", ["connection_events"])],
        mutually_exclusive=[["vpc_endpoint_id", option] for option in IDENTITY],
        required_one_of=[["vpc_endpoint_id", *IDENTITY]],
        supports_check_mode=True,
    )
    run(module, lambda: Notifications(Ec2(module), *from_parameters(module.params)), timeout=module.params["wait_timeout"])


if __name__ == "__main__":
    main()
