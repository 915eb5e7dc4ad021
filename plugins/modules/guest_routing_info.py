#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: guest_routing_info
short_description: Tell how an EC2 instance routes, and who configures its interfaces
version_added: 0.1.0
description:
  - Tells the instance's network interfaces, which network manager has each of them, which cloud agents configure it
    as well, and all policy rules and routes.
  - For each of O(peers) it tells the way that a packet would take which the instance sends, and the way of a reply from
    each of its addresses, as the kernel decides it.
  - Works without root. Only root sees whether a connection of NetworkManager tells nm-cloud-setup to skip it; without
    root nm-cloud-setup is then listed in RV(interfaces[].agents) all the same.
author:
  - xeni.aws contributors (@xeni-aws)
options:
  peers:
    description: Addresses, of IPv4 and IPv6, that the way to is asked for.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: It changes nothing, so check mode is no different.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
seealso:
  - module: xeni.aws.guest_routing
"""

EXAMPLES = r"""
- name: By which interface does the instance answer, and talk to, the corporate network and the Internet?
  xeni.aws.guest_routing_info:
    peers: [192.168.5.5, 198.51.100.7, "2001:db8:5::5"]
  register: routing

- name: What comes to the management address is answered by its interface
  ansible.builtin.assert:
    that: (routing.paths[0].replies | selectattr("source", "eq", "10.0.1.10") | first).interface == "eth1"

- name: No cloud agent interferes
  ansible.builtin.assert:
    that: routing.interfaces | map(attribute="agents") | flatten == []
"""

RETURN = r"""
interfaces:
  description: The instance's network interfaces.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name in the instance.
      type: str
      sample: eth1
    mac_address:
      description: The MAC address, by which M(xeni.aws.guest_routing) knows the interface.
      type: str
      sample: "02:42:0a:00:01:0a"
    private_ip_addresses:
      description: The IPv4 addresses.
      type: list
      elements: str
      sample: [10.0.1.10]
    ipv6_addresses:
      description: The IPv6 addresses, but link-local and temporary ones.
      type: list
      elements: str
      sample: ["2001:db8:0:1::10"]
    managers:
      description:
        - Who manages the interface, of V(systemd-networkd), V(netplan) (which writes systemd-networkd's files),
          V(NetworkManager) and V(ifupdown).
        - More than one undo each other's work. Empty when nobody does.
      type: list
      elements: str
      sample: [systemd-networkd]
    configuration:
      description:
        - By what. The file of systemd-networkd, or the UUID of NetworkManager's active connection.
        - Empty for others. Of several managers, the first one's.
      type: str
      sample: /run/systemd/network/70-eth1.network
    agents:
      description:
        - Cloud agents that configure the interface behind its manager's back, of V(amazon-ec2-net-utils),
          V(nm-cloud-setup) and V(cloud-init's hot-plug).
        - Those that are masked are not listed, nor those that M(xeni.aws.guest_routing) has switched off.
      type: list
      elements: str
      sample: [amazon-ec2-net-utils]
rules:
  description: All policy rules, in the order in which the kernel asks them, of IPv4 and then of IPv6.
  returned: always
  type: list
  elements: str
  sample: ["rule 4001: from 10.0.1.10 lookup 4001"]
routes:
  description: The unicast routes of all tables but C(local), which has the instance's own addresses.
  returned: always
  type: list
  elements: str
  sample: ["route default via 10.0.1.1 dev eth1 table 4001"]
paths:
  description: For each of O(peers) the way to it.
  returned: always
  type: list
  elements: dict
  contains:
    peer:
      description: The address that was asked for.
      type: str
      sample: 192.168.5.5
    interface:
      description: By which a packet leaves that the instance sends by itself. Empty when there is no way.
      type: str
      sample: eth1
    source:
      description: The address that such a packet gets.
      type: str
      sample: 10.0.1.10
    gateway:
      description: The next hop. Empty when the peer is on the interface's own network.
      type: str
      sample: 10.0.1.1
    problem:
      description: Why there is no way, in the kernel's words. Empty when there is one.
      type: str
      sample: Network is unreachable
    replies:
      description:
        - The same for a packet from each of the instance's addresses of the peer's family, such as a reply to what came
          to that address.
        - Each has C(source), C(interface), C(gateway) and C(problem).
      type: list
      elements: dict
      sample: [{source: 10.0.1.10, interface: eth1, gateway: 10.0.1.1, problem: ""}]
"""

from ipaddress import ip_address

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.xeni.aws.plugins.module_utils._guest import agents, kernel, owners, paths
from ansible_collections.xeni.aws.plugins.module_utils._guest.backends.files import present
from ansible_collections.xeni.aws.plugins.module_utils._guest.observed import Observed, show
from ansible_collections.xeni.aws.plugins.module_utils._guest.process import CommandFailed
from ansible_collections.xeni.aws.plugins.module_utils._guest.state import LOCAL_TABLE


def problems(peers):
    for peer in peers:
        try:
            ip_address(peer)
        except ValueError:
            yield f"peers: '{peer}' is no IP address; give addresses such as 192.0.2.10 or 2001:db8::10"


def describe(state, owned, acting):
    """The result, but for paths. owned, acting: {device: owners.Owner} and {device: names of agents}. Pure."""
    shown = show(Observed(state))
    return {
        "interfaces": [
            {
                **item,
                "managers": list(owned[item["name"]].managers),
                "configuration": next(filter(None, owned[item["name"]].handles.values()), ""),
                "agents": list(acting[item["name"]]),
            }
            for item in shown["interfaces"]
        ],
        "rules": [str(rule) for rule in sorted(state.rules, key=lambda rule: (rule.family, rule.priority))],
        "routes": [str(route) for route in sorted(state.routes) if route.table != LOCAL_TABLE],
    }


def main():
    module = AnsibleModule(
        argument_spec=dict(peers=dict(type="list", elements="str", default=[])), supports_check_mode=True)
    peers = module.params["peers"]
    found = list(problems(peers))
    if found:
        module.fail_json(msg="\n".join(found))
    try:
        state = kernel.read()
        owned = owners.read([link.name for link in state.links]).of
        acting = agents.acting(agents.read(owned), present(agents.PATTERNS))
        module.exit_json(
            changed=False, **describe(state, owned, acting), paths=[paths.read(peer, state) for peer in peers])
    except (OSError, CommandFailed) as error:
        module.fail_json(msg=f"The instance's routing cannot be told: {error}")


if __name__ == "__main__":
    main()
