# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of one network interface, as ec2_eni takes them and each element of ec2_eni_fleet's list."""

from __future__ import annotations

IDENTITY = dict(
    eni_id=dict(type="str"),
    name=dict(type="str"),
    subnet_id=dict(type="str"),
    vpc_id=dict(type="str"),
    private_ip_address=dict(type="str"),
    instance_id=dict(type="str"),
    device_index=dict(type="int"),
)

_ATTRIBUTES = dict(
    description=dict(type="str"),
    security_groups=dict(type="list", elements="str", default=[]),
    interface_type=dict(type="str", choices=["interface", "efa", "efa-only", "branch", "trunk"]),
    source_dest_check=dict(type="bool"),
    connection_tracking=dict(type="dict", options=dict(
        tcp_established_timeout=dict(type="int"),
        udp_stream_timeout=dict(type="int"),
        udp_timeout=dict(type="int"),
    )),
    enable_primary_ipv6=dict(type="bool"),
    associate_public_ip_address=dict(type="bool"),
    associated_subnet_ids=dict(type="list", elements="str"),
    public_ip_dns_hostname_type=dict(type="str", choices=[
        "public-dual-stack-dns-name", "public-ipv4-dns-name", "public-ipv6-dns-name"]),
    tags=dict(type="dict", aliases=["resource_tags"]),
    purge_tags=dict(type="bool", default=True),
)

_ATTACHMENT = dict(
    attached=dict(type="bool"),
    network_card_index=dict(type="int"),
    delete_on_termination=dict(type="bool"),
    ena_srd=dict(type="dict", options=dict(enabled=dict(type="bool"), udp_enabled=dict(type="bool"))),
    ena_queue_count=dict(type="int"),
    force_detach=dict(type="bool", default=False),
    force_detach_after=dict(type="int"),
)

_ADDRESSES = dict(
    secondary_private_ip_addresses=dict(type="list", elements="str"),
    purge_secondary_private_ip_addresses=dict(type="bool", default=False),
    secondary_private_ip_address_count=dict(type="int"),
    ipv4_prefixes=dict(type="list", elements="str"),
    purge_ipv4_prefixes=dict(type="bool", default=False),
    ipv4_prefix_count=dict(type="int"),
    ipv6_addresses=dict(type="list", elements="str"),
    purge_ipv6_addresses=dict(type="bool", default=False),
    ipv6_address_count=dict(type="int"),
    ipv6_prefixes=dict(type="list", elements="str"),
    purge_ipv6_prefixes=dict(type="bool", default=False),
    ipv6_prefix_count=dict(type="int"),
    allow_reassignment=dict(type="bool", default=False),
)

OPTIONS = dict(IDENTITY, **_ATTRIBUTES, **_ATTACHMENT, **_ADDRESSES)
