# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The settings of an endpoint service: what they are called, how AWS tells them, and the requests that set them. Pure.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpointServiceConfiguration.html
"""

from __future__ import annotations

import re

from .._reconcile.calls import UNKNOWN

LOAD_BALANCERS = {"network_load_balancer_arns": "NetworkLoadBalancerArns", "gateway_load_balancer_arns": "GatewayLoadBalancerArns"}

# {option: member}, each an exact set: creation and reply have the member, the modification Add and Remove in front of it.
SETS = {**LOAD_BALANCERS, "supported_ip_address_types": "SupportedIpAddressTypes", "supported_regions": "SupportedRegions"}

SETTINGS = (*SETS, "acceptance_required", "private_dns_name")

# What a new service has unless its user says otherwise: nobody is let in unseen.
INITIAL = {"acceptance_required": True}

# A Region that is closed keeps its endpoints and takes no new ones.
_SUPPORTED = {None, "Pending", "Available"}


def read(item: dict) -> dict:
    """{option: value} of an element of ServiceConfigurations; sets as tuples, no private DNS name as an empty text."""
    found = {option: tuple(item.get(member) or ()) for option, member in SETS.items()}
    found["supported_regions"] = tuple(_regions(item))
    return {
        **found,
        "acceptance_required": item.get("AcceptanceRequired", False),
        "private_dns_name": (item.get("PrivateDnsName") or "").lower(),
    }


def _regions(item: dict) -> dict:
    listed = item.get("SupportedRegions") or ()
    return {region["Region"]: region for region in listed if region.get("ServiceState") in _SUPPORTED}


def changes(wanted: dict, item: dict) -> dict:
    """{option: value} of what is to become different; a service is always there for the Region that it is in."""
    present = read(item)
    home = re.search(r"\.vpce\.([^.]+)\.", str(item.get("ServiceName")))
    if "supported_regions" in wanted and home and home[1] in present["supported_regions"]:
        wanted = {**wanted, "supported_regions": tuple(dict.fromkeys((home[1], *wanted["supported_regions"])))}
    return {
        option: value for option, value in wanted.items()
        if (set(value) != set(present[option]) if option in SETS else value != present[option])
    }


def creation(wanted: dict) -> dict:
    """CreateVpcEndpointServiceConfiguration's request."""
    request = {SETS[option]: list(values) for option, values in wanted.items() if option in SETS and values}
    request["AcceptanceRequired"] = wanted.get("acceptance_required", INITIAL["acceptance_required"])
    if wanted.get("private_dns_name"):
        request["PrivateDnsName"] = wanted["private_dns_name"]
    return request


def modification(changed: dict, item: dict) -> dict:
    """ModifyVpcEndpointServiceConfiguration's request for what changes() returned."""
    present, request = read(item), {}
    for option, member in SETS.items():
        wanted = changed.get(option, present[option])
        add = [value for value in wanted if value not in present[option]]
        remove = [value for value in present[option] if value not in wanted]
        request.update({f"Add{member}": add} if add else {})
        request.update({f"Remove{member}": remove} if remove else {})
    if "acceptance_required" in changed:
        request["AcceptanceRequired"] = changed["acceptance_required"]
    if "private_dns_name" in changed:
        name = changed["private_dns_name"]
        request.update({"PrivateDnsName": name} if name else {"RemovePrivateDnsName": True})
    return request


def write(changed: dict, item: dict) -> dict:
    """The element of ServiceConfigurations once the options have these values."""
    members: dict = {SETS[option]: list(values) for option, values in changed.items() if option in SETS}
    if "supported_regions" in changed:
        members["SupportedRegions"] = [_regions(item).get(region, {"Region": region}) for region in changed["supported_regions"]]
    if "acceptance_required" in changed:
        members["AcceptanceRequired"] = changed["acceptance_required"]
    if "private_dns_name" in changed:
        item = {member: value for member, value in item.items() if member not in ("PrivateDnsName", "PrivateDnsNameConfiguration")}
        members.update(_unproven(changed["private_dns_name"]) if changed["private_dns_name"] else {})
    return {**item, **members}


def _unproven(name: str) -> dict:
    """The members of a private DNS name that is new, whose record AWS has yet to choose."""
    proof = {"State": "pendingVerification", "Type": "TXT", "Name": UNKNOWN, "Value": UNKNOWN}
    return {"PrivateDnsName": name, "PrivateDnsNameConfiguration": proof}
