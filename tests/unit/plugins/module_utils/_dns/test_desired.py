# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of a zone's VPCs."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._dns.desired import Vpc, Wanted, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

VPC = {"vpc_id": "vpc-0a1b2c3d4e5f60718", "vpc_region": "eu-west-1"}
PARAMETERS = {"hosted_zone_id": None, "name": None, "vpcs": [VPC], "state": "present", "purge_vpcs": False}


def test_a_zone_by_either_form_of_its_id_and_of_its_name():
    vpcs = (Vpc("vpc-0a1b2c3d4e5f60718", "eu-west-1"),)
    for zone_id in ("Z1", "/hostedzone/Z1"):
        assert from_parameters({**PARAMETERS, "hosted_zone_id": zone_id}) == Wanted("Z1", None, vpcs)
    for name in ("Example.internal", "example.internal."):
        assert from_parameters({**PARAMETERS, "name": name}) == Wanted(None, "example.internal.", vpcs)


def test_a_vpc_listed_twice_is_one():
    assert len(from_parameters({**PARAMETERS, "name": "example.internal", "vpcs": [VPC, VPC]}).vpcs) == 1


@pytest.mark.parametrize("parameters, words", [
    ({"hosted_zone_id": "example.internal"}, "hosted_zone_id: 'example.internal' is no ID .*; a zone's name goes to name"),
    ({"name": "."}, r"name: '\.' is no name of a zone"),
    ({"vpcs": [{**VPC, "vpc_id": "subnet-1"}]}, "vpcs: vpc_id: 'subnet-1' is no ID of a VPC"),
    ({"vpcs": [{**VPC, "vpc_region": "Ireland"}]}, "vpcs: vpc-0a1b2c3d4e5f60718: vpc_region: 'Ireland' is no Region"),
    ({"vpcs": [VPC, {**VPC, "vpc_region": "eu-west-2"}]}, "vpcs: vpc-0a1b2c3d4e5f60718 is listed with two regions"),
    ({"purge_vpcs": True, "state": "absent"}, "purge_vpcs: an exact set of VPCs is for state present, not for absent"),
])
def test_refused(parameters, words):
    with pytest.raises(BadInput, match=words):
        from_parameters({**PARAMETERS, **parameters})
