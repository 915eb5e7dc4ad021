# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Target groups and listeners: what a load balancer forwards to, and how it fares."""

from __future__ import annotations

import pytest

from .service_owner import ServiceOwner


@pytest.fixture
def elbv2(client):
    return client("elbv2")


@pytest.fixture
def provider(ec2, elbv2):
    return ServiceOwner(ec2, elbv2)


@pytest.fixture
def group_arn(provider):
    """Of a group of addresses that a load balancer forwards to."""
    made = provider.target_group()
    provider.listener(provider.network_arn(), made)
    return made


def states(elbv2, group_arn: str, *targets: dict) -> list[tuple]:
    """(id, port, state, reason) of each target."""
    found = elbv2.describe_target_health(TargetGroupArn=group_arn, Targets=list(targets))["TargetHealthDescriptions"]
    return [
        (
            each["Target"]["Id"],
            each["Target"]["Port"],
            each["TargetHealth"]["State"],
            each["TargetHealth"].get("Reason"),
        )
        for each in found
    ]


def test_a_target_registers_then_is_healthy_drains_then_is_gone(elbv2, group_arn, transitions):
    transitions(60)
    elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.1.9"}, {"Id": "10.0.1.9", "Port": 444}])
    assert states(elbv2, group_arn) == [
        ("10.0.1.9", 443, "initial", "Elb.RegistrationInProgress"),
        ("10.0.1.9", 444, "initial", "Elb.RegistrationInProgress"),
    ]
    transitions(0)
    assert [each[2] for each in states(elbv2, group_arn)] == ["healthy", "healthy"]
    transitions(60)
    elbv2.deregister_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.1.9", "Port": 444}])
    assert states(elbv2, group_arn, {"Id": "10.0.1.9", "Port": 444}) == [
        ("10.0.1.9", 444, "draining", "Target.DeregistrationInProgress")
    ]
    transitions(0)
    assert states(elbv2, group_arn) == [("10.0.1.9", 443, "healthy", None)]
    assert states(elbv2, group_arn, {"Id": "10.0.1.9", "Port": 444}) == [
        ("10.0.1.9", 444, "unused", "Target.NotRegistered")
    ]
    elbv2.deregister_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.1.77"}])


def test_a_target_registered_anew_while_it_drains_stays(elbv2, group_arn, transitions):
    target = {"TargetGroupArn": group_arn, "Targets": [{"Id": "10.0.1.9"}]}
    elbv2.register_targets(**target)
    transitions(60)
    elbv2.deregister_targets(**target)
    elbv2.register_targets(**target)
    assert states(elbv2, group_arn)[0][2] == "initial"
    transitions(0)
    assert states(elbv2, group_arn)[0][2] == "healthy"


def test_targets_that_fail_their_health_checks(elbv2, group_arn, control):
    elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.1.8"}, {"Id": "10.0.2.9"}])
    assert control("PUT", "/_lab/settings", {"unhealthy_targets": ["10.0.2.9"]})[0] == 200
    assert states(elbv2, group_arn) == [
        ("10.0.1.8", 443, "healthy", None),
        ("10.0.2.9", 443, "unhealthy", "Target.FailedHealthChecks"),
    ]
    control("PUT", "/_lab/settings", {"unhealthy_targets": []})
    assert [each[2] for each in states(elbv2, group_arn)] == ["healthy", "healthy"]
    status, reply = control("PUT", "/_lab/settings", {"unhealthy_targets": "10.0.2.9"})
    assert status == 400 and "unhealthy_targets" in reply["message"]


def test_the_zone_of_an_address(elbv2, group_arn):
    elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.2.9"}, {"Id": "192.168.7.7"}])
    found = elbv2.describe_target_health(TargetGroupArn=group_arn)["TargetHealthDescriptions"]
    assert [each["Target"]["AvailabilityZone"] for each in found] == ["us-east-1b", "all"]
    assert {each["HealthCheckPort"] for each in found} == {"443"}


def test_a_group_without_a_listener_is_unused(elbv2, provider):
    group_arn = provider.target_group()
    elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "10.0.1.9"}])
    assert states(elbv2, group_arn) == [("10.0.1.9", 443, "unused", "Target.NotInUse")]
    listener = provider.listener(provider.network_arn(), group_arn)
    assert states(elbv2, group_arn)[0][2] == "healthy"
    elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    assert states(elbv2, group_arn)[0][2] == "unused"


def test_instances(ec2, elbv2, provider, refused):
    instance_id = provider.network.instance(provider.subnet_ids[0])["InstanceId"]
    group_arn = provider.target_group(TargetType="instance")
    provider.listener(provider.network_arn(), group_arn)
    target = {"TargetGroupArn": group_arn, "Targets": [{"Id": instance_id}]}
    elbv2.register_targets(**target)
    assert states(elbv2, group_arn) == [(instance_id, 443, "healthy", None)]
    ec2.stop_instances(InstanceIds=[instance_id])
    assert states(elbv2, group_arn) == [(instance_id, 443, "unused", "Target.InvalidState")]
    with refused("InvalidTarget", instance_id):
        elbv2.register_targets(**target)
    ec2.terminate_instances(InstanceIds=[instance_id])
    ec2.describe_vpcs()
    assert states(elbv2, group_arn) == []
    for unknown in ("i-0123456789abcdef0", "10.0.1.9"):
        with refused("InvalidTarget", unknown):
            elbv2.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": unknown}])


def test_which_load_balancer_a_group_is_of(elbv2, provider, refused):
    arn, group_arn = provider.network_arn(), provider.target_group()

    def load_balancers() -> list[str]:
        [found] = elbv2.describe_target_groups(TargetGroupArns=[group_arn])["TargetGroups"]
        return found["LoadBalancerArns"]

    assert load_balancers() == []
    first = provider.listener(arn, group_arn)
    provider.listener(arn, group_arn, Port=444)
    assert load_balancers() == [arn]
    with refused("TargetGroupAssociationLimit", group_arn):
        provider.listener(provider.network_arn(), group_arn)
    with refused("ResourceInUse", group_arn):
        elbv2.delete_target_group(TargetGroupArn=group_arn)
    elbv2.delete_listener(ListenerArn=first["ListenerArn"])
    assert load_balancers() == [arn]
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert load_balancers() == []
    elbv2.delete_target_group(TargetGroupArn=group_arn)


def test_the_same_request_again_makes_nothing_new(elbv2, provider, refused):
    group_arn = provider.target_group(Name="web")
    assert provider.target_group(Name="web") == group_arn
    with refused("DuplicateTargetGroupName"):
        provider.target_group(Name="web", Port=80)
    arn = provider.network_arn()
    listener = provider.listener(arn, group_arn)
    assert provider.listener(arn, group_arn)["ListenerArn"] == listener["ListenerArn"]
    with refused("DuplicateListener"):
        provider.listener(arn, provider.target_group())


@pytest.mark.parametrize(
    ("listener", "group", "code"),
    [
        ({"Protocol": "TLS", "Certificates": [{"CertificateArn": "arn:aws:iam::1:server-certificate/a"}]}, "TCP", None),
        ({"Protocol": "TLS", "Certificates": [{"CertificateArn": "arn:aws:iam::1:server-certificate/a"}]}, "TLS", None),
        ({"Protocol": "TCP"}, "TLS", "InvalidConfigurationRequest"),
        ({"Protocol": "TCP"}, "HTTP", "InvalidConfigurationRequest"),
        ({"Protocol": "TLS"}, "TLS", "ValidationError"),
        ({"Protocol": "HTTP"}, "TCP", "ValidationError"),
    ],
)
def test_protocols(provider, refused, listener, group, code):
    group_arn = provider.target_group(Protocol=group)
    if code is None:
        made = provider.listener(provider.network_arn(), group_arn, **listener)
        assert made["Protocol"] == listener["Protocol"] and made["SslPolicy"]
        return
    with refused(code):
        provider.listener(provider.network_arn(), group_arn, **listener)


def test_a_listener_can_be_changed(elbv2, provider, refused):
    arn, group_arn = provider.network_arn(), provider.target_group()
    listener_arn = provider.listener(arn, group_arn)["ListenerArn"]
    other = provider.target_group(Protocol="TLS")
    with refused("InvalidConfigurationRequest", "TLS"):
        elbv2.modify_listener(ListenerArn=listener_arn, DefaultActions=[{"Type": "forward", "TargetGroupArn": other}])
    certificate = "arn:aws:iam::111122223333:server-certificate/a"
    [changed] = elbv2.modify_listener(
        ListenerArn=listener_arn,
        Port=8443,
        Protocol="TLS",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": other}],
    )["Listeners"]
    assert (changed["Port"], changed["Protocol"], changed["Certificates"]) == (
        8443,
        "TLS",
        [{"CertificateArn": certificate}],
    )
    assert elbv2.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"][0]["TargetGroupArn"] == other
    elbv2.delete_target_group(TargetGroupArn=group_arn)


@pytest.mark.parametrize(("target_type", "kept"), [("instance", "true"), ("ip", "false")])
def test_whether_targets_see_the_client_s_address(elbv2, provider, target_type, kept):
    arn = provider.target_group(TargetType=target_type)
    found = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    attributes = {each["Key"]: each["Value"] for each in found}
    assert (attributes["preserve_client_ip.enabled"], attributes["proxy_protocol_v2.enabled"]) == (kept, "false")
