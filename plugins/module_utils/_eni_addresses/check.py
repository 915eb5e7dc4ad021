# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse of Elastic IPs, or do without a word, found before the first changing call. Pure."""

from __future__ import annotations

from .._eni.addresses import KINDS
from .desired import SECONDARY, EniAddresses
from .observed import Observed
from .plan import secondary_change


def problems(wanted: EniAddresses, observed: Observed, has_gateway: bool):
    """has_gateway: whether the VPC has an Internet gateway, or needs none."""
    key, interface = wanted.eni.key, observed.interface
    if interface.requester_managed:
        yield (
            f"{key}: {interface.id} is managed by AWS "
            f"({interface.attributes.get('description') or interface.interface_type}); "
            "change its addresses through the service that made it"
        )
    ours = {elastic.allocation_id for elastic in observed.ours}
    for address in secondary_change(wanted, interface).drop:
        elastic = observed.associations.get(address)
        if elastic and elastic.allocation_id not in ours:
            yield (
                f"{key}: {_option(wanted)}: '{address}' has the Elastic IP {elastic.public_ip} "
                f"({elastic.allocation_id}), which this module did not allocate and AWS would take off without a word; "
                f"disassociate {elastic.association_id} first, or keep the address"
            )
    if not has_gateway:
        yield (
            f"{key}: elastic_ip: true needs an Internet gateway, and {interface.vpc_id} has none; "
            "attach one to the VPC first (amazon.aws.ec2_vpc_igw)"
        )


def _option(wanted: EniAddresses) -> str:
    return SECONDARY if wanted.eni.addresses[SECONDARY].count is None else KINDS[SECONDARY].count_option
