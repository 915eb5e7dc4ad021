# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: endpoint_records
short_description: The DNS records that lead from a name to a VPC endpoint
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - A CNAME to the endpoint's first DNS name. Where a CNAME cannot stand, at the zone's apex and beside records of other types, an alias to it.
    Where the endpoint has no name that an alias can lead to, the addresses of its network interfaces.
  - A record there of another kind than the one to be written is an error, as it is somebody else's.
options:
  _input:
    description: The endpoint, as M(xeni.aws.ec2_vpc_endpoint) returns it.
    type: dict
    required: true
  name:
    description: The name.
    type: str
    required: true
  zone:
    description: The name of the hosted zone that it is in.
    type: str
    required: true
  there:
    description: The zone's records, as M(amazon.aws.route53_info) returns them.
    type: list
    elements: dict
    default: []
  network_interfaces:
    description: Network interfaces, the endpoint's among them, as M(xeni.aws.ec2_eni_info) returns them.
    type: list
    elements: dict
    default: []
positional: name, zone, there, network_interfaces
"""

EXAMPLES = r"""
- name: Where the certificate's name leads
  ansible.builtin.debug:
    msg: "{{ endpoint | xeni.aws.endpoint_records('api.example.internal', 'example.internal') }}"
"""

RETURN = r"""
_value:
  description:
    - Of each record C(type), C(value), C(alias), and C(alias_hosted_zone_id) of an alias, as M(amazon.aws.route53) takes them.
    - A C(value) is empty where addresses are needed and O(network_interfaces) has none of the endpoint's.
  type: list
  elements: dict
"""

from ansible.errors import AnsibleFilterError

# https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html#vpc-endpoint-ip-address-type
TYPES = {"ipv4": ["A"], "ipv6": ["AAAA"], "dualstack": ["A", "AAAA"]}
OF_EVERY_ZONE = {"NS", "SOA"}


def endpoint_records(endpoint, name: str, zone: str, there=(), network_interfaces=()) -> list:
    name, zone = _bare(name), _bare(zone)
    if name != zone and not name.endswith(f".{zone}"):
        raise AnsibleFilterError(f"'{name}' is not in the zone {zone}; give a name that ends with .{zone}, or another zone")
    beside = [record for record in there if _bare(record["name"]) == name and record["type"] not in OF_EVERY_ZONE]
    entry = next(iter(endpoint.get("dns_entries") or []), {})
    if entry.get("dns_name") and name != zone and all(record["type"] == "CNAME" for record in beside):
        return [{"type": "CNAME", "value": [entry["dns_name"]], "alias": False}]
    if entry.get("dns_name") and entry.get("hosted_zone_id"):
        found = _aliases(endpoint, entry)
    else:
        found = _addresses(endpoint, network_interfaces)
    _check_free(name, found, beside)
    return found


def _aliases(endpoint, entry: dict) -> list:
    """The dot at the end is how Route 53 returns the target."""
    target = f"{entry['dns_name'].rstrip('.')}."
    return [
        {"type": kind, "value": [target], "alias": True, "alias_hosted_zone_id": entry["hosted_zone_id"]}
        for kind in _types(endpoint)
    ]


def _addresses(endpoint, network_interfaces) -> list:
    if not endpoint.get("network_interface_ids"):
        raise AnsibleFilterError(
            f"{endpoint.get('vpc_endpoint_id', 'the endpoint')} has neither a DNS name nor a network interface that a record could lead to; "
            "use an endpoint with network interfaces, once it is available"
        )
    own = [item for item in network_interfaces if item["id"] in endpoint["network_interface_ids"]]
    addresses = {
        "A": sorted(item["private_ip_address"] for item in own),
        "AAAA": sorted(each["ipv6_address"] for item in own for each in item.get("ipv6_addresses") or []),
    }
    return [{"type": kind, "value": addresses[kind], "alias": False} for kind in _types(endpoint)]


def _types(endpoint) -> list:
    return TYPES[endpoint.get("ip_address_type") or "ipv4"]


def _check_free(name: str, wanted: list, beside: list) -> None:
    """A record of the same kind is this endpoint's, or that of the one before it."""
    kinds = {record["type"]: record["alias"] for record in wanted}
    foreign = [
        record["type"] for record in beside
        if record["type"] == "CNAME" or kinds.get(record["type"], is_alias(record)) != is_alias(record)
    ]
    if foreign:
        what = "aliases" if wanted[0]["alias"] else "addresses"
        raise AnsibleFilterError(
            f"{name} has a record of type {', '.join(foreign)} that is not an endpoint's, in place of {what} to the endpoint; delete it, or "
            "choose another name"
        )


def is_alias(record) -> bool:
    return bool(record.get("alias_target"))


def _bare(name: str) -> str:
    """As people write it; Route 53 returns an asterisk by its code."""
    return name.replace("\\052", "*").rstrip(".").lower()


class FilterModule:
    def filters(self) -> dict:
        return {"endpoint_records": endpoint_records}
