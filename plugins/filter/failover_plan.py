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
    description: The interface that is to move, or the holders of the addresses that are, as M(xeni.aws.ec2_eni_info) returns them.
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
      - What is asked for, C(to) and C(from) as the inventory calls the servers, C(interface) or C(addresses), and C(device_index).
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
    - Without any, C(standby) and C(failed), the instances (C(failed) is empty when it is not known, or gone); C(moves), whether something
      is elsewhere; C(network_interface_id) of the interface that moves or takes the addresses; C(device_index) on the standby;
      C(addresses), public and private, of what moves; C(holders), the instances that have it now.
  type: dict
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network

from ansible.errors import AnsibleFilterError

from ansible_collections.xeni.aws.plugins.filter.instances_by_host import find_instance

PLACE = "this account and region"


def failover_plan(network_interfaces, instances, subnets, asked, hostvars) -> dict:
    standby = find_instance(instances, asked["to"], hostvars, PLACE)
    failed = _failed(instances, asked, hostvars)
    problems = [*_server_problems(standby, failed, asked)]
    decide = _interface_plan if asked["interface"] else _addresses_plan
    plan = {} if problems else decide(network_interfaces, standby, subnets, asked, problems)
    if not problems:
        problems += _stranger_problems(plan, standby, failed, asked)
    return {"problems": problems, "standby": standby, "failed": failed, **plan}


def _failed(instances, asked: dict, hostvars) -> dict:
    """The failed server's instance; empty without one, as it may be terminated already."""
    try:
        return find_instance(instances, asked["from"], hostvars, PLACE) if asked["from"] else {}
    except AnsibleFilterError:
        return {}


def _server_problems(standby: dict, failed: dict, asked: dict):
    if failed and failed["instance_id"] == standby["instance_id"]:
        yield f"eni_failover_from: '{asked['from']}' is the standby itself ({standby['instance_id']}); name the failed server, or leave it out"
    if standby["state"]["name"] != "running":
        yield f"eni_failover_to: {_named(asked['to'], standby)} is {standby['state']['name']}; start it, or choose another standby"


def _interface_plan(network_interfaces, standby: dict, _subnets, asked: dict, problems: list) -> dict:
    """The plan for a whole interface; adds to the problems."""
    found = ", ".join(item["id"] for item in network_interfaces)
    if len(network_interfaces) != 1:
        problems.append(
            f"eni_failover_interface: {len(network_interfaces)} network interfaces have the Name tag '{asked['interface']}': {found}; give the "
            "ID of the one that is meant" if network_interfaces else
            f"eni_failover_interface: no network interface has the ID or Name tag '{asked['interface']}'; make it with xeni.aws.ec2_eni"
        )
        return {}
    interface = network_interfaces[0]
    attachment = interface.get("attachment") or {}
    here = attachment.get("instance_id") == standby["instance_id"]
    moves = not here or attachment["status"] == "detaching" or asked["device_index"] not in ("", attachment["device_index"])
    problems += _interface_problems(interface, attachment, standby, asked)
    return {
        "moves": moves,
        "network_interface_id": interface["id"],
        "device_index": attachment["device_index"] if not moves else _slot(interface, standby, asked["device_index"]),
        "addresses": _addresses(interface["private_ip_addresses"]),
        "holders": [attachment["instance_id"]] if moves and attachment.get("instance_id") else [],
    }


def _interface_problems(interface: dict, attachment: dict, standby: dict, asked: dict):
    what = f"eni_failover_interface: '{asked['interface']}'"
    if attachment.get("device_index") == 0:
        yield (
            f"{what} is the primary network interface of {attachment['instance_id']}, which cannot move; "
            "move secondary addresses of it with eni_failover_addresses"
        )
    zone = standby["placement"]["availability_zone"]
    if interface["availability_zone"] != zone:
        yield (
            f"eni_failover_to: {_named(asked['to'], standby)} is in {zone}, {what.partition(' ')[2]} in {interface['availability_zone']}, and a network "
            f"interface stays in its zone; choose a standby in {interface['availability_zone']}"
        )


def _slot(interface: dict, standby: dict, device_index) -> int:
    """The index to attach at: the one that is asked for, else the lowest free one."""
    if device_index != "":
        return device_index
    used = {item["attachment"]["device_index"] for item in standby["network_interfaces"] if item["network_interface_id"] != interface["id"]}
    return min(set(range(len(used) + 1)) - used)


def _addresses_plan(holders, standby: dict, subnets, asked: dict, problems: list) -> dict:
    """The plan for secondary addresses; adds to the problems."""
    problems += [
        f"eni_failover_addresses: '{address}' is not an IPv4 address, such as 10.0.0.50" for address in asked["addresses"] if not _is_address(address)
    ]
    target = None if problems else _taker(standby, subnets, asked, problems)
    if target is None:
        return {}
    holders = [item for item in holders if item["subnet_id"] == target["subnet_id"]]  # another VPC may have the same addresses
    elsewhere = [(item, held) for item in holders if item["id"] != target["network_interface_id"] for held in item["private_ip_addresses"]
                 if held["private_ip_address"] in asked["addresses"]]
    problems += [
        f"eni_failover_addresses: '{held['private_ip_address']}' is the primary address of {item['id']}, which cannot move; list secondary "
        "addresses, or move the whole interface with eni_failover_interface"
        for item, held in elsewhere if held["primary"]
    ]
    present = {held["private_ip_address"] for held in target["private_ip_addresses"]}
    known = [held for item in [*holders, target] for held in item["private_ip_addresses"] if held["private_ip_address"] in asked["addresses"]]
    return {
        "moves": not present.issuperset(asked["addresses"]),
        "network_interface_id": target["network_interface_id"],
        "device_index": target["attachment"]["device_index"],
        "addresses": _addresses([*known, *({"private_ip_address": address} for address in asked["addresses"])]),
        "holders": sorted({item["attachment"]["instance_id"] for item, _held in elsewhere if (item.get("attachment") or {}).get("instance_id")}),
    }


def _is_address(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except AddressValueError:
        return False


def _taker(standby: dict, subnets, asked: dict, problems: list) -> dict | None:
    """The standby's interface that takes the addresses: the first in the subnet of all of them."""
    cidr = {subnet["id"]: IPv4Network(subnet["cidr_block"]) for subnet in subnets}
    candidates = sorted(
        (item for item in standby["network_interfaces"] if asked["device_index"] in ("", item["attachment"]["device_index"])),
        key=lambda item: item["attachment"]["device_index"],
    )
    for item in candidates:
        if all(IPv4Address(address) in cidr[item["subnet_id"]] for address in asked["addresses"]):
            return item
    there = ", ".join(f"{cidr[item['subnet_id']]} (eth{item['attachment']['device_index']})" for item in candidates) or "none"
    problems.append(
        f"eni_failover_addresses: no interface of {_named(asked['to'], standby)} is in the subnet of {', '.join(asked['addresses'])}; it has {there}, and "
        "addresses stay in their subnet: choose a standby in it, and list the addresses of one subnet at a time"
    )
    return None


def _addresses(private_ip_addresses) -> list:
    """Private and public addresses, each once, the public ones first: they are where the world asks."""
    public = [item["association"]["public_ip"] for item in private_ip_addresses if (item.get("association") or {}).get("public_ip")]
    return list(dict.fromkeys([*public, *(item["private_ip_address"] for item in private_ip_addresses)]))


def _stranger_problems(plan: dict, standby: dict, failed: dict, asked: dict):
    """What is held by a server that was not named as the failed one."""
    for holder in plan["holders"]:
        if asked["from"] and holder not in (failed.get("instance_id"), standby["instance_id"]):
            known = _named(asked["from"], failed) if failed else f"'{asked['from']}', which has no instance,"
            yield (
                f"eni_failover_from: {holder} has {asked['interface'] or ', '.join(asked['addresses'])} now, not {known}; "
                "name the server that has it, or leave eni_failover_from out"
            )


def _named(name: str, instance: dict) -> str:
    return f"'{name}' ({instance['instance_id']})"


class FilterModule:
    def filters(self) -> dict:
        return {"failover_plan": failover_plan}
