# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of one network interface, as ec2_eni takes them and each element of ec2_eni_fleet's list."""

from __future__ import annotations

OPTIONS = dict(
    eni_id=dict(type="str"),
    name=dict(type="str"),
    subnet_id=dict(type="str"),
    private_ip_address=dict(type="str"),
    description=dict(type="str"),
    security_groups=dict(type="list", elements="str", default=[]),
    instance_id=dict(type="str"),
    device_index=dict(type="int"),
    attached=dict(type="bool"),
    force_detach=dict(type="bool", default=False),
    delete_on_termination=dict(type="bool"),
    source_dest_check=dict(type="bool"),
    secondary_private_ip_addresses=dict(type="list", elements="str"),
    purge_secondary_private_ip_addresses=dict(type="bool", default=False),
    secondary_private_ip_address_count=dict(type="int"),
    allow_reassignment=dict(type="bool", default=False),
    tags=dict(type="dict", aliases=["resource_tags"]),
    purge_tags=dict(type="bool", default=True),
)
