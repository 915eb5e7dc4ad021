# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_plan
short_description: What a failover has to move, from where to where
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Decides for P(xeni.aws.eni_failover#role), from what AWS describes, what is to move and what stands against it.
options:
  _input:
    description:
      - The interface that is to move, or those that have the addresses that are, as M(xeni.aws.ec2_eni_info) returns them.
    type: list
    elements: dict
    required: true
  instances:
    description: The instances of both servers, as M(amazon.aws.ec2_instance_info) returns them.
    type: list
    elements: dict
    required: true
  subnets:
    description: The subnets of all these interfaces, as M(amazon.aws.ec2_vpc_subnet_info) returns them.
    type: list
    elements: dict
    required: true
  asked:
    description:
      - What is asked for, C(to) and C(from) as the inventory calls the servers, C(interface) or C(addresses), and
        C(device_index).
      - What is not asked for is empty.
    type: dict
    required: true
  hostvars:
    description: The variables of the hosts, by inventory name.
    type: dict
    required: true
positional: instances, subnets, asked, hostvars
"""

EXAMPLES = r"""
- name: Say what stands against it
  ansible.builtin.assert:
    that: plan.problems | length == 0
    fail_msg: "{{ plan.problems | join('; ') }}"
  vars:
    plan: "{{ found.network_interfaces | xeni.aws.failover_plan(servers.instances, subnets.subnets, asked, hostvars) }}"
    asked: {to: web2, from: web1, interface: service, addresses: [], device_index: ''}
"""

RETURN = r"""
_value:
  description:
    - C(problems), each with what to do.
    - C(standby) and C(failed), the instances; C(failed) is empty when it is not known, or gone.
    - Without problems, C(moves), whether something is elsewhere; C(network_interface_id) of the interface that moves or
      takes the addresses; C(device_index) on the standby; C(addresses), public and private, of what moves;
      C(holders), the instances that have it now.
  type: dict
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network

from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.instances_by_host import find_instance

PLACE = "this account and region"


def failover_plan(network_interfaces, instances, subnets, asked, hostvars) -> dict:
    standby = find_instance(instances, asked["to"], hostvars, PLACE)
    failed = _failed(instances, asked, hostvars)
    problems = list(_server_problems(standby, failed, asked))
    plan = {}
    if not problems and asked["interface"]:
        plan, problems = _interface_plan(network_interfaces, standby, asked)
    elif not problems:
        plan, problems = _addresses_plan(network_interfaces, standby, subnets, asked)
    if not problems:
        problems = list(_stranger_problems(plan["holders"], standby, failed, asked))
    return {"problems": problems, "standby": standby, "failed": failed, **plan}


def _failed(instances, asked: dict, hostvars) -> dict:
    """The failed server's instance; empty without one, as it may be terminated already."""
    try:
        return find_instance(instances, asked["from"], hostvars, PLACE) if asked["from"] else {}
    except AnsibleFilterError:
        return {}


def _server_problems(standby: dict, failed: dict, asked: dict):
    if failed and failed["instance_id"] == standby["instance_id"]:
        yield (
            f"eni_failover_from: '{asked['from']}' is the standby itself ({standby['instance_id']}); "
            "name the failed server, or leave it out"
        )
    if standby["state"]["name"] != "running":
        yield (
            f"eni_failover_to: {_named(asked['to'], standby)} is {standby['state']['name']}; "
            "start it, or choose another standby"
        )


def _interface_plan(network_interfaces, standby: dict, asked: dict) -> tuple:
    """(the plan for a whole interface, what stands against it)."""
    if len(network_interfaces) != 1:
        return {}, [_not_one(network_interfaces, asked["interface"])]
    interface = network_interfaces[0]
    attachment = interface.get("attachment") or {"instance_id": None, "status": "", "device_index": None}
    moves = (
        attachment["instance_id"] != standby["instance_id"] or attachment["status"] == "detaching"
        or asked["device_index"] not in ("", attachment["device_index"])
    )
    return {
        "moves": moves,
        "network_interface_id": interface["id"],
        "device_index": _slot(interface, standby, asked["device_index"]) if moves else attachment["device_index"],
        "addresses": _addresses(interface["private_ip_addresses"]),
        "holders": [attachment["instance_id"]] if moves and attachment["instance_id"] else [],
    }, list(_interface_problems(interface, attachment, standby, asked))


def _not_one(network_interfaces, name: str) -> str:
    if not network_interfaces:
        return f"eni_failover_interface: no network interface has the ID or Name tag '{name}'; make it with xeni.aws.ec2_eni"
    found = ", ".join(item["id"] for item in network_interfaces)
    return f"eni_failover_interface: several have the Name tag '{name}': {found}; give the ID of the one that is meant"


def _interface_problems(interface: dict, attachment: dict, standby: dict, asked: dict):
    if attachment["device_index"] == 0:
        yield (
            f"eni_failover_interface: '{asked['interface']}' is the primary network interface of {attachment['instance_id']}, "
            "which cannot move; move secondary addresses of it with eni_failover_addresses"
        )
    zone, own_zone = standby["placement"]["availability_zone"], interface["availability_zone"]
    if zone != own_zone:
        yield (
            f"eni_failover_to: {_named(asked['to'], standby)} is in {zone}, '{asked['interface']}' in {own_zone}, and a network "
            f"interface stays in its zone; choose a standby in {own_zone}"
        )


def _slot(interface: dict, standby: dict, device_index) -> int:
    """The index to attach at: the one that is asked for, else the lowest free one."""
    if device_index != "":
        return device_index
    others = [item for item in standby["network_interfaces"] if item["network_interface_id"] != interface["id"]]
    return min(set(range(len(others) + 1)) - {item["attachment"]["device_index"] for item in others})


def _addresses_plan(holders, standby: dict, subnets, asked: dict) -> tuple:
    """(the plan for secondary addresses, what stands against it)."""
    wrong = [address for address in asked["addresses"] if not _is_address(address)]
    if wrong:
        return {}, [f"eni_failover_addresses: '{address}' is not an IPv4 address, such as 10.0.0.50" for address in wrong]
    taker, problem = _taker(standby, subnets, asked)
    if problem:
        return {}, [problem]
    holders = [item for item in holders if item["subnet_id"] == taker["subnet_id"]]  # another VPC may have the same addresses
    held = [
        (item, address) for item in holders for address in item["private_ip_addresses"]
        if address["private_ip_address"] in asked["addresses"]
    ]
    elsewhere = [(item, address) for item, address in held if item["id"] != taker["network_interface_id"]]
    instances = {(item.get("attachment") or {}).get("instance_id") for item, _address in elsewhere}
    there = {address["private_ip_address"] for address in taker["private_ip_addresses"]}
    return {
        "moves": not there.issuperset(asked["addresses"]),
        "network_interface_id": taker["network_interface_id"],
        "device_index": taker["attachment"]["device_index"],
        "addresses": list(dict.fromkeys([*_addresses(address for _item, address in held), *asked["addresses"]])),
        "holders": sorted(instances - {None}),
    }, [
        f"eni_failover_addresses: '{address['private_ip_address']}' is the primary address of {item['id']}, which cannot move; "
        "list secondary addresses, or move the whole interface with eni_failover_interface"
        for item, address in elsewhere if address["primary"]
    ]


def _is_address(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except AddressValueError:
        return False


def _taker(standby: dict, subnets, asked: dict) -> tuple:
    """(the standby's first interface in the subnet of all addresses, None) or (None, that there is none)."""
    cidr = {subnet["id"]: IPv4Network(subnet["cidr_block"]) for subnet in subnets}
    candidates = sorted(
        (item for item in standby["network_interfaces"] if asked["device_index"] in ("", item["attachment"]["device_index"])),
        key=lambda item: item["attachment"]["device_index"],
    )
    for item in candidates:
        if all(IPv4Address(address) in cidr[item["subnet_id"]] for address in asked["addresses"]):
            return item, None
    there = [f"{cidr[item['subnet_id']]} (eth{item['attachment']['device_index']})" for item in candidates]
    return None, (
        f"eni_failover_addresses: no interface of {_named(asked['to'], standby)} is in the subnet of "
        f"{', '.join(asked['addresses'])}; it has {', '.join(there) or 'none'}, and addresses stay in their subnet: "
        "choose a standby in it, and list the addresses of one subnet at a time"
    )


def _addresses(private_ip_addresses) -> list:
    """Public and private addresses; the public ones first, as they are where the world asks."""
    items = list(private_ip_addresses)
    public = [(item.get("association") or {}).get("public_ip") for item in items]
    return [*filter(None, public), *(item["private_ip_address"] for item in items)]


def _stranger_problems(holders, standby: dict, failed: dict, asked: dict):
    """What is held by a server that was not named as the failed one."""
    known = _named(asked["from"], failed) if failed else f"'{asked['from']}', which has no instance"
    for holder in holders:
        if asked["from"] and holder not in (failed.get("instance_id"), standby["instance_id"]):
            yield (
                f"eni_failover_from: {holder} has {asked['interface'] or ', '.join(asked['addresses'])} now, and not {known}; "
                "name the server that has it, or leave eni_failover_from out"
            )


def _named(name: str, instance: dict) -> str:
    return f"'{name}' ({instance['instance_id']})"


class FilterModule:
    def filters(self) -> dict:
        return {"failover_plan": failover_plan}
