# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of ``ec2_vpc_endpoint``."""

from __future__ import annotations

OPTIONS = dict(
    state=dict(type="str", choices=["present", "absent"], default="present"),
    vpc_endpoint_id=dict(type="str"),
    name=dict(type="str"),
    vpc_id=dict(type="str"),
    vpc_endpoint_type=dict(type="str", choices=["Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork", "Tunnel"]),
    service=dict(type="str"),
    service_region=dict(type="str"),
    resource_configuration_arn=dict(type="str"),
    service_network_arn=dict(type="str"),
    vpc_endpoint_subnets=dict(type="list", elements="str", aliases=["subnets"]),
    subnet_filters=dict(type="dict"),
    subnet_configurations=dict(type="list", elements="dict", options=dict(
        subnet_id=dict(type="str", required=True),
        ipv4=dict(type="str"),
        ipv6=dict(type="str"),
    )),
    vpc_endpoint_security_groups=dict(type="list", elements="str", aliases=["security_groups"]),
    route_table_ids=dict(type="list", elements="str"),
    policy=dict(type="json"),
    private_dns_enabled=dict(type="bool"),
    ip_address_type=dict(type="str", choices=["ipv4", "dualstack", "ipv6"]),
    dns_options=dict(type="dict", options=dict(
        dns_record_ip_type=dict(type="str", choices=["ipv4", "dualstack", "ipv6", "service-defined"]),
        private_dns_only_for_inbound_resolver_endpoint=dict(type="bool"),
        private_dns_preference=dict(type="str", choices=[
            "VERIFIED_DOMAINS_ONLY", "ALL_DOMAINS", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS", "SPECIFIED_DOMAINS_ONLY"]),
        private_dns_specified_domains=dict(type="list", elements="str"),
    )),
    tags=dict(type="dict", aliases=["resource_tags"]),
    purge_tags=dict(type="bool", default=True),
    client_token=dict(type="str", no_log=False),
    wait=dict(type="bool", default=False),
    wait_timeout=dict(type="int", default=320),
)
