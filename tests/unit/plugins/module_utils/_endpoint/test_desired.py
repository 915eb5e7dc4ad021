# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What cannot be meant is refused, with parameter, value and remedy."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import AUTO, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.options import OPTIONS
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

PARAMETERS = {option: specification.get("default") for option, specification in OPTIONS.items()}


@pytest.mark.parametrize("parameters, words", [
    ({"vpc_endpoint_id": None}, ["nothing says which endpoint", "vpc_endpoint_id, name, or vpc_id with service"]),
    ({"vpc_endpoint_id": None, "service": "svc"}, ["nothing says which endpoint"]),
    ({"service": "svc", "service_network_arn": "arn"}, ["service and service_network_arn", "give one"]),
    ({"policy": "{"}, ["policy", "not JSON", "empty text"]),
    ({"policy": "[]"}, ["policy", "no Statement"]),
    ({"subnet_configurations": [{"subnet_id": "subnet-1", "ipv4": "10.0.1.300"}]}, ["subnet_configurations[0].ipv4", "'10.0.1.300'", "IPv4"]),
    ({"subnet_configurations": [{"subnet_id": "subnet-1", "ipv6": "10.0.1.3"}]}, ["subnet_configurations[0].ipv6", "'10.0.1.3'", "IPv6"]),
    ({"subnet_configurations": [{"subnet_id": "subnet-1"}] * 2}, ["subnet_configurations[1]", "'subnet-1'", "once"]),
    ({"vpc_endpoint_subnets": ["subnet-1"], "subnet_configurations": [{"subnet_id": "subnet-2"}]}, ["'subnet-2'", "vpc_endpoint_subnets"]),
    ({"vpc_endpoint_subnets": ["auto", "subnet-1"]}, ["'auto' stands alone"]),
    ({"vpc_endpoint_subnets": ["subnet-1"], "subnet_filters": {"tag:tier": "private"}}, ["subnet_filters", "auto"]),
    ({"subnet_filters": {"tag:tier": "private"}}, ["subnet_filters", "auto"]),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput) as refused:
        from_parameters({**PARAMETERS, "vpc_endpoint_id": "vpce-1", **parameters})
    assert [word for word in words if word not in str(refused.value)] == []


def test_auto_goes_with_fixed_addresses():
    wanted = from_parameters({
        **PARAMETERS, "name": "api", "vpc_endpoint_subnets": ["auto"], "subnet_configurations": [{"subnet_id": "subnet-1", "ipv4": "10.0.1.10"}]})
    assert wanted.subnets == AUTO
    assert wanted.addresses == {"subnet-1": {"Ipv4": "10.0.1.10"}}
