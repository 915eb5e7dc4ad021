# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The addresses of a network are looked at before anything is made."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.filter.network_problems import network_problems

SUBNETS = [{"public": "10.0.0.0/24", "management": "10.0.1.0/24"}]
CORPORATE = ["192.168.0.0/16"]


def test_nothing_is_wrong():
    assert network_problems("10.0.0.0/16", SUBNETS, CORPORATE, "198.51.100.10") == []


@pytest.mark.parametrize("arguments, words", [
    (("10.0.0.1/16", SUBNETS, CORPORATE), "dual_homed_network_vpc_cidr: '10.0.0.1/16' is not an IPv4 network"),
    (("10.1.0.0/16", [{"public": "10.1.0.0/24", "management": "10.0.1.0/24"}], CORPORATE),
     "dual_homed_network_subnets[0].management: 10.0.1.0/24 is outside the VPC; use a part of 10.1.0.0/16"),
    (("10.0.0.0/16", [{"public": "10.0.0.0/23", "management": "10.0.1.0/24"}], CORPORATE),
     "dual_homed_network_subnets[0].management: 10.0.1.0/24 overlaps dual_homed_network_subnets[0].public (10.0.0.0/23)"),
    (("10.0.0.0/16", SUBNETS, ["10.0.0.0/8"]), "dual_homed_network_corporate_prefixes: 10.0.0.0/8 overlaps the VPC 10.0.0.0/16"),
    (("10.0.0.0/16", SUBNETS, ["office"]), "dual_homed_network_corporate_prefixes: 'office' is not an IPv4 network"),
    (("10.0.0.0/16", SUBNETS, CORPORATE, "office"), "dual_homed_network_customer_gateway_address: 'office' is not an IPv4 address"),
])
def test_a_problem_in_words(arguments, words):
    problems = network_problems(*arguments)
    assert len(problems) == 1 and words in problems[0]
