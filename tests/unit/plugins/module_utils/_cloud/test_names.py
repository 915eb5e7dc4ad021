# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from ansible_collections.xeni.aws.plugins.module_utils._cloud.names import snake_case

REPLY = {
    "VpcEndpointId": "vpce-1",
    "NetworkLoadBalancerArns": ["arn:aws:elasticloadbalancing"],
    "DnsEntries": [{"DnsName": "a.example", "HostedZoneId": "Z1"}, {"DnsName": "b.example", "HostedZoneId": "Z1"}],
    "Ipv6Addresses": [],
    "Attachment": {"EnaSrdSpecification": {"EnaSrdEnabled": False}},
}


def test_names_are_those_that_every_module_for_aws_returns():
    assert snake_case(REPLY) == camel_dict_to_snake_dict(REPLY)
