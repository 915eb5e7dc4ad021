# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The attributes of a network interface that can be changed one by one: what they are called, and where AWS keeps them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MODIFY = "modify_network_interface_attribute"


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Attribute:
    """One attribute.

    option: the module's option; member: of the operation's request; at_creation: of CreateNetworkInterface, empty if it takes none.
    read: value in an element of DescribeNetworkInterfaces; wrap: value -> the member; initial: what a new interface has.
    """

    option: str
    member: str
    read: Callable
    wrap: Callable = _as_it_is
    at_creation: str = ""
    initial: Any = None
    operation: str = MODIFY

    def new(self, value: Any) -> Any:
        """The member of CreateNetworkInterface, which takes bare what the modification wraps as a value."""
        return value if self.wrap is _value else self.wrap(value)


def _value(value: Any) -> dict:
    return {"Value": value}


TIMEOUTS = {
    "tcp_established_timeout": "TcpEstablishedTimeout", "udp_stream_timeout": "UdpStreamTimeout", "udp_timeout": "UdpTimeout",
}


def _read_timeouts(reply: dict) -> dict:
    configured = reply.get("ConnectionTrackingConfiguration") or {}
    return {name: configured[member] for name, member in TIMEOUTS.items() if configured.get(member) is not None}


def _wrap_timeouts(value: dict) -> dict:
    return {TIMEOUTS[name]: seconds for name, seconds in value.items()}


ATTRIBUTES = {attribute.option: attribute for attribute in (
    Attribute("description", "Description", lambda reply: reply.get("Description") or "", _value, at_creation="Description", initial=""),
    Attribute("source_dest_check", "SourceDestCheck", lambda reply: reply.get("SourceDestCheck", True), _value, initial=True),
    Attribute("connection_tracking", "ConnectionTrackingSpecification", _read_timeouts, _wrap_timeouts,
              at_creation="ConnectionTrackingSpecification", initial={}),
    Attribute("enable_primary_ipv6", "EnablePrimaryIpv6", at_creation="EnablePrimaryIpv6", initial=False,
              read=lambda reply: any(item.get("IsPrimaryIpv6") for item in reply.get("Ipv6Addresses") or ())),
    # Not part of DescribeNetworkInterfaces: whoever observes asks for it where it is mentioned.
    Attribute("associate_public_ip_address", "AssociatePublicIpAddress", lambda reply: reply.get("AssociatePublicIpAddress"), initial=False),
    Attribute("associated_subnet_ids", "AssociatedSubnetIds", lambda reply: sorted(reply.get("AssociatedSubnets") or ()), initial=[]),
    Attribute("public_ip_dns_hostname_type", "HostnameType", operation="modify_public_ip_dns_name_options",
              read=lambda reply: (reply.get("PublicIpDnsNameOptions") or {}).get("DnsHostnameType")),
)}

# In seconds: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#connection-tracking-timeouts
RANGES = {"tcp_established_timeout": (60, 432000), "udp_stream_timeout": (60, 180), "udp_timeout": (30, 60)}


def from_parameters(parameters: dict) -> tuple:
    """({option: value} of the attributes that are mentioned, problems with their values)."""
    mentioned = {option: parameters[option] for option in ATTRIBUTES if parameters.get(option) is not None}
    if "associated_subnet_ids" in mentioned:
        mentioned["associated_subnet_ids"] = sorted(mentioned["associated_subnet_ids"])
    timeouts = {name: value for name, value in mentioned.get("connection_tracking", {}).items() if value is not None}
    if "connection_tracking" in mentioned:
        mentioned["connection_tracking"] = timeouts
    problems = [
        f"connection_tracking.{name}: {value} is out of range; use {RANGES[name][0]} to {RANGES[name][1]} seconds"
        for name, value in timeouts.items() if not RANGES[name][0] <= value <= RANGES[name][1]
    ]
    return mentioned, problems


def merged(option: str, wanted: Any, present: Any) -> Any:
    """The value to ask for: timeouts that are not mentioned stay."""
    return {**(present or {}), **wanted} if option == "connection_tracking" else wanted
