# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An endpoint service as a playbook asks for it."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._service.desired import from_parameters

NOT_MENTIONED = (
    "service_id", "service_name", "network_load_balancer_arns", "gateway_load_balancer_arns", "acceptance_required", "private_dns_name",
    "supported_ip_address_types", "supported_regions", "allowed_principals", "payer_responsibility", "tags",
)
DEFAULTS = {
    **dict.fromkeys(NOT_MENTIONED), "name": "api", "state": "present", "purge_allowed_principals": True, "allow_anyone": False,
    "confirm_payer_responsibility": False, "purge_tags": True, "reject_connections": False,
}


@pytest.fixture(scope="session")
def wanted():
    """The Service of the module's parameters, those that are not given being its defaults."""
    return lambda partition="aws", **parameters: from_parameters({**DEFAULTS, **parameters}, partition)
