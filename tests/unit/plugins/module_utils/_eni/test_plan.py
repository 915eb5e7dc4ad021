# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of network interfaces: cases as data, and the three laws on generated cases."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._eni.desired import Eni, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._eni.observed import Attachment, Interface
from ansible_collections.xeni.aws.plugins.module_utils._eni.plan import plan
from ansible_collections.xeni.aws.plugins.module_utils._eni.predict import predict

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))


def interface_of(values: dict) -> Interface:
    defaults = {"id": "eni-1", "subnet_id": "subnet-1", "primary": "10.0.1.10", "tags": {"Name": "web1-eth1"}}
    values = {**defaults, **values}
    if values.get("attachment"):
        values["attachment"] = Attachment(**values["attachment"])
    return Interface(**{**values, "secondaries": tuple(values.get("secondaries", ()))})


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    observed = None if case["observed"] is None else interface_of(case["observed"])
    calls = plan([(from_parameters(case["desired"]), observed)])
    expected = [{"after": [], "wait": "", **call} for call in case["calls"]]
    assert [
        {"operation": call.operation, "parameters": call.report()["parameters"], "after": list(call.after), "wait": call.wait}
        for call in calls
    ] == expected


ADDRESSES = [f"10.0.1.{host}" for host in range(20, 26)]
GROUPS = {"sg-1": "management", "sg-2": "web", "sg-3": "db"}
TAGS = st.dictionaries(st.sampled_from(["role", "owner", "stage"]), st.sampled_from(["a", "b"]))


def addresses(size=4):
    return st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=size).map(tuple)


ATTACHMENTS = st.builds(
    Attachment, st.just("eni-attach-1"), st.sampled_from(["i-1", "i-2"]), st.integers(1, 2), st.booleans())
INTERFACES = st.builds(
    Interface,
    id=st.just("eni-1"),
    subnet_id=st.just("subnet-1"),
    description=st.sampled_from(["", "old", "new"]),
    primary=st.just("10.0.1.10"),
    secondaries=addresses(),
    groups=st.sets(st.sampled_from(sorted(GROUPS)), min_size=1).map(lambda ids: {item: GROUPS[item] for item in ids}),
    attachment=st.none() | ATTACHMENTS,
    source_dest_check=st.booleans(),
    tags=TAGS.map(lambda tags: {**tags, "Name": "web1-eth1"}),
)


@st.composite
def enis(draw):
    attached = draw(st.none() | st.booleans())
    count = draw(st.none() | st.integers(0, 4))
    return Eni(
        state=draw(st.sampled_from(["present", "present", "absent"])),
        name="web1-eth1",
        subnet_id="subnet-1",
        description=draw(st.none() | st.sampled_from(["", "new"])),
        groups=draw(st.none() | st.lists(st.sampled_from(sorted(GROUPS)), min_size=1, unique=True).map(tuple)),
        instance_id="i-1" if attached else None,
        device_index=draw(st.none() | st.integers(1, 2)) if attached else None,
        attached=attached,
        force_detach=draw(st.booleans()),
        delete_on_termination=draw(st.none() | st.booleans()),
        source_dest_check=draw(st.none() | st.booleans()),
        secondaries=draw(st.none() | addresses()) if count is None else None,
        purge_secondaries=draw(st.booleans()),
        secondary_count=count,
        tags=draw(st.none() | TAGS),
        purge_tags=draw(st.booleans()),
    )


@given(eni=enis(), interface=st.none() | INTERFACES)
def test_one_pass_converges(eni, interface):
    """plan(d, predict(o, plan(d, o))) == [], which is also: nothing is planned where the wanted state is there."""
    predicted = predict(eni, interface, plan([(eni, interface)]))
    assert plan([(eni, predicted)]) == []


TOUCHES = {
    "description": "description",
    "groups": "groups",
    "source_dest_check": "source_dest_check",
    "secondaries": ("secondaries", "secondary_count"),
    "attachment": ("attached", "delete_on_termination"),
    "tags": ("tags", "name"),
}


@given(eni=enis(), interface=INTERFACES)
def test_only_what_is_mentioned_is_touched(eni, interface):
    if eni.state == "absent":
        return
    predicted = predict(eni, interface, plan([(eni, interface)]))
    for field in fields(Interface):
        mentions = TOUCHES.get(field.name, ())
        mentions = (mentions,) if isinstance(mentions, str) else mentions
        if field.name != "status" and all(getattr(eni, mention) is None for mention in mentions):
            assert getattr(predicted, field.name) == getattr(interface, field.name), field.name


@given(eni=enis(), interface=INTERFACES)
def test_foreign_tags_and_addresses_survive_unless_purged(eni, interface):
    if eni.state == "absent":
        return
    predicted = predict(eni, interface, plan([(eni, interface)]))
    if not eni.purges_tags:
        assert interface.tags.keys() <= predicted.tags.keys()
    if not eni.purge_secondaries and eni.secondary_count is None:
        assert set(interface.secondaries) <= set(predicted.secondaries)
