# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""(wanted, observed) addresses of an interface -> the API calls between them. Pure: every decision is taken here."""

from __future__ import annotations

from dataclasses import replace

from .._eni.addresses import Change, calls_of, changes
from .._eni.observed import Interface
from .._reconcile.calls import Call, Ref
from .desired import ADDRESS_TAG, SECONDARY, SUBNET_TAG, EniAddresses
from .observed import ElasticIp, Observed


def plan(wanted: EniAddresses, observed: Observed) -> list:
    """Elastic IPs go before their addresses and come after them: no quota has to hold the old ones and the new."""
    eni, interface = wanted.eni, observed.interface
    releases = [call for elastic in surplus(wanted, observed) for call in _release(eni.key, elastic)]
    steps = changes(eni.addresses, interface.addresses, interface.primary)
    addresses = [
        replace(call, wait="assigned") if call.id == _assignment(wanted) else call
        for call in calls_of(eni.key, interface.id, steps, eni.allow_reassignment, _ids(releases))
    ]
    after = _ids(addresses[-1:]) or _ids(releases)
    provisions = [call for address in missing(wanted, observed) for call in _provide(wanted, observed, address, after)]
    return [*releases, *addresses, *provisions]


def secondary_change(wanted: EniAddresses, interface: Interface) -> Change:
    return changes(wanted.eni.addresses, interface.addresses, interface.primary).get(SECONDARY, Change())


def in_question(wanted: EniAddresses, observed: Observed) -> set:
    """The addresses whose Elastic IPs the interface's own description does not tell enough about."""
    addresses = {*secondary_change(wanted, observed.interface).drop, *missing(wanted, observed)}
    if wanted.elastic_ip is False:
        addresses.update(_served(wanted, observed.interface))
    return {address for address in addresses if not isinstance(address, Ref)}


def surplus(wanted: EniAddresses, observed: Observed) -> list:
    """Our Elastic IPs that are to go: with their address or, where none is wanted, from it."""
    addresses = {*secondary_change(wanted, observed.interface).drop}
    if wanted.elastic_ip is False:
        addresses.update(_served(wanted, observed.interface))
    return [elastic for elastic in observed.ours if elastic.private_ip_address in addresses]


def missing(wanted: EniAddresses, observed: Observed) -> list:
    """The addresses that are to have an Elastic IP and neither have nor bring one; a Ref for what AWS chooses."""
    if not wanted.elastic_ip:
        return []
    provided = {**observed.associations, **observed.following}
    return [address for address in _served(wanted, observed.interface) if address not in provided]


def _served(wanted: EniAddresses, interface: Interface) -> list:
    """The secondary addresses that elastic_ip is about: the listed ones or, with a count, all that will be there."""
    secondaries = wanted.eni.addresses[SECONDARY]
    if secondaries.count is None:
        return list(secondaries.listed)
    step = secondary_change(wanted, interface)
    stay = [address for address in interface.addresses.get(SECONDARY, ()) if address not in step.drop]
    new = [f"AssignedPrivateIpAddresses.{number}.PrivateIpAddress" for number in range(step.more)]
    return stay + [Ref(_assignment(wanted), path) for path in new]


def _assignment(wanted: EniAddresses) -> str:
    return f"{wanted.eni.key}:assign_{SECONDARY}"


def _release(subject: str, elastic: ElasticIp) -> list:
    release = Call(f"{subject}:release_{elastic.allocation_id}", subject, "release_address", {
        "AllocationId": elastic.allocation_id})
    if elastic.association_id is None:
        return [release]
    disassociate = Call(f"{subject}:disassociate_{elastic.allocation_id}", subject, "disassociate_address", {
        "AssociationId": elastic.association_id}, wait="disassociated")
    return [disassociate, replace(release, after=(disassociate.id,))]


def _provide(wanted: EniAddresses, observed: Observed, address, after: tuple) -> list:
    """The Elastic IP that was allocated for the address already, by a run that did not come further; else a new one."""
    subject = wanted.eni.key
    ours = next((elastic for elastic in observed.ours if elastic.private_ip_address == address), None)
    request = {
        "AllocationId": ours.allocation_id if ours else Ref(f"{subject}:allocate_{address}", "AllocationId"),
        "NetworkInterfaceId": observed.interface.id,
        "PrivateIpAddress": address,
        "AllowReassociation": bool(ours and ours.association_id),
    }
    associate = Call(f"{subject}:associate_{address}", subject, "associate_address", request, after, wait="associated")
    if ours:
        return [associate]
    tags = {**wanted.elastic_ip_tags, SUBNET_TAG: observed.interface.subnet_id, ADDRESS_TAG: address}
    specification = {"ResourceType": "elastic-ip", "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}
    allocate = Call(f"{subject}:allocate_{address}", subject, "allocate_address", {
        "Domain": "vpc", "TagSpecifications": [specification]}, after, wait="allocated")
    return [allocate, replace(associate, after=(allocate.id,))]


def _ids(calls) -> tuple:
    return tuple(call.id for call in calls)
