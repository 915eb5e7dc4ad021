# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the parameters mean, and what they cannot mean."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.module_utils._service.principals import parse

NETWORK = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/web/50dc6c495c0c9188"
APPLICATION = NETWORK.replace("/net/", "/app/")


@pytest.mark.parametrize("parameters, words", [
    ({"name": None}, ["nothing says which endpoint service is meant", "service_id, service_name or name"]),
    ({"network_load_balancer_arns": [APPLICATION]}, ["network_load_balancer_arns", APPLICATION, "loadbalancer/net/"]),
    ({"gateway_load_balancer_arns": [NETWORK]}, ["gateway_load_balancer_arns", NETWORK, "Gateway Load Balancer", "loadbalancer/gwy/"]),
    ({"network_load_balancer_arns": []}, ["network_load_balancer_arns", "at least one", "leave"]),
    ({"supported_ip_address_types": []}, ["supported_ip_address_types", "at least one"]),
    ({"private_dns_name": "api"}, ["private_dns_name", "'api'", "api.example.com"]),
    ({"private_dns_name": "a b.example.com"}, ["private_dns_name", "'a b.example.com'"]),
    ({"private_dns_name": f"{'a' * 64}.example.com"}, ["private_dns_name"]),
    ({"payer_responsibility": "ServiceOwner"}, ["payer_responsibility", "cannot be undone", "confirm_payer_responsibility: true"]),
    ({"allowed_principals": ["*"], "acceptance_required": False}, ["'*'", "acceptance_required: false", "allow_anyone: true"]),
    ({"allowed_principals": ["1402433619"]}, ["allowed_principals", "'1402433619'", "12 digits in quotes"]),
])
def test_refused(wanted, parameters, words):
    with pytest.raises(BadInput) as refusal:
        wanted(**parameters)
    assert [word for word in words if word not in str(refusal.value)] == []


def test_all_problems_at_once(wanted):
    with pytest.raises(BadInput) as refusal:
        wanted(private_dns_name="api", allowed_principals=["partner"], network_load_balancer_arns=[])
    assert len(refusal.value.problems) == 3 and all(problem.startswith("api: ") for problem in refusal.value.problems)


@pytest.mark.parametrize("parameters", [
    {"payer_responsibility": "ServiceOwner", "confirm_payer_responsibility": True},
    {"allowed_principals": ["*"], "acceptance_required": False, "allow_anyone": True},
    {"allowed_principals": ["*"], "acceptance_required": True},
    {"allowed_principals": ["*"]},
    {"private_dns_name": "*.example.com"},
    {"supported_regions": []},
])
def test_not_refused(wanted, parameters):
    assert wanted(**parameters).key == "api"


def test_an_id_counts_before_a_name_which_is_a_tag_then(wanted):
    service = wanted(service_id="vpce-svc-1", name="api", tags={"tier": 1})
    assert (service.key, service.all_tags) == ("vpce-svc-1", {"Name": "api", "tier": "1"})
    assert wanted(service_name="com.amazonaws.vpce.us-east-1.vpce-svc-1", name=None).all_tags is None


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_account_is_short_for_its_arn(partition):
    arn = f"arn:{partition}:iam::012345678901:root"
    assert parse(["012345678901", arn], partition) == ((arn,), [])


@pytest.mark.parametrize("principal", [
    "*", "arn:aws:iam::012345678901:root", "arn:aws:iam::012345678901:user/Jo+ann=a,b.c@d-e", "arn:aws:iam::012345678901:role/consumer",
    "arn:aws:organizations::012345678901:organization/o-exampleorgid", "arn:aws:organizations::012345678901:ou/o-exampleorgid/ou-ab12-11111111",
    "appflow.amazonaws.com",
])
def test_principals(principal):
    assert parse([principal], "aws") == ((principal,), [])


@pytest.mark.parametrize("principal, words", [
    ("", "is no principal"),
    ("01234567890", "is no principal"),
    ("٠١٢٣٤٥٦٧٨٩٠١", "is no principal"),
    ("arn:aws:iam::012345678901:group/ops", "is no principal"),
    ("arn:aws:iam::012345678901:role/", "is no principal"),
    ("arn:aws:s3:::bucket", "is no principal"),
    ("arn:aws:iam::012345678901:role/team/consumer", "has a path"),
    ("arn:aws-cn:iam::012345678901:root", "is of the partition aws-cn, and this region is of aws"),
])
def test_what_is_no_principal(principal, words):
    principals, problems = parse([principal], "aws")
    assert principals == () and len(problems) == 1
    assert f"allowed_principals: '{principal}' {words}" in problems[0]
