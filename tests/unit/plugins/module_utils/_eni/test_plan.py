# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of network interfaces: cases as data, and the three laws on generated cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._eni.addresses import Wanted
from ansible_collections.xeni.aws.plugins.module_utils._eni.attributes import ATTRIBUTES
from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import Eni, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Attachment, Interface
from ansible_collections.xeni.aws.plugins.module_utils._eni.plan import plan
from ansible_collections.xeni.aws.plugins.module_utils._eni.predict import predict

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


ATTRIBUTES_OF_A_NEW_ONE = {option: attribute.initial for option, attribute in ATTRIBUTES.items()}


def interface_of(values: dict) -> Interface:
    defaults = {"id": "eni-1", "subnet_id": "subnet-1", "primary": "10.0.1.10", "tags": {"Name": "web1-eth1"}}
    values = {**defaults, **values}
    if values.get("attachment"):
        values["attachment"] = Attachment(**values["attachment"])
    values["addresses"] = {option: tuple(items) for option, items in values.get("addresses", {}).items()}
    values["attributes"] = {**ATTRIBUTES_OF_A_NEW_ONE, **values.get("attributes", {})}
    return Interface(**values)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    observed = None if case["observed"] is None else interface_of(case["observed"])
    calls = plan([(from_parameters(case["desired"]), observed)])
    expected = [{"after": [], "wait": "", **call} for call in case["calls"]]
    assert [
        {"operation": call.operation, "parameters": call.report()["parameters"], "after": list(call.after), "wait": call.wait}
        for call in calls
    ] == expected


def test_slots_and_addresses_are_taken_when_they_have_been_left():
    def at(network_interface, instance, primary):
        attachment = Attachment(f"attach-{network_interface}", instance, 1, False)
        return Interface(network_interface, "subnet-1", primary=primary, attachment=attachment)

    swapped = [
        (from_parameters({"eni_id": name, "instance_id": instance, "attached": True}), at(name, other, f"10.0.1.{name}"))
        for name, instance, other in (("1", "i-1", "i-2"), ("2", "i-2", "i-1"))
    ]
    after = {call.id: call.after for call in plan(swapped)}
    assert after == {"1:detach": (), "2:detach": (), "1:attach": ("1:detach", "2:detach"), "2:attach": ("2:detach", "1:detach")}

    renamed = [
        (from_parameters({"name": "new", "subnet_id": "subnet-1", "private_ip_address": "10.0.1.9", "instance_id": "i-1", "attached": True}), None),
        (from_parameters({"eni_id": "eni-old", "state": "absent"}), at("eni-old", "i-1", "10.0.1.9")),
    ]
    after = {call.id: call.after for call in plan(renamed)}
    assert after["new:create"] == ("eni-old:delete",)
    assert after["new:attach"] == ("new:create", "eni-old:detach")


ADDRESSES = {
    "secondary_private_ip_addresses": [f"10.0.1.{host}" for host in range(20, 26)],
    "ipv4_prefixes": ["10.0.1.32/28", "10.0.1.48/28"],
    "ipv6_addresses": ["2001:db8::10", "2001:db8::11", "2001:db8::12"],
    "ipv6_prefixes": ["2001:db8:0:0:1::/80", "2001:db8:0:0:2::/80"],
}
GROUPS = {"sg-1": "management", "sg-2": "web", "sg-3": "db"}
TAGS = st.dictionaries(st.sampled_from(["role", "owner", "stage"]), st.sampled_from(["a", "b"]))
TIMEOUTS = st.fixed_dictionaries({}, optional={"tcp_established_timeout": st.integers(60, 62), "udp_timeout": st.integers(30, 31)})
SRD = st.fixed_dictionaries({}, optional={"enabled": st.booleans(), "udp_enabled": st.booleans()})
VALUES = {
    "description": st.sampled_from(["", "old", "new"]),
    "source_dest_check": st.booleans(),
    "connection_tracking": TIMEOUTS,
    "enable_primary_ipv6": st.booleans(),
    "associate_public_ip_address": st.booleans(),
    "associated_subnet_ids": st.sampled_from([[], ["subnet-8"], ["subnet-8", "subnet-9"]]),
    "public_ip_dns_hostname_type": st.sampled_from(["public-ipv4-dns-name", "public-ipv6-dns-name"]),
}


def listed(option):
    return st.lists(st.sampled_from(ADDRESSES[option]), unique=True).map(tuple)


def wanted(option):
    return (
        st.builds(Wanted, at_least=listed(option)) | st.builds(Wanted, exactly=listed(option))
        | st.builds(Wanted, none_of=listed(option)) | st.builds(Wanted, count=st.integers(0, 3))
    )


ATTACHMENTS = st.builds(
    Attachment, st.just("eni-attach-1"), st.sampled_from(["i-1", "i-2"]), st.integers(1, 2), st.booleans(),
    st.sampled_from(["attached", "attached", "detaching"]), st.integers(0, 1),
    SRD.map(lambda srd: {"enabled": False, "udp_enabled": False, **srd}), st.none() | st.integers(1, 2))
INTERFACES = st.builds(
    Interface,
    id=st.just("eni-1"),
    subnet_id=st.just("subnet-1"),
    primary=st.just("10.0.1.10"),
    addresses=st.fixed_dictionaries({option: listed(option) for option in ADDRESSES}),
    attributes=st.fixed_dictionaries(VALUES),
    groups=st.sets(st.sampled_from(sorted(GROUPS)), min_size=1).map(lambda ids: {item: GROUPS[item] for item in ids}),
    attachment=st.none() | ATTACHMENTS,
    tags=TAGS.map(lambda tags: {**tags, "Name": "web1-eth1"}),
)


@st.composite
def enis(draw):
    attached = draw(st.none() | st.booleans())
    return Eni(
        state=draw(st.sampled_from(["present", "present", "absent"])),
        name="web1-eth1",
        subnet_id="subnet-1",
        groups=draw(st.none() | st.lists(st.sampled_from(sorted(GROUPS)), min_size=1, unique=True).map(tuple)),
        attributes=draw(st.fixed_dictionaries({}, optional=VALUES)),
        addresses=draw(st.fixed_dictionaries({}, optional={option: wanted(option) for option in ADDRESSES})),
        allow_reassignment=draw(st.booleans()),
        instance_id="i-1" if attached else None,
        device_index=draw(st.none() | st.integers(1, 2)) if attached else None,
        network_card_index=draw(st.none() | st.integers(0, 1)) if attached else None,
        attached=attached,
        attachment=draw(st.fixed_dictionaries({}, optional={
            "delete_on_termination": st.booleans(), "ena_srd": SRD, "ena_queue_count": st.integers(1, 2)})),
        force_detach=draw(st.booleans()),
        tags=draw(st.none() | TAGS),
        purge_tags=draw(st.booleans()),
        fleet=draw(st.none() | st.just("web")),
    )


@given(eni=enis(), interface=st.none() | INTERFACES)
def test_one_pass_converges(eni, interface):
    """plan(d, predict(o, plan(d, o))) == [], which is also: nothing is planned where the wanted state is there."""
    predicted = predict(eni, interface, plan([(eni, interface)]))
    assert plan([(eni, predicted)]) == []


@given(eni=enis(), interface=INTERFACES)
def test_only_what_is_mentioned_is_touched(eni, interface):
    if eni.state == "absent":
        return
    predicted = predict(eni, interface, plan([(eni, interface)]))
    kept = set(interface.attributes) - set(eni.attributes)
    if predicted.attachment != interface.attachment:
        kept.discard("enable_primary_ipv6")  # which AWS ends with the attachment
    assert {option: predicted.attributes[option] for option in kept} == {option: interface.attributes[option] for option in kept}
    assert {option: value for option, value in predicted.addresses.items() if option not in eni.addresses} == {
        option: value for option, value in interface.addresses.items() if option not in eni.addresses}
    if eni.groups is None:
        assert predicted.groups == interface.groups
    if eni.attached is None and not eni.attachment:
        assert predicted.attachment == interface.attachment
    assert replace(
        predicted, attributes={}, addresses={}, groups={}, attachment=None, tags={}, status=""
    ) == replace(interface, attributes={}, addresses={}, groups={}, attachment=None, tags={}, status="")


@given(eni=enis(), interface=INTERFACES)
def test_foreign_tags_and_addresses_survive_unless_purged(eni, interface):
    if eni.state == "absent":
        return
    predicted = predict(eni, interface, plan([(eni, interface)]))
    if not eni.purges_tags:
        assert interface.tags.keys() <= predicted.tags.keys()
    for option, each in eni.addresses.items():
        if each.exactly is None and each.count is None:
            assert set(interface.addresses[option]) - set(each.none_of) <= set(predicted.addresses[option])


@given(eni=enis())
def test_a_creation_asks_for_what_one_request_may_hold(eni):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html: of each family, one way of naming addresses."""
    request = plan([(replace(eni, state="present", attached=None), None)])[0].parameters
    for members in (
        ("PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "Ipv4Prefixes", "Ipv4PrefixCount"),
        ("Ipv6Addresses", "Ipv6AddressCount", "Ipv6Prefixes", "Ipv6PrefixCount"),
    ):
        assert len([member for member in members if member in request]) <= 1
