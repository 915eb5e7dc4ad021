# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: instances_by_host
short_description: The EC2 instance of each inventory host
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Finds the instance of each host by the host's variable C(instance_id), else by a C(Name) tag that is the host's name.
  - A host without an instance, or with two, is an error that says so.
options:
  _input:
    description: Instances, as M(amazon.aws.ec2_instance_info) returns them.
    type: list
    elements: dict
    required: true
  hosts:
    description: Inventory names.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of the hosts, by inventory name.
    type: dict
    required: true
positional: hosts, hostvars
"""

EXAMPLES = r"""
- name: Instances of the web servers
  ansible.builtin.set_fact:
    servers: "{{ found.instances | xeni.aws.instances_by_host(groups['web'], hostvars) }}"
"""

RETURN = r"""
_value:
  description:
    - By inventory name, C(instance_id), C(availability_zone), C(eth0) with the C(eni_id) of the primary interface,
      C(elastic_ip), whether that has an Elastic IP, and C(network_interfaces), all of them as they are.
  type: dict
"""

from ansible.errors import AnsibleFilterError


def instances_by_host(instances, hosts, hostvars) -> dict:
    return {host: _summary(find_instance(instances, host, hostvars)) for host in hosts}


def find_instance(instances, host: str, hostvars, place: str = "the VPC") -> dict:
    """The host's instance among those of a place; AnsibleFilterError when there is none, or two."""
    instance_id = hostvars[host].get("instance_id") if host in hostvars else None
    if instance_id:
        found = [instance for instance in instances if instance["instance_id"] == instance_id]
        what = f"instance_id '{instance_id}'"
    else:
        found = [instance for instance in instances if instance.get("tags", {}).get("Name") == host]
        what = f"the Name tag '{host}'"
    if not found:
        raise AnsibleFilterError(
            f"{host}: no instance of {place} has {what}: launch it there, give it that Name tag, or set instance_id for the host"
        )
    if len(found) > 1:
        ids = ", ".join(instance["instance_id"] for instance in found)
        raise AnsibleFilterError(f"{host}: {len(found)} instances have {what}: {ids}; set instance_id for the host")
    return found[0]


def _summary(instance: dict) -> dict:
    eth0 = next(item for item in instance["network_interfaces"] if item["attachment"]["device_index"] == 0)
    # The owner of an address that AWS assigned by itself, and takes back at a stop, is 'amazon'.
    owner = (eth0.get("association") or {}).get("ip_owner_id", "amazon")
    return {
        "instance_id": instance["instance_id"],
        "availability_zone": instance["placement"]["availability_zone"],
        "eth0": {"eni_id": eth0["network_interface_id"]},
        "elastic_ip": owner != "amazon",
        "network_interfaces": instance["network_interfaces"],
    }


class FilterModule:
    def filters(self) -> dict:
        return {"instances_by_host": instances_by_host}
