# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of one network interface: ec2_eni has them at the top, ec2_eni_fleet for each element of its list."""

from __future__ import annotations

import textwrap


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description: The interface's description. An empty text removes it.
    type: str
  security_groups:
    description: Security groups by ID or name, as an exact set. An empty list leaves the groups as they are.
    type: list
    elements: str
    default: []
  interface_type:
    description: The type of the interface, which it keeps. V(interface) when omitted.
    type: str
    choices: [interface, efa, efa-only, branch, trunk]
  source_dest_check:
    description: Whether AWS drops packets that are not from or to an address of the interface. Switch it off for routers and NAT.
    type: bool
  connection_tracking:
    description: After how many seconds an idle connection is forgotten by the security groups. What is omitted stays as it is.
    type: dict
    suboptions:
      tcp_established_timeout:
        description: Established TCP connections, V(60) to V(432000).
        type: int
      udp_stream_timeout:
        description: UDP with more than one request and reply, V(60) to V(180).
        type: int
      udp_timeout:
        description: UDP with packets in one direction or one request and reply, V(30) to V(60).
        type: int
  enable_primary_ipv6:
    description: Whether the first global IPv6 address is the primary one. AWS does not take it back.
    type: bool
  associate_public_ip_address:
    description: Whether AWS assigns a public IPv4 address. It takes effect on the primary interface of an instance only.
    type: bool
  associated_subnet_ids:
    description: Further subnets to associate with the interface, as an exact set.
    type: list
    elements: str
  public_ip_dns_hostname_type:
    description: What the interface's public DNS name resolves to.
    type: str
    choices: [public-dual-stack-dns-name, public-ipv4-dns-name, public-ipv6-dns-name]
  tags:
    description:
      - Tags, as an exact set unless O(purge_tags=false). Omitted, tags stay as they are.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Whether tags that are not listed in O(tags) are removed.
    type: bool
    default: true
  attached:
    description:
      - Whether the interface is attached to O(instance_id). Omitted, the attachment stays as it is; an O(instance_id) of V(None), as text, detaches.
      - An interface that is attached elsewhere, or at another O(device_index) or O(network_card_index), is detached first.
    type: bool
  network_card_index:
    description: The network card to attach to, for instance types that have several.
    type: int
  delete_on_termination:
    description: Whether the interface is deleted with the instance it is attached to. V(false) for a new attachment when omitted.
    type: bool
  ena_srd:
    description: ENA Express (Scalable Reliable Datagram) of the attachment. What is omitted stays as it is.
    type: dict
    suboptions:
      enabled:
        description: Whether ENA Express is on.
        type: bool
      udp_enabled:
        description: Whether it carries UDP too.
        type: bool
  ena_queue_count:
    description: How many ENA queues the attachment has. The instance type must support flexible queues.
    type: int
  force_detach:
    description: Detach by force; with O(state=absent) it allows to detach at all.
    type: bool
    default: false
  force_detach_after:
    description: Detach by force what is not detached after this many seconds, such as the interface of an instance that hangs.
    type: int
  secondary_private_ip_addresses:
    description: Secondary private IPv4 addresses that must be there.
    type: list
    elements: str
  purge_secondary_private_ip_addresses:
    description: Whether secondary addresses that are not listed are removed.
    type: bool
    default: false
  secondary_private_ip_address_count:
    description: How many secondary addresses there are, chosen by AWS. Surplus ones are removed, the last ones first.
    type: int
  ipv4_prefixes:
    description: IPv4 prefixes of length 28 that must be delegated to the interface.
    type: list
    elements: str
  purge_ipv4_prefixes:
    description: Whether IPv4 prefixes that are not listed are removed.
    type: bool
    default: false
  ipv4_prefix_count:
    description: How many IPv4 prefixes there are, chosen by AWS.
    type: int
  ipv6_addresses:
    description: IPv6 addresses that must be there.
    type: list
    elements: str
  purge_ipv6_addresses:
    description: Whether IPv6 addresses that are not listed are removed.
    type: bool
    default: false
  ipv6_address_count:
    description: How many IPv6 addresses there are, chosen by AWS.
    type: int
  ipv6_prefixes:
    description: IPv6 prefixes of length 80 that must be delegated to the interface.
    type: list
    elements: str
  purge_ipv6_prefixes:
    description: Whether IPv6 prefixes that are not listed are removed.
    type: bool
    default: false
  ipv6_prefix_count:
    description: How many IPv6 prefixes there are, chosen by AWS.
    type: int
  allow_reassignment:
    description: Whether a listed secondary address may be taken from another interface of the subnet.
    type: bool
    default: false
"""

    IDENTITY = r"""
options:
  eni_id:
    description:
      - The ID of the interface.
      - An interface is found by O(eni_id), else by O(name), else by O(private_ip_address), else by O(instance_id) and O(device_index);
        O(subnet_id) and O(vpc_id) narrow the search by name or address. Two matches are an error that lists them.
    type: str
  name:
    description: The interface's C(Name) tag.
    type: str
  subnet_id:
    description: The interface's subnet. Needed to create it.
    type: str
  vpc_id:
    description: The interface's VPC, to tell interfaces of the same name or address apart.
    type: str
  private_ip_address:
    description: The primary private IPv4 address. It cannot be changed later. AWS chooses one when omitted.
    type: str
  instance_id:
    description: The instance that the interface is attached to, or is to be.
    type: str
  device_index:
    description: The index of the attachment on the instance. V(1) when an interface is attached without it.
    type: int
"""


def _elements(*fragments: str) -> str:
    """The fragments' options as those of each element of network_interfaces."""
    options = "".join(fragment.replace("\noptions:\n", "") for fragment in fragments).replace("O(", "O(network_interfaces[].")
    nested = textwrap.indent(options.replace("network_interfaces[].state", "state"), "    ")
    return f"\noptions:\n  network_interfaces:\n    suboptions:\n{nested}"


# Outside the class, where ansible-test takes what is assigned for a literal.
ModuleDocFragment.FLEET = _elements(ModuleDocFragment.IDENTITY, ModuleDocFragment.DOCUMENTATION)
