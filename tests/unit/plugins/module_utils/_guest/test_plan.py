# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plans of the guest's network: cases as data, and the three laws on generated cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.xeni.aws.plugins.module_utils._guest import agents, rivals
from ansible_collections.xeni.aws.plugins.module_utils._guest.agents import AMAZON, HOT_PLUG, NM_CLOUD_SETUP
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends import (
    ifupdown,
    network_manager,
    systemd_networkd as backend,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import MANAGED, is_ours, sets_address
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Desired, Interface
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed
from ansible_collections.xeni.aws.plugins.module_utils._guest.owners import (
    IFUPDOWN,
    NETWORK_MANAGER,
    NETWORKD,
    Owner,
    Owners,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.plan import (
    plan,
    rivals_kept_off,
    wanted_files,
    wanted_goal,
)
from ansible_collections.xeni.aws.plugins.module_utils._guest.predict import predict
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import Address, Link, Route, Rule, State

CASES = yaml.safe_load(Path(__file__).with_name("plan_cases.yml").read_text(encoding="utf-8"))

DESIRED = Desired((
    Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10", "10.0.0.21"), "10.0.0.0/24", 4000),
    Interface("02:42:0a:00:01:0a", "management", ("10.0.1.10",), "10.0.1.0/24", 4001, ("192.168.0.0/16",)),
), 4000, 4000, "auto")
MACS = {"eth0": "02:42:0a:00:00:0a", "eth1": "02:42:0a:00:01:0a", "eth2": "02:42:0a:00:02:0a"}
PATHS = {name: backend.path(mac_address) for name, mac_address in MACS.items()}
NETWORKD_FILE, UUID = "/etc/systemd/network/90-dhcp.network", "6b1f0c52-6a7c-4bde-8d0e-3a4f0b1c2d3e"
BY_NETWORKD = Owners({name: Owner({NETWORKD: NETWORKD_FILE}) for name in MACS}, (NETWORKD,))
# eth0 is networkd's alone, so that it stays.
BY_TWO = BY_NETWORKD._replace(of={
    name: Owner({**owner.handles, **({} if name == "eth0" else {NETWORK_MANAGER: UUID})})
    for name, owner in BY_NETWORKD.of.items()
})
LEASED = Observed(
    State(
        links=tuple(Link(name, mac_address) for name, mac_address in MACS.items()),
        addresses=(Address("eth0", "10.0.0.10", 24, True), Address("eth1", "10.0.1.10", 24, True)),
        rules=(Rule(0, "all", 255), Rule(32766, "all", 254)),
        routes=(Route(254, "default", "10.0.0.1", "eth0", 100), Route(254, "10.0.0.0/24", "", "eth0", 100)),
    ),
    devices={MACS[name]: name for name in ("eth0", "eth1")},
    owners=BY_NETWORKD,
)
FILES = {path: content for path, (content, _device) in wanted_files(DESIRED, LEASED)[backend.NAME].items()}
WANTED = wanted_goal(DESIRED, LEASED)
REACHED = replace(
    LEASED,
    state=replace(
        LEASED.state,
        addresses=(*LEASED.state.addresses, Address("eth0", "10.0.0.21", 32)),
        rules=tuple(sorted((*LEASED.state.rules, *WANTED.rules))),
        routes=(*LEASED.state.routes, *WANTED.routes),
    ),
    files=FILES,
)


def thing(text: str):
    kind, *words = text.split()
    if kind == "address":
        return "addresses", (Address(words[0], words[1], 32), Address(words[0], words[1], 24, True))
    if kind == "rule":
        return "rules", (Rule(int(words[0]), words[1], int(words[2]), int((words[3:] or [-1])[0])),)
    return "routes", (Route(int(words[0]), *words[1:]),)


def observed_of(case: dict) -> Observed:
    state, files = REACHED.state, dict(REACHED.files)
    for text in case.get("without", ()):
        where, things = thing(text)
        assert set(things) & set(getattr(state, where))
        state = replace(state, **{where: tuple(item for item in getattr(state, where) if item not in things)})
    for text in case.get("with", ()):
        where, things = thing(text)
        state = replace(state, **{where: (*getattr(state, where), things[0])})
    for name, content in case.get("files", {}).items():
        files.pop(PATHS[name], None)
        if content != "absent":
            files[PATHS[name]] = f"{MANAGED}\n" if content == "old" else "[Match]\n"
    return replace(REACHED, state=state, files=files)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_plan(case):
    calls = plan(DESIRED, observed_of(case))
    names = {path: name for name, path in PATHS.items()}
    if case["expected"] is None:
        assert calls == []
        return
    [call] = calls
    files = {
        names[path]: "wanted" if content and content == FILES.get(path) else content
        for path, content in call.parameters["files"].items()
    }
    assert {
        "differences": [
            " ".join(names.get(word, word) for word in text.split(" ")) for text in call.parameters["differences"]],
        "files": files,
        "commands": call.parameters["commands"],
    } == case["expected"]


def test_agents_are_switched_off_before_a_network_manager_is_told_and_then_stay_so():
    desired, observed = replace(DESIRED, take_over=True), replace(REACHED, agents={"eth1": (AMAZON,)}, files={})
    [call] = plan(desired, observed)
    assert call.parameters["files"] == {**agents.switched_off(AMAZON, "eth1"), **FILES}
    assert call.parameters["commands"] == call.parameters["commands_back"] == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "--no-block", "restart", "policy-routes@eth1.service", "refresh-policy-routes@eth1.timer"],
        ["networkctl", "reload"],
    ]
    after = predict(desired, observed, [call])
    assert plan(desired, after) == plan(DESIRED, after) == []


def with_rivals(devices, *managers) -> Observed:
    """REACHED, while these devices have several managers."""
    handles = {NETWORKD: NETWORKD_FILE, NETWORK_MANAGER: UUID, IFUPDOWN: ""}
    both = Owner({name: handles[name] for name in managers})
    return replace(REACHED, owners=BY_NETWORKD._replace(of={**BY_NETWORKD.of, **dict.fromkeys(devices, both)}))


def test_the_manager_of_the_public_interface_stays_and_takes_up_anew_what_its_rival_drops():
    desired, observed = replace(DESIRED, take_over=True), with_rivals(["eth1"], NETWORKD, NETWORK_MANAGER)
    [call] = plan(desired, observed)
    assert call.parameters["files"] == rivals.kept_off(network_manager.NAME, MACS["eth1"])
    assert call.parameters["commands"] == [
        ["nmcli", "general", "reload", "conf"], ["nmcli", "device", "set", "eth1", "managed", "no"],
        ["networkctl", "reconfigure", "eth1"]]
    assert call.parameters["commands_back"] == [
        ["networkctl", "reload"], ["nmcli", "general", "reload", "conf"],
        ["nmcli", "device", "set", "eth1", "managed", "yes"],
        network_manager.up("uuid", UUID, "ifname", "eth1"), ["networkctl", "reconfigure", "eth1"]]
    assert plan(desired, predict(desired, observed, [call])) == []


def test_a_rival_that_was_taken_over_stays_off_without_being_asked_again_until_its_interface_is_gone():
    off = rivals.kept_off(network_manager.NAME, MACS["eth1"])
    observed = replace(REACHED, files={**FILES, **off})
    assert plan(DESIRED, observed) == []
    [call] = plan(replace(DESIRED, interfaces=DESIRED.interfaces[:1]), observed)
    gone = {path for path, content in call.parameters["files"].items() if content is None}
    assert gone == {*off, PATHS["eth1"]}
    assert ["nmcli", "device", "set", "eth1", "managed", "yes"] in call.parameters["commands"]
    assert ["nmcli", "device", "set", "eth1", "managed", "no"] in call.parameters["commands_back"]


def test_the_manager_that_backend_names_stays():
    desired = replace(DESIRED, backend=network_manager.NAME, take_over=True)
    observed = replace(with_rivals(["eth0", "eth1"], NETWORKD, NETWORK_MANAGER), files={})
    [call] = plan(desired, observed)
    there, back = call.parameters["commands"], call.parameters["commands_back"]
    assert set(rivals.kept_off(backend.NAME, MACS["eth0"])) < set(call.parameters["files"])
    assert there[0] == back[0] == ["networkctl", "reload"]
    ours = [network_manager.up("uuid", network_manager.uuid(MACS[name]), "ifname", name) for name in ("eth0", "eth1")]
    assert there[-2:] == ours
    assert [command for command in back if UUID in command] == [
        network_manager.up("uuid", UUID, "ifname", name) for name in ("eth0", "eth1")]


def test_ifupdown_asks_for_its_lease_again_where_a_rival_takes_the_address_along():
    desired = replace(DESIRED, backend=ifupdown.NAME, take_over=True)
    [call] = plan(desired, replace(with_rivals(["eth0", "eth1"], NETWORKD, IFUPDOWN), files={}))
    forced = [command[-3:] for command in call.parameters["commands"] if "ifup" in command]
    assert forced == [["ifup", "--force", "eth0"], ["ifup", "--force", "eth1"]]


def test_agents_of_a_rival_are_left_alone_as_they_are_when_it_is_off():
    observed = replace(with_rivals(["eth1"], NETWORKD, NETWORK_MANAGER), agents={"eth1": (AMAZON, HOT_PLUG)})
    [call] = plan(replace(DESIRED, take_over=True), observed)
    off = {**agents.switched_off(AMAZON, "eth1"), **rivals.kept_off(network_manager.NAME, MACS["eth1"])}
    assert call.parameters["files"] == off


def test_drop_ins_for_an_interface_that_is_gone_go_too():
    drop_ins = agents.switched_off(AMAZON, "eth2")
    [call] = plan(DESIRED, replace(REACHED, files={**FILES, **drop_ins}))
    assert call.parameters["files"] == dict.fromkeys(drop_ins)
    assert call.parameters["commands"] == [["systemctl", "daemon-reload"]]


ADDRESSES = {name: [f"10.0.{name[-1]}.{host}" for host in (10, 21, 22)] for name in MACS}
PREFIXES = {"eth1": ["192.168.0.0/16", "172.16.0.1/32", "fd00:c::/48"], "eth2": ["198.51.100.0/24"]}


@st.composite
def desires(draw):
    names = draw(st.sampled_from([["eth0"], ["eth0", "eth1"], ["eth1", "eth0", "eth2"]]))
    wanted = tuple(draw(interfaces(name, 4000 + position)) for position, name in enumerate(names))
    return Desired(wanted, 4000, 4000, "auto", draw(st.booleans()))


@st.composite
def interfaces(draw, name, table):
    ipv6 = name == "eth1" or draw(st.booleans())
    return Interface(
        MACS[name], "public" if name == "eth0" else "management",
        tuple(ADDRESSES[name][:draw(st.integers(1, 3))]), f"10.0.{name[-1]}.0/24", table,
        () if name == "eth0" else tuple(draw(st.lists(st.sampled_from(PREFIXES[name]), unique=True))),
        tuple(draw(st.lists(st.sampled_from([("10.9.0.0/16", f"10.0.{name[-1]}.9")]), max_size=1))),
        *((("2001:db8::10", "2001:db8::11"), "2001:db8::/64", ("2001:db8:0:0:1::/80",)) if ipv6 else ()),
    )


NAMES, ALL = st.sampled_from(sorted(MACS)), sorted(sum(ADDRESSES.values(), []))
STATES = st.builds(
    State,
    links=st.just(REACHED.state.links),
    addresses=st.lists(st.builds(Address, NAMES, st.sampled_from(ALL), st.just(32))).map(tuple),
    rules=st.lists(
        st.builds(
            Rule, st.sampled_from([500, 4000, 4001, 4100, 4102, 4500]), st.sampled_from([*ALL, "all"]),
            st.sampled_from([99, 4000, 4001]), st.sampled_from([-1, 0]), st.sampled_from([4, 6])),
        unique=True,
    ).map(tuple),
    routes=st.lists(
        st.builds(
            Route, st.sampled_from([254, 99, 4000, 4001, 4500]),
            st.sampled_from(["default", "10.0.1.0/24", "192.168.0.0/16"]),
            st.sampled_from(["", "10.0.0.1", "10.0.1.1"]), NAMES, st.sampled_from([0, 100]), st.just(4),
            st.just(False), st.booleans()),
        unique=True,
    ).map(tuple),
)
KEPT_OFF = {path: content for name in MACS for path, content in rivals.kept_off("network_manager", MACS[name]).items()}
CONTENTS = st.sampled_from([f"{MANAGED}\n", "[Match]\n", *FILES.values()])
DROP_INS = [*agents.switched_off(AMAZON, "eth0"), *agents.switched_off(HOT_PLUG, "eth1")]
SOME_FILES = st.builds(
    lambda *several: {path: content for files in several for path, content in files.items()},
    st.dictionaries(st.sampled_from([*sorted(PATHS.values()), *DROP_INS]), CONTENTS),
    st.dictionaries(st.sampled_from([*KEPT_OFF]), st.sampled_from(["[keyfile]\n", *KEPT_OFF.values()])),
)
SOME_AGENTS = st.dictionaries(NAMES, st.sampled_from([(AMAZON,), (NM_CLOUD_SETUP, HOT_PLUG)]))


def test_an_address_that_an_earlier_run_brought_and_that_is_not_wanted_any_more():
    eth0, eth1 = DESIRED.interfaces
    fewer = replace(DESIRED, interfaces=(replace(eth0, addresses=("10.0.0.10",)), eth1))
    elsewhere = replace(REACHED, state=replace(
        REACHED.state, addresses=(*REACHED.state.addresses, Address("eth1", "10.0.0.21", 32))))
    [call] = plan(fewer, elsewhere)
    texts = [text for text in call.parameters["differences"] if "address" in text]
    assert texts == ["eth0: address 10.0.0.21 should not be there"]
    after = predict(fewer, elsewhere, [call])
    assert set(elsewhere.state.addresses) - set(after.state.addresses) == {Address("eth0", "10.0.0.21", 32)}


def test_what_no_manager_corrects_is_corrected_by_hand_also_where_the_manager_had_the_interface_until_now():
    had = {"/etc/network/if-up.d/xeni-02420a00020a": f"#!/bin/sh\n{MANAGED}\n"}
    by_ifupdown = replace(LEASED, owners=Owners({name: Owner({IFUPDOWN: ""}) for name in MACS}, (IFUPDOWN,)), files=had)
    [call] = plan(DESIRED, by_ifupdown)
    assert call.parameters["by_hand"] == ["eth0", "eth1", "eth2"]
    [call] = plan(DESIRED, replace(LEASED, files=had))
    assert call.parameters["by_hand"] == ["eth2"]


def observed_for(desired, state, files, found, owners) -> Observed:
    names = {mac_address: name for name, mac_address in MACS.items()}
    devices = {item.mac_address: names[item.mac_address] for item in desired.interfaces}
    return Observed(
        state, devices, owners, {name: found[name] for name in found if name in devices.values()}, files)


@given(desires(), STATES, SOME_FILES, SOME_AGENTS, st.sampled_from([BY_NETWORKD, BY_TWO]))
def test_one_pass_converges_and_a_second_finds_nothing(desired, state, files, found, owners):
    observed = observed_for(desired, state, files, found, owners)
    after = predict(desired, observed, plan(desired, observed))
    # a default route that somebody else has put before ours is theirs: it is told, and fails the change, but stays
    stolen = [
        route for route in after.state.routes
        if (route.table, route.destination) == (254, "default") and route.device not in after.devices.values()
    ]
    if not stolen:
        assert plan(desired, after) == []
        assert predict(desired, after, []) == after


def _is_set_by_us(item, files):
    content = files.get(PATHS[item.device], "")
    return is_ours(content) and sets_address(content, item.address)


@given(desires(), STATES, SOME_FILES, SOME_AGENTS, st.sampled_from([BY_NETWORKD, BY_TWO]))
def test_what_is_not_mentioned_stays(desired, state, files, found, owners):
    observed = observed_for(desired, state, files, found, owners)
    calls = plan(desired, observed)
    after = predict(desired, observed, calls)
    assert {rule for rule in state.rules if rule.priority in (500, 4500)} <= set(after.state.rules)
    assert {route for route in state.routes if route.table in (99, 4500) and not route.ours} <= set(after.state.routes)
    assert {item for item in state.addresses if not _is_set_by_us(item, files)} <= set(after.state.addresses)
    ours = {path for written in wanted_files(desired, observed).values() for path in written}
    ours.update(agents.wanted(observed.agents, files, desired.take_over), rivals_kept_off(desired, observed))
    for path, content in files.items():
        if not is_ours(content) and path not in ours:
            assert after.files[path] == content
    may_change = ours | {path for path, content in files.items() if is_ours(content)}
    assert all(set(call.parameters["files"]) <= may_change for call in calls)
