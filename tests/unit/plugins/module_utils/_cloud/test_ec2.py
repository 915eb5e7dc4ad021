# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Describes for many, and errors in words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ansible_collections.xeni.aws.plugins.module_utils._cloud.ec2 import FILTER_VALUES, Ec2, tags_of
from ansible_collections.xeni.aws.plugins.module_utils._cloud.errors import explain


class Client:
    """Answers each describe with what it was asked for, subnets in pages of 150."""

    def __init__(self):
        self.asked = []

    def describe_subnets(self, Filters, NextToken="0"):
        start, values = int(NextToken), Filters[0]["Values"]
        self.asked.append(Filters)
        more = {"NextToken": str(start + 150)} if start + 150 < len(values) else {}
        return {"Subnets": values[start:start + 150], **more}

    def describe_customer_gateways(self, Filters):
        self.asked.append(Filters)
        return {"CustomerGateways": Filters[0]["Values"]}

    meta = SimpleNamespace(method_to_api_mapping={"delete_vpc_endpoints": "DeleteVpcEndpoints"})

    def delete_vpc_endpoints(self, VpcEndpointIds):
        error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": "It does not exist."}
        return {"Unsuccessful": [{"ResourceId": endpoint, "Error": error} for endpoint in VpcEndpointIds]}


class Module:
    def client(self, service, config):
        assert config["retries"] == {"total_max_attempts": 1}
        return Client()


def test_all_pages_of_as_many_describes_as_the_values_need():
    ec2 = Ec2(Module())
    values = [f"subnet-{number:03}" for number in range(FILTER_VALUES + 1)]
    assert ec2.describe_by("describe_subnets", "Subnets", "subnet-id", values) == values
    assert [len(filters[0]["Values"]) for filters in ec2.client.asked] == [FILTER_VALUES, FILTER_VALUES, 1]


def test_values_are_looked_for_literally():
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""
    ec2 = Ec2(Module())
    ec2.describe_by("describe_customer_gateways", "CustomerGateways", "tag:Name", ["a*b?c\\d"])
    assert ec2.client.asked[-1][0]["Values"] == ["a\\*b\\?c\\\\d"]


def test_no_values_are_no_call():
    ec2 = Ec2(Module())
    assert ec2.describe_by("describe_subnets", "Subnets", "subnet-id", []) == []
    assert ec2.client.asked == []


def test_a_describe_without_pages():
    assert Ec2(Module()).describe_by("describe_customer_gateways", "CustomerGateways", "ip-address", ["198.51.100.10"]) == ["198.51.100.10"]


def test_tags_by_either_name():
    tags = [{"Key": "Name", "Value": "a"}]
    assert tags_of({"TagSet": tags}) == tags_of({"Tags": tags}) == {"Name": "a"}
    assert tags_of({}) == {}


def test_an_error_has_its_code_and_the_way_out():
    error = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "You are not authorized."}}, "DescribeSubnets")
    assert explain(error).startswith("You are not authorized (UnauthorizedOperation). Grant the caller this action")


def test_an_error_that_is_not_the_services_is_told_as_it_is():
    assert "http://127.0.0.1:1" in explain(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))


def test_what_was_not_done_of_a_change_to_many_is_an_error():
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnsuccessfulItem.html"""
    ec2 = Ec2(Module())
    assert ec2.call("delete_vpc_endpoints", {"VpcEndpointIds": []}) == {"Unsuccessful": []}
    with pytest.raises(ClientError) as refusal:
        ec2.call("delete_vpc_endpoints", {"VpcEndpointIds": ["vpce-1", "vpce-2"]})
    assert refusal.value.operation_name == "DeleteVpcEndpoints"
    assert explain(refusal.value) == "vpce-1: It does not exist; vpce-2: It does not exist (InvalidVpcEndpoint.NotFound)."
