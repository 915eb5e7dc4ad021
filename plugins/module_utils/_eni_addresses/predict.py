# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What will be there once a plan is carried out. Pure; UNKNOWN stands for what AWS chooses."""

from __future__ import annotations

from dataclasses import replace

from .._eni.predict import predict as predict_interface
from .._reconcile.calls import UNKNOWN, Ref
from .desired import ADDRESS_TAG, SECONDARY, EniAddresses
from .observed import ElasticIp, Observed


def predict(wanted: EniAddresses, observed: Observed, calls) -> Observed:
    for call in calls:
        if call.operation in _EFFECTS:
            observed = _EFFECTS[call.operation](observed, call.parameters)
        else:
            observed = _moved(replace(observed, interface=predict_interface(wanted.eni, observed.interface, [call])))
    return observed


def _moved(observed: Observed) -> Observed:
    """Elastic IPs follow the addresses that came."""
    there = observed.interface.addresses.get(SECONDARY, ())
    came = {address: elastic for address, elastic in observed.following.items() if address in there}
    return replace(observed, associations={**observed.associations, **came})


def _allocated(observed: Observed, request: dict) -> Observed:
    tags = {tag["Key"]: tag["Value"] for specification in request["TagSpecifications"] for tag in specification["Tags"]}
    return replace(observed, ours=(*observed.ours, ElasticIp(_known(tags[ADDRESS_TAG]), UNKNOWN, UNKNOWN)))


def _associated(observed: Observed, request: dict) -> Observed:
    address = _known(request["PrivateIpAddress"])
    ours = next(elastic for elastic in observed.ours if elastic.private_ip_address == address)
    elastic = replace(ours, association_id=UNKNOWN)
    return replace(
        observed,
        associations={**observed.associations, address: elastic},
        ours=tuple(elastic if each is ours else each for each in observed.ours),
    )


def _disassociated(observed: Observed, request: dict) -> Observed:
    gone = request["AssociationId"]
    stay = {address: each for address, each in observed.associations.items() if each.association_id != gone}
    ours = (replace(each, association_id=None) if each.association_id == gone else each for each in observed.ours)
    return replace(observed, associations=stay, ours=tuple(ours))


def _released(observed: Observed, request: dict) -> Observed:
    gone = request["AllocationId"]
    return replace(observed, ours=tuple(each for each in observed.ours if each.allocation_id != gone))


def _known(address):
    return UNKNOWN if isinstance(address, Ref) else address


_EFFECTS = {
    "allocate_address": _allocated,
    "associate_address": _associated,
    "disassociate_address": _disassociated,
    "release_address": _released,
}
