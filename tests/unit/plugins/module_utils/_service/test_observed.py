# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which service is meant, and how it is shown."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import UNKNOWN
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.module_utils._service.identity import Identity, find, get
from ansible_collections.xeni.aws.plugins.module_utils._service.info import describe
from ansible_collections.xeni.aws.plugins.module_utils._service.observed import principals_of, show, txt_record


class Cloud:
    """Services by their states; `asked` are the describes."""

    def __init__(self, *states):
        self.asked = []
        self.services = [{"ServiceId": f"vpce-svc-{number}", "ServiceState": state} for number, state in enumerate(states)]

    def describe_by(self, operation, result, name, values):
        self.asked.append((operation, name, list(values)))
        if result == "VpcEndpointConnections":
            return [{"ServiceId": service_id, "VpcEndpointId": "vpce-1", "VpcEndpointState": "rejected"} for service_id in values]
        return self.services

    def describe(self, operation, result, ServiceId):
        self.asked.append((operation, ServiceId))
        return [
            {"Principal": "arn:aws:iam::012345678901:root", "PermissionType": "transit-gateway-attachment"},
            {"Principal": "*", "PermissionType": "vpc-endpoint"},
            {"Principal": "arn:aws:iam::444455556666:root"},
        ]


@pytest.mark.parametrize("identity, by", [
    (Identity("vpce-svc-0", "com.amazonaws.vpce.us-east-1.vpce-svc-0", "api"), ("service-id", ["vpce-svc-0"])),
    (Identity(None, "com.amazonaws.vpce.us-east-1.vpce-svc-0", "api"), ("service-name", ["com.amazonaws.vpce.us-east-1.vpce-svc-0"])),
    (Identity(None, None, "api"), ("tag:Name", ["api"])),
])
def test_one_describe_finds_it(identity, by):
    cloud = Cloud("Available")
    assert find(cloud, identity) == get(cloud, identity) == cloud.services[0]
    assert cloud.asked == [("describe_vpc_endpoint_service_configurations", *by)] * 2


@pytest.mark.parametrize("states, found", [
    ([], None), (["Deleted"], None), (["Deleting"], "vpce-svc-0"), (["Deleted", "Deleting", "Pending"], "vpce-svc-2"), (["Failed"], "vpce-svc-0"),
])
def test_one_that_is_going_is_found_last(states, found):
    assert (find(Cloud(*states), Identity(name="api")) or {}).get("ServiceId") == found


def test_several_are_listed():
    with pytest.raises(BadInput, match=r"name: 2 .* 'api': vpce-svc-0 \(Available\), vpce-svc-1 \(Pending\); give service_id"):
        find(Cloud("Available", "Pending", "Deleting"), Identity(name="api"))


def test_none_where_one_must_be():
    with pytest.raises(BadInput, match="service_id: this account has no endpoint service 'vpce-svc-9' in this region"):
        get(Cloud(), Identity(service_id="vpce-svc-9"))


def test_attachments_of_transit_gateways_have_permissions_of_their_own():
    assert list(principals_of(Cloud(), "vpce-svc-0")) == ["*", "arn:aws:iam::444455556666:root"]


@pytest.mark.parametrize("domain, name", [
    ("api.example.com", "_6e86v84tqgqubxbwii1m.api.example.com"), ("*.example.com", "_6e86v84tqgqubxbwii1m.example.com"),
])
def test_the_record_that_proves_the_domain(domain, name):
    proof = {"State": "pendingVerification", "Type": "TXT", "Value": "vpce:l6p0", "Name": "_6e86v84tqgqubxbwii1m"}
    configuration = {"PrivateDnsName": domain, "PrivateDnsNameConfiguration": proof}
    assert txt_record(configuration) == {"name": name, "type": "TXT", "value": "vpce:l6p0"}
    assert show(configuration)["private_dns_name_configuration"]["name"] == "_6e86v84tqgqubxbwii1m"
    assert txt_record({}) is None


def test_the_record_before_aws_has_chosen_it():
    proof = {"Name": UNKNOWN, "Type": "TXT", "Value": UNKNOWN}
    assert txt_record({"PrivateDnsName": "api.example.com", "PrivateDnsNameConfiguration": proof})["name"] is UNKNOWN


def test_tags_keep_their_case():
    shown = show({"ServiceId": "vpce-svc-1", "Tags": [{"Key": "CostCenter", "Value": "A"}]}, {"*": {"Principal": "*", "PrincipalType": "All"}})
    assert shown == {
        "service_id": "vpce-svc-1", "tags": {"CostCenter": "A"}, "allowed_principals": [{"principal": "*", "principal_type": "All", "tags": {}}]}


def test_information_costs_what_is_asked_for():
    plain = {"service_ids": None, "names": ["api"], "filters": None, "include": []}
    cloud = Cloud("Available", "Deleting")
    assert [service["service_id"] for service in describe(cloud, plain)] == ["vpce-svc-0", "vpce-svc-1"]
    assert len(cloud.asked) == 1
    all_of_it = describe(cloud, {**plain, "include": ["allowed_principals", "connections"]})
    assert [len(service["allowed_principals"]) for service in all_of_it] == [2, 2]
    assert [[each["vpc_endpoint_state"] for each in service["connections"]] for service in all_of_it] == [["rejected"], ["rejected"]]
    assert len(cloud.asked) == 1 + 1 + 2 + 1
