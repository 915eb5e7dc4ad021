# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The lab's own API: the log of calls, settings, reset."""

from __future__ import annotations

import pytest

from lab.cloud.calls import Call, calls


def test_calls_are_logged_in_order_as_botocore_names_them(control, client, ec2, refused):
    control("DELETE", "/_lab/calls")
    ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}], MaxResults=5)
    with refused("InvalidSubnetID.NotFound"):
        ec2.create_network_interface(SubnetId="subnet-0123456789abcdef0", ClientToken="t", Groups=["sg-1"])
    client("route53", "444455556666").list_hosted_zones(MaxItems="1")
    client("elbv2").describe_load_balancers(Names=[])
    client("ec2").import_key_pair(KeyName="k", PublicKeyMaterial=b"ssh-ed25519 " + KEY)
    control("GET", "/_lab/settings")

    status, calls = control("GET", "/_lab/calls")

    assert status == 200
    assert calls == [
        {
            "account": "111122223333",
            "service": "ec2",
            "operation": "DescribeVpcs",
            "parameters": {"Filters": [{"Name": "cidr", "Values": ["10.0.0.0/16"]}], "MaxResults": 5},
            "status": 200,
            "error": None,
        },
        {
            "account": "111122223333",
            "service": "ec2",
            "operation": "CreateNetworkInterface",
            "parameters": {"SubnetId": "subnet-0123456789abcdef0", "ClientToken": "t", "Groups": ["sg-1"]},
            "status": 400,
            "error": "InvalidSubnetID.NotFound",
        },
        {
            "account": "444455556666",
            "service": "route53",
            "operation": "ListHostedZones",
            "parameters": {"MaxItems": "1"},
            "status": 200,
            "error": None,
        },
        {
            "account": "111122223333",
            "service": "elbv2",
            "operation": "DescribeLoadBalancers",
            "parameters": {"Names": []},
            "status": 200,
            "error": None,
        },
        {
            "account": "111122223333",
            "service": "ec2",
            "operation": "ImportKeyPair",
            "parameters": {"KeyName": "k", "PublicKeyMaterial": "ssh-ed25519 " + KEY.decode()},
            "status": 200,
            "error": None,
        },
    ]


KEY = b"AAAAC3NzaC1lZDI1NTE5AAAAIPVwsi2DxUG0NIYfS511ZxTpvsCD5I62DCR0Zeow6DbY"


def test_the_log_can_be_emptied(control, ec2):
    ec2.describe_vpcs()
    assert control("DELETE", "/_lab/calls")[0] == 200
    assert control("GET", "/_lab/calls") == (200, [])


def test_settings_have_defaults_and_can_be_changed(control):
    control("POST", "/_lab/reset")
    defaults = {
        "transition_seconds": 0.5,
        "visibility_seconds": 0,
        "latency_ms": 0,
        "rate_limit": False,
        "faults": [],
        "security_groups_per_network_interface": 5,
        "network_interface_permissions_authorized": True,
        "elastic_ips_per_region": 5,
        "vpc_association_authorizations_per_zone": 1000,
        "verified_domains": [],
        "unhealthy_targets": [],
    }
    assert control("GET", "/_lab/settings") == (200, defaults)
    change = {
        "transition_seconds": 2,
        "rate_limit": {"CreateNetworkInterface": {"bucket": 10, "refill": 0.5}},
        "faults": [{"operation": "CreateNetworkInterface", "nth": 2, "kind": "drop_after"}],
    }
    changed = defaults | change
    assert control("PUT", "/_lab/settings", change) == (200, changed)
    assert control("GET", "/_lab/settings") == (200, changed)


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ({"transition_second": 1}, ["no setting 'transition_second'", "transition_seconds"]),
        ({"transition_seconds": -1}, ["'transition_seconds' cannot be -1", "0 or more"]),
        ({"transition_seconds": "1"}, ["cannot be '1'", "number of seconds"]),
        ({"transition_seconds": True}, ["cannot be True"]),
        ({"security_groups_per_network_interface": 17}, ["cannot be 17", "from 1 to 16"]),
        ({"visibility_seconds": -0.1}, ["'visibility_seconds' cannot be -0.1", "0 or more"]),
        ({"latency_ms": None}, ["'latency_ms' cannot be None", "number of milliseconds"]),
        ({"rate_limit": 10}, ["'rate_limit' cannot be 10", "true, false, or an object"]),
        ({"rate_limit": {"CreateEni": {"bucket": 1, "refill": 1}}}, ["CreateEni", "operation of EC2"]),
        ({"rate_limit": {"CreateVpc": {"bucket": 0, "refill": 1}}}, ["tokens, 1 or more"]),
        ({"rate_limit": {"CreateVpc": {"bucket": 1, "refill": 0}}}, ["tokens per second, above 0"]),
        ({"rate_limit": {"CreateVpc": {"bucket": 1}}}, ["refill"]),
        ({"faults": {}}, ["'faults' cannot be {}", "a list of"]),
        ({"faults": [{"operation": "CreateVpc", "nth": 1, "kind": "http_404"}]}, ["http_404", "http_500"]),
        ({"faults": [{"operation": "CreateVpc", "nth": 1, "kind": "drop"}]}, ["'drop'", "error code of AWS's"]),
        ({"faults": [{"operation": "CreateVpc", "nth": 1, "every": 2, "kind": "InternalError"}]}, ['"nth" or "every"']),
        ({"faults": [{"operation": "CreateVpc", "kind": "InternalError"}]}, ['"nth" or "every"']),
        ({"faults": [{"operation": "CreateVpc", "nth": 0, "kind": "InternalError"}]}, ["whole number, 1 or more"]),
        ({"faults": [{"operation": "CreateEni", "nth": 1, "kind": "InternalError"}]}, ["CreateEni", "one of AWS's"]),
        ({"faults": [{"operation": ["CreateVpc"], "nth": 1, "kind": "InternalError"}]}, ["one of AWS's"]),
        ([], ["JSON object"]),
        (b"{", ["not JSON"]),
    ],
)
def test_a_bad_setting_is_refused_whole(control, body, parts):
    before = control("GET", "/_lab/settings")
    if isinstance(body, dict):
        body = {"security_groups_per_network_interface": 7} | body
    status, answer = control("PUT", "/_lab/settings", body)
    assert status == 400
    for part in parts:
        assert part in answer["message"]
    assert control("GET", "/_lab/settings") == before


def test_an_unknown_path_says_what_there_is(control):
    status, answer = control("GET", "/_lab/call")
    assert status == 404
    assert "GET /_lab/calls" in answer["message"]


def test_the_log_of_a_long_run(control):
    """As many calls as a benchmark makes are read in one go, each with its own parameters."""
    for number in range(20_000):
        calls.append(Call("111122223333", "ec2", "DescribeVpcs", {"MaxResults": number, "at": b"x"}, 200, None))
    assert [each["parameters"]["MaxResults"] for each in control("GET", "/_lab/calls")[1]] == list(range(20_000))


def test_reset_empties_cloud_log_and_settings(control, client):
    ec2 = client("ec2", "444455556666")
    ec2.create_vpc(CidrBlock="10.9.0.0/16")
    fault = {"operation": "DescribeVpcs", "nth": 1, "kind": "drop_before"}
    control("PUT", "/_lab/settings", {"transition_seconds": 9, "visibility_seconds": 9, "faults": [fault]})
    assert control("POST", "/_lab/reset")[0] == 200
    assert control("GET", "/_lab/calls") == (200, [])
    assert control("GET", "/_lab/settings")[1]["transition_seconds"] == 0.5
    assert ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.9.0.0/16"]}])["Vpcs"] == []
