# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Customer gateways on the engine. An address has one gateway, so the address is what finds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from .._cloud.ec2 import Ec2, Ec2Family, tags_of
from .._cloud.tags import text_tags
from .._reconcile.calls import UNKNOWN, Call
from .._reconcile.run import BadInput

DEFAULT_ASN = 65000


@dataclass(frozen=True)
class Wanted:
    """A customer gateway as its user wants it. tags of None are not mentioned."""

    ip_address: str
    name: str
    bgp_asn: int | None = None
    state: str = "present"
    tags: dict | None = None
    purge_tags: bool = True

    @property
    def all_tags(self) -> dict:
        return {**(self.tags or {}), "Name": self.name}


@dataclass(frozen=True)
class CustomerGateway:
    """What DescribeCustomerGateways tells of one that is not deleted."""

    id: str
    ip_address: str
    bgp_asn: str
    state: str
    tags: dict
    type: str = "ipsec.1"


def from_parameters(parameters: dict) -> Wanted:
    """The module's parameters; BadInput when the address or the ASN cannot be one."""
    address, asn = parameters["ip_address"], parameters["bgp_asn"]
    problems = []
    try:
        IPv4Address(address)
    except AddressValueError:
        problems.append(f"ip_address: '{address}' is not an IPv4 address; give the public address of the VPN device, such as 198.51.100.10")
    if asn is not None and not 1 <= asn <= 4294967294:
        problems.append(f"bgp_asn: {asn} is no autonomous system number; use 1 to 4294967294, or leave it out for {DEFAULT_ASN}")
    if problems:
        raise BadInput(problems)
    return Wanted(**{**parameters, "tags": text_tags(parameters["tags"])})


def plan(wanted: Wanted, found: CustomerGateway | None) -> list:
    """The calls from what is found to what is wanted; BadInput for what cannot be changed. Pure."""
    if wanted.state == "absent":
        return [Call("delete", wanted.name, "delete_customer_gateway", {"CustomerGatewayId": found.id}, wait="deleted")] if found else []
    if found is None:
        return [_create(wanted)]
    if wanted.bgp_asn and str(wanted.bgp_asn) != found.bgp_asn:
        raise BadInput([
            f"bgp_asn: {found.id} at {wanted.ip_address} has {found.bgp_asn} and cannot be changed to {wanted.bgp_asn}; "
            "leave bgp_asn out, or delete the gateway first"
        ])
    changed, surplus = compare_aws_tags(found.tags, wanted.all_tags, wanted.purge_tags and wanted.tags is not None)
    calls = []
    if changed:
        calls.append(Call("create_tags", wanted.name, "create_tags", {"Resources": [found.id], "Tags": _tag_list(changed)}))
    if surplus:
        calls.append(Call("delete_tags", wanted.name, "delete_tags", {
            "Resources": [found.id], "Tags": [{"Key": key} for key in sorted(surplus)]}))
    return calls


def _create(wanted: Wanted) -> Call:
    """BgpAsn holds 32-bit signed numbers, BgpAsnExtended what is beyond them."""
    asn = wanted.bgp_asn or DEFAULT_ASN
    return Call("create", wanted.name, "create_customer_gateway", {
        "BgpAsn" if asn <= 2147483647 else "BgpAsnExtended": asn,
        "IpAddress": wanted.ip_address,
        "Type": "ipsec.1",
        "TagSpecifications": [{"ResourceType": "customer-gateway", "Tags": _tag_list(wanted.all_tags)}],
    }, wait="available")


def _tag_list(tags: dict) -> list:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def predict(wanted: Wanted, found: CustomerGateway | None, calls) -> CustomerGateway | None:
    """What will be found after the calls. Pure."""
    for call in calls:
        if call.operation == "create_customer_gateway":
            found = CustomerGateway(UNKNOWN, wanted.ip_address, str(wanted.bgp_asn or DEFAULT_ASN), "available", wanted.all_tags)
        elif call.operation == "create_tags":
            found = replace(found, tags={**found.tags, **{tag["Key"]: tag["Value"] for tag in call.parameters["Tags"]}})
        elif call.operation == "delete_tags":
            gone = {tag["Key"] for tag in call.parameters["Tags"]}
            found = replace(found, tags={key: value for key, value in found.tags.items() if key not in gone})
        else:
            found = None
    return found


class CustomerGateways(Ec2Family):
    """The one customer gateway of an address. observe() returns it or None."""

    def __init__(self, ec2: Ec2, wanted: Wanted):
        super().__init__(ec2)
        self.wanted = wanted

    def observe(self):
        # Deleted gateways stay listed for a while.
        found = self.ec2.describe_by(
            "describe_customer_gateways", "CustomerGateways", "ip-address", [self.wanted.ip_address], state=["pending", "available"])
        gateways = [
            CustomerGateway(item["CustomerGatewayId"], item["IpAddress"], item["BgpAsn"], item["State"], tags_of(item), item["Type"])
            for item in found
        ]
        if len(gateways) > 1:  # possible with certificates, which tell devices apart
            gateways = [gateway for gateway in gateways if gateway.tags.get("Name") == self.wanted.name]
        return gateways[0] if gateways else None

    def plan(self, observed) -> list:
        return plan(self.wanted, observed)

    def predict(self, observed, calls):
        return predict(self.wanted, observed, calls)

    def show(self, observed) -> dict:
        return {"customer_gateway": {
            "customer_gateway_id": observed.id, "ip_address": observed.ip_address, "bgp_asn": observed.bgp_asn,
            "state": observed.state, "type": observed.type, "tags": observed.tags,
        }} if observed else {}

    def reached(self, pending: list, observed) -> set:
        state = observed.state if observed else "deleted"
        return {call.id for call, _reply in pending if call.wait == state}
