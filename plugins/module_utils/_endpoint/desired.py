# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of ``ec2_vpc_endpoint`` -> the endpoint that is wanted. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from .._cloud.tags import text_tags
from .._reconcile.run import BadInput

# What CreateVpcEndpoint makes when it is not told:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
DEFAULT_TYPE = "Gateway"

# In place of a list of subnets: one for each zone of the service.
AUTO = ("auto",)

# What an endpoint leads to: {option: member of the API}.
TARGETS = {
    "service": "ServiceName", "resource_configuration_arn": "ResourceConfigurationArn", "service_network_arn": "ServiceNetworkArn",
}

DNS_OPTIONS = {
    "dns_record_ip_type": "DnsRecordIpType",
    "private_dns_only_for_inbound_resolver_endpoint": "PrivateDnsOnlyForInboundResolverEndpoint",
    "private_dns_preference": "PrivateDnsPreference",
    "private_dns_specified_domains": "PrivateDnsSpecifiedDomains",
}

# The addresses of a subnet configuration: {option: (member of the API, what it must be)}.
ADDRESSES = {"ipv4": ("Ipv4", IPv4Address), "ipv6": ("Ipv6", IPv6Address)}


@dataclass(frozen=True)
class Wanted:
    """An endpoint as its user wants it. What is None is "not mentioned": never touched.

    target: (option of TARGETS, value); subnets: ids, or AUTO; groups: security groups by id or by name.
    policy: the document, {} for AWS's default; dns_options: {member of DnsOptions: value}, the mentioned ones.
    addresses: {subnet id: {"Ipv4" or "Ipv6": address}}.
    """

    state: str = "present"
    vpc_endpoint_id: str | None = None
    name: str | None = None
    vpc_id: str | None = None
    type: str | None = None
    target: tuple | None = None
    service_region: str | None = None
    subnets: tuple | None = None
    subnet_filters: dict = field(default_factory=dict)
    groups: tuple | None = None
    route_tables: tuple | None = None
    policy: dict | None = None
    private_dns_enabled: bool | None = None
    ip_address_type: str | None = None
    dns_options: dict | None = None
    addresses: dict = field(default_factory=dict)
    tags: dict | None = None
    purge_tags: bool = True
    client_token: str | None = None
    wait: bool = False

    @property
    def key(self) -> str:
        """What the endpoint is called in messages and reports: the words that its user found it by."""
        return self.vpc_endpoint_id or self.name or (self.target[1] if self.target else "")

    @property
    def service_name(self) -> str | None:
        return self.target[1] if self.target and self.target[0] == "service" else None

    @property
    def all_tags(self) -> dict | None:
        """The tags with the name, which is one; None when neither is mentioned."""
        return self.tags if self.name is None else {**(self.tags or {}), "Name": self.name}

    @property
    def purges_tags(self) -> bool:
        """A name alone must not purge: only a mentioned list of tags can be exact."""
        return self.purge_tags and self.tags is not None


def from_parameters(parameters: dict) -> Wanted:
    """The module's parameters; BadInput when they cannot be meant."""
    targets = [(option, parameters[option]) for option in TARGETS if parameters.get(option)]
    subnets = _tuple(parameters["vpc_endpoint_subnets"])
    addresses, problems = _addresses(parameters["subnet_configurations"] or ())
    if subnets is None and addresses:
        subnets = tuple(addresses)
    policy, wrong_policy = _policy(parameters["policy"])
    dns_options = {
        DNS_OPTIONS[option]: value for option, value in (parameters["dns_options"] or {}).items() if value is not None
    }
    wanted = Wanted(
        state=parameters["state"],
        vpc_endpoint_id=parameters["vpc_endpoint_id"],
        name=parameters["name"],
        vpc_id=parameters["vpc_id"],
        type=parameters["vpc_endpoint_type"],
        target=targets[0] if targets else None,
        service_region=parameters["service_region"],
        subnets=subnets,
        subnet_filters=parameters["subnet_filters"] or {},
        groups=_tuple(parameters["vpc_endpoint_security_groups"]) or None,
        route_tables=_tuple(parameters["route_table_ids"]),
        policy=policy,
        private_dns_enabled=parameters["private_dns_enabled"],
        ip_address_type=parameters["ip_address_type"],
        dns_options=dns_options or None,
        addresses=addresses,
        tags=text_tags(parameters["tags"]),
        purge_tags=parameters["purge_tags"],
        client_token=parameters["client_token"],
        wait=parameters["wait"],
    )
    problems = [*_identity_problems(wanted, targets), *problems, *wrong_policy, *_subnet_problems(wanted)]
    if problems:
        raise BadInput(problems)
    return wanted


def _tuple(values) -> tuple | None:
    return None if values is None else tuple(dict.fromkeys(values))


def _policy(text: str | None) -> tuple:
    """(the document, problems); an empty text stands for AWS's default."""
    if text is None or not text.strip():
        return (None if text is None else {}), []
    try:
        document = json.loads(text)
    except ValueError as error:
        return None, [f"policy: it is not JSON ({error}); give a policy document, or an empty text for AWS's default"]
    if not isinstance(document, dict) or "Statement" not in document:
        return None, ["policy: it has no Statement; give a policy document, or an empty text for AWS's default"]
    return document, []


def _addresses(configurations) -> tuple:
    """({subnet id: addresses}, problems)."""
    addresses, problems = {}, []
    for position, item in enumerate(configurations):
        where = f"subnet_configurations[{position}]"
        if item["subnet_id"] in addresses:
            problems.append(f"{where}: '{item['subnet_id']}' is listed already; list each subnet once, with both addresses")
        addresses[item["subnet_id"]] = {}
        for option, (member, parse) in ADDRESSES.items():
            if item.get(option) is None:
                continue
            try:
                addresses[item["subnet_id"]][member] = str(parse(item[option]))
            except ValueError:
                problems.append(f"{where}.{option}: '{item[option]}' is not an {parse.__name__[:4]} address")
    return addresses, problems


def _identity_problems(wanted: Wanted, targets: list):
    if len(targets) > 1:
        named = " and ".join(option for option, _value in targets)
        yield f"{named}: an endpoint leads to one of them; give one"
    if not wanted.vpc_endpoint_id and not wanted.name and not (wanted.vpc_id and targets):
        yield (
            "vpc_endpoint_id: nothing says which endpoint is meant; give vpc_endpoint_id, name, or vpc_id with "
            "service, resource_configuration_arn or service_network_arn"
        )


def _subnet_problems(wanted: Wanted):
    subnets = wanted.subnets or ()
    if subnets == AUTO:
        return
    if AUTO[0] in subnets:
        yield "vpc_endpoint_subnets: 'auto' stands alone; list the subnets, or narrow the choice by subnet_filters"
    if wanted.subnet_filters:
        yield "subnet_filters: they narrow the choice of vpc_endpoint_subnets: auto; leave them out where subnets are listed"
    for subnet_id in wanted.addresses:
        if subnet_id not in subnets:
            yield f"subnet_configurations: '{subnet_id}' is not in vpc_endpoint_subnets; add it there, or leave its addresses out"
