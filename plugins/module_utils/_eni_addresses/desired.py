# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of ec2_eni_addresses -> the addresses and Elastic IPs that are wanted on a network interface. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .._cloud.tags import text_tags
from .._eni import desired as eni_desired
from .._eni.addresses import KINDS, Wanted
from .._eni.desired import Eni
from .._reconcile.run import BadInput

# The kind of address that can have an Elastic IP.
SECONDARY = "secondary_private_ip_addresses"

# The tags of an Elastic IP that the module allocates: the private address that it is for, wherever in the subnet that is.
SUBNET_TAG = "xeni.aws/subnet-id"
ADDRESS_TAG = "xeni.aws/private-ip-address"


@dataclass(frozen=True)
class EniAddresses:
    """What is wanted of one network interface that exists.

    eni: which interface, and its addresses; the rest of an Eni is not mentioned.
    elastic_ip: whether its listed secondary addresses, with a count all of them, have an Elastic IP; None leaves them.
    elastic_ip_tags: tags for those that are allocated.
    """

    eni: Eni
    elastic_ip: bool | None = None
    elastic_ip_tags: dict = field(default_factory=dict)


def from_parameters(parameters: dict) -> EniAddresses:
    """The parameters of ``ec2_eni_addresses``; BadInput when they cannot be meant."""
    state = parameters["state"]
    exact = {f"purge_{option}": state == "exact" and parameters.get(option) is not None for option in KINDS}
    eni = eni_desired.from_parameters({**parameters, **exact, "state": "present"})
    wanted = EniAddresses(eni, parameters.get("elastic_ip"), text_tags(parameters.get("elastic_ip_tags")) or {})
    problems = [f"{eni.key}: {problem}" for problem in _problems(wanted, state)]
    if problems:
        raise BadInput(problems)
    return _without(wanted) if state == "absent" else wanted


def _without(wanted: EniAddresses) -> EniAddresses:
    unwanted = {option: Wanted(none_of=each.listed) for option, each in wanted.eni.addresses.items()}
    return replace(wanted, eni=replace(wanted.eni, addresses=unwanted))


def _problems(wanted: EniAddresses, state: str):
    for option, each in wanted.eni.addresses.items():
        if state == "absent" and each.count is not None:
            yield (
                f"{KINDS[option].count_option}: {each.count} with state: absent does not say which ones go; "
                f"list them in {option}, or use state: exact with the count that stays"
            )
    if wanted.elastic_ip is not None and SECONDARY not in wanted.eni.addresses:
        yield (
            f"elastic_ip: {str(wanted.elastic_ip).lower()} names no address; list the addresses in {SECONDARY}, "
            f"or give {KINDS[SECONDARY].count_option} for all of them"
        )
    if wanted.elastic_ip and state == "absent":
        yield "elastic_ip: true with state: absent; leave it out, as Elastic IPs of this module go with their addresses"
    if wanted.elastic_ip_tags and not wanted.elastic_ip:
        yield "elastic_ip_tags: only elastic_ip: true allocates Elastic IPs to tag; set it, or leave them out"
    for key in sorted({SUBNET_TAG, ADDRESS_TAG}.intersection(wanted.elastic_ip_tags)):
        yield f"elastic_ip_tags: '{key}' is the tag by which this module finds its Elastic IPs; use another key"
