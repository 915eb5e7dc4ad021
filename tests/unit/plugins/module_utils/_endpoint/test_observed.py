# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which endpoint is meant, and what is read of one."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._endpoint.desired import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._endpoint.observed import Endpoint, from_reply, meant_by, show
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

S3 = ("service", "com.amazonaws.eu-west-1.s3")
BY_SERVICE = {"vpc_id": "vpc-1", "target": S3}


def endpoint(id="vpce-1", **values):
    return Endpoint(**{"id": id, "vpc_id": "vpc-1", "type": "Gateway", "target": S3, **values})


@pytest.mark.parametrize("wanted, there, meant", [
    (BY_SERVICE, [], None),
    (BY_SERVICE, [endpoint()], "vpce-1"),
    (BY_SERVICE, [endpoint(target=("service", "other"))], None),
    ({**BY_SERVICE, "type": "Interface"}, [endpoint(), endpoint("vpce-2", type="Interface")], "vpce-2"),
    ({**BY_SERVICE, "route_tables": ("rtb-2", "rtb-1")}, [endpoint(), endpoint("vpce-2", route_tables=("rtb-1", "rtb-2"))], "vpce-2"),
    ({**BY_SERVICE, "route_tables": ("rtb-1",)}, [endpoint(type="Interface")], None),
    (BY_SERVICE, [endpoint(state="deleting"), endpoint("vpce-2", state="deleted")], None),
    (BY_SERVICE, [endpoint(state="rejected"), endpoint("vpce-2")], "vpce-2"),
    ({"name": "api", "state": "absent"}, [endpoint(state="failed")], "vpce-1"),
    ({"vpc_endpoint_id": "vpce-1", "state": "absent"}, [], None),
])
def test_meant(wanted, there, meant):
    found = meant_by(Wanted(**wanted), there)
    assert (found and found.id) == meant


@pytest.mark.parametrize("wanted, there, words", [
    (BY_SERVICE, [endpoint(), endpoint("vpce-2", type="Interface", state="pending")], ["vpce-1 (Gateway in vpc-1, available)", "vpce-2 (Int", "give"]),
    ({"name": "api", "state": "absent"}, [endpoint(), endpoint("vpce-2")], ["2 endpoints", "vpce-1", "vpce-2"]),
    ({"vpc_endpoint_id": "vpce-1"}, [], ["vpc_endpoint_id", "'vpce-1' does not exist"]),
    (BY_SERVICE, [endpoint(state="rejected")], ["vpce-1 is rejected", "accept", "state: absent"]),
    (BY_SERVICE, [endpoint(state="failed", raw={"LastError": {"Message": "no luck"}})], ["vpce-1 is failed (no luck)", "state: absent"]),
    ({"name": "api", "target": ("service", "other")}, [endpoint()], ["service", "made with com.amazonaws.eu-west-1.s3", "'other'", "state: absent"]),
    ({"name": "api", "vpc_id": "vpc-2", "type": "Interface"}, [endpoint()], ["vpc_id", "'vpc-2'", "vpc_endpoint_type", "'Interface'"]),
    ({**BY_SERVICE, "service_region": "us-east-1"}, [endpoint(service_region="eu-west-1")], ["service_region", "eu-west-1", "'us-east-1'"]),
])
def test_refused(wanted, there, words):
    with pytest.raises(BadInput) as refused:
        meant_by(Wanted(**wanted), there)
    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("written, state", [("PendingAcceptance", "pendingAcceptance"), ("pendingAcceptance", "pendingAcceptance"), ("Available", "available")])
def test_states_are_of_one_case(written, state):
    assert from_reply({"VpcEndpointId": "vpce-1", "State": written}).state == state


def test_all_of_the_reply_is_shown():
    shown = show(from_reply({
        "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "ServiceName": "svc", "State": "Available",
        "NetworkInterfaceIds": ["eni-1"], "DnsEntries": [{"DnsName": "vpce-1.example", "HostedZoneId": "Z1"}],
        "Groups": [{"GroupId": "sg-1", "GroupName": "web"}], "Tags": [{"Key": "CamelCase", "Value": "a"}],
    }))
    assert shown["service_name"] == "svc"
    assert shown["network_interface_ids"] == ["eni-1"]
    assert shown["dns_entries"] == [{"dns_name": "vpce-1.example", "hosted_zone_id": "Z1"}]
    assert shown["groups"] == [{"group_id": "sg-1", "group_name": "web"}]
    assert shown["tags"] == [{"Key": "CamelCase", "Value": "a"}]
