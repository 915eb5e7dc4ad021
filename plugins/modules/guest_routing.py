#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r"""
module: guest_routing
short_description: Route by interface inside an EC2 instance, without locking anyone out
version_added: 0.1.0
description:
  - Gives each network interface of the instance a route table of its own, and each of its addresses rules that lead
    there, so that a reply leaves by the interface whose address the request came to. The default route of the table
    C(main) stays with the public interface; what is listed in O(interfaces[].management_prefixes) goes by the
    management one. Networks of containers, and what else others have set up in C(main), stay reachable from all
    addresses. IPv4 and IPv6 alike.
  - Takes the interfaces as M(xeni.aws.ec2_eni) returns them, or from the instance's own metadata. They are found by
    MAC address, never by name.
  - The files of the network manager and the state of the kernel are both looked at, and both corrected. What others
    have set stays.
  - B(Nobody is locked out.) Before anything is changed the instance is told to come back to its old state by itself.
    Then the controller opens a new SSH connection to O(confirm_host), and only that keeps the change. The old state
    is also back after a reboot before that.
  - Needs no library beyond Python's own in the instance, and no AWS credentials.
author:
  - xeni.aws contributors (@xeni-aws)
extends_documentation_fragment:
  - xeni.aws.guest_interfaces
options:
  backend:
    description:
      - The network manager whose files are written.
      - V(auto) takes for each interface the one that manages it. One that nobody manages, or that several do, goes to
        that of the public one.
      - V(systemd_networkd) is also for systems with netplan, whose own files cannot say all that is needed.
      - V(network_manager) needs NetworkManager 1.20 or later.
      - V(ifupdown) is for interfaces that have their addresses from dhclient or dhcpcd.
    type: str
    choices: [auto, ifupdown, network_manager, systemd_networkd]
    default: auto
  take_over:
    description:
      - Whether a cloud agent that configures the interfaces behind their manager's back (amazon-ec2-net-utils,
        nm-cloud-setup, cloud-init's hot-plug with NetworkManager) is switched off for them. Without, it is an error.
      - The same for an interface that has several network managers. The one that O(backend) names stays; the others are
        kept from this interface, which ifupdown can only be in your own files.
      - What was switched off stays so until the interface is not listed any more.
    type: bool
    default: false
  table:
    description:
      - The number of the first interface's route table. The next interfaces have the next numbers.
      - The hundred numbers from this one on belong to this module. They must be from 4000 to 4999, which neither cloud
        agents nor network managers use by themselves.
    type: int
    default: 4000
  priority:
    description: The same for the priorities of the rules, of which 201 belong to this module.
    type: int
    default: 4000
  confirm:
    description:
      - V(auto) goes back unless a new SSH connection to O(confirm_host) confirms. The task itself may come by another
        plugin, such as P(amazon.aws.aws_ssm#connection), but not by C(local), and without C(async).
      - V(never) applies at once, for a console or a local connection. It goes back only when the kernel does not get
        to the wanted state.
    type: str
    choices: [auto, never]
    default: auto
  confirm_host:
    description:
      - The address by which the instance must be reached for the change to be kept.
      - The primary address of the first management interface when omitted, without such an interface the address that
        Ansible uses already.
      - User, port, keys, jump hosts and privilege escalation are those of the task. The host key must be the one of
        the connection in use, or, where that is not SSH, one that SSH accepts for this address.
    type: str
  confirm_directly:
    description:
      - Whether the new connection leaves out the task's jump hosts, C(ProxyJump) and C(ProxyCommand).
      - A jump host in the management subnet reaches the instance also when nothing is configured there, and proves nothing.
    type: bool
    default: false
  confirm_timeout:
    description:
      - After how many seconds without confirmation the instance goes back, from 20 to 3600. Half of it is for the
        change itself.
    type: int
    default: 60
attributes:
  check_mode:
    description: Can run in check mode, which changes nothing and prepares no way back.
    support: full
  diff_mode:
    description: Returns files, rules and routes before and after.
    support: full
seealso:
  - module: xeni.aws.ec2_eni
  - module: xeni.aws.guest_routing_commit
"""

EXAMPLES = r"""
- name: Answer on the interface that was asked
  become: true
  xeni.aws.guest_routing:
    interfaces:
      - mac_address: "02:42:0a:00:00:0a"
        private_ip_addresses: [10.0.0.10, 10.0.0.21]
        subnet_cidr: 10.0.0.0/24
        role: public
      - mac_address: "02:42:0a:00:01:0a"
        private_ip_addresses: [10.0.1.10]
        subnet_cidr: 10.0.1.0/24
        role: management
        management_prefixes: [192.168.0.0/16]

- name: The same, by what the instance knows of itself
  become: true
  xeni.aws.guest_routing:
    source: imds
    management_prefixes: [192.168.0.0/16]
"""

RETURN = r"""
interfaces:
  description: The instance's network interfaces.
  returned: always
  type: list
  elements: dict
  sample:
    - name: eth1
      mac_address: "02:42:0a:00:01:0a"
      private_ip_addresses: [10.0.1.10]
      ipv6_addresses: []
rules:
  description: The policy rules with priorities from 4000 to 4999.
  returned: always
  type: list
  elements: str
  sample: ["rule 4001: from 10.0.1.10 lookup 4001"]
routes:
  description: The unicast routes of C(main) and of the tables from 4000 to 4999.
  returned: always
  type: list
  elements: str
  sample: ["route default via 10.0.1.1 dev eth1 table 4001"]
files:
  description: The files written by this module, with their content.
  returned: always
  type: dict
calls:
  description:
    - What was done or, in check mode, would be. At most one call, because the network changes as a whole.
    - Its C(parameters) have the C(differences) that were found, the C(files) to write (or remove, when null), and the
      C(commands) to run.
  returned: always
  type: list
  elements: dict
  sample:
    - subject: network
      operation: switch
      parameters:
        differences: ["rule 4001: from 10.0.1.10 lookup 4001 is missing"]
        files: {}
        commands: [[networkctl, reconfigure, eth1]]
        commands_back: [[networkctl, reconfigure, eth1]]
        by_hand: []
imds:
  description: Why the instance metadata could not be read. The routing is as it was.
  returned: when O(source=imds), and it could not be read
  type: str
  sample: "PUT /latest/api/token of 169.254.169.254: timed out"
commit:
  description: How the change was confirmed.
  returned: when something was changed and O(confirm=auto)
  type: dict
  sample: {id: 5d0f3c1a2b4e6f78, confirm_host: 10.0.1.10, confirm_timeout: 60, state: confirmed}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.xeni.aws.plugins.module_utils._guest import source
from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._guest.family import GuestRouting
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import run


def main():
    module = AnsibleModule(
        argument_spec=dict(
            source.OPTIONS,
            backend=dict(
                type="str", choices=["auto", "ifupdown", "network_manager", "systemd_networkd"], default="auto"),
            take_over=dict(type="bool", default=False),
            table=dict(type="int", default=4000),
            priority=dict(type="int", default=4000),
            confirm=dict(type="str", choices=["auto", "never"], default="auto"),
            confirm_host=dict(type="str"),
            confirm_directly=dict(type="bool", default=False),
            confirm_timeout=dict(type="int", default=60),
        ),
        required_if=source.REQUIRED_IF,
        supports_check_mode=True,
    )
    run(module, lambda: GuestRouting(from_parameters(source.with_interfaces(module)), module.params))


if __name__ == "__main__":
    main()
