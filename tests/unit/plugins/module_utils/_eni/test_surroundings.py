# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read before a change: the limits of an instance type only where no instance of it shows that they are not reached."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Attachment, Interface
from ansible_collections.xeni.aws.plugins.module_utils._eni.surroundings import look_around


class Account:
    """Two instances; records what is asked for."""

    def __init__(self, **interfaces):
        self.asked: list = []
        self.instances = {
            instance_id.replace("_", "-"): {
                "InstanceId": instance_id.replace("_", "-"), "InstanceType": instance_type,
                "NetworkInterfaces": [{"PrivateIpAddresses": [{}] * addresses} for addresses in each],
            } for instance_id, (instance_type, *each) in interfaces.items()
        }

    def describe_by(self, operation, result, name, values, **more):
        self.asked += [operation] if values else []
        found = [self.instances[value] for value in values] if operation == "describe_instances" else []
        return [{"Instances": found}] if found else []


@pytest.mark.parametrize("failed, standby, asks", [
    (("t3.small", 1, 1, 1), ("t3.small", 1, 1), False),
    (("t3.small", 1, 1), ("t3.small", 1), False),
    (("t3.small", 1, 1), ("t3.small", 1, 1), True),
    (("m5.large", 1, 1, 1), ("t3.small", 1, 1), True),
])
def test_a_standby_of_the_same_type_takes_what_the_failed_instance_has(failed, standby, asks):
    account = Account(i_1=failed, i_2=standby)
    interface = Interface("eni-1", "subnet-1", attachment=Attachment("attach-1", "i-1", 2, False), addresses={})
    eni = from_parameters({"eni_id": "eni-1", "instance_id": "i-2", "device_index": 2, "attached": True})
    look_around(account, [(eni, interface)])
    assert account.asked == ["describe_instances", *(["describe_instance_types"] if asks else [])]
