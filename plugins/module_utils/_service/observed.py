# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An endpoint service as AWS describes it: its configuration, who may connect, and who is connected."""

from __future__ import annotations

from dataclasses import dataclass

from .._cloud.ec2 import Ec2, tags_of
from .._cloud.names import snake_case

CONNECTIONS = ("describe_vpc_endpoint_connections", "VpcEndpointConnections")

# In lower case, as replies differ in it. With a connection in any other state a service is not deleted:
# https://docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html
_ENDED = {"rejected", "deleting", "deleted", "failed", "expired"}


@dataclass(frozen=True)
class Observed:
    """What is there, in AWS's members.

    configuration: the element of ServiceConfigurations, None if there is none.
    principals: {principal: its element of AllowedPrincipals}; connections: the elements of VpcEndpointConnections that are live.
    Both are None where nobody asked.
    """

    configuration: dict | None
    principals: dict | None = None
    connections: tuple | None = None

    @property
    def id(self) -> str:
        return self.configuration["ServiceId"]

    @property
    def state(self) -> str:
        return self.configuration["ServiceState"] if self.configuration else "Deleted"


def principals_of(ec2: Ec2, service_id: str) -> dict:
    """Who may make endpoints to the service: {principal: its element of AllowedPrincipals}."""
    listed = ec2.describe("describe_vpc_endpoint_service_permissions", "AllowedPrincipals", ServiceId=service_id)
    # Attachments of transit gateways have permissions of their own.
    return {item["Principal"]: item for item in listed if item.get("PermissionType", "vpc-endpoint") == "vpc-endpoint"}


def connections_to(ec2: Ec2, service_id: str) -> tuple:
    """The live connections: those that use the service, or wait to."""
    listed = ec2.describe_by(*CONNECTIONS, "service-id", [service_id])
    return tuple(item for item in listed if item["VpcEndpointState"].lower() not in _ENDED)


def txt_record(configuration: dict) -> dict | None:
    """The record that proves who owns the private DNS name: {name, type, value}, None where there is no such name.

    It may also stand in a domain above: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    proof = configuration.get("PrivateDnsNameConfiguration") or {}
    if not proof.get("Name") or not configuration.get("PrivateDnsName"):
        return None
    domain = configuration["PrivateDnsName"].removeprefix("*.")
    name = f"{proof['Name']}.{domain}" if isinstance(proof["Name"], str) else proof["Name"]
    return {"name": name, "type": proof.get("Type"), "value": proof.get("Value")}


def show(configuration: dict, principals: dict | None = None) -> dict:
    """A service as the modules return it: all of AWS's reply in snake case, with the TXT record and who may connect."""
    shown = show_item(configuration)
    record = txt_record(configuration)
    if record:
        shown["private_dns_txt_record"] = record
    if principals is not None:
        shown["allowed_principals"] = [show_item(principals[name]) for name in sorted(principals)]
    return shown


def show_item(item: dict) -> dict:
    """An element of AWS's reply in snake case, its tags as a dict."""
    return {**snake_case(item), "tags": tags_of(item)}
